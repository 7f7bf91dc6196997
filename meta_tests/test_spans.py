"""The spans of the ledger are those that the recordings of all releases show, at both ends."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest

from meta_tests.forecast import installed_in, judged
from reports.compare.since.timeline import Recorded
from suites.cases.case import Case
from suites.cases.relations import NAMES as RELATIONS
from suites.cases.selection import select
from suites.judge.diagnosis import Diagnosis
from suites.ledger import ledger, ledger_file
from suites.ledger.difference import Difference
from suites.ledger.installed import Installed
from suites.observe import requests

ENTRIES = ledger_file.load()
CASES = {requests.key(case): case for case in select(requests.DEVICES)}


@cache
def recorded() -> list[tuple[Recorded, Installed]]:
    return [(one, installed_in(one)) for one in judged().values()]


def is_of_relations(entry: Difference) -> bool:
    """Whether it shows between observations only, of which a recording has one side."""
    boxes = (*entry.always, *entry.sometimes)
    return all(set(box.get("quantity", ())) & set(RELATIONS) for box in boxes)


OF_ANSWERS: dict[str, list[Difference]] = {}
for one in ENTRIES:
    if not (one.rare or is_of_relations(one)):
        OF_ANSWERS.setdefault(one.id, []).append(one)
INDEX = ledger.Index(CASES.values())


def shows(entry: Difference, case: Case, found: Diagnosis, others: Sequence[Difference]) -> bool:
    """Whether it shows in a case, and is not what one of the others says."""
    return any(
        entry.accounts_for(case, *pair) and not any(one.accounts_for(case, *pair) for one in others)
        for pair in found.causes
    )


@pytest.mark.parametrize("spans", OF_ANSWERS.values(), ids=OF_ANSWERS)
def test_an_entry_shows_in_its_spans_and_nowhere_else(spans: Sequence[Difference]) -> None:
    """Outside of them what the entry itself, its first span, describes is another entry's."""
    names = {case: name for name, case in CASES.items()}
    covered = [[(names[case], case) for case in ledger._covered(one, INDEX)] for one in spans]
    for one, installed in recorded():
        there = [number for number, span in enumerate(spans) if span.spans(installed)]
        others = () if there else [entry for entry in ENTRIES if entry.spans(installed)]
        for number in there or [0]:
            found = (
                shows(spans[number], case, one.diagnosis(name), others)
                for name, case in covered[number]
            )
            assert any(found) == bool(there), one.environment.id


def test_most_entries_are_checked_so():
    assert len(recorded()) >= 59
    assert len(OF_ANSWERS) >= 120
