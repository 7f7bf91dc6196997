"""How grave a change between two recordings is, by a table written by hand."""

from __future__ import annotations

import math

import pytest

from meta_tests.recorded import CASE, answer
from reports.compare.drift.drift import change
from reports.compare.drift.gravity import severity
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


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (answer([0.5, 2.0], dtype="float64"), "C"),  # of the same numbers
        (answer([0.5, 3.0], dtype="float64"), "A"),
        (answer([0.5, 2.0], warnings=("UserWarning",)), "C"),
        (answer([0.5, math.nan], warnings=("UserWarning",)), "A"),
    ],
)
def test_beside_another_dtype_or_a_warning_the_numbers_decide(after: str, expected: str) -> None:
    assert severity(EVERYDAY, change(BEFORE, after, (read(""), read(WRONG)), "float32")) == expected


@pytest.mark.parametrize(
    ("quantity", "expected"), [("value", "D"), ("gradient", "A")], ids=["a loss", "a gradient"]
)
def test_a_loss_of_0_that_is_a_little_more_is_precision(quantity: str, expected: str) -> None:
    before, after = (answer(**{quantity: [0.5, number]}) for number in (0.0, 1.2e-7))
    found = change(before, after, (read(""), read(f"{quantity} wrong 1 unexplained")), "float32")
    assert severity(EVERYDAY, found) == expected
