"""The set of results that a correct evaluation may return: a midpoint and a radius per value.

Each step adds to the radius what one rounding, one library function or one order of summation may
add. The rules, with u the unit roundoff of the format under test (half an ULP of 1), and their
sources (Higham: *Accuracy and Stability of Numerical Algorithms*, second edition):

- add, subtract, multiply: relative u (the standard model, Higham 2.4). A fused multiply-add or an
  intermediate in higher precision leaves an error out, so its result is in the set as well;
- sum of n terms: (k-1)u times the sum of the magnitudes, where k counts the terms that are not
  zero. It holds for every order and needs no nu < 1 (Jeannerod and Rump, *Improved error bounds
  for inner products in floating-point arithmetic*, SIAM J. Matrix Anal. Appl. 34, 2013);
- divide, exp, log, log1p: the ULP counts of `formats`; sigmoid and softmax are composed of them;
- underflow: half the smallest subnormal number, or the smallest normal number where the format
  may flush subnormals to zero, both for inputs and for results (Higham 2.8);
- exact steps add nothing: adding 0, multiplying by 0 or +-1, integers up to 2^8;
- a kink whose side the radius does not decide gives the hull of both sides: at the rail of the
  clip a gradient is a set.

Zero times a set is zero even where the set is unbounded: the sets hold real numbers, and NaN never
is a correct answer to a question that has a real one. An infinite radius says that the formula
gives no accuracy at all there (a logarithm of a set that touches zero).

Midpoints are float64, so each step also adds its own roundoff; for float64 under test that up to
doubles the radius.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.arithmetic import Steps
from reference.formats import Format, get_format

OWN_ROUNDOFF = 2.0**-53
OWN_FUNCTION_ERROR = 2 * OWN_ROUNDOFF  # NumPy's float64 exp, log, log1p: under one ULP
INFLATION = 1 + 2.0**-40  # covers the rounding errors made in computing radii
SMALL_INTEGER = 256.0  # exact in every format, bfloat16 included


@dataclass(frozen=True, eq=False)
class Ball:
    """An array of intervals [mid - rad, mid + rad] of one format; `mid` and `rad` broadcast alike."""

    mid: np.ndarray
    rad: np.ndarray
    format: Format

    @property
    def low(self) -> np.ndarray:
        return self.mid - self.rad

    @property
    def high(self) -> np.ndarray:
        return self.mid + self.rad

    @property
    def magnitude(self) -> np.ndarray:
        return np.abs(self.mid) + self.rad

    def _lift(self, other: Ball | float) -> Ball:
        if isinstance(other, Ball):
            return other
        return Ball(np.full(1, float(other)), np.zeros(1), self.format)

    def __add__(self, other: Ball | float) -> Ball:
        return _add(self, self._lift(other))

    def __radd__(self, other: float) -> Ball:
        return _add(self._lift(other), self)

    def __sub__(self, other: Ball | float) -> Ball:
        return _add(self, -self._lift(other))

    def __rsub__(self, other: float) -> Ball:
        return _add(self._lift(other), -self)

    def __mul__(self, other: Ball | float) -> Ball:
        return _multiply(self, self._lift(other))

    def __rmul__(self, other: float) -> Ball:
        return _multiply(self._lift(other), self)

    def __truediv__(self, other: Ball | float) -> Ball:
        return _divide(self, self._lift(other))

    def __rtruediv__(self, other: float) -> Ball:
        return _divide(self._lift(other), self)

    def __neg__(self) -> Ball:
        return Ball(-self.mid, self.rad, self.format)

    @property
    def exactly_zero(self) -> np.ndarray:
        return (self.mid == 0) & (self.rad == 0)

    @property
    def small_integer(self) -> np.ndarray:
        return (self.rad == 0) & (np.abs(self.mid) <= SMALL_INTEGER) & (self.mid % 1 == 0)


def _ulps(format: Format, count: float) -> float:
    """ULPs as a relative error: one is at most 2u of the value."""
    return 2 * count * format.unit_roundoff


def _rounded(
    mid: np.ndarray,
    rad: np.ndarray,
    format: Format,
    relative: float,
    own: float = OWN_ROUNDOFF,
    exact: np.ndarray | bool = False,
) -> Ball:
    """Widen `rad`, which holds what the operands brought, by one rounding of the result."""
    magnitude = np.abs(mid) + rad
    step = relative * magnitude
    may_underflow = (magnitude > 0) & (np.abs(mid) - rad < format.smallest_normal)
    step = step + np.where(may_underflow, format.underflow, 0.0)
    widened = (rad + np.where(exact, 0.0, step) + own * np.abs(mid)) * INFLATION
    certain = (exact & (rad == 0)) | np.isinf(mid)  # an infinity is not rounded
    return Ball(mid, np.where(certain, 0.0, widened), format)


def _add(x: Ball, y: Ball) -> Ball:
    mid = x.mid + y.mid
    exact = x.exactly_zero | y.exactly_zero | (x.small_integer & y.small_integer)
    return _rounded(mid, x.rad + y.rad, x.format, x.format.unit_roundoff, exact=exact)


def _times(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A product of magnitudes in which zero times infinity is zero."""
    return np.where((x == 0) | (y == 0), 0.0, x * y)


def _multiply(x: Ball, y: Ball) -> Ball:
    mid = x.mid * y.mid
    zero = x.exactly_zero | y.exactly_zero
    mid = np.where(zero & ~np.isnan(x.mid) & ~np.isnan(y.mid), 0.0, mid)
    rad = _times(np.abs(x.mid), y.rad) + _times(np.abs(y.mid), x.rad) + _times(x.rad, y.rad)
    unit = [(ball.rad == 0) & (np.abs(ball.mid) == 1) for ball in (x, y)]
    exact = zero | unit[0] | unit[1] | (x.small_integer & y.small_integer)
    return _rounded(mid, rad, x.format, x.format.unit_roundoff, exact=exact)


def _divide(x: Ball, y: Ball) -> Ball:
    mid = x.mid / y.mid
    distance = np.abs(y.mid) - y.rad
    rad = np.where(distance > 0, (x.rad + _times(np.abs(mid), y.rad)) / distance, np.inf)
    exact = x.exactly_zero | ((y.rad == 0) & (np.abs(y.mid) == 1))
    return _rounded(mid, np.where(exact, x.rad, rad), x.format, _ulps(x.format, x.format.ulp_divide), exact=exact)


def _between(low: np.ndarray, high: np.ndarray, format: Format) -> Ball:
    mid = low / 2 + high / 2
    rad = (np.maximum(mid - low, high - mid) + OWN_ROUNDOFF * np.abs(mid)) * INFLATION
    return Ball(mid, np.where(np.isfinite(mid), rad, np.inf), format)


def _hull(x: Ball, y: Ball) -> Ball:
    hull = _between(np.minimum(x.low, y.low), np.maximum(x.high, y.high), x.format)
    return Ball(np.where(np.isfinite(hull.rad), hull.mid, x.mid), hull.rad, x.format)


class Enclosure(Steps):
    """Arithmetic on balls. NaN midpoints mean that the formula has no real value there."""

    def __init__(self, dtype: str) -> None:
        self.format = get_format(dtype)

    def array(self, numbers: np.ndarray) -> Ball:
        mid = np.asarray(numbers).astype(self.format.dtype).astype(np.float64)
        subnormal = self.format.flushes & (np.abs(mid) < self.format.smallest_normal)
        return Ball(mid, np.where(subnormal, np.abs(mid), 0.0), self.format)

    def constant(self, number: float) -> Ball:
        zero = np.zeros(1)
        return _rounded(np.full(1, number), zero, self.format, self.format.unit_roundoff)

    def log(self, x: Ball) -> Ball:
        below = np.where(x.mid > x.rad, -np.log1p(-x.rad / x.mid), np.inf)
        return self._function(np.log(x.mid), np.where(x.rad == 0, 0.0, below), self.format.ulp_log)

    def log1p(self, x: Ball) -> Ball:
        above = 1 + x.mid
        below = np.where(above > x.rad, -np.log1p(-x.rad / above), np.inf)
        return self._function(np.log1p(x.mid), below, self.format.ulp_log1p)

    def exp(self, x: Ball) -> Ball:
        mid = np.exp(x.mid)
        return self._function(mid, _times(mid, np.expm1(x.rad)), self.format.ulp_exp)

    def _function(self, mid: np.ndarray, rad: np.ndarray, ulps: float) -> Ball:
        return _rounded(mid, rad, self.format, _ulps(self.format, ulps), OWN_FUNCTION_ERROR)

    def sigmoid(self, logits: Ball) -> Ball:
        """In the form that never overflows; its radius covers the direct form as well."""
        negative = self.exp(self.where_nonnegative(logits, -logits, logits))  # exp(-|z|)
        numerator = self.where_nonnegative(logits, self._one(logits), negative)
        return numerator / (1.0 + negative)

    def _one(self, like: Ball) -> Ball:
        return Ball(np.ones_like(like.mid), np.zeros_like(like.mid), self.format)

    def clip_by_value(self, x: Ball, lower: Ball, upper: Ball) -> Ball:
        """Unchanged where surely inside; else between the clips of both ends, which are monotone."""
        inside = (x.low >= lower.high) & (x.high <= upper.low)
        low = np.minimum(np.maximum(x.low, lower.low), upper.low)
        high = np.minimum(np.maximum(x.high, lower.high), upper.high)
        clipped = _between(low, high, self.format)
        mid, rad = np.where(inside, x.mid, clipped.mid), np.where(inside, x.rad, clipped.rad)
        return Ball(mid, np.where(np.isnan(x.mid), np.inf, rad), self.format)

    def where_nonnegative(self, x: Ball, yes: Ball, no: Ball) -> Ball:
        both = _hull(yes, no)
        surely, never = x.low >= 0, x.high < 0
        mid = np.where(surely, yes.mid, np.where(never, no.mid, both.mid))
        rad = np.where(surely, yes.rad, np.where(never, no.rad, both.rad))
        nan = np.isnan(x.mid)
        return Ball(np.where(nan, np.nan, mid), np.where(nan, np.inf, rad), self.format)

    def reduce_sum(self, x: Ball, axis: int | None = -1) -> Ball:
        def total(terms: np.ndarray) -> np.ndarray:
            return np.asarray(np.sum(terms, axis=axis, keepdims=True))

        count = x.mid.size if axis is None else x.mid.shape[axis]
        additions = np.maximum(total(~x.exactly_zero) - 1, 0)
        magnitude, brought = total(x.magnitude), total(x.rad)
        step = additions * self.format.unit_roundoff * magnitude
        if self.format.flushes:
            step = step + additions * self.format.smallest_normal
        exact = total(x.small_integer) == count
        exact &= magnitude <= SMALL_INTEGER
        own = count * OWN_ROUNDOFF * total(np.abs(x.mid))
        rad = np.where(exact, 0.0, (brought + step + own) * INFLATION)
        return Ball(total(x.mid), rad, self.format)

    def reduce_max(self, x: Ball) -> Ball:
        mid = np.max(x.mid, axis=-1, keepdims=True)
        return Ball(mid, np.max(x.rad, axis=-1, keepdims=True), self.format)

    def gather(self, x: Ball, index: np.ndarray) -> Ball:
        def pick(part: np.ndarray) -> np.ndarray:
            return np.take_along_axis(part, index[..., None], axis=-1)

        return Ball(pick(x.mid), pick(x.rad), self.format)
