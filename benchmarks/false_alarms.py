"""How often the suite cries wolf, and how tight its bounds are.

Asks the installed TensorFlow every case with random inputs again and again, each time with another
seed, and counts what is neither within its enclosure nor a known difference:

    python benchmarks/false_alarms.py [--seeds 200] [--first 1]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reference import expectation
from suites import environment, given, inputs, judge, ledger, questions
from suites.asking import Answer
from suites.cases import Case
from suites.selection import select

CACHES = (
    *(expectation.in_native, expectation.in_enclosure, expectation.expect),
    *(inputs.predictions, inputs.labels, given._arrays, judge._expected),
)


def forget() -> None:
    """Drop what was remembered of the numbers of a seed."""
    for cache in CACHES:
        cache.cache_clear()


class Tally:
    """Comparisons, alarms and the greatest share of the radius, by loss and dtype."""

    def __init__(self) -> None:
        self.comparisons: Counter[tuple[str, str]] = Counter()
        self.alarms: Counter[tuple[str, str]] = Counter()
        self.share: dict[tuple[str, str], float] = defaultdict(float)

    def add(self, case: Case, columns: judge.Columns, verdicts: list[str]) -> None:
        key = case.loss, case.dtype
        self.comparisons[key] += len(verdicts)
        self.alarms[key] += sum(verdict in ("new", "gone") for verdict in verdicts)
        pairs = zip(columns.radius_share, verdicts, strict=True)
        shares = [share for share, verdict in pairs if verdict == "agree" and share == share]
        self.share[key] = max(self.share[key], *shares, 0.0)

    def lines(self) -> list[str]:
        rows = [
            f"{loss:32}{dtype:10}{count:13,}{self.alarms[loss, dtype]:9,}{self.share[loss, dtype]:9.3f}"
            for (loss, dtype), count in sorted(self.comparisons.items())
        ]
        total = (
            f"{sum(self.comparisons.values()):,} comparisons, {sum(self.alarms.values())} alarms"
        )
        return [
            f"{'loss':32}{'dtype':10}{'comparisons':>13}{'alarms':>9}{'share':>9}",
            *rows,
            total,
        ]


def look_at(answer: Answer, known: ledger.Ledger, case: Case, seed: int, tally: Tally) -> None:
    """Judge the answer to one case, and print what should not be."""
    for columns in judge.judge(case, answer, seed):
        verdicts, _ = known.verdicts(case, columns.quantity, columns.cause)
        tally.add(case, columns, verdicts)
        for place, verdict in enumerate(verdicts):
            if verdict in ("new", "gone"):
                print(
                    f"seed {seed}: {verdict} {case.id} {columns.quantity} {columns.index[place]}:"
                    f" {columns.cause[place]}; {columns.radius_share[place]:.3f} of the radius"
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=200, help="how many (default 200)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (default 1)")
    options = parser.parse_args()
    asking, tally = environment.start(), Tally()
    environment.require_defaults(asking)
    versions = asking.about()
    known = ledger.Ledger(tuple(entry for entry in ledger.load() if entry.spans(versions)))
    cases = [case for case in select(["CPU:0"]) if case.inputs in inputs.RANDOM]
    for seed in range(options.first, options.first + options.seeds):
        sent = [(case, asking.send(questions.question(case, seed))) for case in cases]
        for case, one in sent:
            look_at(one.answer(), known, case, seed, tally)
        forget()
        print(f"seed {seed} done: {len(cases)} cases", file=sys.stderr, flush=True)
    asking.end()
    print("\n".join(tally.lines()))


if __name__ == "__main__":
    main()
