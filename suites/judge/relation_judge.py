"""Hold two observations against each other, as a relation says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from reference.arithmetic.formats import NAMES as DTYPES
from reference.expectation import Expected, expect
from reference.specification import QUANTITIES, Inputs
from suites.cases.case import Case
from suites.cases.relation import Back, Relation
from suites.judge.judge import Columns, causes, failure, observed, whole
from suites.judge.specify import specification
from suites.observe.messages import Answer, array

SLACK = 1 + 2.0**-40  # of our own sum of two radii


@dataclass(frozen=True)
class Side:
    """What one side was asked, and answered."""

    case: Case
    given: Inputs
    answer: Answer

    def numbers(self, quantity: int) -> np.ndarray | None:
        """None where there are none of the shape that is due."""
        packed = array(self.answer, QUANTITIES[quantity])
        if packed is None or packed["dtype"] not in DTYPES:
            return None
        found = observed(self.case, packed, QUANTITIES[quantity])
        return found if found.shape == self.due(quantity).mid.shape else None

    def due(self, quantity: int) -> Expected:
        return expect(specification(self.case), self.given)[quantity]

    def cause(self, quantity: int) -> np.ndarray:
        return causes(self.case, self.given, quantity, self.answer)


def compare(relation: Relation, this: Side, other: Side) -> Iterator[Columns]:
    """The comparisons of both sides."""
    failed = [side for side in (this, other) if "value" not in side.answer]
    if len(failed) == 2 or any("error" not in side.answer for side in failed):
        return
    if failed:
        yield _raised(relation, failed[0], "this" if failed[0] is this else "other")
        return
    backs = (relation.value, relation.gradient)
    for quantity, back in enumerate(backs):
        mine, theirs = this.numbers(quantity), other.numbers(quantity)
        if back is not None and mine is not None and theirs is not None:
            yield _columns(relation, back, this, other, quantity, mine, theirs)


def _raised(relation: Relation, side: Side, which: str) -> Columns:
    own = failure(side.answer)
    name = relation.sides[("this", "other").index(which)]
    columns = whole(relation.name, side.answer["error"], f"{name} {own}")
    return replace(columns, index=["call"], blamed=[which], own=[own])


def _columns(
    relation: Relation,
    back: Back,
    this: Side,
    other: Side,
    quantity: int,
    mine: np.ndarray,
    theirs: np.ndarray,
) -> Columns:
    due, others, part = this.due(quantity), other.due(quantity), relation.part
    this_number, other_number = part(mine), back(theirs)
    all_right = back(np.ones_like(theirs))
    right = part(due.holds(mine)), back(others.holds(theirs).astype(float)) >= all_right
    with np.errstate(all="ignore"):
        bound = (part(due.rad) + back(others.rad)) * SLACK
        distance = np.abs(this_number - other_number)
        same = (this_number == other_number) | (np.isnan(this_number) & np.isnan(other_number))
        finite = np.isfinite(this_number) & np.isfinite(other_number)
        exact, other_exact = part(due.high), back(others.high)
    one_number = (exact == other_exact) | (np.isnan(exact) & np.isnan(other_exact))
    agrees = same | (finite & ~(distance > bound)) | (right[0] & right[1] & one_number)
    why = (np.full(agrees.shape, "", object),) * 2
    if not agrees.all():
        why = part(this.cause(quantity)), _texts(other.cause(quantity), back)
    rows = (array.ravel().tolist() for array in (agrees, *right, *why))
    found = [_found(relation.sides, *row) for row in zip(*rows, strict=True)]
    places = (" ".join(map(str, place)) for place in np.ndindex(agrees.shape))
    return Columns(
        quantity=relation.name,
        index=[f"{QUANTITIES[quantity]} {place}".strip() for place in places],
        observed=[repr(number) for number in this_number.astype(float).ravel().tolist()],
        observed_dtype=[this.answer["value"]["dtype"]] * agrees.size,
        other=[repr(number) for number in other_number.astype(float).ravel().tolist()],
        distance=distance.ravel().tolist(),
        bound=bound.ravel().tolist(),
        tested=(same | ~agrees | np.isfinite(bound)).ravel().tolist(),
        cause=[cause for cause, _, _ in found],
        blamed=[blamed for _, blamed, _ in found],
        own=[own for _, _, own in found],
    )


def _texts(texts: np.ndarray, back: Back) -> np.ndarray:
    """The causes of all numbers of which `back` makes one, each once."""
    places = {text: back((texts == text).astype(float)) != 0 for text in sorted(set(texts.flat))}
    shape = back(np.ones(texts.shape)).shape
    joined = np.full(shape, "", object)
    for place in np.ndindex(shape):
        found = (text for text, where in places.items() if text and where[place])
        joined[place] = " and ".join(found)
    return joined


def _found(
    sides: tuple[str, str], agrees: bool, this_right: bool, other_right: bool, *why: str
) -> tuple[str, str, str]:
    """The cause, which side the reference calls wrong, and why that is so."""
    if agrees:
        return "", "", ""
    if this_right and other_right:
        return "each is right by its own formula", "", ""
    if not (this_right or other_right):
        return f"both are wrong: {why[0]}", "both", why[0]
    wrong = int(this_right)
    return f"{sides[wrong]} is wrong: {why[wrong]}", ("this", "other")[wrong], why[wrong]
