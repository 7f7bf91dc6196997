"""What a page says of what changed alike, by the names in its template."""

from __future__ import annotations

from typing import TypedDict

from reports.compare.grouping.case_names import short
from reports.compare.grouping.groups import Group
from reports.compare.words import words
from suites.ledger.difference import Difference


class GroupOnPage(TypedDict):
    """Texts of a group; `id` is what `trace` takes."""

    mark: str
    severity: str
    title: str
    numbers: str
    cases: str
    where: str
    entry: Difference | None
    id: str


class StepOnPage(TypedDict):
    """A release: `counts` has how many groups are of each severity."""

    id: str
    released: str
    packages: str
    counts: list[int]
    cases: int
    groups: list[GroupOnPage]


def on_page(group: Group) -> GroupOnPage:
    return {
        "mark": group.mark,
        "severity": group.severity,
        "title": words.title(group, with_word=True),
        "numbers": words.numbers(group),
        "cases": words.cases_and_forms(group),
        "where": "; ".join(words.where(group)),
        "entry": group.entry,
        "id": short(group.example.fields),
    }
