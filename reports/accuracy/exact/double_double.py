"""Real numbers as unevaluated sums of two float64, about 106 bits, over whole arrays.

The functions have the names of NumPy's, so that one text computes in either. With u = 2^-53, and
as long as nothing underflows (numbers beside 0 lie between 2^-900 and 2^900), relative errors are at most

- sum: 3 u^2 + 13 u^3 where both have one sign, by AccurateDWPlusDW; with two signs the error is that much of
  the larger one;
- product: 7 u^2, by DWTimesDW1; quotient: 15 u^2 + 56 u^3, by DWDivDW2
  (M. Joldes, J.-M. Muller, V. Popescu, *Tight and rigorous error bounds for basic building blocks of
  double-word arithmetic*, ACM Trans. Math. Softw. 44, 2017, algorithms 6, 11 and 17);
- expm1 of |x| <= 0.36: 2^-95. z = x / 64 is exact, and |z| < 0.0057. The series of expm1(z) / z is
  cut after z^13 / 14!, which leaves out less than 0.0057^14 / 15! < 2^-140. Horner's scheme adds
  a small number to 1 in its last step, and 10 u^2 to the relative error there; all steps before are
  shrunk by 0.0057. So the error is at most 32 u^2 after the product with z. Each of six steps
  expm1(2 z) = e (e + 2) multiplies it by at most (2 + 2 e) / (2 + e) <= 1.18, or adds less where e < 0, and adds
  11 u^2: 32 * 1.18^6 + 11 * 12 < 2^8, in units of 2^-106;
- exp: 2^-90. x = k log 2 + r with |k| < 1024 and |r| < 0.35. k log 2 is a product of a number of 11 bits with
  log 2 to 2^-107: its error is below 2^-95, which is a relative error of the result, and that of
  expm1(r) + 1 comes to it;
- log1p of -0.3 < d < 0.4, and log between 0.7 and 1.4: 2^-85. y is what NumPy gives, however good
  it is. With m = expm1(-y), whose relative error is 2^-95, log1p(d) = y + log1p(t) for t = d + m + d m exactly.
  Its two large terms are each about |d|, so t has the absolute error 2^-92 |d|. A y that is right to
  2^-40 leaves |t| < 2^-39 |d|, which is checked, and log1p(t) = t - t^2 / 2 + t^3 / 3 leaves out t^4 / 4;
- log and log1p elsewhere, where |log| > 0.33: 2^-85, by t = a exp(-y) - 1, whose error, 2^-89, is absolute.

A test compares all of them with Arb, and a wrong y raises `Unsure`: no library has to be trusted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import factorial
from typing import ClassVar

import numpy as np
from flint import arb, ctx

SPLITTER = 2.0**27 + 1
NEAR = (-0.3, 0.4)  # of log1p, in which |log1p| < 0.36
DOUBLINGS = 6
CLOSE = 2.0**-39
RELATIVE = 2.0**-80  # what all functions promise together, for a few of them in turn


class Unsure(ArithmeticError):
    """NumPy gave a logarithm that is not right to 2^-40: the second half would be of no use."""


@dataclass(frozen=True, eq=False)
class Double:
    """`hi + lo`, where hi is the float64 nearest to it."""

    hi: np.ndarray
    lo: np.ndarray
    __array_ufunc__: ClassVar[None] = None  # so that an array leaves operators to us

    def __neg__(self) -> Double:
        return Double(-self.hi, -self.lo)

    def __add__(self, other: Double | np.ndarray | float) -> Double:
        y = _lift(other)
        high, low = two_sum(self.hi, y.hi), two_sum(self.lo, y.lo)
        first = fast_two_sum(high.hi, high.lo + low.hi)
        return fast_two_sum(first.hi, low.lo + first.lo)

    def __mul__(self, other: Double | np.ndarray | float) -> Double:
        y = _lift(other)
        product = two_product(self.hi, y.hi)
        return fast_two_sum(product.hi, product.lo + (self.hi * y.lo + self.lo * y.hi))

    def __truediv__(self, other: Double | np.ndarray | float) -> Double:
        y = _lift(other)
        first = self.hi / y.hi
        rest = self - y * first
        return fast_two_sum(first, rest.hi / y.hi)

    def __sub__(self, other: Double | np.ndarray | float) -> Double:
        return self + -_lift(other)

    def __rsub__(self, other: np.ndarray | float) -> Double:
        return _lift(other) - self

    def __rtruediv__(self, other: np.ndarray | float) -> Double:
        return _lift(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def scaled(self, exponent: np.ndarray | int) -> Double:
        """Times a power of two, exactly."""
        return Double(np.ldexp(self.hi, exponent), np.ldexp(self.lo, exponent))

    def __getitem__(self, chosen: np.ndarray) -> Double:
        return Double(self.hi[chosen], self.lo[chosen])


Real = np.ndarray | Double


def _lift(x: Double | np.ndarray | float) -> Double:
    if isinstance(x, Double):
        return x
    wide = np.asarray(x, np.float64)
    return Double(wide, np.zeros_like(wide))


def two_sum(x: np.ndarray, y: np.ndarray) -> Double:
    """x + y exactly (Knuth)."""
    total = x + y
    part = total - x
    return Double(total, (x - (total - part)) + (y - part))


def fast_two_sum(x: np.ndarray, y: np.ndarray) -> Double:
    """The same where |x| >= |y| (Dekker)."""
    total = x + y
    return Double(total, y - (total - x))


def two_product(x: np.ndarray, y: np.ndarray) -> Double:
    """x y exactly, without fused multiply-add (Dekker and Veltkamp)."""
    product = x * y
    (a, b), (c, d) = _halves(x), _halves(y)
    return Double(product, ((a * c - product) + a * d + b * c) + b * d)


def _halves(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scaled = SPLITTER * x
    high = scaled - (scaled - x)
    return high, x - high


def of_fraction(number: Fraction) -> Double:
    high = float(number)
    return Double(np.asarray(high), np.asarray(float(number - Fraction(high))))


def _of_arb(number: arb) -> Double:
    high = float(number.mid())
    return Double(np.asarray(high), np.asarray(float((number - high).mid())))


def _log_two() -> Double:
    with ctx.workprec(256):
        return _of_arb(arb(2).log())


LOG_TWO = _log_two()
COEFFICIENTS = [of_fraction(Fraction(1, factorial(k + 1))) for k in range(13, -1, -1)]


def _small_expm1(x: Double) -> Double:
    z = x.scaled(-DOUBLINGS)
    series = COEFFICIENTS[0] * np.ones_like(z.hi)
    for coefficient in COEFFICIENTS[1:]:
        series = series * z + coefficient
    result = series * z
    for _ in range(DOUBLINGS):
        result = result * (result + 2.0)
    return result


def exp(x: Double | np.ndarray) -> Double:
    """Of |x| < 600."""
    x = _lift(x)
    turns = np.rint(x.hi / LOG_TWO.hi)
    rest = x - LOG_TWO * turns
    return (_small_expm1(rest) + 1.0).scaled(turns.astype(np.int64))


def log1p(x: Double | np.ndarray) -> Double:
    x = _lift(x)
    near = (x.hi > NEAR[0]) & (x.hi < NEAR[1])
    return _by_parts(near, x, _log1p_near, lambda far: _log_far(far + 1.0))


def log(x: Double | np.ndarray) -> Double:
    x = _lift(x)
    near = (x.hi > 1 + NEAR[0]) & (x.hi < 1 + NEAR[1])
    return _by_parts(near, x, lambda part: _log1p_near(part - 1.0), _log_far)


def _log1p_near(d: Double) -> Double:
    y = np.log1p(d.hi)
    m = _small_expm1(_lift(-y))
    return _corrected(y, d + m + d * m, np.abs(d.hi))


def _log_far(a: Double) -> Double:
    y = np.log(a.hi)
    return _corrected(y, a * exp(-y) - 1.0, np.ones_like(y))


def _corrected(y: np.ndarray, t: Double, size: np.ndarray) -> Double:
    if (np.abs(t.hi) > CLOSE * size).any():
        raise Unsure("a logarithm of NumPy is wrong by more than 2^-40")
    return y + (t - t * t * 0.5 + t * t * t / 3.0)


def _by_parts(
    mask: np.ndarray, x: Double, yes: Callable[[Double], Double], no: Callable[[Double], Double]
) -> Double:
    """`yes` of the numbers where `mask`, `no` of the others."""
    result = Double(np.empty_like(x.hi), np.empty_like(x.hi))
    for part, function in ((mask, yes), (~mask, no)):
        if part.any():
            found = function(x[part])
            result.hi[part], result.lo[part] = found.hi, found.lo
    return result


def where(mask: np.ndarray, yes: Real | float, no: Real | float) -> Double:
    yes, no = _lift(yes), _lift(no)
    return Double(np.where(mask, yes.hi, no.hi), np.where(mask, yes.lo, no.lo))
