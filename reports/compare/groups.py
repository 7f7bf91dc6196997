"""What changed alike between two recordings, and how much: for the terminal and as a page."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from reports.compare.changes import Compared
from reports.compare.drift import Drift
from reports.compare.marks import LEGEND
from reports.run.summary import counted
from reports.run.template import template
from suites.cases.fields import FIELDS

ALIKE = ["mark", "drift", "loss", "cause_before", "cause_after", "was", "now"]
Key = tuple[str, ...]  # what the rows of a group have in common, by ALIKE
Row = Mapping[Any, Any]  # of a frame, in which pandas types neither names nor cells
VARIED = ("form", "arguments", "output", "dtype", "execution", "inputs")
FEW = 4  # names of a field that are shown
WITHOUT_SIZE = (Drift.KIND, Drift.ADDED, Drift.REMOVED)
ROUNDING = "~"


def groups(frame: pd.DataFrame) -> pd.DataFrame:
    """A row for each group: in the order of the legend, the gravest and the greatest change first.

    `cases` counts a group's cases; severity, example and numbers are those of its gravest change.
    """
    size = frame["relative"].where(~frame["drift"].isin(WITHOUT_SIZE), math.inf)
    example = [",".join(names) for names in _rows(frame, FIELDS)]
    whole = frame.assign(size=size, example=example, cases=1).sort_values(
        ["severity", "size", "example"], ascending=[True, False, True]
    )
    first = ("severity", "place", "old", "new", "relative", "ulps", "size", "example")
    found = whole.groupby(ALIKE, sort=False).agg(
        cases=("cases", "sum"), **{name: (name, "first") for name in first}
    )
    keys = list(_rows(whole, ALIKE))
    for name in VARIED:
        names = _names_of(keys, whole[name].tolist())
        found[name] = [names[key] for key in found.index]
    place = {mark: number for number, mark in enumerate(LEGEND)}
    table = found.reset_index().assign(order=lambda table: table["mark"].map(place))
    by = ["order", "severity", "size", "cases", "example"]
    return table.sort_values(by, ascending=[True, True, False, False, True]).drop(columns="order")


def _rows(frame: pd.DataFrame, columns: Iterable[str]) -> Iterator[Key]:
    """The texts of some columns, row by row; a list is read much faster than a column."""
    return zip(*(frame[name].tolist() for name in columns), strict=True)


def _names_of(keys: Iterable[Key], names: Iterable[str]) -> dict[Key, str]:
    """What the rows of each key are called."""
    found: dict[Key, set[str]] = defaultdict(set)
    for key, name in zip(keys, names, strict=True):
        found[key].add(name)
    return {key: _few(sorted(those)) for key, those in found.items()}


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:FEW]) + (f" and {len(names) - FEW} more" if len(names) > FEW else "")


def text(
    compared: Compared, before: str, after: str, rounding: bool = False, more: str = "--rounding"
) -> str:
    """The groups for a terminal, with a case of each that `trace` takes.

    `more` is what shows those that are rounding only.
    """
    grouped = groups(compared.frame)
    lines = [f"{before} -> {after}: {headline(grouped)}"]
    if compared.not_asked:
        cases = counted(compared.not_asked, "case")
        lines.append(f"{cases} not compared: the suite did not ask one of both")
    hidden = 0 if rounding else int((grouped["mark"] == ROUNDING).sum())
    for row in grouped.to_dict("records"):
        if rounding or row["mark"] != ROUNDING:
            lines += ["", *_lines(row)]
    if hidden:
        lines += ["", f"{more} shows {counted(hidden, 'group')} of rounding, too"]
    return "\n".join(lines)


def _lines(row: Row) -> Iterator[str]:
    grave = row["severity"] or " "
    yield f" {row['mark']} {grave} {counted(row['cases'], 'case')} of {row['loss']}: {what(row)}"
    if size := how_much(row):
        yield f"      {size}"
    yield f"      {where(row)}"
    yield f"      {row['example']}"


def headline(grouped: pd.DataFrame) -> str:
    """How many cases changed in which way."""
    counts = grouped.groupby("drift")["cases"].sum()
    parts = [f"{counts[kind]:,} {kind}" for kind in Drift if kind in counts]
    return ", ".join(parts) or "nothing changed"


def what(row: Row) -> str:
    """What a group was before and is now, in words."""
    before, after = row["cause_before"], row["cause_after"]
    causes = f"{before} before and now" if before == after else f"{before} -> {after}"
    if row["drift"] == Drift.ADDED:
        return f"added; now {after}"
    if row["drift"] == Drift.REMOVED:
        return f"removed; was {before}"
    if row["was"]:
        return f"{row['was']} -> {row['now']}; {causes}"
    return causes


def how_much(row: Row) -> str:
    """The greatest change of a group in numbers, "" where there are none."""
    if not row["place"]:
        return ""
    numbers = f"{row['place']} {row['old']} -> {row['new']}"
    return f"{numbers}{size(row['relative'], row['ulps'])}"


def size(relative: float, ulps: float) -> str:
    """The size of a change, "" where it is not finite on both sides."""
    if not math.isfinite(ulps):
        return ""
    parts = f"relative change {relative:.2g}, " if math.isfinite(relative) else ""
    return f" ({parts}{f'{ulps:,.0f}' if ulps < 1e6 else f'{ulps:.2g}'} ULP)"


def where(row: Row) -> str:
    """The forms, options, outputs, dtypes, executions and inputs of a group."""
    return "; ".join(row[name] for name in VARIED)


def page(compared: Compared, before: str, after: str) -> str:
    """The groups as one HTML page that needs no network."""
    grouped = groups(compared.frame)
    rows = [
        {**row, "what": what(row), "how_much": how_much(row), "where": where(row)}
        for row in grouped.to_dict("records")
    ]
    title = f"{before} \N{RIGHTWARDS ARROW} {after}"
    about = {"title": title, "headline": headline(grouped), "rows": rows, "legend": LEGEND}
    made: str = template("compare.html.j2").render(about)
    return made
