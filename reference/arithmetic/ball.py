"""Intervals of one format, as midpoint and radius, and what their arithmetic adds to the radius.

The rules and their sources are in `enclosure`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import numpy as np

from reference.arithmetic.formats import CORRECTLY_ROUNDED, Format

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
    def shape(self) -> tuple[int, ...]:
        return self.mid.shape

    @property
    def low(self) -> np.ndarray:
        return self.mid - self.rad

    @property
    def high(self) -> np.ndarray:
        return self.mid + self.rad

    def _lift(self, other: Ball | float) -> Ball:
        if isinstance(other, Ball):
            return other
        return constant(self.format, float(other))

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

    def __getitem__(self, index: slice) -> Ball:
        return Ball(self.mid[index], self.rad[index], self.format)

    def swapaxes(self, one: int, other: int) -> Ball:
        return Ball(self.mid.swapaxes(one, other), self.rad.swapaxes(one, other), self.format)

    @property
    def exactly_zero(self) -> np.ndarray:
        return (self.mid == 0) & (self.rad == 0)

    @property
    def small_integer(self) -> np.ndarray:
        return (self.rad == 0) & small_integer(self.mid)


def rounded(
    mid: np.ndarray,
    rad: np.ndarray,
    format: Format,
    ulps: float = CORRECTLY_ROUNDED,
    own: float = OWN_ROUNDOFF,
    exact: np.ndarray | bool = False,
    scaled: int = 1,
) -> Ball:
    """Widen `rad`, which holds what the operands brought, by one result accurate to `ulps`.

    An ULP is at most 2u of the value. `exact` says where machines and real numbers agree, `scaled`
    by what a result is multiplied last: it underflows so much sooner where subnormals are flushed.
    """
    relative, size = 2 * ulps * format.unit_roundoff, np.abs(mid)
    step = relative * size + relative * rad
    sooner = scaled if format.flushes else 1
    may_underflow = size - rad < sooner * format.smallest_normal
    if may_underflow.any():
        step = step + np.where(may_underflow, sooner * format.error_of_subnormal(ulps), 0.0)
    widened = (rad + np.where(exact, 0.0, step) + own * size) * INFLATION
    certain = (exact | np.isinf(size)) & (rad == 0)  # an infinity is not rounded
    return Ball(mid, np.where(certain, 0.0, widened), format)


@cache
def constant(format: Format, *numbers: float) -> Ball:
    """Real numbers in decimal, which a program holds in the format or in a wider one."""
    mid = np.array(numbers, np.float64)
    exact = np.array([format.has(Fraction(repr(number))) for number in mid.tolist()])
    return rounded(mid, np.zeros(mid.shape), format, exact=exact)


def small_integer(numbers: np.ndarray) -> np.ndarray:
    return (np.abs(numbers) <= SMALL_INTEGER) & (np.rint(numbers) == numbers)


def _add(x: Ball, y: Ball) -> Ball:
    mid, rad = x.mid + y.mid, x.rad + y.rad
    integers = x.small_integer & y.small_integer & small_integer(mid)
    cancelled = (mid == 0) & (rad == 0)
    exact = x.exactly_zero | y.exactly_zero | integers | cancelled
    return rounded(mid, rad, x.format, exact=exact)


def times(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A product of magnitudes in which zero times infinity is zero."""
    product = x * y
    if not np.isnan(product).any():
        return product
    return np.where((x == 0) | (y == 0), 0.0, product)


def _multiply(x: Ball, y: Ball) -> Ball:
    mid = x.mid * y.mid
    zero = x.exactly_zero | y.exactly_zero
    mid = np.where(zero & ~np.isnan(x.mid) & ~np.isnan(y.mid), 0.0, mid)
    rad = times(np.abs(x.mid), y.rad) + times(np.abs(y.mid), x.rad) + times(x.rad, y.rad)
    unit = [(ball.rad == 0) & (np.abs(ball.mid) == 1) for ball in (x, y)]
    integers = x.small_integer & y.small_integer & small_integer(mid)
    return rounded(mid, rad, x.format, exact=zero | unit[0] | unit[1] | integers)


def _divide(x: Ball, y: Ball) -> Ball:
    undecided = (x.mid == 0) & (y.mid == 0) & (y.rad > 0)
    mid = x.mid / np.where(undecided, 1.0, y.mid)
    distance = np.abs(y.mid) - y.rad
    by_zero = np.where(y.exactly_zero & (x.rad == 0), 0.0, np.inf)
    rad = np.where(distance > 0, (x.rad + times(np.abs(mid), y.rad)) / distance, by_zero)
    exact = x.exactly_zero
    if x.format.ulp_divide <= 1:  # a reciprocal that is less accurate need not be 1 at 1
        exact = exact | ((y.rad == 0) & (np.abs(y.mid) == 1))
    return rounded(mid, np.where(exact, x.rad, rad), x.format, x.format.ulp_divide, exact=exact)


def between(low: np.ndarray, high: np.ndarray, format: Format) -> Ball:
    mid = low / 2 + high / 2
    rad = (np.maximum(mid - low, high - mid) + OWN_ROUNDOFF * np.abs(mid)) * INFLATION
    return Ball(mid, np.where(np.isfinite(mid), rad, np.inf), format)


def hull(x: Ball, y: Ball) -> Ball:
    hull = between(np.minimum(x.low, y.low), np.maximum(x.high, y.high), x.format)
    return Ball(np.where(np.isfinite(hull.rad), hull.mid, x.mid), hull.rad, x.format)
