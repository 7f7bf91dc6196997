"""How a run ends: its report, its drift, its pin, the lines of the terminal and the exit code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from meta_tests.door import INTERIOR, LOGITS, RAILS, RAISED, other_bits, wrong
from meta_tests.in_process import run_of
from reports.plugin import end as ending
from reports.plugin.collector import Collector
from reports.store.errors import CannotWrite
from suites.cases.case import Case
from suites.observe import requests
from suites.plugin.keys import ANSWERS, CHOICES, CLAIM, ROWS, RUN
from suites.plugin.options import choices
from suites.plugin.short_id import short_id

CASES = (INTERIOR, RAILS, LOGITS)
UNCHANGED = "no report written; the previous one, if any, is kept"
RELEASE = "tf-2.21.0-keras-3.15.1"
NAMES = {
    case.group: f"{case.loss}, {case.form}, {case.dtype}, {case.execution}"
    for case in (INTERIOR, LOGITS)
}
NOTHING_TO_DO = "next: nothing has to be done; the page says what the known differences mean"
CLAIMED = {
    **{"number": "12", "who": "answer", "claim": "The loss is 0", "verdict": "does not hold"},
    **{"reference": "1e-7", "observed": "1e-7"},
}
SLOWEST = ["slowest:", *(f"    0.0 s  {short_id(group)} {names}" for group, names in NAMES.items())]
RIGHT = ["tier: quick", "report: {}/report/index.html", NOTHING_TO_DO]


@pytest.fixture(autouse=True)
def same_specs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest of all specifications takes seconds, and is that of the release."""
    found = requests.digest_of_all() if not DIGEST else DIGEST[0]
    DIGEST[:] = [found]
    monkeypatch.setattr(requests, "digest_of_all", lambda: found)


DIGEST: list[str] = []


def finished(
    place: Path,
    answers: Mapping[Case, dict[str, Any]] = {},
    status: int = 0,
    shouldstop: str = "",
    only: tuple[Case, ...] = CASES,
    **chosen: Any,
) -> SimpleNamespace:
    """A run of a few cases in a folder, up to its end: exit code and lines."""
    folders = {"pin_folder": Path("pins"), "report_folder": Path("report")}
    choice = replace(choices({}, {}), **folders | chosen)
    run = run_of(*CASES, answers=answers)
    config = SimpleNamespace(rootpath=place, stash={RUN: run, CHOICES: choice})
    collector = Collector(config)
    items = [SimpleNamespace(nodeid=f"f.py::t[{group}]") for group in run.groups]
    collector.pytest_collection_finish(SimpleNamespace(items=items))
    for group in dict.fromkeys(case.group for case in only):
        found = run.check(group)
        sent = [(ROWS, found.blocks), (CLAIM, CLAIMED)]
        if choice.keeps_answers:
            sent.append((ANSWERS, found.answers))
        name = f"f.py::t[{group}]"
        report = SimpleNamespace(nodeid=name, when="call", duration=0.0, failed=bool(found.wrong), user_properties=sent)  # fmt: skip
        collector.pytest_runtest_logreport(report)
    session = SimpleNamespace(exitstatus=status, shouldstop=shouldstop, shouldfail="")
    collector.pytest_sessionfinish(session)
    shown = [line for part in collector.parts for line in part.lines]
    lines = [line.replace(str(place), "{}") for line in (*collector.traceback, *shown)]
    return SimpleNamespace(code=session.exitstatus, lines=lines)


def test_a_run_that_agrees_writes_its_report(tmp_path: Path) -> None:
    found = finished(tmp_path)
    assert found.code == 0
    assert found.lines[1].endswith(" comparisons: 0 new differences, 0 known, all others agree")
    assert found.lines[0] == "No difference"
    assert sorted(found.lines[2:5]) == sorted(SLOWEST)
    assert found.lines[5:] == RIGHT
    assert (tmp_path / "report/index.html").is_file()
    assert not (tmp_path / "report/drift.csv").exists()
    assert not (tmp_path / "pins").exists()


def test_a_new_difference_and_a_missing_group_have_their_codes(tmp_path: Path) -> None:
    new = finished(tmp_path, {RAILS: RAISED}, status=1)
    assert new.code == 1
    assert ": 6 new differences" in new.lines[1]  # the call, and its five relations
    lost = finished(tmp_path, only=(LOGITS,))
    assert lost.code == 6
    assert lost.lines[2] == f"not measured: 2 cases, such as {INTERIOR.id}"


@pytest.mark.parametrize("status", [2, 3, 4, 5])
def test_a_run_that_was_stopped_leaves_the_report_of_before(tmp_path: Path, status: int) -> None:
    finished(tmp_path)
    before = (tmp_path / "report/summary.json").read_text()
    found = finished(tmp_path, {RAILS: RAISED}, status=status, pin="mine")
    assert found.code == status
    assert found.lines == [UNCHANGED, "pin mine: not written: the run stopped early"]
    assert (tmp_path / "report/summary.json").read_text() == before
    assert not (tmp_path / "pins").exists()


def test_a_pin_is_written_compared_with_and_kept_without_a_reason(tmp_path: Path) -> None:
    pinned = finished(tmp_path, pin="mine")
    assert pinned.code == 0
    assert pinned.lines[8:] == ["pin mine: 3 answers written to {}/pins/mine.txt"]
    again = finished(tmp_path, pin="mine", against="mine")
    assert again.lines[8:] == [
        "",
        "mine -> this run: nothing changed",
        "pin mine: nothing has changed",
    ]
    before = (tmp_path / "pins/mine.txt").read_bytes()
    refused = finished(tmp_path, {RAILS: RAISED}, status=1, pin="mine")
    assert refused.code == 4
    assert refused.lines[-1].endswith("say why with --reason TEXT; the pin is as it was")
    assert (tmp_path / "pins/mine.txt").read_bytes() == before
    finished(tmp_path, {RAILS: RAISED}, status=1, pin="mine", reason="it is planted")
    assert (tmp_path / "pins/mine.txt").read_bytes() != before
    assert '"it is planted"' in (tmp_path / "pins/mine.json").read_text()


def test_a_run_without_all_answers_writes_no_pin(tmp_path: Path) -> None:
    for only, stop, why in (
        ((LOGITS,), "", "the run crashed; 2 of the selected cases have no result"),
        (CASES, "-x", "the run stopped early; 0 of the selected cases have no result"),
    ):
        found = finished(tmp_path, only=only, shouldstop=stop, pin="mine")
        assert found.lines[-1] == f"pin mine: not written: {why}"
    assert not (tmp_path / "pins").exists()


@pytest.mark.parametrize(
    ("answers", "drift", "code", "says"),
    [
        ({}, "bits", 0, "nothing changed"),
        ({INTERIOR: other_bits(INTERIOR)}, "value", 0, "1 rounding"),
        ({INTERIOR: other_bits(INTERIOR)}, "bits", 1, "1 rounding"),
        ({INTERIOR: wrong(INTERIOR)}, "value", 1, "1 value"),
        ({INTERIOR: RAISED}, "value", 1, "1 kind"),
    ],
)
def test_drift_from_a_release_decides_by_its_level(
    tmp_path: Path, answers: Mapping[Case, dict[str, Any]], drift: str, code: int, says: str
) -> None:
    found = finished(tmp_path, answers, status=0, against=RELEASE, drift=drift)
    assert found.code == code
    assert f"{RELEASE} -> this run: {says}" in found.lines
    table = (tmp_path / "report/drift.csv").read_text().splitlines()
    assert len(table) == 1 + len(answers)
    assert says in (tmp_path / "report/drift.html").read_text()
    summary = (tmp_path / "report/summary.md").read_text()
    part = summary[summary.index(f"## Against {RELEASE}\n\n{says}") :]
    assert ("| what changed |" in part) is bool(code and answers and says != "1 rounding")


def test_a_pin_that_is_not_there_is_a_matter_of_usage(tmp_path: Path) -> None:
    found = finished(tmp_path, against="nobody")
    assert found.code == 4
    assert found.lines[-1].startswith("xentcheck: no pin or release 'nobody'; there are: ")
    assert not (tmp_path / "report/drift.csv").exists()


@pytest.mark.parametrize(
    ("error", "code", "lines"),
    [
        (KeyboardInterrupt(), 2, [UNCHANGED, "xentcheck: interrupted"]),
        (CannotWrite("no room"), 4, [UNCHANGED, "xentcheck: --report-folder: no room"]),
    ],
)
def test_what_goes_wrong_with_the_report_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    lines: list[str],
) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(ending, "write_report", fail)
    found = finished(tmp_path)
    assert (found.code, found.lines) == (code, lines)


def test_a_mistake_of_ours_has_its_traceback_and_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "write_report", lambda *_: 1 / 0)
    found = finished(tmp_path)
    assert found.code == 3
    assert found.lines[0] == "Traceback (most recent call last):"
    assert found.lines[-2:] == [
        "ZeroDivisionError: division by zero",
        "xentcheck: an error in xentcheck itself, not in TensorFlow or Keras",
    ]
