"""How often the suite cries wolf, and how tight its bounds are.

Judges the installed TensorFlow with random inputs of one seed after the other, and writes a line for
each: what is neither right nor a known difference. A seed that has a line is not run again, so that
a run which was stopped goes on:

    python benchmarks/false_alarms.py [--seeds 40] [--first 1] [--tier default] [--state FILE]
        [--together 8] [--processes 2] [options of pytest, such as --losses=binary_crossentropy]

Most of the time of a run is TensorFlow's, which traces and compiles each call once, whatever its
numbers are. Seeds that are judged `--together`, by one process, therefore share the traces.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.child import cpu_seconds  # noqa: E402
from reference import expectation  # noqa: E402
from suites.cases import contracts, inputs  # noqa: E402
from suites.cases.case import Case  # noqa: E402
from suites.judge import judge  # noqa: E402
from suites.observe import arrays  # noqa: E402
from suites.plugin import options  # noqa: E402
from suites.plugin.block import Block  # noqa: E402
from suites.plugin.failure import FAILING  # noqa: E402
from suites.plugin.outcome import Outcome  # noqa: E402
from suites.plugin.run import Run, start  # noqa: E402
from suites.plugin.spool import Spool  # noqa: E402

SHOWN = 5  # alarms of a seed that are printed
REMEMBERED = (
    arrays._arrays,
    inputs.predictions,
    inputs.labels,
    contracts.arrays,
)


@dataclass(frozen=True)
class Seed:
    """What one seed has shown. `cpu_seconds` is its part of those of all that were judged together;
    `alarms` says what should not be, as texts; `share` is the greatest share of a radius that a right
    answer used, by loss and dtype.
    """

    seed: int
    tier: str
    options: list[str]
    comparisons: int
    cpu_seconds: float
    alarms: list[str] = field(default_factory=list)
    share: dict[str, float] = field(default_factory=dict)

    @property
    def line(self) -> str:
        alarms = "1 alarm" if len(self.alarms) == 1 else f"{len(self.alarms)} alarms"
        return (
            f"seed {self.seed} ({self.tier}): {self.comparisons:,} comparisons, {alarms}, "
            f"{self.cpu_seconds:.0f} s of CPU"
        )


class Tally:
    """What is kept of the comparisons of one seed."""

    def __init__(self) -> None:
        self.comparisons = 0
        self.alarms: list[str] = []
        self.share: dict[str, float] = defaultdict(float)
        self.seen: list[Block] = []

    def add(self, block: Block) -> None:
        case = Case.of_names(block["case"])
        name = f"{case.loss} {case.dtype}"
        self.comparisons += len(block["verdict"])
        for place, verdict in enumerate(block["verdict"]):
            if verdict in FAILING:
                self.alarms.append(_alarm(case, block, place))
            elif verdict == "agree":
                self.share[name] = max(self.share[name], block["radius_share"][place])
        self.seen.append(_brief(block))


def _alarm(case: Case, block: Block, place: int) -> str:
    text = f"{block['verdict'][place]} {','.join(case.names)} {block['quantity'][place]} "
    text += f"{block['index'][place]}: observed {block['observed'][place]}, "
    about = block["cause"][place] or block["known"][place]
    return f"{text}exact {block['exact'][place]}; {about}"


def _brief(block: Block) -> Block:
    """What the end of a run asks of a block: each pair of verdict and entry once."""
    pairs = sorted({*zip(block["verdict"], block["known"], strict=True)})
    verdicts, known = map(list, zip(*pairs, strict=True)) if pairs else ([], [])
    return block | {"quantity": block["quantity"][:1], "verdict": verdicts, "known": known}


def judged(seeds: Sequence[int], tier: str, others: Sequence[str]) -> list[Seed]:
    """Judge what is installed with the inputs of each of these seeds."""
    before = cpu_seconds()
    typed = dict(option.removeprefix("--").split("=", 1) for option in others)
    chosen = options.choices(typed | {"tier": tier}, os.environ)
    run = start(chosen, lambda case, answer: "")
    with run.client:
        tallies = _tallies(run, seeds)
    each = (cpu_seconds() - before) / len(seeds)
    found = []
    for seed, tally in tallies.items():
        outcome = Outcome(run, Spool(tally.seen), set(run.groups))
        tally.alarms += [f"gone {entry.id}" for entry in outcome.vanished]
        tally.alarms += [f"missing {case.id}" for case in outcome.missing]
        about = seed, tier, list(others), tally.comparisons, round(each, 1)
        found.append(Seed(*about, tally.alarms, dict(tally.share)))
    return found


def _tallies(run: Run, seeds: Sequence[int]) -> Mapping[int, Tally]:
    """The tallies of the seeds; of each group all are asked while the group before it is judged."""
    runs = {seed: replace(run, seed=seed) for seed in seeds}
    tallies = {seed: Tally() for seed in seeds}

    def loss(group: str) -> str:
        return run.groups[group][0].loss

    for _, groups in groupby(sorted(run.groups, key=loss), loss):
        for group, after in _pairs([*groups]):
            for one in runs.values():
                one.send(group)
            for seed, one in runs.items():
                if after:
                    one.send(after)
                for block in one.check(group).blocks:
                    tallies[seed].add(block)
        expectation.forget()
        judge.forget()
        for remembered in REMEMBERED:
            remembered.cache_clear()
    return tallies


def _pairs(groups: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each group with the one after it, "" after the last."""
    return zip(groups, [*groups[1:], ""], strict=True)


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
    red = [one.seed for one in seeds if one.alarms]
    print(f"{len(seeds)} seeds, {sum(one.comparisons for one in seeds):,} comparisons,")
    print(f"{sum(len(one.alarms) for one in seeds)} alarms; seeds that are red: {red or 'none'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=40, help="how many (default 40)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (default 1)")
    parser.add_argument("--tier", default="default", help="the tier (default: default)")
    parser.add_argument("--together", type=int, default=8, help="seeds that share traces (8)")
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count(), help="how many (default: all cores)"
    )
    parser.add_argument(
        "--state", type=Path, default=Path("false_alarms.jsonl"), help="a line for each seed"
    )
    chosen, others = parser.parse_known_args()
    done = load(chosen.state, chosen.tier, others)
    wanted = range(chosen.first, chosen.first + chosen.seeds)
    left = [seed for seed in wanted if seed not in done]
    parts = [left[at : at + chosen.together] for at in range(0, len(left), chosen.together)]
    with ProcessPoolExecutor(chosen.processes) as pool:
        tasks = [pool.submit(judged, part, chosen.tier, others) for part in parts]
        for task in as_completed(tasks):
            for one in task.result():
                done[one.seed] = one
                with chosen.state.open("a") as file:
                    file.write(json.dumps(asdict(one)) + "\n")
                print("\n  ".join([one.line, *one.alarms[:SHOWN]]), flush=True)
    show([done[seed] for seed in wanted])


if __name__ == "__main__":
    main()
