"""Every behaviour over all releases: one frame, from which traces and pictures are made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from reports.releases import environments
from reports.releases.environments import Environment
from reports.run.template import template
from reports.store.recording import ABSENT, NOT_ASKED, UNANSWERED, BadRecording
from reports.store.recordings import ancestors, answers_and_diagnoses
from suites.cases.fields import FIELDS
from suites.judge.diagnosis import RIGHT, Diagnosis
from suites.judge.diagnosis_text import RIGHT as RIGHT_LINE
from suites.judge.diagnosis_text import read

PACKAGES = {"tensorflow": "TensorFlow", "keras": "Keras", "tf_keras": "tf_keras"}


@dataclass(frozen=True)
class Recorded:
    """One environment of a timeline: its answers, and the lines of their diagnoses."""

    environment: Environment
    answers: dict[str, str]
    lines: dict[str, str]

    def answer(self, case: str) -> str:
        return self.answers.get(case, ABSENT)

    def diagnosis(self, case: str) -> Diagnosis:
        return read(self.lines.get(case, RIGHT_LINE))


@dataclass(frozen=True)
class Timeline:
    """All environments that are recorded, line by line."""

    recorded: dict[str, Recorded]

    def before(self, name: str) -> Recorded | None:
        """The recorded environment that one is compared with."""
        ids = ancestors(name, self._parents)
        return next((self.recorded[id] for id in ids if id in self.recorded), None)

    def asked_before(self, name: str, case: str) -> Recorded | None:
        """The nearest recorded environment before one that was asked a case."""
        there = (self.recorded[id] for id in ancestors(name, self._parents) if id in self.recorded)
        return next((one for one in there if one.answer(case) != NOT_ASKED), None)

    @cached_property
    def _parents(self) -> dict[str, str]:
        return {row.id: row.parent for row in environments.load()}

    def cases(self) -> list[str]:
        return sorted(set().union(*(one.answers for one in self.recorded.values())))


def load(folder: Path) -> Timeline:
    """The timeline of a folder of recordings. Raises BadRecording."""
    rows = {row.id: row for row in environments.load()}
    answers, diagnoses = answers_and_diagnoses(folder)
    names = [name for name in rows if name in answers.names()]
    if not names:
        raise BadRecording(f"no recordings in {folder}")
    found, lines = (dict(files.everything(names)) for files in (answers, diagnoses))
    in_lines = sorted(names, key=lambda name: _line(rows[name]))
    return Timeline({name: Recorded(rows[name], found[name], lines[name]) for name in in_lines})


def _line(row: Environment) -> tuple[bool, bool]:
    """TensorFlow's own Keras first, then the package on TensorFlow, then on other backends."""
    return row.backend != "tensorflow", row.subject != "tf.keras"


def frame(timeline: Timeline) -> pd.DataFrame:
    """A row for each case, a column for each environment: "right", causes, absent or not asked."""
    cases = timeline.cases()
    found = pd.DataFrame([case.split(",") for case in cases], columns=list(FIELDS))
    columns = {
        name: [
            one.diagnosis(case).text() if (text := one.answer(case)) not in UNANSWERED else text
            for case in cases
        ]
        for name, one in timeline.recorded.items()
    }
    return pd.concat([found, pd.DataFrame(columns)], axis=1)


def changed(before: Environment, after: Environment) -> str:
    """The packages that are not the same, such as "TensorFlow 2.15.1 -> 2.16.2"."""
    pairs = ((text, getattr(before, n), getattr(after, n)) for n, text in PACKAGES.items())
    parts = [f"{text} {old or 'none'} -> {new or 'none'}" for text, old, new in pairs if old != new]
    if before.backend != after.backend:
        parts.append(f"backend {before.backend} -> {after.backend}")
    return ", ".join(parts) or "the same packages"


def page(table: pd.DataFrame) -> str:
    """The frame as a picture: losses and forms down, releases across, in a cell what is right."""
    names = [name for name in table.columns if name not in FIELDS]
    rows = []
    for (loss, form), group in table.groupby(["loss", "form"], sort=False):
        cells = [_cell(group[name]) for name in names]
        rows.append({"loss": loss, "form": form, "cells": cells})
    made: str = template("timeline.html.j2").render(names=names, rows=rows)
    return made


def _cell(column: pd.Series[str]) -> dict[str, object]:
    there = column[~column.isin(UNANSWERED)]
    if there.empty:
        return {"share": None, "text": " or ".join(sorted(set(column)))}
    right = int((there == RIGHT).sum())
    wrong = there[there != RIGHT].value_counts()
    most = "".join(f"; {count} {cause}" for cause, count in wrong.head(3).items())
    return {"share": right / len(there), "text": f"{right} of {len(there)} right{most}"}
