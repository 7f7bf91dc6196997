"""Answers of two sides to a few cases, and what changed between them: for tests of what tells it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from meta_tests.recorded import CASE, answer
from reports.compare.grouping.changes import Compared, Side, rows

FAR, FURTHER, NAN = answer([0.5, 3.0]), answer([0.5, 9.0]), answer([0.5, math.nan])
WHY, UNEXPLAINED = "value wrong 1 another option: why", "value wrong 1 unexplained"
Row = tuple[str, str, str, str, str]  # before, after, the diagnoses of both, the mark
CHANGES: Mapping[str, Row] = {
    "small": (answer(), FAR, "", WHY, "+"),
    "great": (answer(), FURTHER, "", WHY, "+"),
    "kind": (answer(), NAN, "", "value wrong 1 the formula fails in float32", "+"),
    "other": (FAR, FURTHER, WHY, UNEXPLAINED, "!"),
    "fixed": (FAR, answer(), WHY, "", "-"),
    "gone": (answer(), "absent", "", "", "x"),
    "new": ("absent", answer(), "", "", "*"),
    "rough": (answer(), answer([0.5, 2.0000002]), "", "value error * 9", "^"),
    "round": (answer(), answer([0.5, 2.0000002]), "", "", "~"),
    "same": (answer(), answer(), "", "", ""),
    "unasked": ("not asked", answer(), "", "", ""),
}


def of(*names: str, form: str = "function") -> Compared:
    """The changes of some of CHANGES."""
    base = CASE.replace("function", form)
    return compared({f"{base},{name}": CHANGES[name] for name in names})


def compared(changes: Mapping[str, tuple[str, ...]]) -> Compared:
    """What changed in cases with before, after, and the diagnoses of both."""
    sides = (
        Side(
            {case: row[number] for case, row in changes.items()},
            {case: row[number + 2] for case, row in changes.items()},
        )
        for number in (0, 1)
    )
    return rows(*sides, changes)


def everyday(name: str = "interior") -> str:
    """A case that most people have."""
    return f"{CASE},{name}"
