"""Every behaviour over all releases: what each answered, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reports.releases import environments
from reports.releases.environments import Environment
from reports.store.recording import ABSENT, NOT_ASKED, BadRecording
from reports.store.recordings import ancestors, answers_and_diagnoses
from suites.judge.diagnosis import Diagnosis
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


def changed(before: Environment, after: Environment) -> str:
    """The packages that are not the same, such as "TensorFlow 2.15.1 -> 2.16.2"."""
    pairs = ((text, getattr(before, n), getattr(after, n)) for n, text in PACKAGES.items())
    parts = [f"{text} {old or 'none'} -> {new or 'none'}" for text, old, new in pairs if old != new]
    if before.backend != after.backend:
        parts.append(f"backend {before.backend} -> {after.backend}")
    return ", ".join(parts) or "the same packages"
