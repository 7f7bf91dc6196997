"""What ten times the cases cost: processor time and memory, beside a tenth of the same run.

Runs every tenth test of the default tier and then all of them, each in a process of its own with the
import of TensorFlow, and prints the ratios:

    python benchmarks/scaling.py [--times 10]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLUGIN = """
import os

def pytest_collection_modifyitems(config, items):
    every = int(os.environ["EVERY"])
    config.hook.pytest_deselected(items=[x for at, x in enumerate(items) if at % every])
    items[:] = items[::every]

def pytest_sessionfinish(session):
    with open(os.environ["COUNTED"], "w") as file:
        file.write(str(session.testscollected))
"""
MEGABYTE = 1024  # of the kilobytes that Linux counts in


@dataclass(frozen=True)
class Cost:
    """What so many tests took; `megabytes` are those of the largest process of this and earlier runs."""

    tests: int
    seconds: float
    megabytes: float

    def __str__(self) -> str:
        return f"{self.tests:,} tests: {self.seconds:.0f} s of CPU, {self.megabytes:,.0f} MB"


def run(every: int) -> Cost:
    """The cost of one test in `every`; stops with the output of a run that fails."""
    with tempfile.TemporaryDirectory() as folder:
        plugin, counted = Path(folder, "every_so_often.py"), Path(folder, "counted")
        plugin.write_text(PLUGIN, encoding="utf-8")
        variables = {"PYTHONPATH": folder, "EVERY": str(every), "COUNTED": str(counted)}
        options = ["-q", "-p", "every_so_often", "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", *options, f"--report-folder={folder}/report"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(done.stdout[-2000:] + done.stderr[-2000:])
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Cost(int(counted.read_text()), seconds, after.ru_maxrss / MEGABYTE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=10, help="how many times the tests (10)")
    times = parser.parse_args().times
    few, all_ = run(times), run(1)
    print(few, all_, sep="\n")
    more, slower, larger = (
        getattr(all_, name) / getattr(few, name) for name in ("tests", "seconds", "megabytes")
    )
    print(
        f"{more:.1f} times the tests: {slower:.2f} times the CPU, {larger:.2f} times the largest process"
    )


if __name__ == "__main__":
    main()
