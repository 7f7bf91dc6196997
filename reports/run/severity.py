"""How grave a difference is; `grade` computes it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Severity(StrEnum):
    """The gravest first; `NONE` of what does not differ."""

    COMMON = "A"
    RARE = "B"
    ERROR = "C"
    PRECISION = "D"
    NONE = ""


MEANING: Mapping[Severity, str] = {
    Severity.COMMON: "silently wrong in common use: default options, float32 or mixed precision, sensible inputs",
    Severity.RARE: "silently wrong in rarer use",
    Severity.ERROR: "an error, a missing error, or a result of another shape or dtype",
    Severity.PRECISION: "less precise than it could be: half of the digits are right",
}
