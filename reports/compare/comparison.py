"""All that changed between two recordings: for the terminal, and as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reports.compare.drift.drift import Drift
from reports.compare.drift.marks import LEGEND
from reports.compare.grouping.changes import Changed, Compared
from reports.compare.grouping.groups import groups
from reports.compare.since.since import Stop
from reports.compare.words import words
from reports.compare.words.described import Described, described
from reports.compare.words.on_page import on_page
from reports.compare.words.verdict import sentence
from reports.run.summary import counted
from reports.run.template import template


def text(
    compared: Compared,
    before: str,
    after: str,
    rounding: bool = False,
    more: str = "--rounding",
    way: Sequence[Stop] = (),
) -> str:
    """The groups for a terminal, with a case of each that `trace` takes.

    `more` is what shows those that are rounding only, `way` what lies between two releases.
    """
    found = groups(compared.changed)
    shown = [group for group in found if rounding or group.drift is not Drift.ROUNDING]
    lines = [f"{before} -> {after}: {headline(compared.changed)}"]
    if found:
        lines += words.paragraph(sentence(found), "", "  ")
    if compared.not_asked:
        lines.append(
            f"{counted(compared.not_asked, 'case')} not compared: the suite did not ask one of both"
        )
    lines += (line for one in described(way, shown) for line in ("", *one.compared()))
    if hidden := len(found) - len(shown):
        lines += ["", f"{more} shows {counted(hidden, 'group')} of rounding, too"]
    return "\n".join(lines)


def headline(changed: Sequence[Changed]) -> str:
    """How many cases changed in which way."""
    counts = Counter(one.change.drift for one in changed)
    return (
        ", ".join(f"{counts[kind]:,} {kind}" for kind in Drift if kind in counts)
        or "nothing changed"
    )


def page(compared: Compared, before: str, after: str, way: Sequence[Stop] = ()) -> str:
    """The groups as one HTML page that needs no network."""
    found = groups(compared.changed)
    title = f"{before} \N{RIGHTWARDS ARROW} {after}"
    about = {
        "title": title,
        "headline": headline(compared.changed),
        "verdict": sentence(found) if found else "",
        "rows": [_row(one) for one in described(way, found)],
        "legend": LEGEND,
    }
    made: str = template("compare.html.j2").render(about)
    return made


def _row(one: Described) -> dict[str, object]:
    group = one.group
    return {
        **on_page(group),
        "causes": words.causes(group),
        "since": str(one.since or ""),
        "advice": one.to_do,
        "example": group.example.case,
    }
