"""A sweep gives the same recordings whatever interrupts it, and a reason for what it can't measure."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from reports import environments
from reports.record import Asked, record
from reports.recording import Shelf

NAMES = ("tf-2.19.1", "tf-2.20.0")
QUESTIONS = {f"loss,form,{number}": {"call": str(number)} for number in range(150)}
ROOT = Path(__file__).parent.parent

# Answers of two releases that differ now and then, each after some milliseconds.
OBSERVER = """
import json, os, sys, time
release = os.path.basename(os.path.dirname(os.path.dirname(sys.executable)))
for line in sys.stdin:
    question = json.loads(line)
    if not question:
        answer = {"tensorflow": release}
    else:
        time.sleep(0.004)
        number = int(question["call"])
        text = release if number % 7 == 0 else "any release"
        answer = {"error": "ValueError: %d of %s" % (number, text)}
    print(json.dumps(answer), flush=True)
"""
SWEEP = """
import sys
from pathlib import Path
from meta_tests.test_sweep import asked, NAMES
from reports.record import record
folder = Path(sys.argv[1])
record(NAMES, asked(folder), folder / "recordings", folder / "built", 2, None)
"""


def asked(folder: Path) -> Asked:
    observer = folder / "observer.py"
    if not observer.exists():
        observer.write_text(OBSERVER)
    return Asked(QUESTIONS, json.dumps(QUESTIONS), "q", observer, lambda rows: {})


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


def test_what_is_asked_is_recorded(folder):
    assert sweep(folder) == dict.fromkeys(NAMES, "")
    shelf = Shelf(folder / "recordings")
    assert shelf.answers("tf-2.19.1")["loss,form,7"] == "error ValueError: 7 of tf-2.19.1"
    assert len(shelf.read("tf-2.20.0").rows) == len(range(0, 150, 7))
    about = json.loads((folder / "recordings" / "tf-2.20.0.json").read_text())
    assert about == {"tensorflow": "tf-2.20.0"}


def test_twenty_kills_change_no_byte(folder, tmp_path_factory):
    sweep(folder)
    due = contents(folder)
    built = folder / "built"
    for path in (folder / "recordings").rglob("*.*"):
        path.unlink()
    for path in (built / "answers").iterdir():
        path.unlink()
    moments, kills = random.Random(2017), 0
    started = [sys.executable, "-c", SWEEP, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    while kills < 20:
        process = subprocess.Popen(started, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.3, 1.6))
        if process.poll() is not None:  # it was done: begin anew, in the middle
            for path in (built / "answers").iterdir():
                path.write_bytes(path.read_bytes()[: moments.randrange(2000)])
        process.kill()
        process.wait()
        kills += 1
    subprocess.run(started, env=environment, cwd=ROOT, check=True)
    assert contents(folder) == due


def test_a_cluster_that_loses_a_worker_records_the_same(folder):
    sweep(folder)
    due = contents(folder)
    for path in (folder / "built" / "answers").iterdir():
        path.unlink()
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, Client(cluster) as client:
        client.run(lambda: sys.path.insert(0, str(ROOT)))
        victim = next(iter(client.run(os.getpid).values()))
        killer = subprocess.Popen(["sh", "-c", f"sleep 1; kill -9 {victim}"])
        assert sweep(folder, cluster.scheduler_address) == dict.fromkeys(NAMES, "")
        assert killer.wait() == 0
    assert contents(folder) == due


def test_what_does_not_start_is_not_measured(folder):
    python = folder / "built" / "tf-2.20.0" / "bin" / "python"
    python.unlink()
    python.symlink_to("/bin/false")
    results = sweep(folder)
    assert results == {"tf-2.19.1": "", "tf-2.20.0": "Crash: exit 1"}
    assert Shelf(folder / "recordings").names() == ["tf-2.19.1"]
    about = json.loads((folder / "recordings" / "tf-2.20.0.json").read_text())
    assert about == {"not measured": "Crash: exit 1"}


def test_two_sweeps_do_not_meet(folder):
    from reports.sweep import alone

    with alone(folder / "built"), pytest.raises(ValueError, match="another sweep works in"):
        sweep(folder)
