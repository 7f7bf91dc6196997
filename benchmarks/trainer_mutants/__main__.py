"""Plant mistakes in Keras' own training, one at a time, and name the case that sees each.

    python -m benchmarks.trainer_mutants [--state FILE] [--only TEXT] [--near N]

Every mistake is planted in the memory of an observer of its own; the installed files stay as they
are. Each trial is a line of JSON as soon as it ends, and the same command goes on from there: what
was caught is not tried again, what survived is. `--near 30` asks the 30 nearest groups of cases
alone, which catch most mistakes; what they leave open is tried when the command comes again. The
exit code is 1 where a mistake survives that `HOLES` of `table` does not name, where one is caught
that it names, and where one can't be planted.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from benchmarks.trainer_mutants.mutation import Mutation
from benchmarks.trainer_mutants.table import HOLES, MUTATIONS
from benchmarks.trainer_mutants.trial import Trial, attempt, prepare


def caught_before(state: Path, chosen: Iterable[Mutation]) -> dict[str, Trial]:
    """The trials of the file in which these mutations, as they are now, were caught."""
    lines = state.read_text(encoding="utf-8").splitlines() if state.is_file() else []
    trials = [Trial(**json.loads(line)) for line in lines]
    digests = {mutation.name: mutation.digest for mutation in chosen}
    return {
        trial.mutation: trial
        for trial in trials
        if trial.verdict == "caught" and digests.get(trial.mutation) == trial.digest
    }


def problems(trials: Iterable[Trial], holes: Iterable[str]) -> list[str]:
    """What is not as the table says, a line each."""
    known = set(holes)
    found = []
    for trial in trials:
        if trial.verdict == "not planted":
            found.append(f"not planted: {trial.mutation}: {trial.cause}")
        elif trial.verdict in ("survived", "open") and trial.mutation not in known:
            found.append(f"{trial.verdict}: {trial.mutation}")
        elif trial.verdict == "caught" and trial.mutation in known:
            found.append(f"no hole any more: {trial.mutation}, by {trial.case or trial.cause}")
    return found


def line(trial: Trial) -> str:
    """A trial for a reader."""
    about = f"{trial.groups} groups, {trial.seconds:.0f} s"
    if trial.verdict != "caught":
        return f"{trial.verdict}: {trial.mutation} ({about})"
    by = f"{trial.case} {trial.quantity}: {trial.cause}" if trial.case else trial.cause
    return f"caught: {trial.mutation} ({about})\n  {by}"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.trainer_mutants",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", metavar="TEXT", default="", help="those whose names hold it")
    parser.add_argument("--near", type=int, metavar="N", help="ask the N nearest groups alone")
    parser.add_argument(
        "--state", type=Path, default=Path("trainer_mutants.jsonl"), help="a line for each trial"
    )
    options = parser.parse_args()
    chosen = [one for one in MUTATIONS if options.only in one.name]
    before = caught_before(options.state, chosen)
    bench = prepare()
    trials = [*before.values()]
    for mutation in chosen:
        if mutation.name in before:
            continue
        trial = attempt(bench, mutation, options.near)
        trials.append(trial)
        with options.state.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(trial)) + "\n")
        print(line(trial), flush=True)
    bench.end()
    wrong = problems(trials, HOLES)
    caught = sum(trial.verdict == "caught" for trial in trials)
    print("\n".join([*wrong, f"{caught} of {len(trials)} caught, {len(HOLES)} known holes"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
