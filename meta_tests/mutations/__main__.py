"""Draw mutants of the project's code, try them, and compare the survivors with the list.

    python -m meta_tests.mutations --count 100 --seed 1

Every trial is a line of the state file as soon as it ends, and the same command goes on from
there. `--near 12` runs the 12 nearest test files alone, which kill most mutants within a minute; what
they leave open is tried by all tests when the command comes again without it. A survivor that `survivors.toml` does not hold makes the exit code 1: either a test is
missing, or the change is equivalent, and then its entry says why. So does an entry whose mutant is
killed, so that the list only shrinks.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import tomllib
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path

from meta_tests.mutations.trial import Trial, Unsound, attempt, copy_of
from reports.sensitivity.source.mutation import Mutant, mutants

ROOT = Path(__file__).parents[2]
SURVIVORS = Path(__file__).with_name("survivors.toml")
ROOMS = ("reference", "suites", "reports")


def every_mutant(root: Path = ROOT) -> list[Mutant]:
    """Of all modules but the suites' test modules, whose names are promises."""
    paths = [path for room in ROOMS for path in sorted((root / room).rglob("*.py"))]
    files = [path for path in (*paths, root / "conftest.py") if not path.name.startswith("test_")]
    return [
        mutant
        for path in files
        for mutant in mutants(str(path.relative_to(root)), path.read_bytes())
    ]


def draw(every: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """A sample without repetition, the same for the same code and seed."""
    return random.Random(seed).sample(every, min(count, len(every)))


def expected_survivors(path: Path = SURVIVORS) -> dict[str, str]:
    """The reason of each survivor that is equivalent, by the mutant's id."""
    return {row["id"]: row["why"] for row in tomllib.loads(path.read_text())["survivor"]}


def compare(trials: Iterable[Trial], expected: dict[str, str]) -> tuple[list[str], list[str]]:
    """Survivors without an entry, and entries whose mutants were killed."""
    trials = list(trials)
    new = [one.mutant for one in trials if one.verdict == "survived" and one.mutant not in expected]
    stale = [one.mutant for one in trials if one.verdict == "killed" and one.mutant in expected]
    return new, stale


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m meta_tests.mutations",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--count", type=int, default=100, metavar="N", help="mutants to draw")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="seed of the sample")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes")
    parser.add_argument("--near", type=int, metavar="N", help="run the N nearest test files alone")
    parser.add_argument("--only", metavar="ID", nargs="*", help="try these mutants alone")
    parser.add_argument("--list", action="store_true", help="print the sample and try nothing")
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="trials of before, and where new ones are added"
    )
    options = parser.parse_args()
    every = every_mutant()
    chosen = draw(every, options.count, options.seed)
    if options.only:
        chosen = [mutant for mutant in every if mutant.id in options.only]
    print(f"{len(chosen)} of {len(every):,} mutants, seed {options.seed}", flush=True)
    if options.list:
        for mutant in chosen:
            print(_line(mutant))
        return 0
    return _report(chosen, _try(chosen, options.workers, options.state, options.near))


def _try(
    chosen: list[Mutant], workers: int, state: Path | None, near: int | None = None
) -> list[Trial]:
    before = {
        name: trial
        for name, trial in _read(state).items()
        if near is not None or trial.verdict != "open"
    }
    trials = [before[mutant.id] for mutant in chosen if mutant.id in before]
    waiting = [mutant for mutant in chosen if mutant.id not in before]
    with ProcessPoolExecutor(workers) as executor:
        futures = {executor.submit(_one, mutant, near): mutant for mutant in waiting}
        for future in as_completed(futures):
            mutant = futures[future]
            try:
                trial = future.result()
            except Unsound as error:
                print(f"not tried, {error}: {_line(mutant)}", flush=True)
                continue
            trials.append(trial)
            if state:
                with state.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(trial)) + "\n")
            print(
                f"{len(trials)}/{len(chosen)} {trial.verdict} {trial.by}  {_line(mutant)}",
                flush=True,
            )
    return trials


def _read(state: Path | None) -> dict[str, Trial]:
    if state is None or not state.is_file():
        return {}
    trials = (Trial(**json.loads(line)) for line in state.read_text(encoding="utf-8").splitlines())
    return {trial.mutant: trial for trial in trials}


def _one(mutant: Mutant, near: int | None) -> Trial:
    with tempfile.TemporaryDirectory() as folder, copy_of(ROOT, Path(folder)) as copy:
        return attempt(mutant, copy, near)


def _report(chosen: list[Mutant], trials: list[Trial]) -> int:
    new, stale = compare(trials, expected_survivors())
    killed = sum(trial.verdict == "killed" for trial in trials)
    opened = [trial.mutant for trial in trials if trial.verdict == "open"]
    counts = f"{killed} of {len(chosen)} killed, {len(new)} survivors without an entry"
    print(f"{counts}, {len(opened)} open, {len(chosen) - len(trials)} not tried")
    by_id = {mutant.id: mutant for mutant in chosen}
    for name in new:
        print(f"  survived: {_line(by_id[name])}")
    for name in opened:
        print(f"  open: {_line(by_id[name])}")
    for name in stale:
        print(f"  killed, remove its entry from {SURVIVORS.name}: {name}")
    return 1 if new or stale or opened or len(trials) < len(chosen) else 0


def _line(mutant: Mutant) -> str:
    before, after = (" ".join(text.split())[:60] for text in (mutant.before, mutant.after))
    return f"{mutant.id} {mutant.file}:{mutant.line} {mutant.kind}: {before} -> {after}"


if __name__ == "__main__":
    raise SystemExit(main())
