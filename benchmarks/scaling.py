"""What ten times the cases cost: processor time and memory, beside a tenth of the same run.

Runs every tenth test of the default tier and then all of them, each in a process of its own with the
import of TensorFlow, and prints the ratios:

    python -m benchmarks.scaling [--times 10]
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.child import cpu_seconds, finished, number

PLUGIN = """
import os

def pytest_collection_modifyitems(config, items):
    every = int(os.environ["EVERY"])
    config.hook.pytest_deselected(items=[x for at, x in enumerate(items) if at % every])
    items[:] = items[::every]
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
        Path(folder, "every_so_often.py").write_text(PLUGIN, encoding="utf-8")
        variables = {"PYTHONPATH": folder, "EVERY": str(every)}
        options = ["-q", "-p", "every_so_often", "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", *options, f"--report-folder={folder}/report"]
        before = cpu_seconds()
        output = finished(command, **variables)
        kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        tests = number(r"^([\d,]+) passed", output)
        return Cost(tests, cpu_seconds() - before, kilobytes / MEGABYTE)


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
