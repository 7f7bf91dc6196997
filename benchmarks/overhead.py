"""What the suite costs beside the TensorFlow calls that it makes.

Runs plain `pytest` and a bare loop that makes the same calls in the same order, each in a process of
its own with the import of TensorFlow, in turn, and prints the ratio of their wall times:

    python benchmarks/overhead.py [--runs 3]
"""

from __future__ import annotations

import argparse
import pickle
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.child import finished  # noqa: E402

BARE = """
import pickle, sys, warnings
sys.path.insert(0, sys.argv[2])
import numpy as np
from suites.observe.observer import Observer
calls, observer = pickle.load(open(sys.argv[1], "rb")), Observer()
tf = observer.tf
warnings.simplefilter("ignore")
for call, arrays, execution, device, by in calls:
    try:
        function = observer._function(call, tuple(arrays), execution, device, by)
        with tf.device("/device:" + device):
            value, gradient = function(*map(tf.constant, arrays.values()))
        np.asarray(value), np.asarray(gradient)
    except Exception:
        pass
"""


def calls() -> list[tuple]:
    """Every call of the default run on two CPU devices, in its order."""
    from suites.cases.forms import FORMS
    from suites.cases.relations import RELATIONS
    from suites.cases.selection import select
    from suites.observe import arrays
    from suites.observe.observer import decode
    from suites.plugin import options

    seed = int(options.BY_NAME["seed"].default)
    made = []
    for case in select(["CPU:0", "CPU:1"]):
        sides = [(case, arrays.arrays(case, seed))]
        for relation in RELATIONS:
            if relation.holds_for(case):
                other = relation.case(case)
                sides.append((other, relation.change(arrays.arrays(other, seed))))
        for side, numbers in sides:
            form = FORMS[side.loss, side.form]
            execution = side.execution if form.traced else "eager"
            packed = arrays.pack_batch(side, numbers)
            numbers_of = {name: decode(packed[name]) for name in sorted(packed)}
            for name, array in numbers_of.items():
                if packed[name]["dtype"] == "bfloat16":  # which NumPy takes for whole numbers
                    numbers_of[name] = array.view(numbers.output.dtype)
            by = "" if form.gives_gradient else form.by
            made.append((side.call, numbers_of, execution, side.device, by))
    return made


def timed(command: list[str]) -> float:
    """Seconds of wall time of one process; stops with its output if it fails."""
    started = time.perf_counter()
    finished(command)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="pairs of runs (default 3)")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        recorded = Path(folder, "calls.pickle")
        recorded.write_bytes(pickle.dumps(calls()))
        report = f"--report-folder={folder}/report"
        whole = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", report]
        bare = [sys.executable, "-c", BARE, str(recorded), str(ROOT)]
        ratios = []
        for number in range(runs):
            seconds = timed(whole), timed(bare)
            ratios.append(seconds[0] / seconds[1])
            print(
                f"run {number + 1}: suite {seconds[0]:.1f} s, bare {seconds[1]:.1f} s, ratio {ratios[-1]:.3f}",
                flush=True,
            )
    print(f"median ratio {statistics.median(ratios):.3f}")


if __name__ == "__main__":
    main()
