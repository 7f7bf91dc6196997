"""The line of an answer's diagnosis, from comparisons that were written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from meta_tests.door import INTERIOR
from reference import cause
from suites.cases.case import Case
from suites.judge.comparison import Numbers, OfCase, Whole
from suites.judge.diagnose import diagnose
from suites.judge.diagnosis import Quantity
from suites.judge.diagnosis_text import write
from suites.observe.arrays import packed

INF, NAN = float("inf"), float("nan")
OPTION = {letter: cause.read(f"another option: {letter}") for letter in "abw"}
ANSWER: dict[str, Any] = {
    "value": packed(np.ones(4, np.float32)),
    "gradient": packed(np.ones((2, 2), np.float32)),
}


NOT_SHOWN = ("index", "low", "high", "exact", "observed", "bits", "observed_dtype", "radius_share")


def numbers(quantity: str = "value", cause: str = "", **changed: Any) -> Numbers:
    """Four comparisons; `cause` has a letter for each, a space for none."""
    usual: dict[str, Any] = {name: [] for name in NOT_SHOWN}
    usual |= {"ulp_error": [0.0] * 4, "tested": [True] * 4}
    causes = [OPTION.get(letter) for letter in cause.ljust(4)]
    return Numbers(quantity=Quantity(quantity), cause=causes, **usual | changed)


def text(case: Case, answer: Any, judged: Iterable[OfCase]) -> str:
    return write(diagnose(case, answer, judged))


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (numbers(), ""),
        (numbers(ulp_error=[1.0, -16.0, 2.0, 0.0]), ""),
        (numbers(ulp_error=[1.0, -16.5, 2.0, 0.0]), "value error * 5"),
        (numbers(ulp_error=[32.0, 1.0, 2.0, 0.0]), "value error * 5"),
        (numbers(ulp_error=[33.0, INF, NAN, -INF]), "value error * 6"),
        (numbers(ulp_error=[INF, -INF, NAN, 0.0]), ""),
        (numbers(ulp_error=[99.0] * 4, cause=" w w"), "value wrong 1,3 another option: w"),
        (numbers(cause="abbb"), "value wrong 0 another option: a\tvalue wrong 1-3 another option: b"),
        (numbers(tested=[True, False, False, True]), "value unbounded 1-2"),
        (numbers(tested=[True, False, False, True], ulp_error=[0, 99.0, 99.0, 17.0]), "value error * 5\tvalue unbounded 1-2"),
        (numbers(tested=[False] * 4, ulp_error=[99.0] * 4), "value unbounded 0-3"),
        (numbers("gradient", cause=" w"), "gradient wrong 1 another option: w"),
        (Whole(Quantity.CALL, "ValueError: no", cause.read("raised ValueError")), "call wrong * raised ValueError"),
        (Whole(Quantity.VALUE, "shape (4,)", None), ""),
    ],
)  # fmt: skip
def test_what_is_written_of_an_answer(found: OfCase, line: str) -> None:
    assert text(INTERIOR, ANSWER, [found]) == line


def test_places_are_those_of_the_answer_and_not_of_the_judge() -> None:
    """With the classes first, the judge's second number is the third of the answer."""
    first = replace(INTERIOR, arguments="axis:0")
    found = numbers("gradient", cause=" w")
    assert text(first, ANSWER, [found]) == "gradient wrong 2 another option: w"
    assert text(first, ANSWER, [numbers(cause=" w")]) == "value wrong 1 another option: w"


def test_quantities_stand_together() -> None:
    both = [numbers(cause="a"), numbers("gradient", ulp_error=[0, 0, 0, 1e6])]
    assert text(INTERIOR, ANSWER, both) == "gradient error * 20\tvalue wrong 0 another option: a"
