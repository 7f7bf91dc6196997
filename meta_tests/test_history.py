"""What is said of nine years of releases is what their recordings show, at both ends."""

from __future__ import annotations

import pytest

from reports.compare.release_claims import lines, load, measured
from reports.compare.since import timeline
from reports.store.recording import SHIPPED

STATEMENTS = load()


@pytest.fixture(scope="module")
def whole() -> timeline.Timeline:
    return timeline.load(SHIPPED)


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda one: one.statement[:60])
def test_the_recordings_show_what_is_stated_there_and_nowhere_else(statement, whole):
    assert statement.case in whole.cases()
    assert measured(statement, whole) == statement.spans


def test_most_statements_are_confirmed_and_the_rest_says_why():
    assert len(STATEMENTS) >= 30
    assert {one.verdict for one in STATEMENTS} == {"confirmed", "corrected", "new"}
    assert all(one.note for one in STATEMENTS if one.verdict != "confirmed")


def test_the_command_says_nothing_else(whole):
    assert not [line for line in lines(whole) if line.startswith("WRONG")]
