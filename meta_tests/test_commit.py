"""Several files are replaced as one: a kill leaves what was there, or all that is new."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from reports.store.commit import commit, complete, current
from reports.store.recordings import Content, Recordings, files_with

OLD = {"a.txt": "old a", "b.txt": "old b", "diagnoses/a.txt": "old diagnosis"}
NEW = {
    "a.txt": "new a",
    "diagnoses/a.txt": "new diagnosis",
    "more/and/d.txt": "new d",
    "b.txt": "old b",
}
PARENTS = {"a": "", "b": "a", "c": "b"}


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


def contents(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in paths}


def kill_at(monkeypatch: pytest.MonkeyPatch, step: int) -> Callable[[], bool]:
    """Kill this process before the step of this number that changes a file; tell whether it was."""
    taken = [0]

    def counted(function):
        def call(*arguments, **options):
            taken[0] += 1
            if taken[0] == step:
                raise Killed
            return function(*arguments, **options)

        return call

    for owner, name in (
        (Path, "write_text"),
        (Path, "mkdir"),
        (Path, "replace"),
        (os, "replace"),
        (os, "unlink"),
        (os, "rmdir"),
    ):
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))
    return lambda: taken[0] >= step


def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], old):
    """The folder after a kill before each step of a change."""
    for step in range(1, 100):
        folder = tmp_path / str(step)
        commit(folder, old)
        with monkeypatch.context() as patched:
            killed = kill_at(patched, step)
            with contextlib.suppress(Killed):
                change(folder)
        yield folder
        if not killed():
            return
    raise AssertionError("it never ends")


def test_a_kill_leaves_the_old_files_or_the_new(tmp_path, monkeypatch):
    seen = set()
    for folder in steps(tmp_path, monkeypatch, lambda folder: commit(folder, NEW), OLD):
        found = {name: current(folder, name).read_text() for name in OLD}
        assert found in (OLD, OLD | {name: NEW[name] for name in OLD})
        complete(folder)
        assert contents(folder) in (OLD, OLD | NEW)
        seen.add(contents(folder) == OLD)
    assert seen == {True, False}


def test_a_shelf_can_be_read_and_written_after_any_kill(tmp_path, monkeypatch):
    recordings = Recordings(tmp_path)
    old = {name: Content("q", {"x": f"value {name}"}) for name in PARENTS}
    new = {"a": Content("q", {"x": "value 9"})}
    files = files_with(recordings, old, PARENTS)

    def change(folder: Path) -> None:
        commit(folder, files_with(Recordings(folder), new, PARENTS))

    for folder in steps(tmp_path, monkeypatch, change, files):
        recordings = Recordings(folder)
        found = {name: recordings.answers(name) for name in PARENTS}
        assert found.pop("a") in ({"x": "value a"}, {"x": "value 9"})
        assert found == {"b": {"x": "value b"}, "c": {"x": "value c"}}
        change(folder)
        assert recordings.answers("a") == {"x": "value 9"}
        assert recordings.answers("c") == {"x": "value c"}
        assert {path.name for path in folder.iterdir()} == {"a.txt", "b.txt", "c.txt"}


def test_what_is_the_same_is_not_written(tmp_path):
    commit(tmp_path, OLD)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.txt")}
    commit(tmp_path, NEW)
    after = {path for path in before if path.stat().st_mtime_ns == before[path]}
    assert after == {tmp_path / "b.txt"}
