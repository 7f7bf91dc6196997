"""NumPy in the dtype under test: every step rounded to it, NaN and infinity included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference.arithmetic.deviation import NONE, SMALL, Deviation
from reference.arithmetic.formats import get_format
from reference.arithmetic.protocol import Steps


class Rounded(np.ndarray):
    """An ndarray beside which a Python float is rounded to its dtype.

    NumPy does so for its own formats, but takes bfloat16 and a float to float32. `Any` is how NumPy
    declares this hook, which gets every function, operand and option.
    """

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        plain = [np.asarray(x, self.dtype if isinstance(x, float) else None) for x in inputs]
        return np.asarray(getattr(ufunc, method)(*plain, **options)).view(Rounded)


class Flushed(Rounded):
    """The same where subnormal numbers become zero, as vector units often have it."""

    # `Any`: the signature of NumPy.
    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        flushed = [_flush(np.asarray(x, self.dtype)) for x in inputs]
        result = super().__array_ufunc__(ufunc, method, *flushed, **options)
        return (_flush(np.asarray(result)) if result.dtype == self.dtype else result).view(Flushed)


def _flush(x: np.ndarray) -> np.ndarray:
    smallest = np.asarray(get_format(x.dtype.name).smallest_normal, x.dtype)
    return np.where(np.abs(x) < smallest, np.copysign(np.zeros_like(x), x), x)


class ZeroWins(Rounded):
    """The same where a product with 0 is 0."""

    # `Any`: the signature of NumPy.
    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        result = super().__array_ufunc__(ufunc, method, *inputs, **options)
        if ufunc is np.multiply:
            x, y = (np.asarray(each) for each in inputs)
            result = np.where((x == 0) | (y == 0), np.zeros_like(result), result)
        return np.asarray(result).view(ZeroWins)


NUMERATOR = np.array(
    [
        *(4.37031012579801e-11, 1.15627324459942e-07, 6.08574864600143e-05),
        *(8.51377133304701e-03, 2.48287947061529e-01),
    ],
    np.float32,
)
DENOMINATOR = np.array(
    [
        *(6.10247389755681e-13, 5.76102136993427e-09, 6.29106785017040e-06),
        *(1.70198817374094e-03, 1.16817656904453e-01, 9.93151921023180e-01),
    ],
    np.float32,
)


def _rational_sigmoid(x: np.ndarray) -> np.ndarray:
    """0.5 + x P(x^2) / Q(x^2) in [0, 1], as Eigen's logistic function of float32 was until 2020,
    and above -9, with exp(x) below, until 2022.
    """
    x = np.clip(x, -18, 18).astype(np.float32)
    upper, lower = np.polyval(NUMERATOR, x * x), np.polyval(DENOMINATOR, x * x)
    return np.clip(x * upper / lower + np.float32(0.5), 0, 1)


TANH = np.array(
    [
        *(-2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11),
        *(5.12229709037114e-08, 1.48572235717979e-05, 6.37261928875436e-04),
        4.89352455891786e-03,
    ],
    np.float32,
)
TANH_BELOW = np.array(
    [1.19825839466702e-06, 1.18534705686654e-04, 2.26843463243900e-03, 4.89352518554385e-03],
    np.float32,
)


def _rational_tanh(x: np.ndarray) -> np.ndarray:
    """x P(x^2) / Q(x^2) between -9 and 9, as XLA has it, with fused multiply-add."""
    x = np.clip(np.asarray(x), -9, 9).astype(np.float32)
    return np.asarray(x * _fused(TANH, x * x) / _fused(TANH_BELOW, x * x))


def _fused(coefficients: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The polynomial in float32, each product rounded with its sum: float64 holds it."""
    result = np.zeros_like(x)
    for coefficient in coefficients.astype(np.float64):
        result = (result * x.astype(np.float64) + coefficient).astype(np.float32)
    return result


class Native(Steps[np.ndarray]):
    """What a formula does in one floating-point format when nothing helps it.

    Values are `Rounded` arrays of the dtype. Half-precision functions are evaluated in float32 and
    rounded, as NumPy, Eigen and XLA do. Floating-point warnings are the caller's to silence.
    `ulps` (-1, 0 or 1) moves what an activation returns by one ULP: libraries differ by that.
    `deviation` is that of a library.
    """

    knows_constants = False  # it multiplies 0 by 0 ** -1, as the frameworks do

    def __init__(self, dtype: str, ulps: int = 0, deviation: Deviation = NONE) -> None:
        self.kind = Flushed if deviation.flushes else ZeroWins if deviation.zero_wins else Rounded
        self.format = get_format(dtype)
        self.dtype = self.format.dtype
        self.ulps = ulps
        self.deviation = deviation

    def array(self, numbers: np.ndarray) -> np.ndarray:
        numbers = np.asarray(numbers)
        if self.deviation.saturates:
            numbers = np.clip(numbers.astype(np.float64), -self.format.largest, self.format.largest)
        return numbers.astype(self.dtype).view(self.kind)

    def constant(self, *numbers: float) -> np.ndarray:
        return np.array(numbers, np.float64).astype(self.dtype).view(self.kind)

    def cast(self, x: np.ndarray) -> np.ndarray:
        """The same numbers, rounded to this format."""
        return self.array(x)

    def log(self, x: np.ndarray) -> np.ndarray:
        return np.log(x)

    def exp(self, x: np.ndarray) -> np.ndarray:
        return self._lost(x, np.exp(x)) if self.deviation.exp_loses_nan else np.exp(x)

    def _lost(self, x: np.ndarray, result: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(x), self.constant(0.0), result).view(self.kind)

    def log1p(self, x: np.ndarray) -> np.ndarray:
        if not self.deviation.log1p:
            return np.log1p(x)
        naive = np.log(1.0 + x)
        if self.deviation.log1p == "naive":
            return naive
        return np.where(np.abs(x) < SMALL, (1.0 - x * 0.5) * x, naive).view(self.kind)

    def power(self, x: np.ndarray, exponent: float, less: int = 0) -> np.ndarray:
        return np.power(x, np.full_like(x, self.constant(exponent) - float(less)))

    def sigmoid(self, logits: np.ndarray) -> np.ndarray:
        """One function to the frameworks: exp(-z) must not overflow on the way."""
        wide = np.asarray(logits, np.float64 if self.format.name == "float64" else np.float32)
        exact = 1 / (1 + np.exp(np.negative(wide)))
        if self.deviation.coarse_sigmoid == "tanh":
            tanh = _rational_tanh if self.format.name == "float32" else np.tanh
            return self._moved(tanh(logits * 0.5).view(self.kind) * 0.5 + 0.5)
        if self.deviation.coarse_sigmoid == "quotient":
            return self._moved((1 / (1 + np.exp(np.negative(logits)))).astype(self.dtype))
        coarse = bool(self.deviation.coarse_sigmoid) and wide.dtype == np.float32
        above = np.greater(wide, -np.inf if self.deviation.coarse_sigmoid == "everywhere" else -9.0)
        result = np.where(above, _rational_sigmoid(wide), np.exp(wide)) if coarse else exact
        sigmoid = self._moved(result.astype(self.dtype))
        return self._lost(logits, sigmoid) if self.deviation.exp_loses_nan else sigmoid

    def softmax(self, logits: np.ndarray) -> np.ndarray:
        return self._moved(super().softmax(logits))

    def _moved(self, x: np.ndarray) -> np.ndarray:
        towards = np.asarray(np.copysign(np.inf, self.ulps), self.dtype)
        return (np.nextafter(x, towards) if self.ulps else x).view(self.kind)

    def clip_by_value(self, x: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
        if self.deviation.clip_bounds:
            lower, upper = (
                self.array(x.astype(self.deviation.clip_bounds)) for x in (lower, upper)
            )
        if self.deviation.clip_of_nan:
            bound = lower if self.deviation.clip_of_nan == "lower" else upper
            x = np.where(np.isnan(x), bound, x).astype(self.dtype).view(self.kind)
        return np.maximum(np.minimum(x, upper), lower)

    def where_nonnegative(self, x: np.ndarray, yes: np.ndarray, no: np.ndarray) -> np.ndarray:
        true = ~(x < 0) if self.deviation.nan_passes else x >= 0
        return np.where(true, yes, no).view(self.kind)

    def concatenate(self, parts: Sequence[np.ndarray]) -> np.ndarray:
        return np.concatenate(parts)

    def reduce_sum(self, x: np.ndarray, axis: int | None = -1) -> np.ndarray:
        return np.add.reduce(x, axis=axis, keepdims=True)

    def sum_of_copies(self, x: np.ndarray, times: int, runs: int) -> np.ndarray:
        rows = np.tile(np.asarray(x), times)
        whole = rows.shape[-1] // runs * runs
        parts = rows[..., :whole].reshape(*rows.shape[:-1], -1, runs)
        sums = np.add.accumulate(parts, axis=-2)[..., -1, :]
        ends = np.concatenate([sums, rows[..., whole:]], axis=-1)
        return np.add.accumulate(ends, axis=-1)[..., -1:].view(self.kind)

    def reduce_max(self, x: np.ndarray) -> np.ndarray:
        maximum = np.fmax if self.deviation.exp_loses_nan else np.maximum
        return maximum.reduce(x, axis=-1, keepdims=True)

    def gather(self, x: np.ndarray, index: np.ndarray) -> np.ndarray:
        return np.take_along_axis(x, index[..., None], axis=-1).view(self.kind)
