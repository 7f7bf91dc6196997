"""Two recordings side by side: a row for each case whose answer changed, and what changed alike.

A mark stands before each group, as in `asv compare`: `+` a difference came, `-` a difference went,
`!` another kind of answer, `x` no answer any more, `*` an answer where none was, `~` rounding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from reports.drift import CLASSES, difference, drift
from reports.frame import CASE
from reports.recording import ABSENT, Shelf
from reports.template import template

MARKS = {"category": "!", "gone": "x", "appeared": "*", "rounding": "~"}
ORDER = ("+", "!", "-", "x", "*", "~")
SAME = "same"
COLUMNS = (*CASE, "mark", "drift", "said_before", "said_after", "before", "after")
KINDS = ["mark", "drift", "loss", "cause_before", "cause_after", "was", "now"]
SHOWN = ("form", "output", "dtype", "execution", "inputs")
RIGHT = ""


def shelves(folder: Path) -> tuple[Shelf, Shelf]:
    """The recordings of a folder, and what is said of their answers."""
    return Shelf(folder), Shelf(folder / "said", usual=RIGHT)


def compare(
    folder: Path, before: str, after: str, chosen: Mapping[str, Iterable[str]] | None = None
) -> pd.DataFrame:
    """A row for each case whose answer is not the same, of the chosen names of some columns.

    Raises BadRecording, and ValueError for a name that no case has.
    """
    answers, said = shelves(folder)
    both = tuple(answers.answers(name) for name in (before, after))
    frame = rows(*both, *(said.answers(name) for name in (before, after)))
    return _narrowed(frame, chosen or {}, both[0].keys() | both[1].keys())


def _narrowed(
    frame: pd.DataFrame, chosen: Mapping[str, Iterable[str]], cases: Iterable[str]
) -> pd.DataFrame:
    fields = zip(*(case.split(",") for case in cases), strict=True)
    known = dict(zip(CASE, map(set, fields), strict=True))
    for column, names in chosen.items():
        if strange := sorted(set(names) - known[column]):
            there = ", ".join(sorted(known[column]))
            text = f"--{column}: no case has {', '.join(map(repr, strange))}; known: {there}"
            raise ValueError(text)
        frame = frame[frame[column].isin(list(names))]
    return frame


def rows(
    before: Mapping[str, str],
    after: Mapping[str, str],
    said_before: Mapping[str, str],
    said_after: Mapping[str, str],
) -> pd.DataFrame:
    """The same of answers, and what is said of them, that are there already."""
    found = []
    for case in sorted(before.keys() | after.keys()):
        old, new = before.get(case, ABSENT), after.get(case, ABSENT)
        if old == new:
            continue
        told = said_before.get(case, RIGHT), said_after.get(case, RIGHT)
        kind = drift(old, new, *told)
        if kind != SAME:
            found.append((*case.split(","), _mark(kind, *told), kind, *told, old, new))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _mark(kind: str, before: str, after: str) -> str:
    if kind in ("appeared", "gone", "rounding"):
        return MARKS[kind]
    if bool(before) != bool(after):
        return "+" if after else "-"
    return MARKS["category"]


def groups(frame: pd.DataFrame) -> pd.DataFrame:
    """What changed alike, most important first: a row a group, with its cases counted."""
    texts = {"cause_before": "said_before", "cause_after": "said_after"}
    told: dict[str, Any] = {name: frame[column].map(causes) for name, column in texts.items()}
    pairs = [
        difference(old, new) if kind == "category" else ("", "")
        for kind, old, new in zip(frame["drift"], frame["before"], frame["after"], strict=True)
    ]
    told |= {name: [pair[side] for pair in pairs] for side, name in enumerate(("was", "now"))}
    example = [",".join(names) for names in zip(*(frame[name] for name in CASE), strict=True)]
    whole = frame.assign(**told, example=example)
    found = whole.groupby(KINDS, sort=False).agg(
        cases=("form", "size"),
        **{name: (name, _names) for name in SHOWN},
        example=("example", "first"),
    )
    place = {mark: number for number, mark in enumerate(ORDER)}
    order = found.reset_index().assign(place=lambda table: table["mark"].map(place))
    return order.sort_values(["place", "cases"], ascending=[True, False]).drop(columns="place")


def text(frame: pd.DataFrame, before: str, after: str, rounding: bool = False) -> str:
    """The groups for a terminal, two lines each."""
    shown = frame if rounding else frame[frame["mark"] != "~"]
    lines = [f"{before} -> {after}: {headline(frame)}"]
    for row in shown.to_dict("records"):
        lines += ["", f" {row['mark']} {row['cases']:>5,}  {row['loss']}: {what(row)}"]
        lines += [" " * 10 + "; ".join(row[name] for name in SHOWN)]
        lines += [" " * 10 + row["example"]] if row["cases"] > 1 else []
    return "\n".join(lines)


def headline(frame: pd.DataFrame) -> str:
    """How many cases changed in which way."""
    counts = frame.groupby("drift")["cases"].sum()
    parts = [f"{counts[kind]:,} {kind}" for kind in CLASSES if kind in counts]
    return ", ".join(parts) or "nothing changed"


def what(row: Mapping[Any, Any]) -> str:
    """What a group was before and is now, in words."""
    before, after = row["cause_before"], row["cause_after"]
    if row["drift"] == "appeared":
        return f"asked for the first time; {after}"
    if row["drift"] == "gone":
        return f"no longer there; was {before}"
    if row["drift"] == "category":
        return f"{row['was']} -> {row['now']}; {before} -> {after}"
    if before == after:
        return f"{after}, in other numbers"
    return f"{before} -> {after}"


def page(frame: pd.DataFrame, before: str, after: str) -> str:
    """The groups as one HTML page that needs no network."""
    rows = [{**row, "what": what(row)} for row in frame.to_dict("records")]
    title = f"{before} \N{RIGHTWARDS ARROW} {after}"
    told: str = template("compare.html.j2").render(title=title, headline=headline(frame), rows=rows)
    return told


def _names(column: pd.Series) -> str:
    names = list(dict.fromkeys(column))
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def causes(said: str) -> str:
    """The causes without their places, each once; "right" where there are none."""
    if not said:
        return "right"
    found: dict[str, list[str]] = {}
    for part in said.split("\t"):
        quantity, cause = _cause(part)
        if quantity not in found.setdefault(cause, []):
            found[cause].append(quantity)
    return "; ".join(f"{cause} ({' and '.join(names)})" for cause, names in found.items())


def _cause(part: str) -> tuple[str, str]:
    quantity, place, *rest = part.split(" ")
    placed = place.replace("-", "").replace(",", "").isdigit()
    return quantity, " ".join(rest if placed else [place, *rest])
