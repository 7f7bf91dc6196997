"""`summary.md`: a run in one screen, as the step summary of a CI shows it.

First the verdict, then what is new or gone, then the gravest of the known differences; all else is
behind a line that opens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from reports.run.grade import DIFFERING
from reports.run.severity import MEANING
from reports.run.summary import Summary, counted, gravest, headline, verdict
from reports.run.tables.entries import with_places
from reports.run.tables.tables import Record, groups
from suites.observe.visible import in_markdown
from suites.plugin.outcome import Known

CELL_LIMIT = 90  # characters of a table cell
MOST = 10  # rows of a table before the line that opens the others
CHANGED = ["verdict", "loss", "form", "dtype", "cause"]
BASELINE = ["severity", "what changed", "the greatest change", "cases"]
VERSIONS = ("TensorFlow", "Keras", "NumPy", "Python", "suite")
MACHINE = ("platform", "devices")
OTHERS = ["verdict", "loss", "output", "cause"]


@dataclass(frozen=True)
class Baseline:
    """What changed against a pin or a release: a sentence, and rows of BASELINE, the gravest first.

    `changed` says in few words what makes the run red, "" for nothing.
    """

    name: str
    headline: str
    rows: Sequence[Sequence[str]]
    changed: str = ""


def markdown(
    frame: pd.DataFrame,
    summary: Summary,
    environment: Mapping[str, str],
    differences: list[Known],
    baseline: Baseline | None = None,
) -> str:
    """The summary of a run; `differences` are the known ones."""
    changed = groups(frame[frame["verdict"].isin(["new", "gone"])], CHANGED, ["known"])
    known = [one for one in with_places(differences, frame) if one["comparisons"]]
    red = in_markdown(baseline.changed) if baseline else ""
    lines = [f"# xentcheck: {verdict(summary, gravest(frame), red)}", "", headline(summary), ""]
    lines += _environment(environment, summary["seconds"])
    heading = ["severity", *CHANGED, "comparisons"]
    lines += _part("New and gone differences", heading, [*map(_changed, changed)], "groups")
    if baseline:
        lines += [f"## Against {in_markdown(baseline.name)}", "", baseline.headline, ""]
        lines += _rows(BASELINE, baseline.rows, "changes")
    heading = ["severity", "id", "what differs", "comparisons"]
    of_known = [*map(_known, known)]
    lines += _part("The gravest known differences", heading, of_known, "known differences")
    if changed or known:
        lines += [*(f"- {one}: {meaning}" for one, meaning in MEANING.items()), ""]
    rest = groups(frame[~frame["verdict"].isin(["agree", *DIFFERING])], OTHERS)
    lines += _folded(f"{counted(len(rest), 'group')} without a result or a bound", OTHERS, rest)
    return "\n".join(lines)


def _environment(environment: Mapping[str, str], seconds: float) -> list[str]:
    """Versions and machine in two lines, and behind a line that opens all that is known of them."""
    versions = ", ".join(f"{name} {environment[name]}" for name in VERSIONS if name in environment)
    machine = "; ".join(environment[name] for name in MACHINE if name in environment)
    tier = f"; tier {environment['tier']}" if "tier" in environment else ""
    took = f"took {seconds} s{tier}"
    lines = [text for line in (versions, machine, took) if line for text in (in_markdown(line), "")]
    rest = [[name, text] for name, text in environment.items() if name not in VERSIONS]
    if len(rest) > len(MACHINE) + 1:
        lines += _behind("The environment", _table(["setting", "value"], rest, None))
    return lines


def _changed(record: Record) -> list[str]:
    gone = f"no longer occurs: {', '.join(record['all_known'])}"
    record = {**record, "cause": gone} if record["verdict"] == "gone" else record
    return [record["severity"], *(str(record[name]) for name in CHANGED), f"{record['count']:,}"]


def _known(record: Record) -> list[str]:
    return [record["severity"], record["id"], record["title"], f"{record['comparisons']:,}"]


def _part(
    title: str, heading: Sequence[str], rows: Sequence[Sequence[str]], noun: str
) -> Iterator[str]:
    """A heading and its rows; nothing where there are none."""
    if rows:
        yield from (f"## {title}", "", *_rows(heading, rows, noun))


def _rows(heading: Sequence[str], rows: Sequence[Sequence[str]], noun: str) -> Iterator[str]:
    """A table of the first rows, and the others behind a line."""
    if rows:
        yield from (*_table(heading, rows[:MOST]), "")
    if rows[MOST:]:
        yield from _behind(f"{len(rows) - MOST:,} more {noun}", _table(heading, rows[MOST:]))


def _folded(title: str, heading: Sequence[str], records: Sequence[Record]) -> Iterator[str]:
    if records:
        rows = [[*(str(one[name]) for name in heading), f"{one['count']:,}"] for one in records]
        yield from _behind(title, _table([*heading, "comparisons"], rows))


def _behind(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield from (f"<details><summary>{title}</summary>", "", *lines, "", "</details>", "")


def _table(
    heading: Sequence[str], rows: Sequence[Sequence[str]], limit: int | None = CELL_LIMIT
) -> list[str]:
    cells = [heading, ["---"] * len(heading), *rows]
    return ["| " + " | ".join(in_markdown(cell, limit) for cell in row) + " |" for row in cells]
