"""What counts as found again: an entry that would have known a find, or shows an error with its words."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.rediscovery import Count, accounting, may_be_drawn
from reference.cause import cause
from reference.cause_kinds import CauseKind
from reference.specification import Inputs
from suites.cases.case import Case
from suites.cases.drawn import DRAWN, Drawn
from suites.cases.selection import select
from suites.hunt.draw import Scope
from suites.hunt.look import Oddity
from suites.judge.comparison import Whole
from suites.judge.diagnosis import Quantity
from suites.ledger.difference import Difference

LOSS = "categorical_crossentropy"
SCOPE = Scope((LOSS,), ("class", "function"), ("float32",), ("eager",))
RAISED = cause(CauseKind.RAISED, "ValueError")


def find() -> Oddity:
    numbers = np.array([[1.0, 0.0]], np.float32)
    names: Any = (
        LOSS,
        "function",
        "plain",
        "logits",
        "float32",
        "eager",
        "CPU:0",
        "one-hot",
        DRAWN,
    )
    case = Drawn(*names, Inputs(numbers, numbers))
    return Oddity(case, Whole(Quantity.CALL, "ValueError: no", RAISED), RAISED)


def entry(id: str, form: str) -> Difference:
    box = {"loss": (LOSS,), "form": (form,), "quantity": ("call",)}
    return Difference(id, "t", "w", "", "", "", (), (RAISED,), (box,), ())


def test_an_entry_that_would_have_known_a_find_is_found_again() -> None:
    known = {one.id: [one] for one in (entry("here", "function"), entry("elsewhere", "class"))}
    assert accounting(find(), known, {}, frozenset()) == ["here"]


def test_an_error_is_that_of_the_cases_that_are_recorded_with_its_words() -> None:
    case = next(case for case in select(("CPU:0",), losses=(LOSS,)))
    one = entry("one", "class")
    covered = {one: {case: frozenset({"call"})}}
    assert accounting(find(), {"one": [one]}, covered, frozenset({case})) == ["one"]
    assert accounting(find(), {"one": [one]}, covered, frozenset()) == []


def test_what_should_be_refused_is_not_drawn() -> None:
    cases = select(("CPU:0",), losses=(LOSS,), forms=("function",))

    def of(inputs: str) -> Case:
        return next(case for case in cases if case.inputs == inputs)

    assert may_be_drawn(of("interior"), {"value"}, SCOPE)
    assert not may_be_drawn(of("interior"), {"row-order"}, SCOPE)
    assert not may_be_drawn(of("rank-0"), {"call"}, SCOPE)


def test_finds_of_no_entry_are_counted_apart() -> None:
    count = Count({"one": [], "two": []}, frozenset({"one"}))
    count.add(find(), ["one"])
    count.add(find(), [])
    assert count.line == "1 of 1 (100%) that a drawn call may show, 1 of all 2; 1 other finds"
