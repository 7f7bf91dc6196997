"""What each release of a timeline changed against the one before it on its line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from reports.compare.drift import known
from reports.compare.drift.drift import Drift
from reports.compare.grouping.changes import COLUMNS, Changed, Side, rows
from reports.compare.grouping.groups import Group, groups
from reports.compare.since.since import Since
from reports.compare.since.timeline import Recorded, Timeline, changed
from reports.releases.environments import Environment
from reports.run.severity import Severity
from reports.store.recording import ABSENT, NOT_ASKED
from suites.judge.diagnosis_text import RIGHT

TEXTS = ("before", "after")  # whole answers, which would make the file ten times as large
RELEASE = ("release", "compared_with", "packages")
STEP_COLUMNS = (*RELEASE, *(name for name in COLUMNS if name not in TEXTS))
Answers = Mapping[str, str]


@dataclass(frozen=True)
class ReleaseStep:
    """One release, and the cases that it changed."""

    before: Recorded
    after: Recorded
    changed: tuple[Changed, ...]

    @property
    def environment(self) -> Environment:
        return self.after.environment

    @property
    def packages(self) -> str:
        return changed(self.before.environment, self.after.environment)

    @property
    def since(self) -> Since:
        return Since(self.before.environment, self.after.environment, "")

    @cached_property
    def groups(self) -> list[Group]:
        return groups(self.changed)

    def count(self, severity: Severity) -> int:
        """In how many ways it changed something of this severity, apart from rounding."""
        return sum(group.severity is severity for group in self.shown)

    @property
    def shown(self) -> list[Group]:
        return [group for group in self.groups if group.drift is not Drift.ROUNDING]


def release_steps(timeline: Timeline, cases: Collection[str]) -> Iterator[ReleaseStep]:
    """Each release that has one before it, with what it changed of these cases.

    A case that one of them was not asked is held against the nearest that was.
    """
    last: dict[str, Side] = {}
    wanted = frozenset(cases)
    for name, one in timeline.recorded.items():
        before = timeline.before(name)
        old = last.get(before.environment.id) if before else None
        now = _carried(old, one, wanted)
        last[name] = now
        if before and old:
            others = [case for case, text in now.answers.items() if old.answer(case) != text]
            yield ReleaseStep(before, one, rows(old, now, others).changed)


def _carried(old: Side | None, one: Recorded, wanted: Collection[str]) -> Side:
    """The answers of a release, and for what it was not asked those from before."""
    answers = dict.fromkeys(old.answers if old else (), ABSENT)
    lines = dict.fromkeys(answers, RIGHT)
    for case, text in one.answers.items():
        if case in wanted:
            answers[case], lines[case] = text, one.lines.get(case, RIGHT)
    for case, text in answers.items():
        if text == NOT_ASKED:
            answers[case] = old.answer(case) if old else NOT_ASKED
            lines[case] = old.line(case) if old else RIGHT
    return Side(answers, lines, known=lambda: known.of_release(one.environment))


def frame(steps: Collection[ReleaseStep]) -> pd.DataFrame:
    """A row for each change of a case, release by release."""
    drop = len(TEXTS)
    found = [
        (step.after.environment.id, step.before.environment.id, step.packages, *one.row()[:-drop])
        for step in steps
        for one in step.changed
    ]
    return pd.DataFrame(found, columns=list(STEP_COLUMNS))
