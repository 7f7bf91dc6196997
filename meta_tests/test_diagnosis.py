"""A diagnosis is read as it was written, and says of each number what the judge found."""

from __future__ import annotations

from collections import Counter

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from reference import cause
from suites.cases.case import Case
from suites.cases.selection import select
from suites.judge.diagnose import diagnose
from suites.judge.diagnosis import (
    USUAL,
    Diagnosis,
    Finding,
    Inaccurate,
    Quantity,
    Unbounded,
    Wrong,
)
from suites.judge.diagnosis_text import read, spans, write
from suites.judge.judge import judge
from suites.observe import requests

PLACES = st.lists(st.integers(0, 99), min_size=1, max_size=6, unique=True).map(sorted).map(tuple)
WHY, BECAUSE = "another option: why", "another option: because"
CAUSE = st.sampled_from(
    ["computed in float32", "raised ValueError", "returned shape (8,) where (2, 2) is expected"]
).map(cause.read)


QUANTITY = st.sampled_from(Quantity)
FINDING = (
    st.builds(Wrong, QUANTITY, st.none() | PLACES, CAUSE)
    | st.builds(Unbounded, QUANTITY, PLACES)
    | st.builds(Inaccurate, QUANTITY, st.integers(5, 200))
)


@given(st.lists(FINDING, max_size=4))
def test_what_is_written_is_read(found: list[Finding]) -> None:
    line = write(Diagnosis(tuple(found)))
    assert Counter(read(line).findings) == Counter(found)
    assert write(read(line)) == line


@pytest.mark.parametrize(
    "line",
    [
        "value",
        "value wrong",
        "value wrong 3",
        "value wrong 3 why",
        "value error 3 9",
        "value error * many",
        "value unbounded *",
        "value unbounded 3 unexplained",
        "value computed in float32",
        "loss wrong 3 unexplained",
        "value wrong x unexplained",
        "value wrong 3 unexplained\t",
    ],
)
def test_what_is_no_diagnosis_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="no finding"):
        read(line)


@pytest.mark.parametrize(
    ("places", "text"), [([], ""), ([3], "3"), ([3, 4], "3-4"), ([0, 7, 8, 9, 11], "0,7-9,11")]
)
def test_neighbouring_places_stand_together(places: list[int], text: str) -> None:
    assert spans(places) == text


def test_it_says_in_words_what_is_wrong() -> None:
    why, because = cause.read(WHY), cause.read(BECAUSE)
    assert read("").text() == "right"
    assert read("value error * 9").text() == "right"
    assert read("value unbounded 3").text() == "right where it is bounded"
    both = read(f"value wrong 3 {WHY}\tgradient wrong 0 {WHY}\tgradient wrong 1 {BECAUSE}")
    assert both.text() == f"{BECAUSE} (gradient); {WHY} (gradient and value)"
    assert both.causes == {("value", why), ("gradient", why), ("gradient", because)}
    assert not both.is_right


def test_the_worst_error_is_that_of_the_quantity() -> None:
    found = read("value error * 9")
    assert (found.error(Quantity.VALUE), found.error(Quantity.GRADIENT)) == (9, USUAL)


def case(**fields: str) -> Case:
    found = (
        one
        for one in select(requests.DEVICES)
        if all(getattr(one, name) == text for name, text in fields.items())
    )
    return next(found)


def answered(one: Case, change: int | None = None) -> dict[str, object]:
    """What a right installation answers to a case; one number of the gradient may be another."""
    from reference.expectation import in_native
    from suites.judge.specify import specification
    from suites.observe.arrays import arrays, packed

    value, gradient = in_native(specification(one), arrays(one, requests.SEED))
    axis = one.chosen.get("axis", "-1")
    raw = np.moveaxis(gradient, -1, int(axis)).copy()
    if change is not None:
        raw.flat[change] += 1.0
    return {"value": packed(value.astype(one.dtype)), "gradient": packed(raw.astype(one.dtype))}


@pytest.mark.parametrize("arguments", ["plain", "axis:0", "axis:1", "axis:-2"])
@pytest.mark.parametrize("change", [None, 1, 5])
def test_places_are_those_of_the_answer_whatever_the_axis(
    arguments: str, change: int | None
) -> None:
    one = case(
        loss="categorical_crossentropy",
        form="function",
        arguments=arguments,
        dtype="float32",
        output="probabilities" if arguments in ("plain", "axis:0", "axis:1") else "logits",
    )
    answer = answered(one, change)
    found = diagnose(one, answer, judge(one, answer, requests.SEED))
    wrong = [place for finding in found.wrong for place in finding.places or ()]
    assert wrong == ([] if change is None else [change])
