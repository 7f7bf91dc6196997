"""Right answers fulfil every relation, and one wrong number on a side is a fault of that side."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import suites.judge.relation_judge
from reference.arithmetic.formats import get_format
from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.expectation import expect
from reference.specification import QUANTITIES, Inputs
from suites.cases import loss_options
from suites.cases.case import Case
from suites.cases.relation import Relation
from suites.cases.relations import RELATIONS
from suites.cases.selection import select
from suites.judge.comparison import causes
from suites.judge.relation_judge import BOTH_RIGHT, Side, compare
from suites.judge.specify import specification
from suites.observe.arrays import arrays, packed

SEED = 2017
CASES = select(("CPU:0", "CPU:1"))
WRONG = 42.0
# Right by different formulas, which part where one of them clips: known, with their reasons.
PART = (
    "a weighted metric equals the weighted loss",
    "logits equal the probabilities of their softmax",
    "logits equal the probabilities of their sigmoid",
    "smoothed to the end, a loss is its mean over both labels",
    "a model trains on its probabilities as on its logits",
)
every_relation = pytest.mark.parametrize("relation", RELATIONS, ids=lambda one: one.name)


def _answer(case: Case, given: Inputs) -> dict[str, Any]:
    """What a library returns that rounds the exact numbers to the dtype."""
    found: dict[str, Any] = {}
    asked = specification(case)
    dtypes = (asked.loss_dtype or asked.dtype, asked.dtype)
    for name, dtype, expected in zip(QUANTITIES, dtypes, expect(asked, given), strict=True):
        numbers = expected.exact_hi
        if name == "gradient" and numbers.ndim == given.output.ndim:
            numbers = np.moveaxis(numbers, -1, loss_options.axis(case.chosen))
        with np.errstate(all="ignore"):
            found[name] = packed(numbers.astype(get_format(dtype).dtype))
    return found


def _sides(relation: Relation) -> Iterator[tuple[Side, Side]]:
    """Two of the cases that it holds for: the first, and the last."""
    found = [case for case in CASES if relation.holds_for(case)]
    for case in (found[0], found[-1]):
        other = relation.case(case)
        given, others = relation.both(arrays(case, SEED)), relation.change(arrays(other, SEED))
        yield (
            Side(case, given, _answer(case, given)),
            Side(other, others, _answer(other, others)),
        )


@every_relation
def test_right_answers_fulfil_a_relation(relation: Relation) -> None:
    for this, other in _sides(relation):
        found = list(compare(relation, this, other))
        assert len(found) == sum(back is not None for back in (relation.value, relation.gradient))
        for columns in found:
            own = {BOTH_RIGHT} if relation.name in PART else set()
            assert set(columns.cause) - own <= {None}
            assert set(columns.blamed) == {""}


def test_no_case_is_related_to_one_of_which_nothing_is_expected() -> None:
    for relation in RELATIONS:
        for case in filter(relation.holds_for, CASES):
            specification(relation.case(case))


@pytest.mark.parametrize(
    ("errors", "blamed"), [((1, 0), "this"), ((0, 1), "other"), ((1, 1), ""), ((0, 0), "")]
)
def test_an_error_of_one_side_alone_is_its_fault(errors: tuple[int, int], blamed: str) -> None:
    relation = next(one for one in RELATIONS if one.name == "class equals function")
    raised = {"error": "ValueError: no"}
    this, other = (
        replace(side, answer=raised) if fails else side
        for side, fails in zip(next(_sides(relation)), errors, strict=True)
    )
    found = [one for one in compare(relation, this, other) if any(causes(one))]
    if not blamed:
        assert found == []
        return
    (one,) = found
    assert (one.relation, one.blamed, str(one.own)) == (relation.name, blamed, "raised ValueError")
    name = "the function" if blamed == "this" else "the class"
    assert (str(one.cause), one.observed) == (f"{name} raised ValueError", "ValueError: no")
    right = other if blamed == "this" else this
    first = float(right.numbers(0).flat[0])
    assert one.other.startswith(f"{first:.9g}, ")


@pytest.mark.parametrize("missing", [{"absent": "AttributeError: no"}, {"not_asked": "no"}])
def test_what_a_side_does_not_have_is_no_comparison(missing: dict[str, str]) -> None:
    this, other = next(_sides(RELATIONS[0]))
    assert not [*compare(RELATIONS[0], this, replace(other, answer=missing))]
    assert not [*compare(RELATIONS[0], replace(this, answer=missing), other)]


@pytest.mark.parametrize(("beyond", "agrees"), [(0, True), (1, False)])
def test_sides_may_be_as_far_apart_as_both_radii(
    monkeypatch: pytest.MonkeyPatch, beyond: int, agrees: bool
) -> None:
    """Radii of 1/4 on both sides, and our own sum of them is off by 2 ** -40."""
    this, other = next(_sides(RELATIONS[0]))
    distance = 0.5 + 2.0**-41 + beyond * 2.0**-52
    wide = [
        replace(one, mid=np.zeros_like(one.mid), rad=np.full_like(one.rad, 0.25))
        for one in expect(specification(this.case), this.inputs)
    ]
    monkeypatch.setattr(suites.judge.relation_judge, "expect", lambda *_: wide)
    sides = (
        replace(side, answer={"value": packed(np.full(wide[0].mid.shape, number))})
        for side, number in ((this, 0.0), (other, distance))
    )
    (value,) = compare(RELATIONS[0], *sides)
    assert {cause is None for cause in value.cause} == {agrees}
    assert (set(value.distance), set(value.bound)) == ({distance}, {0.5 + 2.0**-41})


def _spoilt(side: Side, relation: Relation) -> Side:
    """The first number that is compared, and no other, is wrong."""
    quantity = 0 if relation.value else 1
    dtype = get_format(side.case.dtype).dtype
    numbers = np.array(expect(specification(side.case), side.inputs)[quantity].exact_hi, dtype)
    numbers.flat[0] = WRONG
    return Side(side.case, side.inputs, side.answer | {QUANTITIES[quantity]: packed(numbers)})


@every_relation
@pytest.mark.parametrize("which", ["this", "other"])
def test_a_wrong_number_is_a_fault_of_its_side(relation: Relation, which: str) -> None:
    this, other = next(_sides(relation))
    sides = (
        (_spoilt(this, relation), other) if which == "this" else (this, _spoilt(other, relation))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        value = next(compare(relation, *sides))
    places = [place for place, cause in enumerate(value.cause) if cause]
    assert len(places) == 1
    assert value.blamed[places[0]] == which
    name = relation.sides[which == "other"]
    assert value.cause[places[0]].reasons[0] == Reason(CauseKind.SIDE_WRONG, (name,))
