"""Hold two observations against each other, as a relation says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from reference.expectation import Expected, expect
from reference.formats import NAMES as DTYPES
from reference.question import QUANTITIES, Inputs
from suites.cases import Case
from suites.due import question
from suites.judge import Columns, causes, computed_in, failure, observed, whole
from suites.relation import Back, Relation

SLACK = 1 + 2.0**-40  # of our own sum of two radii


@dataclass(frozen=True)
class Side:
    """What one side was asked, and answered."""

    case: Case
    given: Inputs
    answer: dict[str, Any]

    def numbers(self, quantity: int) -> np.ndarray | None:
        """None where there are none of the shape that is due."""
        answer = self.answer.get(QUANTITIES[quantity])
        if answer is None or answer["dtype"] not in DTYPES:
            return None
        found = observed(self.case, answer, QUANTITIES[quantity])
        return found if found.shape == self.due(quantity).mid.shape else None

    def due(self, quantity: int) -> Expected:
        return expect(question(self.case), self.given)[quantity]

    def cause(self, quantity: int, numbers: np.ndarray) -> np.ndarray:
        loss_dtype = computed_in(self.case, self.answer["value"])
        return causes(self.case, self.given, quantity, self.due(quantity), numbers, loss_dtype)


def compare(relation: Relation, this: Side, other: Side) -> Iterator[Columns]:
    """The comparisons of both sides: the other's numbers stand where the expected ones do."""
    failed = [side for side in (this, other) if "value" not in side.answer]
    if len(failed) == 2 or any("error" not in side.answer for side in failed):
        return
    if failed:
        name = relation.sides[0 if failed[0] is this else 1]
        says = f"{name} {failure(failed[0].answer)}"
        yield replace(whole(relation.name, failed[0].answer["error"], says), index=["call"])
        return
    backs = (relation.value, relation.gradient)
    for quantity, back in enumerate(backs):
        mine, theirs = this.numbers(quantity), other.numbers(quantity)
        if back is not None and mine is not None and theirs is not None:
            yield _columns(relation, back, this, other, quantity, mine, theirs)


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
        share = np.where(distance == 0, 0.0, distance / bound)
        low, high = other_number - bound, other_number + bound
        same = (this_number == other_number) | (np.isnan(this_number) & np.isnan(other_number))
        finite = np.isfinite(this_number) & np.isfinite(other_number)
        exact, other_exact = part(due.high), back(others.high)
        one_number = (exact == other_exact) | (np.isnan(exact) & np.isnan(other_exact))
        agrees = same | (finite & ~(distance > bound)) | (right[0] & right[1] & one_number)
    why = [np.full(agrees.shape, "", object)] * 2
    if not agrees.all():
        why = [part(this.cause(quantity, mine)), _texts(other.cause(quantity, theirs), back)]
    says = [
        _says(relation.sides, both, texts) if not agree else ""
        for agree, *rest in zip(
            agrees.flat, *(r.flat for r in right), *(w.flat for w in why), strict=True
        )
        for both, texts in ((tuple(rest[:2]), tuple(rest[2:])),)
    ]
    shown = [repr(float(number)) for number in this_number.flat]
    nothing = [""] * len(shown)
    nan = [float("nan")] * len(shown)
    return Columns(
        quantity=relation.name,
        index=[
            f"{QUANTITIES[quantity]} {' '.join(map(str, i))}".strip()
            for i in np.ndindex(agrees.shape)
        ],
        low=low.ravel().tolist(),
        high=high.ravel().tolist(),
        exact=part(due.decimal).ravel().tolist(),
        observed=shown,
        bits=nothing,
        observed_dtype=[this.answer["value"]["dtype"]] * len(shown),
        ulp_error=nan,
        radius_share=share.ravel().tolist(),
        cause=says,
    )


def accused(relation: Relation, this: Side, other: Side, cause: str) -> tuple[Case, str]:
    """The case that a cause of `compare` calls wrong, and its own cause."""
    for name, side in zip(relation.sides, (this, other), strict=True):
        for verb in (" is wrong: ", " raised "):
            if cause.startswith(name + verb):
                return side.case, cause.removeprefix(name).removeprefix(" is wrong: ").strip()
    return this.case, cause.removeprefix("both are wrong: ")


def _texts(texts: np.ndarray, back: Back) -> np.ndarray:
    """Texts in the order in which `back` puts numbers."""
    places = np.arange(texts.size, dtype=float).reshape(texts.shape)
    scale = back(np.ones_like(places))
    order = (back(places) / scale).astype(int)
    return np.asarray(texts.ravel()[order], object)


def _says(sides: tuple[str, str], right: tuple[bool, bool], why: tuple[str, str]) -> str:
    if all(right):
        return "each is right by its own formula"
    if not any(right):
        return f"both are wrong: {why[0]}"
    wrong = right.index(False)
    return f"{sides[wrong]} is wrong: {why[wrong]}"
