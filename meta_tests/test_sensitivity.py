"""What the suite can see: a mistake planted in a clean subject is found.

With `-s` a line is printed for each fault: the first number that shows it, and the computed cause.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest

from meta_tests.faults import FAULTS, UNSEEN
from meta_tests.faults.fault import Fault
from meta_tests.subject import SOURCE, Subject
from suites.cases.case import Case
from suites.cases.execution import EXECUTIONS
from suites.cases.forms import FORMS
from suites.cases.loss_options import PLAIN
from suites.cases.losses import LOSSES
from suites.cases.selection import select
from suites.judge.comparison import Numbers, OfCase, causes
from suites.judge.judge import judge
from suites.observe.arrays import packed_arrays

SEED = 2017
OPTIONS_ASKED_OF = ("function", "class-mean", "nn")  # between them they take every option

Answer = dict[str, Any]
Row = tuple[str, str, str, str]  # case id, quantity, index, cause
Clean = dict[Case, tuple[Answer, set[Row]]]


def _forms(loss: str, options: bool) -> Iterable[str]:
    """One form for each reduction: the others have the same answers."""
    if options:
        return OPTIONS_ASKED_OF
    forms = reversed([form for form in FORMS.values() if form.loss == loss and form.usual])
    return {form.reduction: form.name for form in forms}.values()


@cache
def _cases(loss: str, options: bool) -> list[Case]:
    """What the subject is asked about a loss, with options or without.

    It knows one execution, and answers for each what all of them together try of the options.
    """
    executions = EXECUTIONS if options else ["eager"]
    cases = select(["CPU:0"], [loss], executions=executions, forms=_forms(loss, options))
    cases = [case for case in cases if (case.arguments != PLAIN) == options]
    cases = [case for case in cases if not case.is_contract]
    return [case for case in cases if case.activation in ("", LOSSES[loss].activation)]


def _answers(subject: Subject, cases: list[Case]) -> Iterator[tuple[Case, Answer]]:
    for case in cases:
        yield case, subject.observe(case, packed_arrays(case, SEED))


def _differences(case: Case, answer: Answer) -> set[Row]:
    return {
        (case.id, str(found.quantity), index, str(cause))
        for found in judge(case, answer, SEED)
        for index, cause in zip(_indices(found), causes(found), strict=True)
        if cause
    }


def _indices(found: OfCase) -> list[str]:
    return found.index if isinstance(found, Numbers) else [""]


@pytest.fixture(scope="module")
def clean() -> Clean:
    """What the subject answers without a fault, and its differences."""
    subject = Subject()
    return {
        case: (answer, _differences(case, answer))
        for loss in dict.fromkeys(fault.loss for fault in FAULTS)
        for options in (False, True)
        for case, answer in _answers(subject, _cases(loss, options))
    }


def _found(fault: Fault, clean: Clean) -> Iterator[Row]:
    """The rows that the clean subject does not give. What it answers alike is judged alike."""
    for case, answer in _answers(Subject(fault.plant()), _cases(fault.loss, fault.options)):
        clean_answer, known = clean[case]
        if answer != clean_answer:
            yield from sorted(_differences(case, answer) - known)


def _parameter(fault: Fault) -> Any:
    if fault.name not in UNSEEN:
        return pytest.param(fault, id=fault.name)
    unseen = pytest.mark.xfail(reason=UNSEEN[fault.name], raises=AssertionError, strict=True)
    return pytest.param(fault, id=fault.name, marks=unseen)


def test_clean_subject_differs_only_where_the_formula_fails(clean: Clean) -> None:
    seen_causes = {(case.dtype, cause) for case, (_, rows) in clean.items() for *_, cause in rows}
    assert all(cause == f"the formula fails in {dtype}" for dtype, cause in seen_causes)


def test_faults_are_many_and_have_names_of_their_own() -> None:
    seen = Counter(fault.loss for fault in FAULTS if fault.name not in UNSEEN)
    assert len(seen) == 7
    assert min(seen.values()) >= 20
    assert seen.total() >= 300
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert {fault.loss for fault in FAULTS} <= set(LOSSES)
    assert set(UNSEEN) <= {fault.name for fault in FAULTS}


def test_each_fault_replaces_one_piece_of_the_source() -> None:
    assert not [fault.name for fault in FAULTS if fault.places != 1]
    assert not [fault.name for fault in FAULTS if fault.plant() == SOURCE]


@pytest.mark.parametrize("fault", [_parameter(fault) for fault in FAULTS])
def test_fault_is_found(fault: Fault, clean: Clean) -> None:
    row = next(_found(fault, clean), None)
    print(f"\n{fault.name} | {' | '.join(row) if row else 'not seen'}")
    assert row
