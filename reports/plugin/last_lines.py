"""What the last lines of a run say: verdict, counts, what is new, what was slow, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from reports.run.summary import Summary, by_severity, causes_of, gravest, headline, verdict
from reports.run.tables.tables import groups
from suites.plugin.short_id import short_id

KIND = ["verdict", "loss", "form", "dtype", "cause"]
NAMED = ("loss", "form", "dtype", "execution")
FEW = 3  # groups that are named
QUICK = "quick"


def of_counts(summary: Summary, frame: pd.DataFrame, changed: str = "") -> list[str]:
    """The verdict, after what changed against a pin or a release if that makes the run red, and counts."""
    return [verdict(summary, gravest(frame), changed), headline(summary)]


def of_new(frame: pd.DataFrame, is_own: bool) -> Iterator[str]:
    """Counts by severity, then the causes of a loss of the user's own, or the gravest groups."""
    yield from by_severity(frame)
    if is_own:
        yield from causes_of(frame)
        return
    new = frame[frame["verdict"] == "new"]
    for one in groups(new, KIND)[:FEW]:
        names = ", ".join(str(one[name]) for name in KIND[1:])
        yield f"  {short_id(one['test'])} {one['severity']} {names}"


def of_time(slowest: Sequence[tuple[float, str]]) -> list[str]:
    """The slowest groups: seconds, the short id, and names of the long one."""
    lines = (f"  {seconds:5.1f} s  {short_id(group)} {_names(group)}" for seconds, group in slowest)
    return ["slowest:", *lines] if slowest else []


def _names(group: str) -> str:
    fields = dict(part.split("=", 1) for part in group.split(",") if "=" in part)
    return ", ".join(fields[name] for name in NAMED if name in fields)


def what_next(
    summary: Summary, frame: pd.DataFrame, tier: str, options: str, changed: str = ""
) -> str:
    """What to do now; `options` are those that ask about a loss of the user's own again, `changed` is
    what makes the run red against a pin or a release.
    """
    if summary["new"]:
        first = groups(frame[frame["verdict"] == "new"], KIND)[0]
        again = f"pytest -k {short_id(first['test'])}{options}"
        return f"next: {again} runs the gravest again; the page says what to do"
    if changed:
        return (
            "next: see below, and in drift.html of the report folder, what changed and what to do"
        )
    if summary["gone"]:
        return "next: see in the page which known differences no longer occur here"
    if summary["missing"] or summary["not_measured"]:
        return "next: see in the page what was not measured, and why"
    if tier == QUICK:
        return "next: pytest without --tier quick compares ten times as much"
    return "next: nothing has to be done; the page says what the known differences mean"
