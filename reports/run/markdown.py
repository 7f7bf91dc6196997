"""`summary.md`: a run in one screen, as the step summary of a CI shows it.

First the verdict, then what is new or gone, then the gravest of the known differences; all else is
behind a line that opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from reports.run.grade import DIFFERING
from reports.run.severity import MEANING
from reports.run.summary import Summary, counted, headline
from reports.run.tables import Record, groups, with_places
from suites.observe.visible import in_markdown
from suites.plugin.outcome import Known

CELL_LIMIT = 90  # characters of a table cell
MOST = 10  # rows of a table before the line that opens the others
CHANGED = ["verdict", "loss", "form", "dtype", "cause"]
OTHERS = ["verdict", "loss", "output", "cause"]


def markdown(
    frame: pd.DataFrame, summary: Summary, environment: dict[str, str], differences: list[Known]
) -> str:
    """The summary of a run; `differences` are the known ones."""
    versions = (f"{name} {environment[name]}" for name in ("TensorFlow", "Keras", "Python"))
    lines = ["# xentcheck", "", headline(summary), "", ", ".join(map(in_markdown, versions)), ""]
    tier = [f"tier {in_markdown(environment['tier'])}"] if "tier" in environment else []
    lines += ["; ".join([f"took {summary['seconds']} s", *tier]), ""]
    changed = groups(frame[frame["verdict"].isin(["new", "gone"])], CHANGED)
    heading = ["severity", *CHANGED, "comparisons"]
    lines += _part("New and gone differences", heading, [*map(_changed, changed)], "groups")
    known = [one for one in with_places(differences, frame) if one["comparisons"]]
    heading = ["severity", "id", "what differs", "comparisons"]
    gravest = [*map(_known, known)]
    lines += _part("The gravest known differences", heading, gravest, "known differences")
    if changed or known:
        lines += [*(f"- {one}: {meaning}" for one, meaning in MEANING.items()), ""]
    rest = groups(frame[~frame["verdict"].isin(["agree", *DIFFERING])], OTHERS)
    lines += _folded(f"{counted(len(rest), 'group')} without a result or a bound", OTHERS, rest)
    return "\n".join(lines)


def _changed(record: Record) -> list[str]:
    return [record["severity"], *(str(record[name]) for name in CHANGED), f"{record['count']:,}"]


def _known(record: Record) -> list[str]:
    return [record["severity"], record["id"], record["title"], f"{record['comparisons']:,}"]


def _part(
    title: str, heading: Sequence[str], rows: Sequence[Sequence[str]], noun: str
) -> Iterator[str]:
    """A table of the first rows, and the others behind a line; nothing where there are none."""
    if not rows:
        return
    yield from (f"## {title}", "", *_table(heading, rows[:MOST]), "")
    if rows[MOST:]:
        yield from _behind(f"{len(rows) - MOST:,} more {noun}", _table(heading, rows[MOST:]))


def _folded(title: str, heading: Sequence[str], records: Sequence[Record]) -> Iterator[str]:
    if records:
        rows = [[*(str(one[name]) for name in heading), f"{one['count']:,}"] for one in records]
        yield from _behind(title, _table([*heading, "comparisons"], rows))


def _behind(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield from (f"<details><summary>{title}</summary>", "", *lines, "", "</details>", "")


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    cells = [heading, ["---"] * len(heading), *rows]
    return [
        "| " + " | ".join(in_markdown(cell, CELL_LIMIT) for cell in row) + " |" for row in cells
    ]
