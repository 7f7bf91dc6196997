"""How often the suite cries wolf, and how tight its bounds are.

Runs the suite with one seed after the other, each with random inputs of its own, and writes a line
for each: what is neither right nor a known difference. A seed that has a line is not run again, so
a run that was stopped goes on:

    python benchmarks/false_alarms.py [--seeds 40] [--first 1] [--tier default] [--state FILE]
        [options of pytest, such as --losses binary_crossentropy]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from reports.run.frame import CASE, read_csv  # noqa: E402

ALARMS = ("new", "gone", "missing")
SHOWN = 5  # alarms of a seed that are printed


@dataclass(frozen=True)
class Seed:
    """One run. `cpu_seconds` are those of all its processes; `alarms` what should not be, as texts;
    `share` the greatest share of a radius that a right answer used, by loss and dtype.
    """

    seed: int
    tier: str
    options: list[str]
    exit_code: int
    comparisons: int
    cpu_seconds: float
    alarms: list[str] = field(default_factory=list)
    share: dict[str, float] = field(default_factory=dict)

    @property
    def line(self) -> str:
        alarms = "1 alarm" if len(self.alarms) == 1 else f"{len(self.alarms)} alarms"
        return (
            f"seed {self.seed} ({self.tier}): exit {self.exit_code}, {self.comparisons:,} "
            f"comparisons, {alarms}, {self.cpu_seconds:.0f} s of CPU"
        )


def run(seed: int, tier: str, options: Sequence[str]) -> Seed:
    """Run the suite as a user does, and read its report."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report"
        command = [sys.executable, "-m", "pytest", f"--seed={seed}", f"--tier={tier}"]
        command += [f"--report-folder={report}", "-q", "--no-header", *options]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        file = report / "comparisons.csv"
        if not file.is_file():
            raise SystemExit(f"seed {seed}: exit {done.returncode}, no report\n{done.stdout}")
        frame = read_csv(file)
    about = seed, tier, list(options), done.returncode, len(frame), round(cpu, 1)
    return Seed(*about, list(_alarms(frame)), _shares(frame))


def _alarms(frame: pd.DataFrame) -> Iterator[str]:
    for row in frame[frame["verdict"].isin(ALARMS)].to_dict("records"):
        case = ",".join(str(row[name]) for name in CASE)
        place = (
            f"{row['quantity']} {row['index']}: observed {row['observed']}, exact {row['exact']}"
        )
        yield f"{row['verdict']} {case} {place}; {row['cause'] or row['known']}"


def _shares(frame: pd.DataFrame) -> dict[str, float]:
    right = frame[(frame["verdict"] == "agree") & frame["radius_share"].notna()]
    greatest = right.groupby(["loss", "dtype"], observed=True)["radius_share"].max()
    return {" ".join(names): float(share) for names, share in greatest.items()}


def load(state: Path, tier: str, options: Sequence[str]) -> dict[int, Seed]:
    """The seeds that have a line for this tier and these options."""
    lines = state.read_text().splitlines() if state.is_file() else []
    found = (Seed(**json.loads(line)) for line in lines)
    same = (one for one in found if one.tier == tier and one.options == list(options))
    return {one.seed: one for one in same}


def show(seeds: Sequence[Seed]) -> None:
    for share in sorted({name for one in seeds for name in one.share}):
        greatest = max(one.share.get(share, 0.0) for one in seeds)
        print(f"{share:60}{greatest:9.3f} of the radius")
    red = [one.seed for one in seeds if one.exit_code]
    print(f"{len(seeds)} seeds, {sum(one.comparisons for one in seeds):,} comparisons,")
    print(f"{sum(len(one.alarms) for one in seeds)} alarms; seeds that are red: {red or 'none'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=40, help="how many (default 40)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (default 1)")
    parser.add_argument("--tier", default="default", help="the tier (default: default)")
    parser.add_argument(
        "--state", type=Path, default=Path("false_alarms.jsonl"), help="a line for each seed"
    )
    options, others = parser.parse_known_args()
    done = load(options.state, options.tier, others)
    wanted = range(options.first, options.first + options.seeds)
    for seed in wanted:
        if seed not in done:
            one = done[seed] = run(seed, options.tier, others)
            with options.state.open("a") as file:
                file.write(json.dumps(asdict(one)) + "\n")
            print("\n  ".join([one.line, *one.alarms[:SHOWN]]), flush=True)
    show([done[seed] for seed in wanted])


if __name__ == "__main__":
    main()
