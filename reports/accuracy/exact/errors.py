"""The error of results in ULP, and whether each is the exact one correctly rounded.

Results are scaled by the ULP of the exact one, a power of two, so that all that follows is exact in
float64: rounding to the dtype becomes rounding to an integer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from reference.arithmetic.formats import Format, get_format
from reports.accuracy.exact.double_double import Double

EXPONENT = np.int64(0x7FF0000000000000)
DOUBT = 2.0**-20  # nearer to a half, in ULP, is not decided; float64 knows float32 to 2^-22
DOUBT_OF_DOUBLE = 2.0**-24


@cache
def format_of(dtype: np.dtype) -> Format:
    """The format of a dtype; the name that NumPy gives it takes long to make."""
    return get_format(dtype.name)


@dataclass(frozen=True)
class Errors:
    """In ULP, finite where both results are; `right` where the result is the exact one correctly
    rounded, and `undecided` where that is too near to a half.
    """

    ulps: np.ndarray
    right: np.ndarray
    undecided: np.ndarray


def ulps_of(exact: np.ndarray, format: Format) -> np.ndarray:
    """The ULP of normal and subnormal numbers of a format; that of 0 is the smallest subnormal."""
    power = (exact.view(np.int64) & EXPONENT).view(np.float64)
    return np.maximum(power * (2 * format.unit_roundoff), format.smallest_subnormal)


def errors(exact: np.ndarray | Double, returned: np.ndarray, format: Format) -> Errors:
    """Of results of a dtype, as float64, beside what is exact, where that does not overflow."""
    if isinstance(exact, Double):
        return _errors_of_float64(exact, returned, format)
    ulp = ulps_of(exact, format)
    scaled, given = exact / ulp, returned / ulp
    nearest = np.rint(scaled)
    undecided = np.abs(scaled - nearest) > 0.5 - DOUBT
    return Errors(np.abs(given - scaled), nearest == given, undecided)


def _errors_of_float64(exact: Double, returned: np.ndarray, format: Format) -> Errors:
    ulp = ulps_of(exact.hi, format)
    ulps = np.abs((returned - exact.hi) / ulp - exact.lo / ulp)
    undecided = np.abs(exact.lo / ulp) > 0.5 - DOUBT_OF_DOUBLE
    return Errors(ulps, exact.hi == returned, undecided)


def decided(high: np.ndarray, low: np.ndarray, returned: np.ndarray, format: Format) -> Errors:
    """The same of exact results to 106 bits, which decides every half."""
    ulp = ulps_of(high, format)
    ulps = np.abs((returned / ulp - high / ulp) - low / ulp)
    return Errors(ulps, rounded(high, low, format) == returned, np.zeros(len(high), bool))


def rounded(high: np.ndarray, low: np.ndarray, format: Format) -> np.ndarray:
    """Exact results in the dtype, infinite where they overflow."""
    ulp = ulps_of(high, format)
    scaled, rest = high / ulp, low / ulp
    nearest = np.rint(scaled)
    half = (np.abs(scaled - nearest) == 0.5) & (rest != 0)
    found = np.where(half, scaled + np.copysign(0.5, rest), nearest) * ulp
    return np.where(np.abs(found) > format.largest, np.copysign(np.inf, found), found)


def overflow(format: Format) -> float:
    """The smallest number that rounds to infinity."""
    ulp = ulps_of(np.array([format.largest]), format)
    return format.largest + float(ulp[0]) / 2
