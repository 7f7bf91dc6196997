"""A process leads a group of its own, and ends with all that it has started."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from suites.observe import process_groups as groups
from suites.observe.process_groups import Stopped

CHILD = "import subprocess, sys; child = subprocess.Popen(['sleep', '600']); print(child.pid, flush=True); child.wait()"


@pytest.fixture(autouse=True)
def allowed() -> Iterator[None]:
    yield
    groups.allow()


def python(program: str) -> list[str]:
    return [sys.executable, "-S", "-c", program]


def is_gone(pid: int) -> bool:
    """Whether a process has ended; it may take the system a moment to notice."""
    for _ in range(500):
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] in "ZX":
                    return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False


def with_a_child() -> tuple[subprocess.Popen[str], int]:
    process = groups.start(python(CHILD), stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process.stdout as lines:
        return process, int(lines.readline())


def test_a_process_leads_its_group_and_ends_with_its_children() -> None:
    process, child = with_a_child()
    assert os.getpgid(process.pid) == process.pid == os.getpgid(child)
    assert process.pid != os.getpgid(0)
    groups.end(process)
    assert process.returncode == -9
    assert is_gone(child)
    groups.end(process)  # which has ended already


def test_what_a_program_reads_writes_and_ends_with() -> None:
    program = "import os, sys; print(sys.stdin.read() + os.environ['A']); print('no', file=sys.stderr); sys.exit(3)"
    done = groups.run(python(program), 60, env={"A": "b"}, input="given ")
    assert (done.returncode, done.stdout, done.stderr) == (3, "given b\n", "no\n")


def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        groups.run(python("import time; time.sleep(600)"), 0.1)
    assert not groups._running


def test_after_an_end_of_all_nothing_starts_until_it_is_allowed() -> None:
    (first, child), (second, other) = with_a_child(), with_a_child()
    assert not groups.stopped()
    groups.end_all()
    assert groups.stopped()
    assert (first.returncode, second.returncode) == (-9, -9)
    assert is_gone(child)
    assert is_gone(other)
    with pytest.raises(Stopped, match=r"^interrupted$"):
        groups.start(python("0"))
    groups.allow()
    assert groups.run(python("print(1)"), 60).stdout == "1\n"


def test_what_is_ended_from_elsewhere_gives_no_answer() -> None:
    threading.Timer(0.3, groups.end_all).start()
    with pytest.raises(Stopped, match=r"^interrupted$"):
        groups.run(python("import time; time.sleep(600)"), 60)
