"""New differences as annotations of GitHub: a line each, which a run there shows beside the change."""

from __future__ import annotations

import pandas as pd

from reports.run.summary import counted
from reports.run.tables.causes import about
from reports.run.tables.tables import Record, groups
from suites.observe.visible import visible

MOST = 10  # GitHub shows no more of one step
KIND = ["verdict", "loss", "form", "cause"]
NAMED = ("dtype", "execution")
# What would end a value, or begin another: https://github.com/actions/toolkit, core/src/command.ts
OF_MESSAGE = {"%": "%25", "\r": "%0D", "\n": "%0A"}
OF_TITLE = {**OF_MESSAGE, ":": "%3A", ",": "%2C"}


def annotated(frame: pd.DataFrame) -> list[str]:
    """The gravest groups of new and gone differences; the last line tells how many more there are."""
    found = groups(frame[frame["verdict"].isin(["new", "gone"])], KIND, NAMED)
    if len(found) <= MOST:
        return [*map(_of_group, found)]
    rest = found[MOST - 1 :]
    results = counted(sum(one["count"] for one in rest), "comparison")
    more = f"{counted(len(rest), 'more group')} with {results}: see the report"
    return [*map(_of_group, found[: MOST - 1]), _line("more differences", more)]


def _of_group(one: Record) -> str:
    where = "; ".join(", ".join(one[f"all_{name}"]) for name in NAMED)
    if one["verdict"] == "gone":
        what = "a known difference no longer occurs"
    else:
        advice = about(one["cause"])
        what = f"{one['cause']}. {advice.advice}" if advice else one["cause"]
    title = f"{one['verdict']} {one['severity']} {one['loss']}, {one['form']}"
    number = counted(one["count"], "comparison")
    return _line(title, f"{number} ({where}): {what} Again: pytest -k {one['short']}")


def _line(title: str, message: str) -> str:
    return f"::error title={_escaped(f'xentcheck, {title}', OF_TITLE)}::{_escaped(message, OF_MESSAGE)}"


def _escaped(text: str, marks: dict[str, str]) -> str:
    return "".join(marks.get(one, one) for one in visible(text))
