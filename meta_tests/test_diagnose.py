"""The line of an answer's diagnosis, from comparisons that were written by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from meta_tests.door import INTERIOR
from suites.judge.diagnose import text
from suites.judge.judge import Columns, whole
from suites.observe.arrays import packed

INF, NAN = float("inf"), float("nan")
ANSWER: dict[str, Any] = {
    "value": packed(np.ones(4, np.float32)),
    "gradient": packed(np.ones((2, 2), np.float32)),
}


def columns(quantity: str = "value", **changed: Any) -> Columns:
    usual = {"observed": ["1.0"] * 4, "cause": [""] * 4, "bits": ["0"] * 4, "ulp_error": [0.0] * 4}
    index = [str(place) for place in range(4)]
    return Columns(quantity, index=index, **usual | changed)


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (columns(), ""),
        (columns(ulp_error=[1.0, -16.0, 2.0, 0.0]), ""),
        (columns(ulp_error=[1.0, -16.5, 2.0, 0.0]), "value error * 5"),
        (columns(ulp_error=[32.0, 1.0, 2.0, 0.0]), "value error * 5"),
        (columns(ulp_error=[33.0, INF, NAN, -INF]), "value error * 6"),
        (columns(ulp_error=[INF, -INF, NAN, 0.0]), ""),
        (columns(ulp_error=[99.0] * 4, cause=["", "why", "", "why"]), "value wrong 1,3 why"),
        (columns(cause=["a", "b", "b", "b"]), "value wrong 0 a\tvalue wrong 1-3 b"),
        (columns(tested=[True, False, False, True]), "value unbounded 1-2"),
        (columns(tested=[True, False, False, True], ulp_error=[0, 99.0, 99.0, 17.0]), "value error * 5\tvalue unbounded 1-2"),
        (columns(tested=[False] * 4, ulp_error=[99.0] * 4), "value unbounded 0-3"),
        (columns("gradient", cause=["", "why", "", ""]), "gradient wrong 1 why"),
        (whole("call", "ValueError: no", "raised ValueError"), "call wrong * raised ValueError"),
        (whole("value", "shape (4,)", ""), ""),
    ],
)  # fmt: skip
def test_what_is_written_of_an_answer(found: Columns, line: str) -> None:
    assert text(INTERIOR, ANSWER, [found]) == line


def test_places_are_those_of_the_answer_and_not_of_the_judge() -> None:
    """With the classes first, the judge's second number is the third of the answer."""
    first = replace(INTERIOR, arguments="axis:0")
    found = columns("gradient", cause=["", "why", "", ""])
    assert text(first, ANSWER, [found]) == "gradient wrong 2 why"
    assert text(first, ANSWER, [columns(cause=["", "why", "", ""])]) == "value wrong 1 why"


def test_quantities_stand_together() -> None:
    both = [columns(cause=["a", "", "", ""]), columns("gradient", ulp_error=[0, 0, 0, 1e6])]
    assert text(INTERIOR, ANSWER, both) == "gradient error * 20\tvalue wrong 0 a"
