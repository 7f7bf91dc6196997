"""How many numbers of float32 `python -m reports accuracy` asks and counts in a second, beside ulpwise in the same run.

ulpwise (PyPI) is installed into an environment of its own, which is thrown away. It does two things
that are parts of this: it measures the errors of functions of NumPy against mpmath (`survey`), and it
finds the numbers whose softplus is near a half of an ULP, of which it asks no library (`knife_edges`).
All use one process:

    python benchmarks/accuracy_rate.py [--numbers 22]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reports.accuracy.block import ASKED, Block

FUNCTIONS = ("bce-of-1", "bce-logits-of-1", "cce-logits-of-two", "scce-logits-of-two", "cce-of-two")
START = 0x3F000000  # 0.5
POINTS = 20_000
KNIFE = """
import sys, time, ulpwise
ulpwise.knife_edges("softplus", 0.5, 0.51, tol_ulp=1e-4, dtype="f32", limit=10)
start = time.perf_counter()
ulpwise.knife_edges("softplus", 0.5, 2.0, tol_ulp=1e-7, dtype="f32", limit=10**6)
print(time.perf_counter() - start)
"""
BETWEEN = 2**24  # numbers of float32 from 0.5 to 2


def ours(function: str, execution: str, numbers: int) -> tuple[float, float]:
    """Numbers in a second of wall time, and of processor time, after TensorFlow has traced the call."""
    Block(function, "float32", execution, START, ASKED).counted()  # type: ignore[arg-type]
    begun, used = time.perf_counter(), time.process_time()
    Block(function, "float32", execution, START, numbers).counted()  # type: ignore[arg-type]
    return numbers / (time.perf_counter() - begun), numbers / (time.process_time() - used)


def ulpwise(folder: Path) -> tuple[float, float]:
    """Numbers in a second of `survey`, and of `knife_edges`."""
    python = folder / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    install = [str(python), "-m", "pip", "install", "-q", "ulpwise[survey]"]
    subprocess.run(install, check=True)
    survey = [str(python), "-m", "ulpwise", "survey", "--backends", "numpy", "--dtypes", "f32"]
    survey += ["--functions", "log1p", "--points", str(POINTS), "--out", str(folder / "out")]
    begun = time.perf_counter()
    subprocess.run(survey, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    surveyed = POINTS / (time.perf_counter() - begun)
    done = subprocess.run([str(python), "-c", KNIFE], check=True, capture_output=True, text=True)
    return surveyed, BETWEEN / float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--numbers", type=int, default=22, help="power of 2 of them (default 22)")
    numbers = 2 ** parser.parse_args().numbers
    for function in FUNCTIONS:
        for execution in ("eager", "xla"):
            rate, of_processor = ours(function, execution, numbers)
            minutes = 2**32 / of_processor / 60 / 2
            text = f"{rate / 1e6:.2f} million a second, {of_processor / 1e6:.2f} of processor time"
            print(f"{function}, {execution}: {text}: 2^32 in {minutes:.1f} min of two", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        surveyed, knife = ulpwise(Path(folder))
    print(f"ulpwise survey, log1p of NumPy: {surveyed / 1e6:.4f} million a second")
    print(f"ulpwise knife_edges, softplus, no library asked: {knife / 1e6:.2f} million a second")


if __name__ == "__main__":
    main()
