"""The error of results in ULP, and whether each is the exact one correctly rounded.

Results are scaled by the ULP of the exact one, a power of two, so that all that follows is exact in
float64: rounding to the dtype becomes rounding to an integer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.arithmetic.formats import Format
from reports.accuracy.exact.double_double import Double

EXPONENT = np.int64(0x7FF0000000000000)
DOUBT = 2.0**-20  # nearer to a half, in ULP, is not decided; float64 knows float32 to 2^-22
DOUBT_OF_DOUBLE = 2.0**-24


@dataclass(frozen=True)
class Errors:
    """`ulps` are finite where both are; `rounded` is the exact result in the dtype, infinite where it
    overflows; `undecided` where it is too near to a half.
    """

    ulps: np.ndarray
    right: np.ndarray
    rounded: np.ndarray
    undecided: np.ndarray


def ulps_of(exact: np.ndarray, format: Format) -> np.ndarray:
    """The ULP of normal and subnormal numbers of a format; that of 0 is the smallest subnormal."""
    power = (exact.view(np.int64) & EXPONENT).view(np.float64)
    return np.maximum(power * (2 * format.unit_roundoff), format.smallest_subnormal)


def errors(exact: np.ndarray | Double, returned: np.ndarray, format: Format) -> Errors:
    """Of results of a dtype, as float64, beside what is exact."""
    if isinstance(exact, Double):
        return _errors_of_float64(exact, returned, format)
    ulp = ulps_of(exact, format)
    scaled, given = exact / ulp, returned / ulp
    nearest = np.rint(scaled)
    undecided = np.abs(scaled - nearest) > 0.5 - DOUBT
    return _errors(np.abs(given - scaled), nearest * ulp, returned, undecided, format)


def _errors_of_float64(exact: Double, returned: np.ndarray, format: Format) -> Errors:
    ulp = ulps_of(exact.hi, format)
    ulps = np.abs((returned - exact.hi) / ulp - exact.lo / ulp)
    undecided = np.abs(exact.lo / ulp) > 0.5 - DOUBT_OF_DOUBLE
    return _errors(ulps, exact.hi, returned, undecided, format)


def _errors(
    ulps: np.ndarray,
    rounded: np.ndarray,
    returned: np.ndarray,
    undecided: np.ndarray,
    format: Format,
) -> Errors:
    over = np.abs(rounded) > format.largest
    if over.any():
        rounded = np.where(over, np.copysign(np.inf, rounded), rounded)
    return Errors(ulps, rounded == returned, rounded, undecided)


def decided(high: np.ndarray, low: np.ndarray, returned: np.ndarray, format: Format) -> Errors:
    """The same of exact results to 106 bits, which decides every half."""
    ulp = ulps_of(high, format)
    scaled, rest = high / ulp, low / ulp
    nearest = np.rint(scaled)
    beside = scaled - nearest
    half = (np.abs(beside) == 0.5) & (rest != 0)
    nearest = np.where(half, scaled + np.copysign(0.5, rest), nearest)
    ulps = np.abs((returned / ulp - scaled) - rest)
    return _errors(ulps, nearest * ulp, returned, np.zeros(len(high), bool), format)
