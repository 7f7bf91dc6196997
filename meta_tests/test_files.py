"""A file is written as a whole, and a writer that was killed leaves nothing for long."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reports.files import write_whole


def test_what_a_killed_writer_has_left_is_removed_by_the_next(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    left, other = tmp_path / f".a.txt.{gone.pid}", tmp_path / f".a.txt.{os.getppid()}"
    for draft in (left, other):
        draft.write_text("half of")
    write_whole(tmp_path / "a.txt", "all of it")
    assert not left.exists()
    assert other.read_text() == "half of"  # its writer is at work
    assert (tmp_path / "a.txt").read_text() == "all of it"


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "\ud800")
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]
