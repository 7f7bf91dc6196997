"""How libraries depart from IEEE arithmetic, from the accuracy that `formats` grants them, or from
the steps that TensorFlow takes back.

A deviation is no part of what is expected: results that need one lie outside their enclosures. It is
tried, after all formulas were, to say why.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Deviation:
    """What is done in another way, as the plain arithmetics and the tape do it. `label` names it; of
    one that rounds to another format it names what is rounded.

    numbers: `flushes` makes zero of subnormal ones, `saturates` the largest number of what is
    beyond it. NaN: `exp_loses_nan` (exp and sigmoid of it are 0, the maximum leaves it out), the
    clip makes its "lower" or "upper" bound of it (`clip_of_nan`), `nan_passes` takes comparisons
    with it for true; `zero_wins` over infinity and NaN in products. Functions: the sigmoid is
    accurate to an ULP of 1, not of itself, where it is `coarse_sigmoid`; a "quotient" of float16 has an
    exp that overflows. `log1p` is "short" (x - x^2 / 2 below `SMALL`, log(1 + x) beyond) or "naive"
    (log(1 + x)). Gradients: `log_divides` by x where others multiply
    by 1 / x, `quotient_first` takes g / y before x / y, `quotient_squares` 1 / y^2 for two quotients,
    `masks_multiply` by 0 or 1 where others select, `ties_halve` those of the clip at its bounds.
    Formats: `clip_bounds`, `exponents` and the losses before they are reduced (`reduces_in`) are
    rounded to another; what a result has too many digits of is cut off where it `cuts_off`.
    """

    label: str = ""
    flushes: bool = False
    saturates: bool = False
    exp_loses_nan: bool = False
    clip_of_nan: str = ""
    nan_passes: bool = False
    zero_wins: bool = False
    coarse_sigmoid: str = ""
    log1p: str = ""
    log_divides: bool = False
    quotient_first: bool = False
    quotient_squares: bool = False
    masks_multiply: bool = False
    ties_halve: bool = False
    clip_bounds: str = ""
    exponents: str = ""
    reduces_in: str = ""
    cuts_off: bool = False

    def matters(self, dtype: str, quantity: int, activated_in: str = "") -> bool:
        """Whether it can change a value (quantity 0) or gradient (1) that is computed in the dtype, of
        predictions that are `activated_in` another, "" for the same.
        """
        before = activated_in or dtype
        if self == NONE:
            return True
        to_float32 = self.clip_bounds or self.reduces_in or self.exponents
        gradients = self.log_divides or self.quotient_first or self.quotient_squares
        gradients = gradients or self.masks_multiply or self.ties_halve
        if self.coarse_sigmoid == "quotient":
            return before == "float16"
        coarse = self.coarse_sigmoid and before == "float64"
        return not (to_float32 == dtype or coarse or (gradients and quantity == 0))

    @property
    def is_of_nan(self) -> bool:
        """Whether it shows only where NaN or infinity meets it, which it makes none of by itself."""
        if self.coarse_sigmoid:
            return False
        of_nan = self.exp_loses_nan or self.clip_of_nan or self.nan_passes or self.zero_wins
        return bool(of_nan or self.saturates or (self.masks_multiply and not self.log_divides))

    @property
    def rounds_to(self) -> str:
        """The format to which one quantity on the way is rounded, "" for none."""
        return self.clip_bounds or self.exponents or self.reduces_in


SMALL = 1e-4  # XLA's bound for the series of log1p, until 2020

NONE = Deviation()
FLUSHED = Deviation("subnormals were flushed to zero", flushes=True)
KNOWN_DEVIATIONS = (
    NONE,
    Deviation("the sigmoid was computed as 1 / (1 + exp(-x))", coarse_sigmoid="quotient"),
    FLUSHED,
    Deviation("NaN was lost in the clip", clip_of_nan="lower"),
    Deviation("NaN became the upper bound of the clip", clip_of_nan="upper"),
    Deviation(
        "NaN was lost in the clip, not in its gradient", clip_of_nan="lower", nan_passes=True
    ),
    Deviation("NaN passed the clip in the gradient too", nan_passes=True),
    Deviation("NaN was lost in exp", exp_loses_nan=True),
    Deviation("NaN was lost in exp and in the clip", exp_loses_nan=True, clip_of_nan="lower"),
    Deviation("the sigmoid is accurate to an ULP of 1 only", coarse_sigmoid="everywhere"),
    Deviation("the sigmoid is accurate to an ULP of 1 only, above -9", coarse_sigmoid="above -9"),
    Deviation("the sigmoid was computed as (1 + tanh(x / 2)) / 2", coarse_sigmoid="tanh"),
    Deviation("log1p is cut off after two terms", log1p="short"),
    Deviation("log1p(x) was computed as log(1 + x)", log1p="naive"),
    Deviation("the losses", reduces_in="float32"),
    Deviation("the bounds of the clip", clip_bounds="float32"),
    Deviation("the gradient of log divides", log_divides=True),
    Deviation("the gradient of the clip multiplies by 0", masks_multiply=True),
    Deviation("the gradients divide, and multiply by 0", log_divides=True, masks_multiply=True),
    Deviation("the gradient of a quotient divides first", quotient_first=True, log_divides=True),
    Deviation("the gradient of the clip is halved at its bounds", ties_halve=True),
    Deviation("the gradient of a quotient has 1 / y^2", quotient_squares=True),
    Deviation(
        "the gradients of the quotient by 1 / y^2, and of the clip halved at its bounds",
        quotient_squares=True,
        ties_halve=True,
    ),
    Deviation("the exponent", exponents="float32"),
    Deviation("the result was cut off, not rounded", cuts_off=True),
    Deviation("0 times infinity or NaN was taken for 0", zero_wins=True),
    Deviation("numbers beyond the largest became the largest", saturates=True),
    Deviation(
        "NaN was lost, and numbers beyond the largest became the largest",
        saturates=True,
        exp_loses_nan=True,
        clip_of_nan="lower",
    ),
    Deviation(
        "the sigmoid was computed as 1 / (1 + exp(-x)), and NaN was lost in the clip",
        coarse_sigmoid="quotient",
        clip_of_nan="lower",
    ),
    Deviation(
        "the sigmoid was computed as (1 + tanh(x / 2)) / 2, and NaN was lost in the clip",
        coarse_sigmoid="tanh",
        clip_of_nan="lower",
    ),
)
