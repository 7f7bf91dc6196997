"""A recordings says of every environment what it answered, whatever is put beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.store.recording import BadRecording
from reports.store.recordings import Content, Recordings, add, in_order

PARENTS = {"a": "", "b": "a", "c": "b", "d": "b", "e": ""}
ROWS = st.dictionaries(st.sampled_from("xyz"), st.sampled_from(["value 1", "value 2", "absent"]))
KEPT = st.builds(Content, st.sampled_from(["q", "r"]), ROWS)
SHELF = st.dictionaries(st.sampled_from([*PARENTS, "pin"]), KEPT)


@settings(max_examples=200, deadline=None)
@given(st.lists(SHELF, max_size=4))
def test_every_recording_says_what_was_last_put_there(tmp_path_factory, steps) -> None:
    recordings, expected = Recordings(tmp_path_factory.mktemp("recordings")), {}
    for new in steps:
        add(recordings, new, PARENTS)
        expected |= new
    found = dict(recordings.everything(in_order(expected, PARENTS)))
    for name, kept in expected.items():
        rows = {case: answer for case, answer in kept.rows.items() if answer != "absent"}
        assert recordings.answers(name) == found[name] == rows
        assert recordings.read(name).requests == kept.requests


def test_what_did_not_change_is_stored_once(tmp_path: Path) -> None:
    recordings, rows = Recordings(tmp_path), {"x": "value 1", "y": "value 2"}
    add(recordings, {name: Content("q", rows) for name in ("a", "b", "c")}, PARENTS)
    assert [len(recordings.read(name).rows) for name in ("a", "b", "c")] == [2, 0, 0]


def test_a_parent_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    add(recordings, {name: Content("q", {}) for name in ("a", "c", "d")}, PARENTS)
    assert [recordings.read(name).parent for name in ("a", "c", "d")] == ["none", "a", "a"]


def test_the_order_of_putting_does_not_show(tmp_path: Path) -> None:
    new = {name: Content("q", {"x": f"value {name}"}) for name in "abcd"}
    one, two = Recordings(tmp_path / "one"), Recordings(tmp_path / "two")
    add(one, new, PARENTS)
    for name in reversed(new):
        add(two, {name: new[name]}, PARENTS)
    for name in new:
        assert one.path(name).read_bytes() == two.path(name).read_bytes()


def test_damage_is_found_before_anything_is_written(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    add(recordings, {"a": Content("q", {"x": "value 1"})}, PARENTS)
    recordings.path("a").write_text(recordings.path("a").read_text().replace("value 1", "value 2"))
    before = recordings.path("a").read_bytes()
    with pytest.raises(BadRecording, match=r"a\.txt: line 8"):
        add(recordings, {"b": Content("q", {})}, PARENTS)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert recordings.path("a").read_bytes() == before
