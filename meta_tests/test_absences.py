"""What a release may lack follows from the recordings; what lacks anything else is never green."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest
from packaging.version import Version

from reports.compare.absences import CannotTell, recorded, table, text
from reports.store.answer_text import unpack
from suites.cases.case import Case
from suites.cases.selection import select
from suites.judge.diagnose import Judge
from suites.ledger import absences
from suites.ledger.absences import FILE, Absence, Absences
from suites.ledger.difference import Difference
from suites.ledger.ledger import Ledger
from suites.observe.requests import SEED, key
from suites.plugin.outcome import Outcome
from suites.plugin.run import Run

CASES = select(["CPU:0"], losses=["binary_crossentropy"], forms=["nn", "function"], tier="quick")
NN = [case for case in CASES if case.form == "nn" and not case.is_contract]
FUNCTION = [case for case in CASES if case.form == "function" and not case.is_contract]
CONTRACTS = [case for case in CASES if case.is_contract]


@pytest.fixture(scope="module")
def shipped():
    return recorded()


def test_the_table_is_the_one_that_the_recordings_make(shipped):
    assert FILE.read_text(encoding="utf-8") == text(table(*shipped))


def test_the_table_says_of_every_recorded_release_what_it_lacks(shipped):
    releases, lacking = shipped
    assert len(releases) >= 15
    for release in releases:
        versions = dict(zip(absences.PACKAGES, map(str, release), strict=True))
        may = absences.of(versions, absences.load())
        wrong = [case for case in lacking if bool(may.reason(case)) != (release in lacking[case])]
        assert not wrong, (versions, wrong[0])


@pytest.mark.parametrize(
    ("keras", "lacks"),
    [
        ("3.4.1", True),
        ("3.9.2", True),
        ("3.10.0", False),
        ("3.15.1", False),
        ("3.16.0.dev1", False),
    ],
)
def test_a_release_that_is_not_recorded_is_like_the_one_before_it(keras, lacks):
    loss = "categorical_generalized_cross_entropy"
    case = next(case for case in select(["CPU:0"], losses=[loss]) if case.form == "function")
    may = absences.of({"tensorflow": "2.19.1", "keras": keras}, absences.load())
    assert may.reason(case) == ("this release has no such form" if lacks else "")


def releases(*versions: str) -> list[tuple[Version, Version]]:
    return [(Version("2.21.0"), Version(keras)) for keras in versions]


def lacking(cases, lacked, *versions):
    return {case: frozenset(releases(*versions) if case in lacked else ()) for case in cases}


RECORDED = ("3.4.1", "3.9.0", "3.10.0", "3.15.1")


@pytest.mark.parametrize(
    ("versions", "span"),
    [
        (("3.4.1",), "<3.9.0"),
        (("3.4.1", "3.9.0"), "<3.10.0"),
        (("3.15.1",), ">=3.15.1"),
        (("3.9.0", "3.10.0"), ">=3.9.0,<3.15.1"),
        (RECORDED, ""),
    ],
)
def test_a_span_ends_where_something_came_or_went(versions, span):
    assert table(releases(*RECORDED), lacking(NN + FUNCTION, FUNCTION, *versions)) == [
        Absence("keras", span, ("binary_crossentropy",), ("function",))
    ]


def test_what_comes_and_goes_or_depends_on_the_other_package_has_no_table():
    with pytest.raises(CannotTell, match="absent, there and absent again"):
        table(releases(*RECORDED), lacking(NN + FUNCTION, FUNCTION, "3.4.1", "3.10.0"))
    other = (Version("2.20.0"), Version("3.15.1"))
    with pytest.raises(CannotTell, match=r"there and absent in keras 3\.15\.1"):
        table([*releases(*RECORDED), other], lacking(FUNCTION, FUNCTION, "3.15.1"))


def test_one_case_alone_is_not_what_a_release_lacks():
    with pytest.raises(CannotTell, match="absent, and others like it are there"):
        table(releases(*RECORDED), lacking(FUNCTION, FUNCTION[:1], "3.4.1"))


def test_a_call_without_keras_depends_on_tensorflow():
    (row,) = table(
        [(Version("2.16.2"), Version("3.4.1")), (Version("2.21.0"), Version("3.4.1"))],
        {
            case: frozenset({(Version("2.16.2"), Version("3.4.1"))} if case in NN else ())
            for case in NN + FUNCTION
        },
    )
    assert (row.package, row.versions, row.form) == ("tensorflow", "<2.21.0", ("nn",))


ANSWERS = [
    (
        {"absent": "AttributeError: module 'keras.losses' has no"},
        True,
        "not_measured",
        "not measured: this release has no such form",
    ),
    (
        {"absent": "AttributeError: module 'keras.losses' has no"},
        False,
        "missing",
        "absent, although this release should have it",
    ),
    ({"not_asked": "eagerly only"}, False, "not_measured", "not measured: not asked, eagerly only"),
]


@pytest.mark.parametrize(("answer", "allowed", "verdict", "cause"), ANSWERS)
def test_no_answer_is_neither_agreement_nor_a_difference(answer, allowed, verdict, cause):
    row = Absence("keras", "", ("binary_crossentropy",), ("function",))
    may = Absences((row,) if allowed else ())
    found, why = may.unanswered(FUNCTION[0], answer)
    assert (found, str(why)) == (verdict, cause)
    assert may.unanswered(FUNCTION[0], {"error": "TypeError: x"}) is None
    assert may.unanswered(FUNCTION[0], {"value": {}, "gradient": None}) is None


@pytest.mark.parametrize("answer", ["absent", "not asked"])
@pytest.mark.parametrize("case", [NN[0], *CONTRACTS], ids=lambda case: f"{case.form},{case.inputs}")
def test_the_judge_asks_first_whether_there_is_an_answer(case, answer):
    assert Judge([case], SEED, unpack).diagnoses({key(case): answer}) == {}


def block(case: Case, *verdicts: str) -> dict[str, object]:
    return {
        "case": astuple(case),
        "quantity": ["value"] * len(verdicts),
        "verdict": list(verdicts),
        "known": [""] * len(verdicts),
        "cause": [""] * len(verdicts),
    }


TEXTS = dict.fromkeys(("title", "why", "seen", "tensorflow", "keras"), "")
PLANTED = Difference("a", **TEXTS, links=(), causes=("x",), always=({},), sometimes=())


def outcome(*blocks, **more) -> Outcome:
    groups = {
        group: [case for case in (*NN, *FUNCTION) if case.group == group]
        for group in {case.group for case in (*NN, *FUNCTION)}
    }
    run = Run.__new__(Run)
    known = {"ledger": more.pop("ledger", Ledger(())), "covered": more.pop("covered", {})}
    for name, value in {"groups": groups, **known}.items():
        object.__setattr__(run, name, value)
    return Outcome(run, list(blocks), more.pop("asked", set()), **more)


G, H = NN[0].group, FUNCTION[0].group
RIGHT, NEW, GONE = (
    block(NN[0], "agree", "agree"),
    block(NN[0], "agree", "new"),
    block(NN[0], "gone"),
)
KNOWN, ABSENT, LACKING = (
    block(NN[0], "known"),
    block(FUNCTION[0], "not_measured"),
    block(FUNCTION[0], "missing"),
)
ENDS = [
    # blocks, pytest's status, the groups that failed, and what the run ends with
    ([RIGHT, KNOWN], 0, {}, 0),
    ([RIGHT, ABSENT], 0, {}, 0),
    ([ABSENT], 0, {}, 6),
    ([LACKING], 1, {H}, 6),
    ([RIGHT, LACKING], 1, {H}, 6),
    ([RIGHT, LACKING], 0, {}, 6),
    ([NEW, LACKING], 1, {G, H}, 1),
    ([NEW], 1, {G}, 1),
    ([GONE], 1, {G}, 1),
    ([RIGHT], 1, {"suites/test_surface.py::test_x"}, 1),
    ([LACKING], 1, {H, "claim=3"}, 1),
    ([LACKING], 1, {}, 1),
]


@pytest.mark.parametrize(("blocks", "status", "failed", "code"), ENDS)
def test_a_difference_weighs_more_than_what_is_missing(blocks, status, failed, code):
    assert outcome(*blocks).exit_code(status, set(failed)) == code


def test_a_group_that_differs_and_lacks_something_differs():
    both = [block(FUNCTION[0], "missing"), block(FUNCTION[1], "new")]
    assert FUNCTION[0].group == FUNCTION[1].group
    assert outcome(*both).exit_code(1, {H}) == 1


def test_a_mistake_of_ours_weighs_most():
    assert outcome(NEW, broken={H}).exit_code(1, {G, H}) == 3


def test_a_case_without_rows_is_not_measured():
    found = outcome(RIGHT, asked={H})
    assert found.exit_code(0, set()) == 6
    assert found.exit_code(1, {H}) == 6  # the process died
    assert found.exit_code(1, {G, H}) == 1
    assert found.remarks() == [
        f"not measured: {len(found.missing)} cases, such as {FUNCTION[0].id}"
    ]


def test_what_has_no_answer_does_not_make_an_entry_vanish():
    book, shown = Ledger((PLANTED,)), {PLANTED: {FUNCTION[0]: frozenset({"value"})}}
    assert outcome(block(FUNCTION[0], "agree"), ledger=book, covered=shown).vanished == [PLANTED]
    assert outcome(LACKING, ledger=book, covered=shown).vanished == []
    assert outcome(ABSENT, ledger=book, covered=shown).vanished == []


def test_a_known_difference_is_counted_where_it_shows_and_nowhere_else():
    shown = block(NN[0], "known", "agree", "known", "gone") | {"known": ["a", "", "a", "a"]}
    other = block(NN[1], "known") | {"known": ["b"]}
    covered = {PLANTED: {FUNCTION[0]: frozenset({"value"})}}
    (found,) = outcome(shown, other, ledger=Ledger((PLANTED,)), covered=covered).differences()
    assert (found["id"], found["comparisons"]) == ("a", 2)


def test_the_cases_of_a_vanished_difference_are_marked_and_no_other():
    shown = {PLANTED: {FUNCTION[0]: frozenset({"value"})}}
    here = replace(PLANTED, always=({"form": ("function",)},))
    rows = [block(FUNCTION[0], "agree"), block(NN[0], "agree")]
    found = outcome(*rows, ledger=Ledger((here,)), covered=shown)
    assert [(one["verdict"], one["known"]) for one in found.blocks] == [
        (["gone"], ["a"]),
        (["agree"], [""]),
    ]
    assert found.exit_code(0, set()) == 1
    assert found.remarks() == ["gone: a occurred in none of its cases: "]
