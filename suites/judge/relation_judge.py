"""Hold two observations against each other, as a relation says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reference.arithmetic.formats import NAMES as DTYPES
from reference.cause import Cause, Reason, cause
from reference.cause_kinds import CauseKind
from reference.expectation import Expected, expect
from reference.specification import QUANTITIES, Inputs
from suites.cases.case import Case
from suites.cases.forms import FORMS
from suites.cases.relation import Back, Relation
from suites.judge.comparison import Blamed, OfRelation, OneRaised, Pairs, SideName
from suites.judge.diagnosis import Quantity
from suites.judge.judge import causes, observed
from suites.judge.raised import error_type, raised
from suites.judge.specify import specification
from suites.observe.messages import Answer, array

SLACK = 1 + 2.0**-40  # of our own sum of two radii
FEW = 4  # numbers that are shown beside an error
BOTH_RIGHT, BOTH_WRONG = cause(CauseKind.BOTH_RIGHT), cause(CauseKind.BOTH_WRONG)
Found = tuple[Cause | None, Blamed, tuple[Cause, ...]]


@dataclass(frozen=True)
class Side:
    """The case and inputs of one side, and its answer."""

    case: Case
    inputs: Inputs
    answer: Answer

    def numbers(self, quantity: int) -> np.ndarray | None:
        """None where there are none of the shape that is expected."""
        packed = array(self.answer, QUANTITIES[quantity])
        if packed is None or packed["dtype"] not in DTYPES:
            return None
        found = observed(self.case, packed, QUANTITIES[quantity])
        return found if found.shape == self.expected(quantity).mid.shape else None

    def expected(self, quantity: int) -> Expected:
        return expect(specification(self.case), self.inputs)[quantity]

    def causes(self, quantity: int) -> np.ndarray:
        return causes(self.case, self.inputs, quantity, self.answer)


def compare(relation: Relation, this: Side, other: Side) -> Iterator[OfRelation]:
    """The comparisons of both sides."""
    failed = [side for side in (this, other) if "value" not in side.answer]
    if len(failed) == 2 or any("error" not in side.answer for side in failed):
        return
    if failed:
        yield _one_raised(relation, this, other, "this" if failed[0] is this else "other")
        return
    backs = (relation.value, relation.gradient)
    for quantity, back in enumerate(backs):
        mine, theirs = this.numbers(quantity), other.numbers(quantity)
        if back is not None and mine is not None and theirs is not None:
            yield _pairs(relation, back, this, other, quantity, mine, theirs)


def _one_raised(relation: Relation, this: Side, other: Side, blamed: SideName) -> OneRaised:
    wrong, right = (this, other) if blamed == "this" else (other, this)
    name = relation.sides[("this", "other").index(blamed)]
    error = wrong.answer["error"]
    why = cause(CauseKind.SIDE_RAISED, name, error_type(error))
    return OneRaised(relation.name, error, _values(right), why, blamed, raised(error))


def _values(side: Side) -> str:
    """The first numbers of a value, in decimal."""
    values = observed(side.case, side.answer["value"], "value").ravel().tolist()
    return ", ".join(f"{number:.9g}" for number in values[:FEW]) + (", ..." if values[FEW:] else "")


def _pairs(
    relation: Relation,
    back: Back,
    this: Side,
    other: Side,
    quantity: int,
    mine: np.ndarray,
    theirs: np.ndarray,
) -> Pairs:
    expected, others, part = this.expected(quantity), other.expected(quantity), relation.part
    this_number, other_number = part(mine), back(theirs)
    all_right = np.abs(back(np.ones_like(theirs)))
    right = (
        part(expected.holds(mine)),
        np.abs(back(others.holds(theirs).astype(float))) >= all_right,
    )
    with np.errstate(all="ignore"):
        bound = (part(expected.rad) + np.abs(back(others.rad))) * SLACK
        distance = np.abs(this_number - other_number)
        same = (this_number == other_number) | (np.isnan(this_number) & np.isnan(other_number))
        finite = np.isfinite(this_number) & np.isfinite(other_number)
        exact, other_exact = part(expected.exact_hi), back(others.exact_hi)
    own = bool(FORMS[this.case.loss, this.case.form].like)  # whose formula is not in question
    one_number = (exact == other_exact) | (np.isnan(exact) & np.isnan(other_exact))
    agrees = same | (finite & ~(distance > bound)) | (right[0] & right[1] & (one_number | own))
    why = (np.full(agrees.shape, None, object),) * 2
    if not agrees.all():
        why = _joined(this.causes(quantity), part), _joined(other.causes(quantity), back)
    rows = (array.ravel().tolist() for array in (agrees, *right, *why))
    found = [_found(relation.sides, *row) for row in zip(*rows, strict=True)]
    return Pairs(
        relation=relation.name,
        quantity=Quantity(QUANTITIES[quantity]),
        index=[" ".join(map(str, place)) for place in np.ndindex(agrees.shape)],
        observed=[repr(number) for number in this_number.astype(float).ravel().tolist()],
        observed_dtype=[this.answer["value"]["dtype"]] * agrees.size,
        other=[repr(number) for number in other_number.astype(float).ravel().tolist()],
        distance=distance.ravel().tolist(),
        bound=bound.ravel().tolist(),
        tested=(same | ~agrees | np.isfinite(bound)).ravel().tolist(),
        cause=[one for one, _, _ in found],
        blamed=[blamed for _, blamed, _ in found],
        own=[own for _, _, own in found],
    )


def _joined(causes: np.ndarray, back: Back) -> np.ndarray:
    """The causes of all numbers of which `back` makes one, each once, as tuples."""
    known = sorted({one for one in causes.flat if one}, key=str)
    places = {one: back((causes == one).astype(float)) != 0 for one in known}
    shape = back(np.ones(causes.shape)).shape
    joined = np.full(shape, None, object)
    for place in np.ndindex(shape):
        joined[place] = tuple(one for one, where in places.items() if where[place])
    return joined


def _found(
    sides: tuple[str, str],
    agrees: bool,
    this_right: bool,
    other_right: bool,
    mine: tuple[Cause, ...],
    theirs: tuple[Cause, ...],
) -> Found:
    """The cause, which side the reference calls wrong, and why that is so."""
    if agrees:
        return None, "", ()
    if this_right and other_right:
        return BOTH_RIGHT, "", ()
    if not (this_right or other_right):
        return BOTH_WRONG.also(*_reasons(mine)), "both", mine
    blamed: SideName = "other" if this_right else "this"
    own, name = (theirs, sides[1]) if this_right else (mine, sides[0])
    return cause(CauseKind.SIDE_WRONG, name).also(*_reasons(own)), blamed, own


def _reasons(causes: tuple[Cause, ...]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reason for one in causes for reason in one.reasons))
