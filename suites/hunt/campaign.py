"""A hunt on all cores, or on a Dask cluster: independent tasks, each with a seed and a time.

A task that begins later passes over what earlier ones found. What two tasks find at once is
reported once: the smaller call.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis.database import DirectoryBasedExampleDatabase

from suites.hunt.draw import Scope
from suites.hunt.hunter import Hunt
from suites.hunt.look import Judge, Key, Oddity
from suites.ledger.difference import Difference
from suites.observe import environment
from suites.observe.client import CannotAsk
from suites.observe.environment import Other

PIECE = 300.0  # seconds of a task, after which the next one knows what others found


@dataclass(frozen=True)
class Task:
    """What one process does: `known` are the differences that are known of what is installed, `passed`
    finds that it passes over.
    """

    scope: Scope
    seed: int
    seconds: float
    known: tuple[Difference, ...] = ()
    passed: frozenset[Key] = frozenset()
    other: Other | None = None
    database: Path | None = None


@dataclass(frozen=True)
class Hunted:
    """What was found, and of how many calls and numbers; `failed` says why it could not go on,
    `mistakes` are tracebacks of calls that this program failed to judge.
    """

    finds: tuple[Oddity, ...] = ()
    asked: int = 0
    compared: int = 0
    untested: int = 0
    failed: str = ""
    mistakes: tuple[str, ...] = ()

    def __add__(self, other: Hunted) -> Hunted:
        return Hunted(
            self.finds + other.finds,
            self.asked + other.asked,
            self.compared + other.compared,
            self.untested + other.untested,
            self.failed or other.failed,
            self.mistakes + other.mistakes,
        )


def search(task: Task) -> Hunted:
    """Hunt in this process, with an observer of its own."""
    database = DirectoryBasedExampleDatabase(task.database) if task.database else None
    finds: list[Oddity] = []
    mistakes: dict[str, str] = {}
    failed = ""
    with environment.start(task.other) as client:
        judge = Judge(client, task.known)
        try:
            client.about()
            ends = time.monotonic() + task.seconds  # the start is not counted
            passed = set(task.passed)
            hunt = Hunt(judge, task.scope, task.seed, ends, passed, database, mistakes)
            finds.extend(hunt.finds())
        except CannotAsk as error:
            failed = str(error)
    counts = judge.asked, judge.compared, judge.untested
    return Hunted(tuple(finds), *counts, failed, tuple(mistakes.values()))


def campaign(executor: Executor, workers: int, task: Task) -> Iterator[Hunted]:
    """What the tasks found, as they end: `workers` at a time, for as long as the task says in all."""
    ends = time.monotonic() + task.seconds
    passed, running, begun = set(task.passed), set[Future[Hunted]](), 0
    while True:
        while len(running) < workers and (left := ends - time.monotonic()) > 0:
            pieces = max(1, round(left / PIECE))
            each = replace(
                task,
                seed=task.seed + begun,
                seconds=left / pieces,
                passed=frozenset(passed),
                database=task.database and task.database / str(begun % workers),
            )
            running.add(executor.submit(search, each))
            begun += 1
        if not running:
            return
        done, running = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            found = future.result()
            new = tuple(one for one in found.finds if one.key not in passed)
            passed |= {one.key for one in new}
            yield replace(found, finds=new)
            if found.failed:
                return
