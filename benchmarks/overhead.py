"""What the suite costs beside the TensorFlow calls that it makes.

Runs plain `pytest` and a bare loop that makes the same calls in the same order, each in a process of
its own with the import of TensorFlow, in turn, and prints the ratio of their wall times:

    python benchmarks/overhead.py [--runs 3]
"""

from __future__ import annotations

import argparse
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

BARE = """
import pickle, sys
import tensorflow as tf, keras
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
calls, functions = pickle.load(open(sys.argv[1], "rb")), {}

def function(call, execution):
    loss = eval("lambda target, output: " + call)
    def with_gradient(target, output):
        with tf.GradientTape() as tape:
            tape.watch(output)
            value = loss(target, output)
        return value, tape.gradient(value, output)
    if execution == "eager":
        return with_gradient
    options = {"jit_compile": True} if execution == "xla" else {}
    return tf.function(with_gradient, autograph=False, **options)

for call, execution, device, target, output in calls:
    key = call, execution, device
    if key not in functions:
        functions[key] = function(call, execution)
    with tf.device(device):
        try:
            value, gradient = functions[key](tf.constant(target), tf.constant(output))
            value.numpy(), gradient.numpy()
        except (tf.errors.InvalidArgumentError, TypeError):
            pass
"""


def calls() -> list[tuple]:
    """Every call of the default run on two CPU devices, in its order."""
    sys.path.insert(0, str(ROOT))
    from suites import judge, options
    from suites.selection import select

    seed = int(next(option.default for option in options.OPTIONS if option.name == "seed"))
    chosen = select(["CPU:0", "CPU:1"])
    inputs = [judge.arrays(case, seed) for case in chosen]
    return [
        (case.call, case.execution, case.device, given.target, given.output)
        for case, given in zip(chosen, inputs, strict=True)
    ]


def timed(command: list[str]) -> float:
    """Seconds of wall time of one process; stops with its output if it fails."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command[:4])} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
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
        bare = [sys.executable, "-c", BARE, str(recorded)]
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
