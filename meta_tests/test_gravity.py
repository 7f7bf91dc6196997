"""How grave a change between two recordings is, by a table written by hand."""

from __future__ import annotations

import math

import pytest

from meta_tests.recorded import CASE, answer
from reports.compare.changes import Side, rows
from reports.compare.drift import change
from reports.compare.gravity import severity
from reports.compare.upgrade import lines
from suites.judge.diagnosis_text import read

EVERYDAY = [*CASE.split(","), "interior"]
RARE = [*EVERYDAY[:4], "float64", *EVERYDAY[5:]]
BEFORE, WRONG = answer([0.5, 2.0]), "value wrong 1 unexplained"


@pytest.mark.parametrize(
    ("after", "diagnosis", "everyday", "rare"),
    [
        (answer([0.5, 3.0]), WRONG, "A", "B"),
        (answer([0.5, math.nan]), WRONG, "A", "B"),
        (answer([0.5, 2.0004]), WRONG, "D", "B"),  # half of the digits: 2.4e-4, and 1e-8
        (answer([0.5, 2.001]), WRONG, "A", "B"),
        (answer([0.5, 2.0000002]), "value error * 9", "D", "D"),
        ("error ValueError: no", "call wrong * raised ValueError", "C", "C"),
        (answer([0.5]), WRONG, "C", "C"),
        ("absent", "", "C", "C"),
    ],
)
def test_size_and_kind_decide_before_use_does(
    after: str, diagnosis: str, everyday: str, rare: str
) -> None:
    found = change(BEFORE, after, (read(""), read(diagnosis)), "float32")
    assert (severity(EVERYDAY, found), severity(RARE, found)) == (everyday, rare)


def test_what_was_added_has_no_severity() -> None:
    assert severity(EVERYDAY, change("absent", BEFORE, (read(""), read("")))) == ""


def test_an_upgrade_says_first_that_everyday_use_changes() -> None:
    names = {case: ",".join(fields) for case, fields in (("a", EVERYDAY), ("b", RARE))}
    new = Side(
        dict.fromkeys(names.values(), answer([0.5, 3.0])), dict.fromkeys(names.values(), WRONG)
    )
    found = rows(Side(dict.fromkeys(names.values(), BEFORE), {}), new, names.values())
    printed = list(lines(found, "old", "new"))
    assert printed[0] == "\nEveryday use changes in 1 way, marked A below."
    (first,) = (line for line in printed if line.startswith("  A binary"))
    assert first == "  A binary_crossentropy, 2 cases: right -> unexplained (value)"
