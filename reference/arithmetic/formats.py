"""The floating-point formats under test, and what their arithmetic is allowed to do.

Accuracies of elementary functions are those of the OpenCL C specification, section "Relative
error as ULPs" (exp and log 3 ULP, log1p 2 ULP, pow 16 ULP in single and double precision; 2 ULP,
and pow 4 ULP, in half precision): the loosest that a conforming vendor library may have. An IEEE 754 operation is
accurate to half an ULP: `CORRECTLY_ROUNDED`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import ml_dtypes
import numpy as np

CORRECTLY_ROUNDED = 0.5
NAMES = ("float16", "bfloat16", "float32", "float64")


@dataclass(frozen=True)
class Format:
    """One binary floating-point format; every number but the ULP counts is an exact float64.

    `flushes` says whether an implementation may treat subnormal numbers as zero, on input and on
    output. Formats with the exponent range of float32 or more do on many processors (TensorFlow's
    own threads do); float16 is computed through float32 or keeps its subnormals in hardware.
    """

    name: str
    unit_roundoff: float
    smallest_normal: float
    smallest_subnormal: float
    largest: float
    flushes: bool
    ulp_divide: float
    ulp_exp: float
    ulp_log: float
    ulp_log1p: float
    ulp_pow: float

    def error_of_subnormal(self, ulps: float) -> float:
        """Greatest error, absolute, of a subnormal result that is accurate to so many ULPs."""
        return self.smallest_normal if self.flushes else ulps * self.smallest_subnormal

    @property
    def dtype(self) -> np.dtype:
        return np.dtype(getattr(ml_dtypes, self.name, self.name))

    def has(self, number: Fraction) -> bool:
        """Whether the format has just this number, and nobody may treat it as zero."""
        if number and abs(number) < self.smallest_normal:
            return False
        rounded = float(np.asarray(float(number), self.dtype))
        return math.isfinite(rounded) and Fraction(rounded) == number


@cache
def get_format(name: str) -> Format:
    """Look a format up. Raises ValueError, naming the known ones, for an unknown name."""
    if name not in NAMES:
        raise ValueError(f"unknown dtype {name!r}; known: {', '.join(NAMES)}")
    info = ml_dtypes.finfo(getattr(ml_dtypes, name, name))
    half = info.bits == 16
    return Format(
        name=name,
        unit_roundoff=float(info.eps) / 2,
        smallest_normal=float(info.smallest_normal),
        smallest_subnormal=float(info.smallest_subnormal),
        largest=float(info.max),
        flushes=name != "float16",
        ulp_divide=2.5 if name == "float32" else 1,
        ulp_exp=2 if half else 3,
        ulp_log=2 if half else 3,
        ulp_log1p=2,
        ulp_pow=4 if half else 16,
    )


def ulp(values: np.ndarray, format: Format) -> np.ndarray:
    """Distance from |value| to the next larger number of the format, as float64.

    Not finite where the value is not finite; at least the smallest subnormal number.
    """
    with np.errstate(all="ignore"):
        _, exponent = np.frexp(np.abs(values))
        spacing = np.ldexp(2 * format.unit_roundoff, exponent - 1)
    spacing = np.where(values == 0, 0.0, spacing)  # frexp gives zero an exponent of zero
    return np.where(np.isfinite(values), np.maximum(spacing, format.smallest_subnormal), np.nan)
