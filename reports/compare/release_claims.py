"""What is stated about old releases, held against their recordings: the table `release_claims.toml`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reference.cause import Cause, read
from reports.compare.since.timeline import Recorded, Timeline
from reports.store.parsed import parsed
from reports.store.recording import UNANSWERED
from suites.judge import table
from suites.judge.diagnosis import Quantity
from suites.judge.table import BadTable

FILE = Path(__file__).with_name("release_claims.toml")
TEXTS = ("statement", "verdict", "line", "case", "shows")
OPTIONAL = ("cause", "quantity", "dtype", "note")
LINES = {"tf": ("tf.keras", "tensorflow"), "keras": ("keras", "tensorflow")}
KNOWN = {
    "verdict": ("confirmed", "corrected", "new"),
    "line": tuple(LINES),
    "shows": ("answer", "error", "right", "wrong", "cause", "dtype"),
    "quantity": ("", *Quantity),
}


@dataclass(frozen=True)
class Statement:
    """One row of the table, whose head explains the columns."""

    statement: str
    verdict: str
    line: str
    case: str
    shows: str
    spans: tuple[tuple[str, str], ...]
    cause: Cause | None = None
    quantity: str = ""
    dtype: str = ""
    note: str = ""

    def shown_by(self, one: Recorded) -> bool:
        """Whether the answer of an environment is what is looked for."""
        if (text := one.answer(self.case)) in UNANSWERED:
            return False
        answer, found = parsed(text), one.diagnosis(self.case)
        if self.shows == "cause":
            return any(
                cause == self.cause and self.quantity in ("", quantity)
                for quantity, cause in found.causes
            )
        value = answer.parts[Quantity.VALUE]
        return {
            "answer": not answer.error,
            "error": bool(answer.error),
            "right": not answer.error and found.is_right,
            "wrong": not (answer.error or found.is_right),
            "dtype": value is not None and value.dtype == self.dtype,
        }[self.shows]


def load(path: Path = FILE) -> tuple[Statement, ...]:
    """Read the table. Raises BadTable for anything that is not in order."""
    return tuple(_statement(where, row) for where, row in table.rows(path, "history", "statement"))


def _statement(where: str, row: table.Row) -> Statement:
    table.check_keys(where, row, (*TEXTS, "spans"), OPTIONAL)
    texts = {
        name: table.text(f"{where}: {name}", row.get(name, "")) for name in (*TEXTS, *OPTIONAL)
    }
    for name, known in KNOWN.items():
        if texts[name] not in known:
            found = table.shown(texts[name])
            raise BadTable(f"{where}: {name} = {found}; allowed: {', '.join(known)}")
    if not isinstance(row["spans"], list):
        raise BadTable(f"{where}: spans must be a list, not {table.shown(row['spans'])}")
    for name in ("cause", "dtype"):
        if (texts["shows"] == name) != bool(texts[name]):
            raise BadTable(f"{where}: {name} is for rows with shows = {name!r}, which need it")
    spans = tuple(_span(f"{where}: spans", one) for one in row["spans"])
    cause = _cause(where, texts.pop("cause"))
    return Statement(**texts, cause=cause, spans=spans)


def _cause(where: str, text: str) -> Cause | None:
    try:
        return read(text) if text else None
    except ValueError as error:
        raise BadTable(f"{where}: {error}") from None


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
        yield f"{verdict:9} {statement.statement}"
        yield f"          {spans or 'nowhere'}{f'; {statement.note}' if statement.note else ''}"
