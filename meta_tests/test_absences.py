"""What a release may lack follows from the recordings; what lacks anything else is never green."""

from __future__ import annotations

from dataclasses import astuple, replace

import pytest

from reports.compare.absences import CannotTell, recorded, table, text
from reports.store.answer_text import unpack
from suites.cases.case import Case
from suites.cases.selection import select
from suites.judge.diagnose import Judge
from suites.ledger import absences
from suites.ledger.absences import FILE, Absence, Absences
from suites.ledger.difference import Difference
from suites.ledger.installed import Installed, installed
from suites.ledger.ledger import Ledger
from suites.observe.requests import SEED, key
from suites.plugin.outcome import Outcome
from suites.plugin.run import Run
from suites.plugin.spool import Spool

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
    releases, found = shipped
    assert len(releases) >= 59
    for release in releases:
        may = absences.of(release, absences.load())
        allowed = {"there": {False}, "absent": {True}, "not asked": {True, False}}
        wrong = [
            case
            for case, has in found.items()
            if bool(may.reason(case)) not in allowed[has[release]]
        ]
        assert not wrong, (release, wrong[0])


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
    here = installed({"tensorflow": "2.19.1", "keras": keras})
    may = absences.of(here, absences.load())
    assert may.reason(case) == ("this release has no such form" if lacks else "")


def releases(*versions: str) -> list[Installed]:
    return [installed({"tensorflow": "2.21.0", "keras": keras}) for keras in versions]


def having(every, cases, lacked, *absent, not_asked=()):
    """What the releases have, of which some lack some of the cases."""
    return {
        case: {
            one: "not asked"
            if one in not_asked
            else "absent"
            if case in lacked and one in absent
            else "there"
            for one in every
        }
        for case in cases
    }


RECORDED = releases("3.4.1", "3.9.0", "3.10.0", "3.15.1")
FOUR_1, NINE, TEN, FIFTEEN = RECORDED


@pytest.mark.parametrize(
    ("absent", "not_asked", "spans"),
    [
        ((FOUR_1,), (), [">=3.0,<3.9.0"]),
        ((FOUR_1, NINE), (), [">=3.0,<3.10.0"]),
        ((FIFTEEN,), (), [">=3.15.1"]),
        ((NINE, TEN), (), [">=3.9.0,<3.15.1"]),
        (tuple(RECORDED), (), [">=3.0"]),
        ((FOUR_1, TEN), (), [">=3.0,<3.9.0", ">=3.10.0,<3.15.1"]),
        ((FOUR_1, TEN), (NINE,), [">=3.0,<3.15.1"]),
    ],
)
def test_a_span_ends_where_something_came_or_went(absent, not_asked, spans):
    found = having(RECORDED, NN + FUNCTION, FUNCTION, *absent, not_asked=not_asked)
    box = {"loss": ("binary_crossentropy",), "form": ("function",)}
    if not_asked or len(absent) == len(RECORDED):  # nothing says which forms there are
        box.pop("loss")
    assert [(row.package, row.versions) for row in table(RECORDED, found)] == [
        ("keras", span) for span in spans
    ]
    assert all(row.box.items() >= {"form": box["form"]}.items() for row in table(RECORDED, found))


def test_what_depends_on_the_other_package_has_no_table():
    other = installed({"tensorflow": "2.20.0", "keras": "3.15.1"})
    every = [*RECORDED, other]
    with pytest.raises(CannotTell, match=r"there and absent in keras 3\.15\.1"):
        table(every, having(every, FUNCTION, FUNCTION, FIFTEEN))


def test_each_line_has_rows_of_its_own_and_tensorflow_with_keras_2_is_apart():
    old = installed({"tensorflow": "1.15.5", "keras": "2.2.4-tf"})
    package = installed({"tensorflow": "2.0.0", "keras": "2.3.1"}, subject="keras")
    every = [old, FIFTEEN, package]
    rows = table(every, having(every, NN + FUNCTION, FUNCTION, old, package))
    assert [(row.line, row.package, row.versions) for row in rows] == [
        ("tf.keras", "tensorflow", "<2.16"),
        ("keras", "keras", ""),
    ]
    assert [bool(absences.of(one, rows).reason(FUNCTION[0])) for one in every] == [
        *(True, False, True),
    ]


def test_one_case_alone_is_a_row_of_many_fields():
    (row,) = table(RECORDED, having(RECORDED, FUNCTION, FUNCTION[:1], FOUR_1))
    assert row.holds(FUNCTION[0])
    assert not any(row.holds(case) for case in FUNCTION[1:])


def test_a_call_without_keras_depends_on_tensorflow():
    old = installed({"tensorflow": "2.16.2", "keras": "3.4.1"})
    every = [old, installed({"tensorflow": "2.21.0", "keras": "3.4.1"})]
    (row,) = table(every, having(every, NN + FUNCTION, NN, old))
    assert (row.package, row.versions) == ("tensorflow", ">=2.16,<2.21.0")
    assert row.box["form"] == ("nn",)


def test_a_row_may_be_about_what_a_case_does_not_have():
    row = Absence("tf.keras", "keras", "", {"form": ("class-mean",), "without": ("axis",)})
    every = select(["CPU:0"], losses=["binary_crossentropy"], forms=["class-mean"])
    some = [case for case in every if "class-mean" in absences.names(case, "form")]
    assert {row.holds(case) for case in some if "axis" in case.chosen} == {False}
    assert {row.holds(case) for case in some if "axis" not in case.chosen} == {True}
    assert row.reason == "this release has no such form"


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
    row = Absence("tf.keras", "keras", "", {"form": ("function",)})
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
    return Outcome(run, Spool(blocks), more.pop("asked", set()), **more)


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
    assert {one["case"][1]: (one["verdict"], one["known"]) for one in found.blocks} == {
        FUNCTION[0].form: (["gone"], ["a"]),
        NN[0].form: (["agree"], [""]),
    }
    assert found.exit_code(0, set()) == 1
    assert found.remarks() == ["gone: a occurred in none of its cases: "]
