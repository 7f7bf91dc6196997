"""What is said of old releases, held against their recordings: the table `release_claims.toml`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reports.compare.timeline import Recorded, Timeline
from reports.store.recording import UNANSWERED
from suites.judge import table
from suites.judge.table import BadTable

FILE = Path(__file__).with_name("release_claims.toml")
TEXTS = ("says", "verdict", "line", "case", "shows")
LINES = {"tf": ("tf.keras", "tensorflow"), "keras": ("keras", "tensorflow")}
KNOWN = {"verdict": ("confirmed", "corrected", "new"), "line": tuple(LINES)}


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
        answer, found = one.answer(self.case), one.diagnosis(self.case)
        answered = answer not in UNANSWERED and not answer.startswith("error ")
        of_answer = {
            "answer": answered,
            "error": answer.startswith("error "),
            "right": answered and found.is_right,
            "wrong": answered and not found.is_right,
        }
        return of_answer.get(
            self.shows, self.shows in one.line(self.case) or answer.startswith(self.shows)
        )


def load(path: Path = FILE) -> tuple[Statement, ...]:
    """Read the table. Raises BadTable for anything that is not in order."""
    return tuple(_statement(where, row) for where, row in table.rows(path, "history", "says"))


def _statement(where: str, row: table.Row) -> Statement:
    table.check_keys(where, row, (*TEXTS, "spans"), ("note",))
    texts = {name: table.text(f"{where}: {name}", row.get(name, "")) for name in (*TEXTS, "note")}
    for name, known in KNOWN.items():
        if texts[name] not in known:
            found = table.shown(texts[name])
            raise BadTable(f"{where}: {name} = {found}; allowed: {', '.join(known)}")
    if not isinstance(row["spans"], list):
        raise BadTable(f"{where}: spans must be a list, not {table.shown(row['spans'])}")
    return Statement(**texts, spans=tuple(_span(f"{where}: spans", one) for one in row["spans"]))


def _span(where: str, value: object) -> tuple[str, str]:
    names = table.texts(where, value)
    if len(names) != 2:
        raise BadTable(f"{where}: each has two environments, first and last, not {len(names)}")
    return names[0], names[1]


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
