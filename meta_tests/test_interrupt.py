"""Ctrl-C, and whatever else ends a run, ends all that it started, at once. No TensorFlow is asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from meta_tests.test_client_process import processes, until

ROOT = Path(__file__).parents[1]
STUB = Path(__file__).with_name("stub_observer.py")
PLANTED = """
from pathlib import Path
from suites.observe import environment
environment.OBSERVER = Path({stub!r})
environment.require_tensorflow = lambda: None
"""
FEW = ("--losses=binary_crossentropy", "--forms=nn", "--dtypes=float32", "--executions=eager")
PLAIN = ("-p", "no:cacheprovider", "-p", "no:randomly", "-q")


def command(folder: Path, *arguments: str) -> list[str]:
    (folder / "planted.py").write_text(PLANTED.format(stub=str(STUB)))
    report = f"--report-folder={folder / 'report'}"
    return [sys.executable, "-m", "pytest", *PLAIN, "-p", "planted", *FEW, report, *arguments]


def variables(folder: Path, acts: str = "{}") -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(folder), "STUB_FOLDER": str(folder), "STUB": acts}


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A run of which one call hangs, in a process group of its own as under a terminal."""
    call = '{"sigmoid_cross_entropy": "hang with a child"}'
    with subprocess.Popen(
        command(folder, *arguments),
        cwd=ROOT,
        env=variables(folder, call),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert until(lambda: process.poll() or (folder / "hangs").exists(), 300)
            yield process
        finally:
            process.kill()


def test_a_run_ends_all_that_it_started(tmp_path: Path) -> None:
    arguments = command(tmp_path)
    done = subprocess.run(
        arguments, cwd=ROOT, env=variables(tmp_path), capture_output=True, text=True
    )
    assert "xentcheck" in done.stdout, done.stdout + done.stderr
    assert list(tmp_path.glob("process-*"))
    assert processes(tmp_path) == []


def seconds_of_work(pid: int) -> float:
    """Processor time, which a busy machine does not make longer."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_control_c_ends_everything_within_two_seconds(tmp_path: Path, workers: str) -> None:
    with running(tmp_path, workers) as process:
        before = seconds_of_work(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        output = process.stdout.read()  # until the last that writes there has ended
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        seconds = seconds_of_work(process.pid) - before
    assert process.returncode == 2, output
    assert "no report written" in output
    assert seconds < 2
    assert until(lambda: processes(tmp_path) == [])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_killed_leaves_no_observer(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path) as process:
        observers = [pid for pid in processes(tmp_path) if os.getpgid(pid) == pid]
        process.send_signal(number)
        process.wait(timeout=30)
    assert observers
    assert until(lambda: not set(observers) & set(processes(tmp_path)))


def test_a_run_that_can_not_start_leaves_no_observer(tmp_path: Path) -> None:
    arguments = command(tmp_path, "--devices=GPU:7")
    done = subprocess.run(
        arguments, cwd=ROOT, env=variables(tmp_path), capture_output=True, text=True
    )
    assert done.returncode == 4
    assert list(tmp_path.glob("process-*"))
    assert processes(tmp_path) == []


@pytest.mark.parametrize(
    ("workers", "processes_there", "codes"), [("-n0", 1, [6]), ("-n2", 3, [1, 6])]
)
def test_a_run_ends_in_one_line_where_nothing_starts_any_more(
    tmp_path: Path, workers: str, processes_there: int, codes: list[int]
) -> None:
    """Workers have differences of the stub, too, where they could ask before."""
    arguments = command(tmp_path, workers)
    lives = {"STUB_LIVES": str(processes_there)}
    acts = variables(tmp_path, '{"sigmoid_cross_entropy": "die"}') | lives
    done = subprocess.run(arguments, cwd=ROOT, env=acts, capture_output=True, text=True)
    text = done.stdout + done.stderr
    assert done.returncode in codes, text
    assert ": my last words (exit 3)" in text
    assert "Traceback" not in text
    assert processes(tmp_path) == []
