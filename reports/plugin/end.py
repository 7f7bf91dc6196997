"""End a run: its report, what changed against a pin or a release, and a pin of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from heapq import nlargest

import pytest

from reports.compare import comparison, pin_file, pins
from reports.compare.drift.drift import Drift
from reports.compare.grouping.changes import Compared
from reports.compare.grouping.groups import groups
from reports.compare.words import words
from reports.plugin import last_lines, new_since
from reports.plugin.accept import accept
from reports.plugin.screen import Part
from reports.plugin.since import strips
from reports.plugin.start import pin_folder, report_folder
from reports.run.annotations import annotated
from reports.run.frame import csv_text
from reports.run.markdown import Baseline
from reports.run.page import Since, never
from reports.run.summary import counted
from reports.run.write import write_report
from reports.store import answer_text, provenance
from reports.store.errors import BadUsage
from reports.store.recording import BadRecording
from suites.observe import requests
from suites.observe.messages import Answer
from suites.plugin.exits import Exit
from suites.plugin.keys import CHOICES, RUN
from suites.plugin.outcome import Outcome
from suites.plugin.spool import Spool

SLOWEST = 3  # groups that are named


@dataclass
class Gathered:
    """What the items sent: comparisons, claims, and answers with the lines of their diagnoses, by case.

    `asked`, `crashed` and `broken` are groups: those that were to be asked, those whose process
    died, and those in which the suite itself failed. `slowest` are groups with their seconds.
    """

    blocks: Spool = field(default_factory=Spool)
    claims: list[dict[str, str]] = field(default_factory=list)
    answers: dict[str, tuple[Answer, str]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    crashed: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    slowest: list[tuple[float, str]] = field(default_factory=list)

    def took(self, seconds: float, group: str) -> None:
        self.slowest = nlargest(SLOWEST, [*self.slowest, (seconds, group)])


@dataclass
class Ended:
    """How the run ends: its exit code, why it stopped early, and what the terminal shows."""

    code: int
    stopped: str | bool
    parts: list[Part] = field(default_factory=list)
    annotations: list[str] = field(default_factory=list)  # where GitHub reads them

    def add(self, *lines: str) -> None:
        of_files = [line for text in lines for line in text.splitlines()]
        self.parts.append(Part(of_files, whole=True))


def end(
    config: pytest.Config, gathered: Gathered, failed: Set[str], seconds: float, ended: Ended
) -> None:
    """Write everything, and say in `ended` what the terminal shows. Raises CannotWrite."""
    run, chosen = config.stash[RUN], config.stash[CHOICES]
    outcome = Outcome(run, gathered.blocks, gathered.asked, gathered.crashed, gathered.broken)
    ended.code = outcome.exit_code(ended.code, failed)
    now = _now(config, gathered) if chosen.keeps_answers else None
    drift = _drift(config, now, ended) if now and now.rows else Drifted()
    claims = sorted(gathered.claims, key=lambda claim: int(claim["number"]))
    shown = strips(entry.id for entry in run.ledger.entries) if not run.own else {}
    parts = run.environment, claims, outcome.differences(), outcome.scripts()
    more = drift.files, drift.baseline, shown, _since(config)
    report = write_report(report_folder(config), outcome.blocks, *parts, seconds, *more)
    frame, page = report.differing, f"{report_folder(config)}/index.html"
    new, asked = last_lines.of_new(frame, bool(run.own)), (chosen.tier, run.options)
    ended.parts = [
        Part(last_lines.of_counts(report.summary, frame, drift.changed)),
        Part([*new], wrapped=False),
        Part(outcome.remarks()),
        Part(last_lines.of_time(gathered.slowest), wrapped=False),
        Part([f"tier: {run.environment['tier']}"]),
        Part([f"report: {page}"], whole=True),
        Part([last_lines.what_next(report.summary, frame, *asked, drift.changed)]),
        Part(drift.lines, "in drift.html of the report folder"),
    ]
    if os.environ.get("GITHUB_ACTIONS") == "true":
        ended.annotations = annotated(frame)
    if chosen.accept and chosen.known:
        ended.add(accept(run, outcome.blocks, chosen.known, chosen.accept))
        if ended.code == pytest.ExitCode.TESTS_FAILED:
            ended.code = pytest.ExitCode.OK
    if chosen.pin and now:
        _pin(config, now, outcome.incomplete(ended.stopped), ended)


def _since(config: pytest.Config) -> Since:
    """Which releases show a new difference; nothing of a loss of the user's own, or of another seed."""
    if config.stash[RUN].own or config.stash[CHOICES].seed != requests.SEED:
        return never
    return new_since.strips()


def _now(config: pytest.Config, gathered: Gathered) -> pins.Answers:
    """The answers of this run, as a pin holds them."""
    rows = {name: answer_text.pack(answer) for name, (answer, _) in gathered.answers.items()}
    lines = {name: line for name, (_, line) in gathered.answers.items() if line}
    return pins.Answers(requests.digest_of_all(), rows, lines, dict(config.stash[RUN].settings))


@dataclass(frozen=True)
class Drifted:
    """What changed against a pin or a release: for the terminal, as files, and for the summary."""

    lines: Sequence[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    baseline: Baseline | None = None

    @property
    def changed(self) -> str:
        return self.baseline.changed if self.baseline else ""


def _drift(config: pytest.Config, now: pins.Answers, ended: Ended) -> Drifted:
    chosen = config.stash[CHOICES]
    if not chosen.against:
        return Drifted()
    try:
        before = pins.load(chosen.against, pin_folder(config))
        compared = pins.drifted(before, now, now.rows)
    except BadRecording as error:
        ended.code = Exit.UNUSABLE
        return Drifted([f"xentcheck: {error}"])
    number = pins.fails(compared, chosen.drift)
    if number and ended.code != Exit.MISTAKE:
        ended.code = Exit.DIFFERENT
    changed = f"{counted(number, 'answer')} changed against {chosen.against}" if number else ""
    page = comparison.page(compared, chosen.against, pins.NOW)
    files = {"drift.csv": csv_text(compared.frame), "drift.html": page}
    lines = ["", *pins.in_words(compared, chosen.against, before, now).splitlines()]
    return Drifted(lines, files, _baseline(compared, chosen.against, changed))


def _baseline(compared: Compared, name: str, changed: str) -> Baseline:
    """What is rounding only is counted, and listed in drift.html."""
    rows = [
        [str(one.severity), words.title(one), words.numbers(one), words.cases(one)]
        for one in groups(compared.changed)
        if one.drift is not Drift.ROUNDING
    ]
    return Baseline(name, comparison.headline(compared.changed), rows, changed)


def _pin(config: pytest.Config, now: pins.Answers, incomplete: str, ended: Ended) -> None:
    """Write the answers as a pin, unless some of those that were asked for are missing."""
    run, chosen = config.stash[RUN], config.stash[CHOICES]
    assert chosen.pin
    if incomplete:
        ended.add(f"pin {chosen.pin}: not written: {incomplete}")
        return
    about = dict(run.versions), dict(run.settings)
    entry = pin_file.Entry(chosen.reason or "", len(now.rows), provenance.this_suite(), *about)
    try:
        ended.add(*pins.update(chosen.pin, pin_folder(config), now, entry))
    except (BadUsage, BadRecording, OSError) as error:
        ended.add(f"xentcheck: {error}")
        ended.code = Exit.UNUSABLE
