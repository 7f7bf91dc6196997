"""`badge.json`: a run in three words, for https://shields.io/badges/endpoint-badge."""

from __future__ import annotations

from typing import TypedDict

from reports.run.summary import Summary


class Badge(TypedDict):
    schemaVersion: int
    label: str
    message: str
    color: str


def badge(summary: Summary, changed: str = "") -> Badge:
    """`changed` says what makes the run red against a pin or a release."""
    message, color = (changed, "red") if changed and not summary["new"] else _says(summary)
    return {"schemaVersion": 1, "label": "xentcheck", "message": message, "color": color}


def _says(summary: Summary) -> tuple[str, str]:
    if not summary["comparisons"]:
        return "nothing measured", "lightgrey"
    if summary["new"]:
        return f"{summary['new']:,} new", "red"
    if summary["gone"]:
        return f"{summary['gone']:,} gone", "orange"
    if summary["missing"] or summary["not_measured"]:
        return f"{summary['missing'] + summary['not_measured']:,} not measured", "yellow"
    return f"0 new, {summary['known']:,} known", "brightgreen"
