"""Real numbers: Arb balls of python-flint, with precision raised until every value is certain."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from flint import arb, ctx

from reference.arithmetic.protocol import Steps

# Bits of working precision, tried in turn. 2560 resolve the smallest subnormal of float64 beside
# one, the last exp(-40000): the probability that the largest logits of the suites leave a class.
PRECISIONS = (128, 320, 1280, 2560, 32768, 65536)
CERTAIN_BITS = 75  # of the result: float64 and a margin for measuring its error in ULP


class Uncertain(ArithmeticError):
    """The working precision does not decide on which side of a kink a number lies."""


def _elementwise(function: Callable[[arb], arb]) -> Callable[[np.ndarray], np.ndarray]:
    universal = np.frompyfunc(function, 1, 1)
    return lambda x: np.asarray(universal(x), dtype=object)


def _is_nonnegative(x: arb) -> bool:
    if x >= 0 or x.is_nan():  # what is no number (0/0) takes either side and stays none
        return True
    if x < 0:
        return False
    if (
        ctx.prec >= PRECISIONS[-1]
    ):  # a quotient on a rail: not distinguished from zero, so taken for it
        return True
    raise Uncertain(f"the sign of {x} needs more than {ctx.prec} bits")


def _power(x: arb, exponent: float, less: int) -> arb:
    """Of any base where the exponent is a natural number, else of one that is not negative."""
    if exponent % 1 == 0 and exponent >= less:
        return math.prod([x] * (int(exponent) - less), start=arb(1))
    if x.contains(0) and _is_nonnegative(x):
        x = x.nonnegative_part()
    return x ** (arb(repr(exponent)) - less)


_LOG, _EXP, _LOG1P = (_elementwise(f) for f in (arb.log, arb.exp, arb.log1p))
_SIGN = np.frompyfunc(_is_nonnegative, 1, 1)


class Exact(Steps[np.ndarray]):
    """Values are object arrays of `flint.arb`. Defined for finite inputs only: see `limit`."""

    def array(self, numbers: np.ndarray) -> np.ndarray:
        if numbers.dtype == object:
            return numbers
        wide = np.asarray(numbers).astype(np.float64)
        return np.asarray(np.frompyfunc(arb, 1, 1)(wide), dtype=object)

    def constant(self, *numbers: float) -> np.ndarray:
        """The real numbers that are written in decimal: 1e-7, and not the float64 beside it."""
        return np.array([arb(repr(float(number))) for number in numbers], dtype=object)

    def log(self, x: np.ndarray) -> np.ndarray:
        return _LOG(x)

    def exp(self, x: np.ndarray) -> np.ndarray:
        return _EXP(x)

    def log1p(self, x: np.ndarray) -> np.ndarray:
        return _LOG1P(x)

    def power(self, x: np.ndarray, exponent: float, less: int = 0) -> np.ndarray:
        return _elementwise(lambda ball: _power(ball, exponent, less))(x)

    def clip_by_value(self, x: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
        raised = self.where_nonnegative(x - lower, x, lower)
        return self.where_nonnegative(upper - raised, raised, upper)

    def where_nonnegative(self, x: np.ndarray, yes: np.ndarray, no: np.ndarray) -> np.ndarray:
        return np.asarray(np.where(_SIGN(x).astype(bool), yes, no), dtype=object)

    def concatenate(self, parts: Sequence[np.ndarray]) -> np.ndarray:
        return np.concatenate(parts)

    def reduce_sum(self, x: np.ndarray, axis: int | None = -1) -> np.ndarray:
        return np.asarray(np.add.reduce(x, axis=axis, keepdims=True), dtype=object)

    def reduce_max(self, x: np.ndarray) -> np.ndarray:
        """The midpoint's greatest entry: any number near it shifts the logits as well."""
        mids = np.frompyfunc(lambda ball: arb(ball.mid()), 1, 1)(x)
        return np.asarray(np.maximum.reduce(mids, axis=-1, keepdims=True), dtype=object)

    def gather(self, x: np.ndarray, index: np.ndarray) -> np.ndarray:
        return np.take_along_axis(x, index[..., None], axis=-1)


def _is_certain(x: arb, smallest: float) -> bool:
    if not x.is_finite():
        return False
    return bool(x.rad() <= abs(x.mid()) * arb(2) ** -CERTAIN_BITS or x.rad() * 1024 <= smallest)


def evaluate(
    compute: Callable[[], tuple[np.ndarray, ...]],
    smallest: float,
    precisions: Sequence[int] = PRECISIONS,
) -> tuple[np.ndarray, ...]:
    """Run `compute` with more and more bits until all it returns is certain.

    Certain means: known to a relative 2^-75, or to a thousandth of `smallest`. What is not
    finite at the highest precision is no real number (0/0) and comes back as a NaN ball.
    """
    results: tuple[np.ndarray, ...] = ()
    for bits in precisions:
        with ctx.workprec(bits):
            try:
                results = tuple(np.atleast_1d(part) for part in compute())
            except Uncertain:
                continue
            if all(_is_certain(x, smallest) for part in results for x in part.flat):
                break
    else:
        if not results and precisions[-1] < PRECISIONS[-1]:  # a quotient may be on a rail
            return evaluate(compute, smallest, PRECISIONS[-1:])
        uncertain = (
            x.is_finite() and not _is_certain(x, smallest) for r in results for x in r.flat
        )
        if not results or any(uncertain):
            raise ArithmeticError(f"{precisions[-1]} bits do not settle the value of a formula")
    return results


def split(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest float64 of each ball, and what that leaves over, as float64 too.

    Together they carry 106 bits, enough to measure an error in ULP of float64.
    """
    high = np.array([float(x.mid()) for x in values.flat]).reshape(values.shape)
    pairs = zip(values.flat, high.flat, strict=True)
    rest = [float((x - h).mid()) if np.isfinite(h) else 0.0 for x, h in pairs]
    return high, np.array(rest).reshape(values.shape)


def decimal(values: np.ndarray, digits: int = 20) -> np.ndarray:
    """The values as text with so many significant digits; "nan" where there is no number."""
    texts = [
        x.str(digits, radius=False) if x.is_finite() else repr(float(x.mid())) for x in values.flat
    ]
    return np.array(texts, dtype=object).reshape(values.shape)
