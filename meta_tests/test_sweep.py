"""A sweep gives the same recordings whatever interrupts it, and a reason for what it can't measure."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from reports import __main__ as command
from reports.commands import verify
from reports.releases import environments
from reports.releases.record import Asked, record
from reports.releases.sweep import _result
from reports.store import journal, provenance
from reports.store.recordings import Recordings
from suites.observe.client import ObserverMistake

NAMES = ("tf-2.19.1", "tf-2.20.0")
SIZE = 150
CASE = "loss,form,plain,logits,float32,eager,CPU:0,hard,{}"
REQUESTS = {CASE.format(number): {"call": str(number)} for number in range(SIZE)}
ROOT = Path(__file__).parent.parent

# Answers of two releases that differ now and then, each after some time. What is in the file `orders`
# beside it is done once, before the request of that number.
OBSERVER = """
import json, os, sys, time
release = os.path.basename(os.path.dirname(os.path.dirname(sys.executable)))
here = os.path.dirname(os.path.abspath(__file__))
open(os.path.join(here, "pids"), "a").write("%d\\n" % os.getpid())
for line in sys.stdin:
    request = json.loads(line)
    if not request:
        answer = {"tensorflow": release}
    elif "about" in request:
        answer = {"floatx": "float32"}
    else:
        time.sleep(PAUSE)
        number = int(request["call"])
        order = os.path.join(here, release + request["call"])
        if os.path.exists(order):
            told = open(order).read()
            os.remove(order)
            exec(told)
        text = release if number % 7 == 0 else "any release"
        answer = {"error": "ValueError: %d of %s" % (number, text)}
    print(json.dumps(answer), flush=True)
"""
SWEEP = """
import sys
from pathlib import Path
from meta_tests.test_sweep import asked, NAMES
from reports.releases.record import record
folder, workers = Path(sys.argv[1]), int(sys.argv[2])
try:
    record(NAMES, asked(folder), folder / "recordings", folder / "built", workers, None)
except KeyboardInterrupt:
    sys.exit(2)
"""


def asked(folder: Path, pause: float = 0.004) -> Asked:
    observer = folder / "observer.py"
    if not observer.exists():
        observer.write_text(OBSERVER.replace("PAUSE", str(pause)))
    return Asked(REQUESTS, json.dumps(REQUESTS), "q", observer, lambda rows: {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With environments that seem to be built: this Python under the names of releases."""
    for name in NAMES:
        lock = environments.find(name).lock.read_bytes()
        (tmp_path / "built" / name / "bin").mkdir(parents=True)
        (tmp_path / "built" / name / "bin" / "python").symlink_to(sys.executable)
        (tmp_path / "built" / name / "lock.sha256").write_text(hashlib.sha256(lock).hexdigest())
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    paths = sorted((folder / "recordings").rglob("*"))
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def sweep(folder: Path, scheduler: str | None = None) -> dict[str, str]:
    places = folder / "recordings", folder / "built"
    results = record(NAMES, asked(folder), *places, 2, scheduler)
    return {result.environment: result.reason for result in results}


@contextmanager
def running(folder: Path, workers: int = 2) -> Iterator[subprocess.Popen[bytes]]:
    """A sweep in a process of its own."""
    program = [sys.executable, "-c", SWEEP, str(folder), str(workers)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(program, env=env, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def lines(folder: Path) -> int:
    """How many answers the journals hold."""
    return sum(map(journal.count, (folder / "built" / "answers").glob("*.jsonl")))


def wait_for(folder: Path, number: int, process: subprocess.Popen[bytes]) -> None:
    while lines(folder) < number:
        assert process.poll() is None, "the sweep ended before its answers were there"
        time.sleep(0.002)


def test_what_is_asked_is_recorded(folder):
    assert sweep(folder) == dict.fromkeys(NAMES, "")
    recordings = Recordings(folder / "recordings")
    assert recordings.answers("tf-2.19.1")[CASE.format(7)] == "error ValueError: 7 of tf-2.19.1"
    assert len(recordings.read("tf-2.20.0").rows) == len(range(0, SIZE, 7))
    found = provenance.read(folder / "recordings" / "tf-2.20.0.json")
    assert found.versions == {"tensorflow": "tf-2.20.0"}
    assert found.settings == {"floatx": "float32"}
    assert found.suite == provenance.this_suite()


def test_twenty_kills_change_no_byte(folder):
    sweep(folder)
    expected = contents(folder)
    for path in [*(folder / "recordings").rglob("*.*"), *(folder / "built" / "answers").iterdir()]:
        path.unlink()
    drawn, whole, hits = random.Random(2017), len(NAMES) * SIZE, 0
    for kill in range(20):
        last = whole * (kill + 1) // 21
        target = drawn.randint(min(lines(folder) + 1, last), last)
        with running(folder) as process:
            wait_for(folder, target, process)
            process.kill()
            process.wait()
        hits += 0 < lines(folder) < whole
    assert hits >= 15
    assert sweep(folder) == dict.fromkeys(NAMES, "")
    assert contents(folder) == expected


def test_an_interruption_ends_all_within_two_seconds(folder):
    asked(folder, pause=0.2)
    with running(folder, workers=1) as process:
        wait_for(folder, 2, process)
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 2
        assert time.monotonic() - begun < 2
    assert len(list((folder / "built" / "answers").iterdir())) == 1
    for pid in map(int, (folder / "pids").read_text().split()):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert not (folder / "recordings" / "tf-2.19.1.txt").exists()


@pytest.mark.parametrize("order", ["os.kill(os.getpid(), 15)", "os.kill(os.getpid(), 9)"])
def test_one_lost_process_is_no_answer(folder, order):
    sweep(folder)
    expected = contents(folder)
    for path in (folder / "built" / "answers").iterdir():
        path.unlink()
    (folder / "tf-2.20.075").write_text(order)
    assert sweep(folder) == dict.fromkeys(NAMES, "")
    assert contents(folder) == expected


def test_a_cluster_that_loses_a_worker_records_the_same(folder):
    sweep(folder)
    expected = contents(folder)
    for path in (folder / "built" / "answers").iterdir():
        path.unlink()
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, Client(cluster) as client:
        client.run(lambda: sys.path.insert(0, str(ROOT)))
        victim = next(iter(client.run(os.getpid).values()))
        (folder / "tf-2.20.075").write_text(f"os.kill({victim}, 9)")
        assert sweep(folder, cluster.scheduler_address) == dict.fromkeys(NAMES, "")
        assert not (folder / "tf-2.20.075").exists()
    assert contents(folder) == expected


def test_what_does_not_start_is_not_measured(folder):
    python = folder / "built" / "tf-2.20.0" / "bin" / "python"
    python.unlink()
    python.symlink_to("/bin/false")
    results = sweep(folder)
    assert results["tf-2.19.1"] == ""
    assert "exit 1" in results["tf-2.20.0"]
    assert Recordings(folder / "recordings").names() == ["tf-2.19.1"]
    side = folder / "recordings" / "tf-2.20.0.json"
    assert json.loads(side.read_text()) == {"not measured": results["tf-2.20.0"]}
    assert provenance.read(side) is None


def test_a_failure_leaves_a_recording_as_it_is(folder):
    sweep(folder)
    expected = contents(folder)
    python = folder / "built" / "tf-2.20.0" / "bin" / "python"
    python.unlink()
    python.symlink_to("/bin/false")
    assert sweep(folder)["tf-2.20.0"]
    assert contents(folder) == expected


def test_a_form_without_a_number_is_not_recorded(folder):
    forms = {name: ("loss", "form") for name in REQUESTS}
    one = Asked(
        REQUESTS,
        json.dumps(REQUESTS),
        "q",
        asked(folder).observer,
        lambda rows: {},
        forms,
    )
    results = record(NAMES[:1], one, folder / "recordings", folder / "built", 1, None)
    assert "every case of loss, form raises an error, such as 'ValueError: " in results[0].reason
    assert not Recordings(folder / "recordings").names()


@pytest.mark.parametrize("name", ["built", "recordings"])
def test_two_sweeps_do_not_meet(folder, name):
    from reports.releases.sweep import alone

    with alone(folder / name), pytest.raises(ValueError, match="another sweep works in"):
        sweep(folder)


def test_verify_asks_again_whatever_was_answered_before(folder, monkeypatch, capsys):
    sweep(folder)
    monkeypatch.setattr(verify, "everything", lambda: asked(folder))
    places = ("--recordings", str(folder / "recordings"), "--built", str(folder / "built"))
    assert command.main(["verify", NAMES[0], *places]) == 0
    observer = folder / "observer.py"
    observer.write_text(observer.read_text().replace('"ValueError: ', '"TypeError: '))
    assert command.main(["verify", NAMES[0], *places]) == 1
    assert "TypeError" in capsys.readouterr().out


def test_a_mistake_of_the_observer_ends_the_sweep(folder):
    future = Future()
    future.set_exception(ObserverMistake("Traceback ..."))
    with pytest.raises(ObserverMistake):
        _result(future, None)
