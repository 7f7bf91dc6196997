"""The version spans of the ledger are those that the recordings show, at both ends."""

from __future__ import annotations

import pytest
from packaging.version import Version

from reports.compare import timeline
from reports.store.recording import SHIPPED
from suites.cases.case import Case
from suites.cases.relations import NAMES as RELATIONS
from suites.cases.selection import select
from suites.judge.diagnosis import Diagnosis
from suites.ledger import ledger, ledger_file
from suites.ledger.difference import Difference
from suites.observe import requests

OLDEST = Version("2.16")  # that the suites judge
ENTRIES = ledger_file.load()
CASES = {requests.key(case): case for case in select(requests.DEVICES)}
WHOLE = timeline.load(SHIPPED)
JUDGED = [
    one
    for one in WHOLE.recorded.values()
    if one.environment.subject == "tf.keras" and Version(one.environment.tensorflow) >= OLDEST
]


def is_of_relations(entry: Difference) -> bool:
    """Whether it shows between observations only, of which a recording has one side."""
    boxes = (*entry.always, *entry.sometimes)
    return all(set(box.get("quantity", ())) & set(RELATIONS) for box in boxes)


OF_ANSWERS = [entry for entry in ENTRIES if not (entry.rare or is_of_relations(entry))]
COVERED = ledger.covered(OF_ANSWERS, CASES.values())


def shows(entry: Difference, case: Case, found: Diagnosis) -> bool:
    return any(entry.accounts_for(case, *pair) for pair in found.causes)


@pytest.mark.parametrize("entry", OF_ANSWERS, ids=lambda entry: entry.id)
def test_an_entry_shows_in_its_span_and_nowhere_else(entry):
    covered = {name: case for name, case in CASES.items() if case in COVERED[entry]}
    for one in JUDGED:
        row = one.environment
        found = any(shows(entry, case, one.diagnosis(name)) for name, case in covered.items())
        assert found == entry.spans({"tensorflow": row.tensorflow, "keras": row.keras}), row.id


def test_most_entries_are_checked_so():
    assert len(JUDGED) >= 15
    assert len(OF_ANSWERS) >= 40
