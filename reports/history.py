"""What is said of old releases, held against their recordings: the table `history.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reports.recording import UNANSWERED
from reports.timeline import Recorded, Timeline

FILE = Path(__file__).with_name("history.toml")
LINES = {"tf": ("tf.keras", "tensorflow"), "keras": ("keras", "tensorflow")}


@dataclass(frozen=True)
class Statement:
    """One row of the table, whose head explains the columns."""

    says: str
    verdict: str
    line: str
    case: str
    shows: str
    spans: tuple[tuple[str, str], ...]
    note: str = ""

    def shown_by(self, one: Recorded) -> bool:
        """Whether the answer of an environment is what is looked for."""
        answer, told = one.answer(self.case), one.told(self.case)
        answered = answer not in UNANSWERED and not answer.startswith("error ")
        of_answer = {
            "answer": answered,
            "error": answer.startswith("error "),
            "right": answered and not told,
            "wrong": answered and bool(told),
        }
        return of_answer.get(self.shows, self.shows in told or answer.startswith(self.shows))


def load() -> tuple[Statement, ...]:
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["history"]
    return tuple(Statement(**row | {"spans": tuple(map(tuple, row["spans"]))}) for row in rows)


def measured(statement: Statement, timeline: Timeline) -> tuple[tuple[str, str], ...]:
    """First and last environment of each span of the line that shows what is stated."""
    spans: list[tuple[str, str]] = []
    before = False
    for name, one in timeline.recorded.items():
        if (one.environment.subject, one.environment.backend) != LINES[statement.line]:
            continue
        now = statement.shown_by(one)
        if now:
            spans = [*spans[:-1], (spans[-1][0], name)] if before else [*spans, (name, name)]
        before = now
    return tuple(spans)


def lines(timeline: Timeline) -> Iterator[str]:
    """Each statement with what the recordings make of it."""
    for statement in load():
        found = measured(statement, timeline)
        verdict = statement.verdict if found == statement.spans else "WRONG"
        spans = ", ".join(first if first == last else f"{first} to {last}" for first, last in found)
        yield f"{verdict:9} {statement.says}"
        yield f"          {spans or 'nowhere'}{f'; {statement.note}' if statement.note else ''}"
