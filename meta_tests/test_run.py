"""One group of a run, judged in this process: which comparisons it has, and what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import pytest

from meta_tests.door import ABSENT, INTERIOR, LOGITS, RAISED, SETTINGS, VERSIONS, recorded, wrong
from meta_tests.in_process import planted, run_of
from reports.store.answer_text import unpack
from reports.store.parsed import numbers
from suites.cases.case import Case
from suites.cases.relations import BY_NAME
from suites.ledger import ledger
from suites.ledger.difference import Difference
from suites.observe import environment, requests
from suites.observe.client import CannotAsk
from suites.plugin import run as running
from suites.plugin import script
from suites.plugin.bad_choice import BadChoice
from suites.plugin.blame import file
from suites.plugin.options import choices
from suites.plugin.run import Checked, NothingChosen, Run, start
from suites.plugin.script import Comparison
from suites.plugin.short_id import short_id

RELATED = (
    "class equals function",
    "a name gives the function",
    "the order of the classes is free",
    "the order of the rows is free",
    "half a batch is half of it",
    "the axis is free",
)
CLASS = replace(INTERIOR, form="class")


def checked(
    case: Case,
    answers: Mapping[Case, dict[str, Any]] = {},
    entries: tuple[Difference, ...] = (),
) -> Checked:
    return run_of(case, answers=answers, entries=entries).check(case.group)


def verdicts(found: Checked) -> list[tuple[str, str, str]]:
    """The comparisons that do not agree: quantity, verdict, cause or the entry that is known."""
    return [
        (quantity, verdict, known or cause)
        for block in found.blocks
        for quantity, verdict, known, cause in zip(
            *(block[name] for name in ("quantity", "verdict", "known", "cause")), strict=True
        )
        if verdict != "agree"
    ]


def test_a_case_is_compared_with_the_reference_and_with_what_it_is_related_to() -> None:
    found = checked(INTERIOR)
    quantities = [block["quantity"][0] for block in found.blocks]
    assert quantities == ["value", "gradient", *(name for name in RELATED for _ in "12")]
    assert not verdicts(found)
    assert found.wrong == ""
    (name,) = found.answers
    assert found.answers[name] == (unpack(recorded()[name]), "")
    assert name == requests.key(INTERIOR)
    assert {block["case"] for block in found.blocks} == {astuple(INTERIOR)}


def test_an_error_is_new_and_shows_in_every_relation() -> None:
    found = checked(INTERIOR, {INTERIOR: RAISED})
    sides = (
        "the function",
        "the function",
        "this order",
        "this order",
        "the batch",
        "the last axis",
    )
    assert verdicts(found) == [
        ("call", "new", "raised PlantedError"),
        *((name, "new", f"{side} raised PlantedError") for name, side in zip(RELATED, sides, strict=True)),
    ]  # fmt: skip
    assert list(found.answers.values()) == [(RAISED, "call wrong * raised PlantedError")]


def value(case: Case) -> str:
    """The first four losses that a case returned."""
    found = unpack(recorded()[requests.key(case)])
    return ", ".join(f"{number:.9g}" for number in numbers(found["value"])[:4])


def test_what_is_wrong_has_a_text_that_says_what_to_do() -> None:
    found = checked(INTERIOR, {CLASS: RAISED})
    assert verdicts(found) == [(RELATED[0], "new", "the class raised PlantedError")]
    group = INTERIOR.group
    assert found.wrong.splitlines() == [
        f"{group},labels=hard,inputs=interior",
        "  call   tf.keras.losses.binary_crossentropy(target, output)   [class equals function]",
        "  and    tf.keras.losses.BinaryCrossentropy(reduction=None)(target, output)   [the class]",
        "  the class raised PlantedError: no",
        f"  the function returned {value(INTERIOR)}, ...",
        "  cause  the class raised PlantedError",
        "  means  Two calls must agree, and one of them raised an error.",
        "  do     Read the cause of the side that is wrong, and run the script of that side.",
        "  shown  by 1 release, of 8 commas and 2 part",
        f"  rerun  pytest -k {short_id(CLASS.group)}",
        f"  script my report/scripts/{script.name(CLASS)}",
    ]


def test_a_wrong_number_of_the_other_side_has_the_script_of_that_side() -> None:
    found = checked(INTERIOR, {CLASS: wrong(CLASS)})
    (block,) = (one for one in found.blocks if one["blame"])
    assert block["quantity"][0] == RELATED[0]
    blame = block["blame"]
    side = Comparison(*blame["comparison"])
    assert (blame["side"], side.quantity, side.index) == ("other", "value", "0")
    assert not side.low <= float(block["other"][0]) <= side.high
    assert side.low <= float(block["observed"][0]) <= side.high
    lines = found.wrong.splitlines()
    assert f"  script my report/scripts/{script.name(CLASS)}" in lines
    for word in ("the function returned", "the class    returned", "distance", "is rounding"):
        assert word in found.wrong


def test_a_side_with_inputs_of_its_own_has_a_script_of_its_own() -> None:
    """Of reversed rows the other side is wrong: the usual inputs of its case do not show that."""
    relation = BY_NAME["the order of the rows is free"]
    names = {side: file(relation, INTERIOR, side, requests.SEED) for side in ("this", "other")}
    assert names["this"] == script.name(INTERIOR)
    assert names["other"] == script.name(INTERIOR, f"{relation.name}: other")
    assert file(BY_NAME[RELATED[0]], INTERIOR, "other", requests.SEED) == script.name(CLASS)


def test_what_is_known_of_a_side_is_known_of_its_relations(tmp_path: Path) -> None:
    found = checked(INTERIOR, {CLASS: RAISED}, planted(tmp_path, always=CLASS))
    assert verdicts(found) == [(RELATED[0], "known", "planted")]
    assert found.wrong == ""
    both = checked(INTERIOR, {INTERIOR: RAISED}, planted(tmp_path, always=INTERIOR))
    assert verdicts(both) == [(name, "known", "planted") for name in ("call", *RELATED)]


def test_what_always_shows_and_does_not_is_gone(tmp_path: Path) -> None:
    found = checked(INTERIOR, {}, planted(tmp_path, always=INTERIOR))
    assert {verdict for _, verdict, _ in verdicts(found)} == {"gone"}
    assert "agrees, where a known difference was expected" in found.wrong
    assert not verdicts(checked(INTERIOR, {}, planted(tmp_path, sometimes=INTERIOR)))


def test_an_absence_that_nothing_allows_is_missing_and_has_no_relations() -> None:
    found = checked(INTERIOR, {INTERIOR: ABSENT})
    assert [(quantity, verdict) for quantity, verdict, _ in verdicts(found)] == [
        ("call", "missing")
    ]
    assert len(found.blocks) == 1
    assert list(found.answers.values()) == [(ABSENT, "")]


def test_groups_are_asked_ahead_as_far_as_they_may_wait_and_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = run_of(INTERIOR)
    one, *others = (replace(case, inputs="rails") for case in (INTERIOR, CLASS, LOGITS))
    run.groups.update({case.group: [case] for case in (one, *others)})
    sent: list[str] = []
    monkeypatch.setattr(running.pending, "send", lambda case, *_: sent.append(case.group))
    monkeypatch.setattr(running, "WAITING", 2)
    run.upcoming.extend([one.group, *(case.group for case in others)])
    run.send(one.group)
    run.send_ahead()
    assert sent == [one.group, others[0].group]
    del run._sent[one.group]  # it was judged
    run.send_ahead()
    run.send_ahead()
    assert sent == [one.group, *(case.group for case in others)]


class Installed:
    """An installation of the newest release, with a processor and a device that is broken."""

    variables: Mapping[str, str] = {}

    def __init__(self) -> None:
        self.ended = 0

    def devices(self) -> tuple[list[str], dict[str, str]]:
        return ["CPU:0", "CPU:1"], {"GPU:0": "no memory"}

    def about(self) -> Mapping[str, str]:
        return VERSIONS

    def end(self) -> None:
        self.ended += 1


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Installed:
    found = Installed()
    monkeypatch.delenv("TF_DETERMINISTIC_OPS", raising=False)
    monkeypatch.setattr(environment, "start", lambda *_: found)
    monkeypatch.setattr(environment, "require_defaults", lambda client, backend: SETTINGS)
    monkeypatch.setattr(ledger, "covered", lambda entries, every, _: {"of": (entries, len(every))})
    return found


def started(**typed: str) -> Run:
    return start(choices(typed, {}), lambda name, answer: "")


def test_a_run_has_the_cases_that_were_chosen(installed: Installed) -> None:
    few = {"losses": "binary_crossentropy", "forms": "function", "dtypes": "float16"}
    run = started(tier="quick", seed="7", **few)
    chosen = [case for cases in run.groups.values() for case in cases]
    assert {(case.loss, case.form, case.dtype, case.execution) for case in chosen} == {
        ("binary_crossentropy", "function", "float16", "eager")
    }
    assert all({case.group for case in cases} == {group} for group, cases in run.groups.items())
    assert (run.seed, run.executions) == (7, ("eager",))
    assert run.environment["seed"] == "7"
    assert run.environment["tier"].startswith("quick; left out: ")
    assert run.environment["not measured"] == "GPU:0: no memory"
    assert (run.versions, run.settings, run.folder) == (VERSIONS, SETTINGS, "reports/latest")
    assert installed.ended == 0


def test_a_ledger_has_what_the_release_may_show_and_the_night_alone_the_rare(
    installed: Installed,
) -> None:
    few = {"losses": "binary_focal_crossentropy", "forms": "config", "dtypes": "float32"}
    quick = started(tier="quick", losses="binary_crossentropy")
    run, night = started(**few), started(tier="everything", **few)
    for one in (run, night):
        assert all(entry.spans(one.installed) for entry in one.ledger.entries)
    assert not any(entry.rare for entry in run.ledger.entries)
    assert any(entry.rare for entry in night.ledger.entries)
    assert run.executions == night.executions == ("eager", "graph", "xla")
    (entries, cases), (more, every) = run.covered["of"], night.covered["of"]
    assert {entry.rare for entry in entries} == {False}
    assert (more, entries) == (night.ledger.entries, run.ledger.entries)
    assert len(more) > len(entries) > 50
    assert cases == quick.covered["of"][1] < every


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (
            {"tier": "quick", "forms": "masked", "losses": "binary_crossentropy"},
            "no case combines --tier quick --losses binary_crossentropy --forms masked; choose more of one",
        ),
        (
            {"losses": "weighted_sigmoid_crossentropy", "forms": "class"},
            "no case combines --tier default --losses weighted_sigmoid_crossentropy --forms class; choose more of one",
        ),
    ],
)
def test_choices_that_no_case_combines_are_named(
    installed: Installed, typed: dict[str, str], why: str
) -> None:
    with pytest.raises(NothingChosen) as raised:
        started(**typed)
    assert str(raised.value) == why
    assert installed.ended == 1


def test_an_installation_that_stops_to_answer_at_its_start_is_one_line(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def devices() -> None:
        raise CannotAsk("no devices")

    monkeypatch.setattr(installed, "devices", devices)
    with pytest.raises(environment.CannotMeasure, match=r"^no devices$"):
        started()
    assert installed.ended == 1


def test_what_can_be_done_meanwhile_is_done_before_anything_is_waited_for(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ImportError("no matplotlib")

    monkeypatch.setattr(installed, "about", lambda: pytest.fail("waited"))
    with pytest.raises(ImportError, match="no matplotlib"):
        start(choices({}, {}), lambda name, answer: "", None, fail)
    assert installed.ended == 1


@pytest.mark.parametrize(
    ("tensorflow", "asked", "left_out"),
    [
        ("1.15.5", ("graph",), "other devices, combined options"),
        ("2.21.0", ("eager",), "graph and XLA"),
    ],
)
def test_the_quick_tier_runs_all_in_one_way(
    installed: Installed,
    monkeypatch: pytest.MonkeyPatch,
    tensorflow: str,
    asked: tuple[str, ...],
    left_out: str,
) -> None:
    monkeypatch.setattr(installed, "about", lambda: VERSIONS | {"tensorflow": tensorflow})
    chosen = {"losses": "binary_crossentropy", "forms": "function", "tier": "quick"}
    run = started(**chosen)
    cases = [case for cases in run.groups.values() for case in cases]
    assert (run.executions, {case.execution for case in cases}) == (asked, set(asked))
    assert run.environment["tier"].startswith(f"quick; left out: {left_out}")


def test_a_device_that_does_not_work_is_refused(installed: Installed) -> None:
    with pytest.raises(BadChoice, match="GPU:0"):
        started(devices="GPU:0")
    assert installed.ended == 1
