"""A file is written as a whole, and a writer that was killed leaves nothing for long."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from reports.store import files
from reports.store.errors import CannotWrite
from reports.store.files import write_out, write_whole

ROOT = Path(__file__).parents[1]


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


def test_asking_for_a_process_does_not_disturb_it(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        draft = tmp_path / f".a.txt.{other.pid}"
        draft.write_text("half of")
        write_whole(tmp_path / "a.txt", "all of it")
        assert draft.exists()
        other.communicate(b"\n")
    assert other.returncode == 0


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "\ud800")
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("end", ["9" * 20, "9" * 200, "0", "²", "x", "*"])
def test_what_no_writer_has_left_stays(tmp_path: Path, end: str) -> None:
    """No process has such a number, or it is somebody's file of a like name."""
    (tmp_path / f".a.csv.{end}").write_text("mine")
    write_whole(tmp_path / "a.csv", "all of it")
    assert (tmp_path / "a.csv").read_text() == "all of it"
    assert (tmp_path / f".a.csv.{end}").read_text() == "mine"


def test_a_folder_that_looks_like_a_draft_stays(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    (tmp_path / f".a.csv.{gone.pid}").mkdir()
    write_whole(tmp_path / "a.csv", "all of it")
    assert (tmp_path / f".a.csv.{gone.pid}").is_dir()


def test_a_name_that_looks_like_a_pattern_is_a_name(tmp_path: Path) -> None:
    write_whole(tmp_path / "[a].csv", "all of it")
    assert [path.name for path in tmp_path.iterdir()] == ["[a].csv"]


def test_a_file_that_a_user_names_is_written_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "new/folder/a.csv"
    write_out(path, "1")
    with path.open() as reader:
        write_out(path, "2")
        assert reader.read() == "1"
    assert path.read_text() == "2"


def test_a_draft_of_a_dead_process_with_the_number_of_this_one_is_no_obstacle(tmp_path) -> None:
    (tmp_path / f".a.txt.{os.getpid()}").write_text("half of")
    write_whole(tmp_path / "a.txt", "all of it")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "all of it"


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_its_target_is_written(tmp_path: Path, there: bool) -> None:
    if there:
        (tmp_path / "target").write_text("of before")
    (tmp_path / "link").symlink_to("target")
    write_out(tmp_path / "link", "1")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "1"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text()))
    reader.start()
    write_out(tmp_path / "pipe", "1" * 100_000)
    reader.join(10)
    assert read == ["1" * 100_000]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_device_is_written_to() -> None:
    reader, terminal = os.openpty()
    try:
        write_out(Path(os.ttyname(terminal)), "1")
        assert os.read(reader, 10) == b"1"
        assert stat.S_ISCHR(os.stat(os.ttyname(terminal)).st_mode)
    finally:
        os.close(reader)
        os.close(terminal)


@pytest.mark.parametrize("where", ["a pipe", "a file"])
def test_the_own_output_goes_on_behind_what_is_written_to_it(tmp_path: Path, where: str) -> None:
    program = (
        "from pathlib import Path; from reports.store.files import write_out; print('before');"
        "write_out(Path('/dev/stdout'), 'written\\n'); print('behind')"
    )
    command = [sys.executable, "-c", program]
    buffered = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    if where == "a pipe":
        said = subprocess.run(
            command, cwd=ROOT, env=buffered, capture_output=True, text=True, check=True
        ).stdout
    else:
        with (tmp_path / "out").open("w") as file:
            subprocess.run(command, cwd=ROOT, env=buffered, stdout=file, check=True)
        said = (tmp_path / "out").read_text()
    assert said == "before\nwritten\nbehind\n"


@pytest.mark.parametrize("place", ["/dev/full", "/proc/nowhere", "/", "README.md/below", "x" * 300])
def test_where_nothing_can_be_written_is_one_line(place: str) -> None:
    with pytest.raises(CannotWrite) as refusal:
        write_out(ROOT / place, "1" * 100_000)
    assert "\n" not in str(refusal.value)
    assert place[:200].rpartition("/below")[0] in str(refusal.value)


def test_a_reader_that_has_read_enough_is_no_mistake_of_the_user(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = threading.Thread(target=lambda: (tmp_path / "pipe").open().close())
    reader.start()
    with pytest.raises(BrokenPipeError):
        write_out(tmp_path / "pipe", "1" * 1_000_000)
    reader.join(10)


def test_an_error_that_no_system_raises_is_ours(tmp_path: Path, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("made up")

    monkeypatch.setattr(files, "write_whole", fail)
    with pytest.raises(OSError, match="made up"):
        write_out(tmp_path / "a", "1")
