"""How grave a difference is; `grade` computes it, and `reports.compare.drift.gravity` that of a change."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from reference.arithmetic.formats import NAMES as DTYPES
from reference.arithmetic.formats import get_format

HALF_OF_THE_DIGITS = {name: get_format(name).unit_roundoff ** 0.5 for name in DTYPES}


class Severity(StrEnum):
    """The gravest first; `NONE` of what does not differ."""

    COMMON = "A"
    RARE = "B"
    ERROR = "C"
    PRECISION = "D"
    NONE = ""


MEANING: Mapping[Severity, str] = {
    Severity.COMMON: "silently wrong in common use: default options of the loss, float32 or mixed precision, sensible inputs",
    Severity.RARE: "silently wrong in rarer use",
    Severity.ERROR: "an error, a missing error, or a result of another shape or dtype",
    Severity.PRECISION: "less precise than it could be: half of the digits are right",
}
