"""A shelf says of every environment what it answered, whatever is put beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.store.recording import BadRecording, Shelf
from reports.store.shelf import Kept, in_order, shelve

PARENTS = {"a": "", "b": "a", "c": "b", "d": "b", "e": ""}
ROWS = st.dictionaries(st.sampled_from("xyz"), st.sampled_from(["value 1", "value 2", "absent"]))
KEPT = st.builds(Kept, st.sampled_from(["q", "r"]), ROWS)
SHELF = st.dictionaries(st.sampled_from([*PARENTS, "pin"]), KEPT)


@settings(max_examples=200, deadline=None)
@given(st.lists(SHELF, max_size=4))
def test_every_recording_says_what_was_last_put_there(tmp_path_factory, steps) -> None:
    shelf, due = Shelf(tmp_path_factory.mktemp("shelf")), {}
    for new in steps:
        shelve(shelf, new, PARENTS)
        due |= new
    found = dict(shelf.everything(in_order(due, PARENTS)))
    for name, kept in due.items():
        rows = {case: answer for case, answer in kept.rows.items() if answer != "absent"}
        assert shelf.answers(name) == found[name] == rows
        assert shelf.read(name).requests == kept.requests


def test_what_did_not_change_is_stored_once(tmp_path: Path) -> None:
    shelf, rows = Shelf(tmp_path), {"x": "value 1", "y": "value 2"}
    shelve(shelf, {name: Kept("q", rows) for name in ("a", "b", "c")}, PARENTS)
    assert [len(shelf.read(name).rows) for name in ("a", "b", "c")] == [2, 0, 0]


def test_a_parent_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelve(shelf, {name: Kept("q", {}) for name in ("a", "c", "d")}, PARENTS)
    assert [shelf.read(name).parent for name in ("a", "c", "d")] == ["none", "a", "a"]


def test_the_order_of_putting_does_not_show(tmp_path: Path) -> None:
    new = {name: Kept("q", {"x": f"value {name}"}) for name in "abcd"}
    one, two = Shelf(tmp_path / "one"), Shelf(tmp_path / "two")
    shelve(one, new, PARENTS)
    for name in reversed(new):
        shelve(two, {name: new[name]}, PARENTS)
    for name in new:
        assert one.path(name).read_bytes() == two.path(name).read_bytes()


def test_damage_is_found_before_anything_is_written(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelve(shelf, {"a": Kept("q", {"x": "value 1"})}, PARENTS)
    shelf.path("a").write_text(shelf.path("a").read_text().replace("value 1", "value 2"))
    before = shelf.path("a").read_bytes()
    with pytest.raises(BadRecording, match=r"a\.txt: line 8"):
        shelve(shelf, {"b": Kept("q", {})}, PARENTS)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert shelf.path("a").read_bytes() == before
