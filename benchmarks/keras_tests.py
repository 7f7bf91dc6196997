"""How much the suite compares in a second, beside the tests that Keras ships.

    python -m benchmarks.keras_tests [--tier quick]

Keras' own tests of its cross-entropies, losses and metrics, are in its wheel. Both run with one
process, one after the other, each with its import of TensorFlow; a comparison is a number that is
held against another, a case a test of Keras, or a call of ours with one batch of inputs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.child import finished, number

FILES = ("losses/losses_test.py", "metrics/probabilistic_metrics_test.py")
KEYWORD = "Crossentropy or crossentropy or CrossEntropy"
COUNTER = """
import json, os
import numpy as np
import pytest
from keras.src import testing

counted = 0
usual = testing.TestCase.assertAllClose

def assertAllClose(self, first, *rest, **named):
    global counted
    counted += np.size(np.asarray(first))
    return usual(self, first, *rest, **named)

testing.TestCase.assertAllClose = assertAllClose

def pytest_sessionfinish(session):
    done = {"comparisons": counted, "cases": session.testscollected - getattr(session, "testsfailed", 0)}
    with open(os.environ["COUNTED"], "w") as file:
        json.dump(done, file)
"""


@dataclass(frozen=True)
class Rate:
    """What was compared in how many seconds."""

    cases: int
    comparisons: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.cases:,} cases and {self.comparisons:,} comparisons in {self.seconds:.1f} s: "
            f"{self.cases / self.seconds:.1f} and {self.comparisons / self.seconds:,.0f} a second"
        )


def of_keras() -> Rate:
    """Keras' own tests of its cross-entropies."""
    keras = find_spec("keras")
    assert keras
    assert keras.origin
    files = [str(Path(keras.origin).parent / "src" / name) for name in FILES]
    with tempfile.TemporaryDirectory() as folder:
        plugin, counted = Path(folder) / "counter_of_keras.py", Path(folder) / "counted.json"
        plugin.write_text(COUNTER, encoding="utf-8")
        variables = {**os.environ, "PYTHONPATH": folder, "COUNTED": str(counted)}
        options = ["-q", "-p", "counter_of_keras", "-p", "no:cacheprovider", "-p", "no:randomly"]
        command = [sys.executable, "-m", "pytest", *options, "-k", KEYWORD, *files]
        started = time.perf_counter()
        subprocess.run(command, cwd=folder, env=variables, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - started
        found = json.loads(counted.read_text(encoding="utf-8"))
    return Rate(found["cases"], found["comparisons"], seconds)


def of_ours(tier: str) -> Rate:
    """The suite, in one process."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", "--tier", tier, f"--report-folder={folder}"]
        started = time.perf_counter()
        output = finished(command)
        seconds = time.perf_counter() - started
    return Rate(
        number(r"^cases: ([\d,]+)", output),
        number(r"^([\d,]+) comparisons: ", output),
        seconds,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tier", default="quick", help="tier of the suite (quick)")
    tier = parser.parse_args().tier
    keras, ours = of_keras(), of_ours(tier)
    print(f"Keras' own tests: {keras}")
    print(f"xentcheck, {tier}: {ours}")
    cases = ours.cases / ours.seconds / (keras.cases / keras.seconds)
    numbers = ours.comparisons / ours.seconds / (keras.comparisons / keras.seconds)
    print(f"{cases:.1f} times the cases and {numbers:.0f} times the comparisons a second")


if __name__ == "__main__":
    main()
