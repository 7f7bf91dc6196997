"""What a whole run adds to its groups: exit code, remarks, counts, scripts and what has vanished."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from meta_tests.door import ABSENT, INTERIOR, LOGITS, RAILS, RAISED, wrong
from meta_tests.in_process import planted, run_of
from suites.cases.case import Case
from suites.ledger.difference import Difference
from suites.plugin import script
from suites.plugin.outcome import Outcome
from suites.plugin.run import Run
from suites.plugin.spool import Spool

GROUP, OTHER = INTERIOR.group, LOGITS.group
CASES = (INTERIOR, RAILS, LOGITS)
NOT_ASKED = {"not_asked": "no"}


def outcome(
    answers: Mapping[Case, dict[str, Any]] = {},
    entries: tuple[Difference, ...] = (),
    only: tuple[str, ...] = (GROUP, OTHER),
    cases: tuple[Case, ...] = CASES,
    **lost: set[str],
) -> Outcome:
    """Of a run in which the groups of `only` were measured."""
    run = run_of(*cases, answers=answers, entries=entries)
    blocks = [block for group in only for block in run.check(group).blocks]
    return Outcome(run, Spool(blocks), set(run.groups), **lost)


def test_a_run_that_agrees_ends_as_pytest_does_and_remarks_nothing() -> None:
    found = outcome()
    assert [found.exit_code(status, failed) for status, failed in ((0, ()), (1, {GROUP}), (1, ()))] == [0, 1, 1]  # fmt: skip
    assert (found.remarks(), found.incomplete(False), dict(found.scripts())) == ([], "", {})
    assert (found.missing, found.vanished, found.unjustified, found.is_empty) == ([], [], [], False)


# What became of the run, the groups that failed, the status of pytest, and the exit code.
CODES: dict[str, tuple[Outcome, set[str], int, int]] = {
    "new": (outcome({RAILS: RAISED}), {GROUP}, 1, 1),
    "missing": (outcome({RAILS: ABSENT}), {GROUP}, 1, 6),
    "missing, of several": (outcome({RAILS: ABSENT, LOGITS: ABSENT}), {GROUP, OTHER}, 1, 6),
    "missing, and another failed": (outcome({RAILS: ABSENT}), {GROUP, OTHER}, 1, 1),
    "missing, and new beside it": (outcome({RAILS: ABSENT, INTERIOR: RAISED}), {GROUP}, 1, 1),
    "not measured": (outcome(only=(GROUP,)), set(), 0, 6),
    "not measured, and failed": (outcome(only=(GROUP,)), {OTHER}, 1, 6),
    "not measured, and another failed": (outcome(only=(GROUP,)), {GROUP}, 1, 1),
    "a mistake of ours": (outcome(broken={GROUP}), set(), 0, 3),
    "a mistake of ours, and new": (outcome({RAILS: RAISED}, broken={GROUP}), {GROUP}, 1, 3),
}


@pytest.mark.parametrize(("found", "failed", "status", "code"), CODES.values(), ids=CODES)
def test_exit_codes(found: Outcome, failed: set[str], status: int, code: int) -> None:
    assert found.exit_code(status, failed) == code


def test_a_case_without_an_answer_is_one_row_with_its_reason() -> None:
    reasons = {
        "the run stopped before this case": outcome(only=(OTHER,)),
        "the process died while this case ran": outcome(only=(OTHER,), crashed={GROUP}),
        "an error in xentcheck itself, not in TensorFlow or Keras": outcome(only=(OTHER,), broken={GROUP}),
    }  # fmt: skip
    for reason, found in reasons.items():
        rows = [block for block in found.blocks if Case(*block["case"]).group == GROUP]
        assert [Case(*row["case"]) for row in rows] == [INTERIOR, RAILS] == found.missing
        assert [row["cause"] for row in rows] == [[f"not measured: {reason}"]] * 2
        assert {(*row["quantity"], *row["verdict"], *row["known"]) for row in rows} == {
            ("call", "not_measured", "")
        }


def test_remarks_name_what_is_missing_and_an_example() -> None:
    assert outcome({RAILS: ABSENT}).remarks() == [
        f"missing: 1 case, such as {RAILS.id}; suites/ledger/absences.toml lists what a release may lack"
    ]
    assert outcome(only=(OTHER,)).remarks() == [f"not measured: 2 cases, such as {INTERIOR.id}"]
    assert outcome(broken={"b", "a"}).remarks() == [
        "an error in xentcheck itself, not in TensorFlow or Keras, such as a"
    ]


def test_nothing_measured_is_no_pass() -> None:
    found = outcome({LOGITS: NOT_ASKED}, cases=(LOGITS,), only=(OTHER,))
    assert found.is_empty
    assert found.exit_code(0, ()) == 6
    assert found.remarks() == ["nothing was measured: this release has none of the selected APIs"]


@pytest.mark.parametrize(
    ("only", "stopped", "why"),
    [
        ((GROUP, OTHER), "", ""),
        ((GROUP, OTHER), "-x", "the run stopped early; 0 of the selected cases have no result"),
        ((OTHER,), "", "the run crashed; 2 of the selected cases have no result"),
        ((OTHER,), True, "the run stopped early; 2 of the selected cases have no result"),
    ],
)
def test_why_answers_are_missing(only: tuple[str, ...], stopped: str | bool, why: str) -> None:
    assert outcome(only=only).incomplete(stopped) == why


def test_a_difference_that_shows_nowhere_has_vanished(tmp_path: Path) -> None:
    entries = planted(tmp_path, sometimes=RAILS)
    shows = outcome({RAILS: RAISED}, entries)
    assert (shows.vanished, shows.exit_code(0, ())) == ([], 0)
    gone = outcome(entries=entries)
    assert gone.vanished == list(entries)
    assert gone.exit_code(0, ()) == 1
    assert gone.remarks() == ["gone: planted occurred in none of its cases: a planted difference"]
    marked = [block for block in gone.blocks if Case(*block["case"]) == RAILS]
    assert {name for block in marked for name in block["verdict"]} == {"gone"}
    others = [block for block in gone.blocks if Case(*block["case"]) != RAILS]
    assert {name for block in others for name in block["verdict"]} == {"agree"}
    assert not outcome(entries=entries, only=(OTHER,)).vanished  # its case was not measured
    assert not outcome({RAILS: NOT_ASKED}, entries).vanished


def test_known_differences_are_counted(tmp_path: Path) -> None:
    (entry,) = entries = planted(tmp_path, always=RAILS)
    found = outcome({RAILS: RAISED}, entries).differences()
    shown = sum(
        block["verdict"].count("known") for block in outcome({RAILS: RAISED}, entries).blocks
    )
    assert found == [
        {
            **{
                "id": "planted",
                "title": "a planted difference",
                "why": "it is planted",
                "advice": "",
            },
            **{"links": [], "span": "TensorFlow any, Keras any", "seen": "2026-11-25"},
            **{"comparisons": shown, "causes": ["raised PlantedError"]},
        }
    ]
    assert shown > 1
    assert entry.id == "planted"


def test_each_new_case_has_a_script_of_its_own_call_where_that_differs() -> None:
    related = replace(INTERIOR, form="class")
    found = outcome({RAILS: wrong(RAILS), related: RAISED}).scripts()
    of_rails, of_interior = (
        next(text for name, text in found.items() if f"-{regime}-" in name)
        for regime in ("rails", "interior")
    )
    assert set(found) == {name for name in found if name.endswith(".py")}
    assert len(found) == 2
    assert "value 0 is not from" in of_rails
    assert "PlantedError is raised" in of_interior
    assert "BinaryCrossentropy(reduction=None)" in of_interior


def test_the_script_of_a_relation_looks_for_the_number_of_the_wrong_side() -> None:
    related = replace(INTERIOR, form="class")
    run = run_of(INTERIOR, answers={related: wrong(related)})
    found = Outcome(run, Spool(run.check(INTERIOR.group).blocks), {INTERIOR.group})
    ((name, text),) = found.scripts().items()
    assert name == script.name(related)
    assert "BinaryCrossentropy(reduction=None)" in text
    assert "Exit code 1: value 0 is not from" in text


def test_a_known_difference_without_a_link_has_a_text_for_upstream(tmp_path: Path) -> None:
    entries = planted(tmp_path, always=RAILS)
    found = outcome({RAILS: RAISED}, entries).scripts()
    text = found["upstream-planted.md"]
    assert list(found) == ["upstream-planted.md"]
    assert text.split("\n\n")[:4] == [
        "# a planted difference",
        "it is planted",
        "One call that shows it, eager, in float32 (call, at all of it):",
        "- observed: PlantedError: no\n- expected: see above\n- explanation: raised PlantedError",
    ]
    assert "\nTensorFlow 2.21.0, Keras 3.15.1, NumPy 2.4.2, Python 3.11.7, Linux" in text
    advised = tuple(replace(entry, advice="Cast it.") for entry in entries)
    text = outcome({RAILS: RAISED}, advised).scripts()["upstream-planted.md"]
    assert "\n\nit is planted Until then: cast it.\n\n" in text
    linked = tuple(replace(entry, links=("https://example.org/1",)) for entry in entries)
    assert not outcome({RAILS: RAISED}, linked).scripts()


def test_no_more_than_fifty_programs_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suites.plugin.outcome.SCRIPTS", 1)
    found = outcome({RAILS: RAISED, LOGITS: RAISED})
    assert len(found.scripts()) == 1
    assert isinstance(found.run, Run)
