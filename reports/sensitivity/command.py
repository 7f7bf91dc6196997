"""`python -m reports sensitivity`: draw mutants, measure what is usual, try each, write the tables."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from reports.run.frame import csv_text
from reports.sensitivity import equivalent, journal, reach, table, work
from reports.sensitivity.keras_tests import ByKeras
from reports.sensitivity.source import targets
from reports.sensitivity.source.mutation import Mutant
from reports.sensitivity.trial import Trial
from reports.store.files import write_out
from reports.tasks.executors import processes
from suites.observe.environment import require_tensorflow

PART = 30  # groups that are measured in one task
Found = TypeVar("Found")


class Say(Protocol):
    """Writes lines for the user."""

    def __call__(self, *lines: str) -> None: ...


@dataclass(frozen=True)
class Options:
    """What was asked for: `minutes` for the whole command, `limit` seconds for each mutant."""

    folder: Path
    files: Sequence[str] = ()
    sample: int | None = None
    seed: int = 1
    only: Sequence[str] = ()
    workers: int = 1
    limit: float = 120.0
    minutes: float | None = None
    keras_tests: bool = False

    @property
    def end(self) -> float:
        return time.monotonic() + 60 * self.minutes if self.minutes else float("inf")


def chosen(options: Options) -> list[Mutant]:
    """The mutants, in the order in which they are tried; the same for the same source and seed."""
    require_tensorflow()
    every = targets.every(targets.chosen(options.files))
    if options.only:
        return [one for one in every if one.id in options.only]
    if options.sample is None:
        return every
    return random.Random(options.seed).sample(every, min(options.sample, len(every)))


def line(mutant: Mutant) -> str:
    """A mutant for a reader."""
    return f"{mutant.id} {mutant.file}:{mutant.line} {mutant.kind}: {mutant.shown()}"


def run(options: Options, say: Say) -> list[Trial]:
    """Try the mutants that were not tried before, and write the tables of all that are chosen."""
    mutants, end = chosen(options), options.end
    options.folder.mkdir(parents=True, exist_ok=True)
    with processes(options.workers) as pool:
        about = _measured(pool, options, say, end)
        trials = _tried(pool, options, mutants, say, end)
        tested = _tested(pool, options, trials, mutants, say, end)
    found = table.frame(trials, equivalent.load(), tested)
    write_out(options.folder / "sensitivity.csv", csv_text(found))
    write_out(options.folder / "sensitivity.md", table.markdown(found, about))
    return trials


def _measured(pool: ProcessPoolExecutor, options: Options, say: Say, end: float) -> dict[str, str]:
    """Measure the groups of which the folder holds nothing yet; what is installed."""
    file = options.folder / "reach.jsonl"
    key, groups, about = pool.submit(work.about).result()
    known = reach.load(file, key)
    left = [group for group in groups if group not in known]
    parts = [left[start : start + PART] for start in range(0, len(left), PART)]
    done = len(groups) - len(left)
    for usual in _finished([pool.submit(work.measure, part) for part in parts], end):
        reach.add(file, key, usual)
        done += len(usual)
        say(f"what is usual: {done:,} of {len(groups):,} groups of cases")
    return {name: about[name] for name in ("TensorFlow", "Keras", "Python", "suite")}


def _tried(
    pool: ProcessPoolExecutor, options: Options, mutants: list[Mutant], say: Say, end: float
) -> list[Trial]:
    file = options.folder / "trials.jsonl"
    usual = options.folder / "reach.jsonl"
    known = journal.read(file, Trial)
    before = {name: one for name, one in known.items() if _is_done(one, reach.load_key(usual))}
    trials = [before[one.id] for one in mutants if one.id in before]
    left = [one for one in mutants if one.id not in before]
    left.sort(key=lambda one: one.id in known)  # what was never tried goes first
    tasks = [pool.submit(work.attempt, one, usual, options.limit) for one in left]
    for trial in _finished(tasks, end):
        journal.add(file, [trial])
        trials.append(trial)
        say(f"{len(trials)}/{len(mutants)} {text(trial)}")
    return trials


def _is_done(trial: Trial, key: str) -> bool:
    """Whether a trial need not be made again: what was not caught may be by cases that are new."""
    return trial.verdict == "caught" or (trial.verdict != "open" and trial.key == key)


def _tested(
    pool: ProcessPoolExecutor,
    options: Options,
    trials: list[Trial],
    mutants: list[Mutant],
    say: Say,
    end: float,
) -> list[ByKeras]:
    """What Keras' own tests say of the mutants that were tried, where that is asked for."""
    file = options.folder / "keras_tests.jsonl"
    before = journal.read(file, ByKeras)
    tried = {trial.mutant for trial in trials}
    of_tests = [one for one in mutants if one.id in tried and targets.find(one.file).tests]
    found = [before[one.id] for one in of_tests if one.id in before]
    if not options.keras_tests:
        return found
    left = [one for one in of_tests if one.id not in before]
    left_out = {name: pool.submit(work.tests_that_fail, name) for name in {m.file for m in left}}
    for name, failing in left_out.items():
        say(f"Keras' tests of {name}: {len(failing.result())} fail without a change")
    tasks = [pool.submit(work.run_tests, one, left_out[one.file].result()) for one in left]
    for tested in _finished(tasks, end):
        journal.add(file, [tested])
        found.append(tested)
        say(f"{len(found)}/{len(of_tests)} Keras' tests: {tested.failed or 'all pass'}")
    return found


def _finished(tasks: list[Future[Found]], end: float) -> Iterator[Found]:
    """The results as they come, until the time is over; a task that has begun is waited for."""
    for future in as_completed(tasks):
        if future.cancelled():
            continue
        yield future.result()
        if time.monotonic() > end:
            for task in tasks:
                task.cancel()


def summary(options: Options, mutants: list[Mutant], trials: list[Trial], say: Say) -> bool:
    """Say what was caught; whether something was not."""
    known = equivalent.load()
    caught = [trial for trial in trials if trial.verdict == "caught"]
    same = [trial for trial in trials if trial.mutant in known and trial.verdict != "caught"]
    stale = [trial.mutant for trial in caught if trial.mutant in known]
    left = len(trials) - len(caught) - len(same)
    untried = len(mutants) - len(trials)
    say(
        f"{len(caught)} of {len(mutants)} caught, {len(same)} equivalent, {left} not caught, "
        f"{untried} not tried",
        *(f"caught, so it is not equivalent: {name}" for name in stale),
        f"written: {options.folder / 'sensitivity.md'}, {options.folder / 'sensitivity.csv'}",
    )
    return bool(left or stale or untried)


def text(trial: Trial) -> str:
    """A trial for a reader."""
    where = f"{trial.file}:{trial.line} {trial.kind}: {trial.change}"
    about = f"{trial.asked} of {trial.reached} groups, {trial.seconds:.1f} s"
    by = f"\n    {trial.case} {trial.quantity}: {trial.cause}" if trial.cause else ""
    return f"{trial.verdict}: {trial.mutant} {where} ({about}){by}"
