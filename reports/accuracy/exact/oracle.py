"""What each function of one number is exactly, over whole arrays, and how well that is known.

The formulas are those of `reference.formulas` in real numbers, written so that no step cancels. They are
computed by NumPy in float64, or, where float64 is measured, by `double_double`. A test holds both against the
project's own formulas in Arb.

The bound for float64, relative, is 2^-47. x and its labels have 24 bits or fewer, so 1 - p is exact
for p >= 1e-7, and so is p + q for q = 1 - p rounded. Each formula is a function or two of such a
number (exp of -|x|, log, log1p), three operations at the most, and a sum of numbers of one sign. A
relative error d of exp(-|x|) moves log1p of it by at most d, and so it does 1 / (1 + e). With functions that
are right to 8 ULP, 2^-49, where NumPy promises 4, this is at most 2 * 2^-49 + 3 * 2^-53, less than
2^-47. It is 2^-23 of an ULP of float32 at the most, and what lies nearer than `DOUBT` to a half is
decided by Arb. That the functions are so good is checked against Arb in every block, and at the
largest errors.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Protocol

import numpy as np

from reference.arithmetic.protocol import EPSILON
from reports.accuracy.exact import double_double
from reports.accuracy.exact.double_double import Double, of_fraction

FLOAT64_BOUND = 2.0**-47
DOUBT_OF_CLIP = 2.0**-44  # nearer to a bound of the clip a quotient may lie on either side
EPSILON_EXACT = Fraction(repr(EPSILON))


def _not_below(number: Fraction) -> float:
    """The smallest float64 that is not below a number."""
    nearest = float(number)
    return nearest if Fraction(nearest) >= number else math.nextafter(nearest, math.inf)


SMALLEST_INSIDE = _not_below(EPSILON_EXACT)
LARGEST_INSIDE = -_not_below(EPSILON_EXACT - 1)


Number = Any  # an array of NumPy, or a pair of them: `Library` knows which


class Library(Protocol):
    """NumPy, or `double_double`. A number is an array of one, or a pair of arrays of the other."""

    def log(self, x: Number) -> Number: ...
    def log1p(self, x: Number) -> Number: ...
    def exp(self, x: Number) -> Number: ...
    def where(self, mask: Number, yes: Number, no: Number) -> Number: ...


@dataclass(frozen=True)
class Found:
    """Value and gradient, as far as they are known. `clipped` says where the clip decides them, `doubt`
    where it may be on either side of the clip.
    """

    value: Number
    gradient: Number
    clipped: np.ndarray
    doubt: np.ndarray


# x and, of two probabilities, the other one; as float64.
Formula = Callable[[np.ndarray, np.ndarray, Library], Found]


def library(doubled: bool) -> Library:
    return double_double if doubled else np


@cache
def _constants(doubled: bool) -> tuple[Number, Number]:
    """-log(epsilon), and -log(1 - epsilon)."""
    epsilon = of_fraction(EPSILON_EXACT)
    values = -double_double.log(_one(epsilon)), -double_double.log1p(_one(-epsilon))
    return values if doubled else (values[0].hi[0], values[1].hi[0])


def _one(x: Double) -> Double:
    return Double(np.atleast_1d(x.hi), np.atleast_1d(x.lo))


def _sides(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where x is below epsilon, and where above 1 - epsilon; decided by exact comparison."""
    return x < SMALLEST_INSIDE, x > LARGEST_INSIDE


def _clipped(
    sides: tuple[np.ndarray, np.ndarray],
    value: Number,
    gradient: Number,
    at: tuple[Number, Number],
    m: Library,
) -> tuple[Number, Number, np.ndarray]:
    """With the values `at` the bounds, and a gradient of 0, where the clip decides."""
    low, high = sides
    outside = low | high
    value = m.where(low, at[0], m.where(high, at[1], value))
    return value, m.where(outside, 0.0, gradient), outside


def probability_of_one(x: np.ndarray, _: np.ndarray, m: Library) -> Found:
    """-log p of a p that is clipped: binary cross-entropy of the label 1."""
    low, high = _sides(x)
    p = np.where(low | high, 0.5, x)
    at = _constants(m is double_double)
    value, gradient, outside = _clipped((low, high), -m.log(p), -1.0 / (p + _zero(m)), at, m)
    return Found(value, _of_number(x, gradient, m), outside, np.zeros_like(outside))


def _of_number(x: np.ndarray, gradient: Number, m: Library) -> Number:
    """NaN is not between the bounds of the clip: no gradient passes."""
    none = np.isnan(x)
    return m.where(none, 0.0, gradient) if none.any() else gradient


def _zero(m: Library) -> Number:
    """What makes a number one of the library."""
    return Double(np.zeros(1), np.zeros(1)) if m is double_double else 0.0


def probability_of_zero(x: np.ndarray, _: np.ndarray, m: Library) -> Found:
    """-log(1 - p): of the label 0."""
    low, high = _sides(x)
    p = np.where(low | high, 0.5, x)
    of_epsilon, of_rest = _constants(m is double_double)
    rest = 1.0 - (p + _zero(m))
    at = (of_rest, of_epsilon)
    value, gradient, outside = _clipped((low, high), -m.log1p(-p), 1.0 / rest, at, m)
    return Found(value, _of_number(x, gradient, m), outside, np.zeros_like(outside))


def logit_of_one(x: np.ndarray, other: np.ndarray, m: Library) -> Found:
    """log(1 + exp(-x)): the sigmoid cross-entropy of the label 1, and the softmax one of (x, 0)."""
    found = logit_of_zero(-x, other, m)
    return Found(found.value, -found.gradient, found.clipped, found.doubt)


def logit_of_zero(x: np.ndarray, _: np.ndarray, m: Library) -> Found:
    """log(1 + exp(x)), with the gradient sigmoid(x)."""
    e = m.exp(-np.abs(x))
    never = np.zeros(x.shape, bool)
    value = np.maximum(x, 0.0) + m.log1p(e)
    return Found(value, m.where(x >= 0, 1.0, e) / (1.0 + e), never, never)


def share_of_two(p: np.ndarray, q: np.ndarray, m: Library) -> Found:
    """-log(p / (p + q)) of a clipped quotient; the gradient by p is -q / (p (p + q))."""
    total = (p + _zero(m)) + q
    share = p / total
    above, below = share - _epsilon(m), (1.0 - share) - _epsilon(m)
    none = np.isnan(_high(share)) | (_high(total) == 0)
    low, high = (_high(above) < 0) & ~none, (_high(below) < 0) & ~none
    inside = ~(low | high | none)
    p, q = np.where(inside, p, 0.5), np.where(inside, q, 0.5)
    value = m.log1p(q / (p + _zero(m)))
    slope = -(q + _zero(m)) / (((p + _zero(m)) + q) * p)
    value, slope, outside = _clipped((low, high), value, slope, _constants(m is double_double), m)
    margin = DOUBT_OF_CLIP if m is np else DOUBT_OF_CLIP**2
    doubt = (np.abs(_high(above)) < margin) | (np.abs(_high(below)) < margin)
    return Found(m.where(none, np.nan, value), m.where(none, np.nan, slope), outside, doubt)


def _high(x: Number) -> np.ndarray:
    """The float64 nearest to numbers of the library."""
    return x.hi if isinstance(x, Double) else x


def _epsilon(m: Library) -> Number:
    return of_fraction(EPSILON_EXACT) if m is double_double else EPSILON
