"""The ledger is true for every release that is recorded: a default run there ends green.

All 59 take two minutes; `python -m meta_tests.forecast` says what is wrong, without TensorFlow.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from meta_tests import forecast
from meta_tests.forecast import ENTRIES, judged
from reports.store.recording import SHIPPED
from reports.store.recordings import Recordings

NAMED = {entry.id: entry for entry in reversed(ENTRIES)}  # each in its first span
# Numbers that differ, at least, by what the id of a release begins with.
LEAST = {"tf-1.": 0, "tf-2": 9_000, "tf-nightly": 30_000, "keras-3": 5_000, "keras-": 500}


@pytest.mark.parametrize("name", Recordings(SHIPPED).names())
def test_a_run_would_find_nothing_new_and_nothing_gone(name: str) -> None:
    found = forecast.forecast(judged()[name])
    least = next(number for prefix, number in LEAST.items() if name.startswith(prefix))
    assert sum(row.number for row in found.rows if row.verdict == "known") > least
    assert not str(found), f"python -m meta_tests.forecast {name}\n{found}"


def test_a_missing_entry_is_new() -> None:
    others = tuple(entry for entry in ENTRIES if entry.id != "xla-loses-nan")
    found = forecast.forecast(judged()["tf-2.20.0"], others)
    assert {(row.verdict, row.case.execution) for row in found.wrong} == {("new", "xla")}
    assert len(found.wrong) > 20


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("smoothing-unchecked-before-3.16", "tf-nightly"),
        ("replicas-not-averaged", "tf-2.18.1-keras-3.8.0"),
    ],
)
def test_a_span_that_is_too_wide_is_gone(id: str, name: str) -> None:
    wide = replace(NAMED[id], keras=">=3.0")
    entries = tuple(wide if entry.id == id else entry for entry in ENTRIES)
    found = forecast.forecast(judged()[name], entries)
    assert {row.entry for row in found.wrong if row.verdict == "gone"} == {id}
    assert found.vanished == ()  # each row that it must show in says so


def test_an_entry_that_may_show_and_shows_nowhere_vanishes() -> None:
    wide = replace(NAMED["smoothing-unchecked-before-3.16"], keras=">=3.0")
    entry = replace(wide, always=(), sometimes=(*wide.always, *wide.sometimes))
    entries = (entry, *(other for other in ENTRIES if other.id != entry.id))
    assert forecast.forecast(judged()["tf-nightly"], entries).vanished == (entry.id,)


def test_what_a_release_should_not_lack_is_missing() -> None:
    newest = judged()["tf-2.21.0-keras-3.15.1"]
    name = "binary_crossentropy,function,plain,probabilities,float32,eager,CPU:0,hard,interior"
    answers = {key: answer for key, answer in newest.answers.items() if key != name}
    found = forecast.forecast(replace(newest, answers=answers))
    assert [(row.verdict, forecast.requests.key(row.case)) for row in found.wrong] == [
        ("missing", name)
    ]
