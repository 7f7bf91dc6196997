"""The comparisons in few words: counts for programs, a page for a terminal or a CI step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import pandas as pd

from suites.cases.fields import FIELDS
from suites.observe.visible import in_markdown

MOST = 10  # causes in a list
CELL_LIMIT = 90  # characters of a table cell


class Summary(TypedDict):
    """Cases, comparisons, comparisons by verdict, and the duration of the run in seconds."""

    cases: int
    comparisons: int
    agree: int
    known: int
    new: int
    gone: int
    missing: int
    not_tested: int
    not_measured: int
    seconds: float


def summarise(frame: pd.DataFrame, seconds: float) -> Summary:
    counts = frame["verdict"].value_counts()
    cases = frame.groupby(list(FIELDS), observed=True).ngroups if len(frame) else 0
    return Summary(
        cases=cases,
        comparisons=len(frame),
        agree=int(counts.get("agree", 0)),
        known=int(counts.get("known", 0)),
        new=int(counts.get("new", 0)),
        gone=int(counts.get("gone", 0)),
        missing=int(counts.get("missing", 0)),
        not_tested=int(counts.get("not_tested", 0)),
        not_measured=int(counts.get("not_measured", 0)),
        seconds=round(seconds, 1),
    )


def headline(summary: Summary) -> str:
    """The verdict of the run in one sentence."""
    if not summary["comparisons"]:
        return "No comparisons: nothing was measured"
    parts = [f"{counted(summary['new'], 'new difference')}", f"{summary['known']:,} known"]
    if summary["gone"]:
        parts.append(f"{summary['gone']:,} gone")
    if summary["missing"]:
        parts.append(f"{summary['missing']:,} missing")
    if summary["not_measured"]:
        parts.append(f"{summary['not_measured']:,} not measured")
    if summary["not_tested"]:
        parts.append(f"{summary['not_tested']:,} not tested")
    parts.append("all others agree" if summary["agree"] else "none agree")
    return f"{counted(summary['comparisons'], 'comparison')}: {', '.join(parts)}"


def counted(number: int, noun: str) -> str:
    """The number with its noun, in the plural unless it is one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def disagreements(frame: pd.DataFrame) -> pd.DataFrame:
    """Everything that does not simply agree, counted by verdict, loss, output and cause."""
    keys = ["verdict", "known", "loss", "output", "quantity", "cause"]
    other = frame[frame["verdict"] != "agree"]
    return other.groupby(keys, observed=True).size().rename("comparisons").reset_index()


def causes_of(frame: pd.DataFrame) -> list[str]:
    """A line for each cause of new differences, the most frequent first."""
    new = frame.loc[frame["verdict"] == "new", "cause"]
    return [f"  {number:>6,}  {cause}" for cause, number in new.value_counts()[:MOST].items()]


def markdown(frame: pd.DataFrame, summary: Summary, environment: dict[str, str]) -> str:
    """The summary as Markdown; new and vanished differences first."""
    order = {
        verdict: place
        for place, verdict in enumerate(
            ("new", "gone", "missing", "not_measured", "known", "not_tested")
        )
    }
    table = disagreements(frame)
    ranks = table["verdict"].astype(str).map(order).fillna(len(order))
    table = table.assign(rank=ranks).sort_values(["rank", "known", "comparisons"], kind="stable")
    versions = (f"{name} {environment[name]}" for name in ("TensorFlow", "Keras", "Python"))
    where = ", ".join(map(in_markdown, versions))
    lines = ["# xentcheck", "", headline(summary), ""]
    lines += [f"took {summary['seconds']} s", "", where, ""]
    if "tier" in environment:
        lines += [f"tier {in_markdown(environment['tier'])}", ""]
    columns = [name for name in table.columns if name != "rank"]
    lines += _rows([columns, ["---"] * len(columns), *table[columns].to_numpy().tolist()])
    return "\n".join(lines) + "\n"


def _rows(cells: Sequence[Sequence[object]]) -> list[str]:
    return ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in cells]


def _cell(value: object) -> str:
    return in_markdown(str(value), CELL_LIMIT)
