"""Every cause belongs to one row of the table, and its text is read as it was written."""

from __future__ import annotations

from collections import Counter
from string import ascii_lowercase

import hypothesis.strategies as st
import pytest
from hypothesis import given

from meta_tests.causes import texts
from reference.arithmetic.deviation import KNOWN_DEVIATIONS
from reference.cause import Cause, Reason, read
from reference.cause_kinds import KINDS, CauseKind
from reference.explain import reasons_of
from reports.store.recording import SHIPPED
from reports.store.recordings import answers_and_diagnoses
from suites.cases.contracts import CONTRACTS
from suites.cases.selection import select
from suites.judge import diagnosis_text
from suites.judge.specify import candidates
from suites.ledger import ledger_file
from suites.ledger.absences import not_measured
from suites.observe import requests

WORD = st.text(ascii_lowercase + "0123456789(),", min_size=1, max_size=8)


@st.composite
def reasons(draw: st.DrawFn) -> Reason:
    kind = draw(st.sampled_from(CauseKind))
    return Reason(kind, tuple(draw(WORD) for _ in range(KINDS[kind].text.count("{}"))))


@given(st.lists(reasons(), min_size=1, max_size=4))
def test_what_is_written_is_read(found: list[Reason]) -> None:
    cause = Cause(tuple(found))
    assert read(str(cause)) == cause
    assert cause.kind is found[0].kind


def test_every_kind_has_a_row_with_a_sentence_and_an_advice() -> None:
    assert set(KINDS) == set(CauseKind)
    for kind, about in KINDS.items():
        assert len(kind) <= 22
        for sentence in (about.meaning, about.advice):
            assert sentence[0].isupper()
            assert sentence.endswith(".")
            assert sentence.count(". ") == 0
    assert max(Counter(about.text for about in KINDS.values()).values()) == 1
    assert max(Counter(about.meaning for about in KINDS.values()).values()) == 1


@pytest.mark.parametrize("text", ["", "why", "computed in", "unexplained; ", "unexplained;why"])
def test_what_is_no_cause_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no cause"):
        read(text)


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        (CauseKind.UNEXPLAINED, ("why",)),
        (CauseKind.FORMULA, ()),
        (CauseKind.FORMULA, ("",)),
        (CauseKind.FORMULA, ("a; b",)),
        (CauseKind.FORMULA, ("a\nb",)),
        (CauseKind.ROUNDED, ("a",)),
    ],
)
def test_details_fit_the_text_of_the_kind(kind: CauseKind, details: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="detail"):
        Reason(kind, details)


def test_every_recorded_cause_is_read_and_known_causes_too() -> None:
    _, diagnoses = answers_and_diagnoses(SHIPPED)
    lines = {line for _, rows in diagnoses.everything(diagnoses.names()) for line in rows.values()}
    causes = {cause for line in lines for _, cause in diagnosis_text.read(line).causes}
    assert len(causes) > 150
    assert len({cause.kind for cause in causes}) >= 15
    for cause in causes | {cause for entry in ledger_file.load() for cause in entry.causes}:
        assert read(str(cause)) == cause


def test_every_cause_that_may_be_computed_is_read() -> None:
    """Of each formula, option, contract and deviation; what departs twice is made of these."""
    every = [
        candidate for case in _different(select(requests.DEVICES)) for candidate in candidates(case)
    ]
    found = {reason for candidate in every for reason in candidate.reasons}
    found |= {reason for contract in CONTRACTS.values() for reason in contract.readings}
    found |= {reason for deviation in KNOWN_DEVIATIONS for reason in reasons_of(deviation)}
    assert len(found) > 70
    assert texts(read(str(reason)) for reason in found) == [str(reason) for reason in found]
    assert {read(str(reason)).reasons for reason in found} == {(reason,) for reason in found}


def _different(cases):
    """One case for each loss, form, options, output and contract: what its candidates depend on."""
    return {
        (case.loss, case.form, case.arguments, case.output, case.is_contract and case.inputs): case
        for case in cases
        if case.execution == "eager"
    }.values()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("another option: x; computed in float32", CauseKind.OPTION),
        ("the class is wrong; another option: x", CauseKind.OPTION),
        ("both are wrong; the formula fails in float16", CauseKind.FAILS),
        ("both are wrong", CauseKind.BOTH_WRONG),
        ("the class raised ValueError", CauseKind.SIDE_RAISED),
    ],
)
def test_the_advice_for_a_side_that_is_wrong_is_that_for_its_own_cause(text, kind) -> None:
    assert read(text).advised is kind


def test_a_reason_in_parts_becomes_one_line() -> None:
    cause = not_measured("one; two\n three")
    assert str(cause) == "not measured: one, two three"
    assert read(str(cause)) == cause


@pytest.mark.parametrize(
    ("text", "dtypes"),
    [
        ("computed in float32", ("float32",)),
        ("another formula: x; the formula fails in float16", ("float16",)),
        ("epsilon rounded to float32; computed in float64", ("float32", "float64")),
        ("returned dtype int32 where float32 is expected", ()),
        ("another formula: the quoted source with epsilon through float32", ()),
    ],
)
def test_the_dtypes_of_a_cause_are_those_of_its_arithmetic(
    text: str, dtypes: tuple[str, ...]
) -> None:
    assert read(text).dtypes == dtypes
