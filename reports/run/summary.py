"""The comparisons in few words: counts for programs, and lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

import pandas as pd

from reports.run.severity import MEANING, Severity
from reports.run.tables.condensed import counts

if TYPE_CHECKING:  # it draws, and most of who counts does not
    from reports.run.findings import Findings

MOST = 10  # causes in a list


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


def summarise(found: Findings, seconds: float) -> Summary:
    number = found.verdicts
    return Summary(
        cases=found.cases,
        comparisons=sum(number.values()),
        agree=number.get("agree", 0),
        known=number.get("known", 0),
        new=number.get("new", 0),
        gone=number.get("gone", 0),
        missing=number.get("missing", 0),
        not_tested=number.get("not_tested", 0),
        not_measured=number.get("not_measured", 0),
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


def verdict(summary: Summary, gravest: str = "", changed: str = "") -> str:
    """What a run means, for somebody who reads no further; `gravest` is a severity of what is new,
    `changed` says what makes the run red against a pin or a release.
    """
    found = _of_differences(summary, gravest)
    return f"{changed}. {found}" if changed else found


def _of_differences(summary: Summary, gravest: str) -> str:
    if not summary["comparisons"]:
        return "Nothing was measured"
    if summary["new"]:
        grave = f", the gravest {in_short(Severity(gravest))} ({gravest})" if gravest else ""
        return f"{counted(summary['new'], 'new difference')}{grave}"
    if summary["gone"]:
        return f"No new difference, but known ones are gone from {of_them(summary, 'gone')}"
    if summary["missing"] or summary["not_measured"]:
        return f"No new difference, but {of_them(summary, 'missing', 'not_measured')} lack a result"
    if summary["known"]:
        return "No new difference: what differs is known"
    return "No difference" if summary["agree"] else "Nothing could be tested"


def todo(summary: Summary, changed: str = "") -> str:
    """What the reader of the page does now."""
    if not summary["comparisons"]:
        return "See why nothing was measured: the terminal says it."
    if summary["new"]:
        return (
            "Open the differences below, the gravest first. Each has its numbers, its cause and advice, "
            "and a script that shows it with TensorFlow alone."
        )
    if changed:
        return "See in drift.html, beside this page, what changed and what to do about it."
    if summary["gone"]:
        return "See which known differences no longer occur: an upgrade mended them, or a setting differs."
    if summary["missing"] or summary["not_measured"]:
        return "See at the end of the page what was not measured, and why."
    return (
        "Nothing has to be mended. To see which known differences are in what you use, choose your forms "
        "and tick “affects me”."
    )


def gravest(frame: pd.DataFrame) -> str:
    """The severity of the gravest new difference, "" for none."""
    return min(frame.loc[frame["verdict"] == "new", "severity"].astype(str), default="")


def of_them(summary: Summary, *verdicts: Literal["gone", "missing", "not_measured"]) -> str:
    return counted(sum(summary[one] for one in verdicts), "comparison")


def in_short(severity: Severity) -> str:
    return MEANING[severity].partition(":")[0]


def by_severity(frame: pd.DataFrame) -> list[str]:
    """A line for each severity that new differences have, the gravest first."""
    new = frame[frame["verdict"] == "new"]
    number = counts(new).groupby(new["severity"].astype(str)).sum()
    return [f"  {number[one]:>6,}  {one}: {in_short(one)}" for one in MEANING if one in number]


def causes_of(frame: pd.DataFrame) -> list[str]:
    """A line for each cause of new differences, the most frequent first."""
    new = frame[frame["verdict"] == "new"]
    number = counts(new).groupby(new["cause"]).sum().sort_values(ascending=False, kind="stable")
    return [f"  {count:>6,}  {cause}" for cause, count in number[:MOST].items()]
