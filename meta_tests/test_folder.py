"""A report folder shows one whole report at any time, and keeps what is not the report's."""

from __future__ import annotations

import fcntl
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from reports.run.place import FILES, SCRIPTS, check_writable
from reports.store import folder as folders
from reports.store.errors import CannotWrite

ROOT = Path(__file__).parents[1]
PARTS = ("index.html", "comparisons.parquet", "scripts/a.py")
WRITER = """
import sys, time
from pathlib import Path
from reports.store.folder import replacing
folder, text, times, pause = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
for number in range(times):
    with replacing(folder) as draft:
        (draft / "scripts").mkdir()
        for name in ("index.html", "comparisons.parquet", "scripts/a.py"):
            (draft / name).write_text(f"{text}-{number} " * 2000)
        (folder / f"by-{text}").touch()
        time.sleep(pause)
"""


def write(folder: Path, text: str, **more: str) -> None:
    with folders.replacing(folder) as draft:
        (draft / "scripts").mkdir()
        for name, content in {**dict.fromkeys(PARTS, text), **more}.items():
            (draft / name).write_text(content)


def writer(folder: Path, text: str, times: int, pause: float = 0.0) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(folder), text, str(times), str(pause)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


def wait_for(path: Path) -> None:
    end = time.monotonic() + 30
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.005)
    path.unlink()


def one_report(folder: Path) -> set[str]:
    """The words of all files of the report that is shown; empty if it went while it was read."""
    place = (folder / "index.html").resolve().parent
    try:
        return {word for name in PARTS for word in (place / name).read_text().split()}
    except FileNotFoundError:
        return set()


def whole(folder: Path) -> str:
    """The one word of a report that is complete."""
    (word,) = {word for name in PARTS for word in (folder / name).read_text().split()}
    return word


def left_over(folder: Path) -> list[str]:
    drafts = {path.name for path in (folder / folders.STORE).glob(f"{folders.DRAFT}*")}
    return sorted(drafts - {(folder / folders.STORE / folders.CURRENT).readlink().name})


def test_two_writers_and_a_reader_never_meet(tmp_path: Path) -> None:
    write(tmp_path, "first")
    writers = [writer(tmp_path, name, 150) for name in ("a", "b")]
    seen: set[str] = set()
    while any(one.poll() is None for one in writers):
        words = one_report(tmp_path)
        assert len(words) <= 1, words
        seen |= words
    assert [one.wait() for one in writers] == [0, 0]
    assert len(seen) > 10
    assert whole(tmp_path).endswith("-149")
    assert not left_over(tmp_path)


def test_a_writer_killed_at_any_moment_leaves_a_whole_report(tmp_path: Path) -> None:
    drawn, kept, inside = random.Random(2017), "first", 0
    write(tmp_path, kept)
    for number in range(20):
        one = writer(tmp_path, f"killed{number}", 100_000)
        wait_for(tmp_path / f"by-killed{number}")
        time.sleep(drawn.uniform(0.0, 0.1))
        one.kill()
        one.wait()
        inside += bool(left_over(tmp_path))
        assert whole(tmp_path) == kept or whole(tmp_path).startswith(f"killed{number}-")
        kept = whole(tmp_path)
    assert inside > 5  # or the test has killed between reports alone
    write(tmp_path, "last")
    assert whole(tmp_path) == "last"
    assert not left_over(tmp_path)
    there = {path.name for path in tmp_path.iterdir() if not path.name.startswith("by-")}
    assert there == {*PARTS[:2], SCRIPTS, folders.STORE}


def test_a_draft_of_a_process_at_work_stays(tmp_path: Path) -> None:
    with folders.replacing(tmp_path) as draft:
        check_writable(tmp_path)
        assert draft.is_dir()


def test_what_killed_writers_have_left_is_gone_before_a_report_needs_the_space(tmp_path) -> None:
    write(tmp_path, "old")
    store = tmp_path / folders.STORE
    (store / f"{folders.DRAFT}left/scripts").mkdir(parents=True)
    (store / f"{folders.DRAFT}trial").symlink_to("nowhere")
    (store / "kept").mkdir()
    with folders.replacing(tmp_path) as draft:
        there = {path.name for path in store.iterdir()}
        shown = (store / folders.CURRENT).readlink().name
        assert there == {folders.LOCK, folders.CURRENT, "kept", shown, draft.name}


def test_a_writer_waits_for_another_only_so_long(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(folders, "PATIENCE", 0.1)
    with (
        folders.replacing(tmp_path),
        pytest.raises(CannotWrite, match="another run has been writing"),
        folders.replacing(tmp_path),
    ):
        pass


def test_ctrl_c_leaves_the_old_report(tmp_path: Path) -> None:
    write(tmp_path, "old")
    one = writer(tmp_path, "new", 1, 60.0)
    wait_for(tmp_path / "by-new")
    one.send_signal(signal.SIGINT)
    assert one.wait(10) == -signal.SIGINT
    assert whole(tmp_path) == "old"
    assert not left_over(tmp_path)


def test_ctrl_c_at_the_last_moment_is_too_late(tmp_path, monkeypatch) -> None:
    """The report is complete, and turning to it takes no longer than a rename."""
    show = folders._show

    def interrupted(*places: Path) -> None:
        signal.raise_signal(signal.SIGINT)
        show(*places)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(folders, "_show", interrupted)
    before = signal.getsignal(signal.SIGINT)
    write(tmp_path, "new")
    assert whole(tmp_path) == "new"
    assert signal.getsignal(signal.SIGINT) is before


def test_a_report_may_be_written_beside_the_main_thread(tmp_path: Path) -> None:
    thread = threading.Thread(target=write, args=(tmp_path, "new"))
    thread.start()
    thread.join(30)
    assert whole(tmp_path) == "new"


def test_files_of_others_stay(tmp_path: Path) -> None:
    mine = {"mine.txt": "a", "scripts/backup.sh": "b", "scripts/deep/c": "c"}
    for name, text in mine.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "scripts/a-link").symlink_to("nowhere")
    check_writable(tmp_path)
    write(tmp_path, "1", **{"scripts/b.py": "1"})
    write(tmp_path, "2")
    assert {name: (tmp_path / name).read_text() for name in mine} == mine
    assert (tmp_path / "scripts/a-link").is_symlink()
    assert not os.path.lexists(tmp_path / "scripts/b.py")
    assert whole(tmp_path) == "2"


def test_a_report_may_be_moved_and_copied(tmp_path: Path) -> None:
    write(tmp_path / "one", "1")
    subprocess.run(["cp", "-r", tmp_path / "one", tmp_path / "two"], check=True)
    (tmp_path / "one").rename(tmp_path / "three")
    assert whole(tmp_path / "two") == whole(tmp_path / "three") == "1"
    write(tmp_path / "two", "2")
    assert (whole(tmp_path / "two"), whole(tmp_path / "three")) == ("2", "1")


def a_file(path: Path) -> None:
    path.write_text("mine")


def a_link(path: Path) -> None:
    path.symlink_to("elsewhere")


def a_full_folder(path: Path) -> None:
    path.mkdir()
    (path / "mine.txt").write_text("mine")


def as_it_is(path: Path) -> tuple[int, ...]:
    """What changes with a file or folder; reading it changes when it was read."""
    found = os.lstat(path)
    return found.st_mode, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


OBSTACLES = [
    *((name, make) for name in (*FILES, "drift.csv") for make in (a_file, a_link, Path.mkdir)),
    *((folders.STORE, make) for make in (a_file, a_link, a_full_folder)),
    *((SCRIPTS, make) for make in (a_file, a_link)),
]


@pytest.mark.parametrize(("name", "make"), OBSTACLES)
def test_an_obstacle_is_found_before_the_run_and_stays(tmp_path, name, make) -> None:
    make(tmp_path / name)
    before = as_it_is(tmp_path / name)
    with pytest.raises(CannotWrite) as refusal:
        check_writable(tmp_path)
    assert str(tmp_path / name) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert as_it_is(tmp_path / name) == before


@pytest.mark.parametrize(
    ("folder", "line"),
    [
        ("/proc/nowhere", "can't write /proc/nowhere: No such file or directory"),
        ("README.md", f"{ROOT}/README.md is no folder: {folders.ADVICE}"),
        ("README.md/below", f"can't write {ROOT}/README.md/below: Not a directory"),
    ],
)
def test_a_folder_that_cannot_be_is_found_before_the_run(folder, line) -> None:
    with pytest.raises(CannotWrite) as refusal:
        check_writable(ROOT / folder)
    assert str(refusal.value) == line


def test_a_folder_that_vanishes_is_one_line(tmp_path: Path) -> None:
    place = tmp_path / "report"

    def write_late() -> None:
        with folders.replacing(place) as draft:
            subprocess.run(["rm", "-r", place], check=True)
            (draft / "index.html").write_text("1")

    with pytest.raises(CannotWrite, match="No such file"):
        write_late()


def test_the_lock_says_what_its_folder_is_for_and_is_written_once(tmp_path: Path) -> None:
    folders.prepare(tmp_path, ["index.html"], "scripts")
    lock = tmp_path / ".xentcheck/lock"
    words = "xentcheck makes and empties this folder: the files that are linked beside it\n"
    assert lock.read_text() == words
    lock.write_text("of an older version\n")
    folders.prepare(tmp_path, ["index.html"], "scripts")
    assert lock.read_text() == "of an older version\n"


def test_another_writer_is_waited_for_by_sleeping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders.prepare(tmp_path, ["index.html"], "scripts")
    other = (tmp_path / ".xentcheck/lock").open("a")
    fcntl.flock(other.fileno(), fcntl.LOCK_EX)
    monkeypatch.setattr(folders, "PATIENCE", 1.0)
    monkeypatch.setattr(folders.time, "sleep", lambda seconds: other.close())
    with folders.replacing(tmp_path) as draft:
        (draft / "index.html").write_text("mine")
    assert (tmp_path / "index.html").read_text() == "mine"


def test_another_writer_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders.prepare(tmp_path, ["index.html"], "scripts")
    monkeypatch.setattr(folders, "PATIENCE", 0.0)
    with (tmp_path / ".xentcheck/lock").open("a") as other:
        fcntl.flock(other.fileno(), fcntl.LOCK_EX)
        message = f"^{re.escape(str(tmp_path))}: another run has been writing for 0 s$"
        with pytest.raises(CannotWrite, match=message), folders.replacing(tmp_path):
            pytest.fail("the lock was not heeded")


def test_what_another_run_removes_at_the_same_moment_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what a killed run left: a link that was tried, and one to a file that is no longer there."""
    folders.prepare(tmp_path, ["index.html"], "scripts")
    store = tmp_path / ".xentcheck"
    (store / "report-tried").symlink_to("current")
    (tmp_path / "old.csv").symlink_to(".xentcheck/current/old.csv")
    unlink = Path.unlink

    def late(path: Path, *arguments: Any, **options: Any) -> None:
        os.unlink(path) if path.is_symlink() else None
        unlink(path, *arguments, **options)

    monkeypatch.setattr(Path, "unlink", late)
    folders.prepare(tmp_path, ["index.html"], "scripts")
    with folders.replacing(tmp_path) as draft:
        (draft / "index.html").write_text("mine")
    assert (tmp_path / "index.html").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".xentcheck", "index.html"]
    assert len([*store.glob("report-*")]) == 1
