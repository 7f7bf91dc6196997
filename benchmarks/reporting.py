"""What a report of very many comparisons costs: seconds, memory and bytes.

Invents comparisons of the cases of the default tier, writes their report in a process of its own, and
prints what that took; then how long pandas needs to read it:

    python benchmarks/reporting.py [--rows 1000000]
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, product
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import reports  # noqa: E402
from reports.run.write import write_report  # noqa: E402
from suites.cases.selection import select  # noqa: E402
from suites.plugin.block import Block  # noqa: E402
from suites.plugin.spool import Spool  # noqa: E402

IN_A_BLOCK = 12
CAUSES = ("computed in float32", "another formula: without the clip", "unexplained")
ENVIRONMENT = dict.fromkeys(("TensorFlow", "Keras", "Python", "tier"), "none")


def blocks(rows: int, seed: int = 2017) -> Iterator[Block]:
    """Invented comparisons: as many agree, and as many differ, as in a run of the default tier."""
    random, made = Random(seed), 0
    for case, quantity in cycle(product(select(["CPU:0"]), ("value", "gradient"))):
        if made >= rows:
            return
        made += IN_A_BLOCK
        yield _block(case.names, quantity, random)


def _block(case: tuple[str, ...], quantity: str, random: Random) -> Block:
    size = range(IN_A_BLOCK)
    verdict = "agree" if random.random() < 0.87 else "known"
    exact = [random.expovariate(1.0) for _ in size]
    errors, nan = [random.gauss(0.0, 1.0) for _ in size], [float("nan")] * IN_A_BLOCK
    same = {"quantity": quantity, "observed_dtype": "float32", "other": "", "verdict": verdict}
    same |= {"cause": "" if verdict == "agree" else random.choice(CAUSES), "known": verdict[:5]}
    return {
        "case": case,
        **{name: [text] * IN_A_BLOCK for name, text in same.items()},
        "index": [f"{place // 3} {place % 3}" for place in size],
        "low": [one * (1 - 1e-7) for one in exact],
        "high": [one * (1 + 1e-7) for one in exact],
        "exact": [f"{one:.19e}" for one in exact],
        "observed": [f"{one:.9g}" for one in exact],
        "bits": [f"{random.getrandbits(32):08x}" for _ in size],
        "ulp_error": errors,
        "radius_share": [min(abs(one) / 4, 1.0) for one in errors],
        "distance": nan,
        "bound": nan,
        "blame": None,
    }  # fmt: skip


def report(rows: int, folder: Path) -> None:
    """As a run does it: every block goes to the file of the run first."""
    spool = Spool(blocks(rows))
    kept, started, busy = _memory(), time.perf_counter(), time.process_time()
    written = write_report(folder, iter(spool), ENVIRONMENT, [], [], {}, 1.0)
    seconds = time.perf_counter() - started
    busy = time.process_time() - busy
    print(f"{written.summary['comparisons']:,} comparisons: report in {seconds:.1f} s,")
    print(f"of which {busy:.1f} s on the processors;")
    print(f"greatest memory {kept:,.0f} MB before it, {_memory():,.0f} MB with it")
    for name in ("comparisons.parquet", "index.html", "summary.md"):
        print(f"{name}: {(folder / name).stat().st_size / 1e6:.2f} MB")


def _memory() -> float:
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.folder:
        report(chosen.rows, chosen.folder)
        return
    with tempfile.TemporaryDirectory() as folder:
        again = [sys.executable, __file__, "--rows", str(chosen.rows), "--folder", folder]
        subprocess.run(again, check=True)
        started = time.perf_counter()
        reports.load(folder)
        print(f"reports.load: {time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    main()
