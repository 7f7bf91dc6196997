"""How grave a change between two recordings is for who uses the case that changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.compare.drift.drift import Change, Drift
from reports.run.severity import HALF_OF_THE_DIGITS, Severity
from suites.cases.everyday import is_everyday
from suites.cases.fields import FIELDS

MEANING: Mapping[Severity, str] = {
    Severity.COMMON: "other numbers in everyday use: default options of the loss, float32 or mixed precision, sensible inputs",
    Severity.RARE: "other numbers in rarer use",
    Severity.ERROR: "another error, warning, shape or dtype, or an API that is removed",
    Severity.PRECISION: "less than half of the digits are others",
}
DTYPE = FIELDS.index("dtype")


def severity(fields: Sequence[str], change: Change) -> Severity:
    """Of a change of the case with these names; none of what was only added."""
    if change.drift is Drift.ADDED:
        return Severity.NONE
    if change.drift is Drift.REMOVED or not change.of_numbers:
        return Severity.ERROR
    if change.drift in (Drift.ROUNDING, Drift.ACCURACY):
        return Severity.PRECISION
    if "finite" not in change.aspects and _is_precise(change, fields[DTYPE]):
        return Severity.ERROR if change.aspects else Severity.PRECISION
    return Severity.COMMON if is_everyday(tuple(fields)) else Severity.RARE


def _is_precise(change: Change, dtype: str) -> bool:
    """Whether half of the digits of the number that changed most are the same."""
    return change.most.size <= HALF_OF_THE_DIGITS[dtype]
