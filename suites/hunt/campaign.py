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
from suites.ledger import ledger_file
from suites.ledger.installed import installed
from suites.observe import environment
from suites.observe.client import CannotAsk
from suites.observe.environment import SUBJECT, Other

PIECE = 300.0  # seconds of a task, after which the next one knows what others found


@dataclass(frozen=True)
class Task:
    """What one process does: `passed` are finds that it passes over."""

    scope: Scope
    seed: int
    seconds: float
    passed: frozenset[Key] = frozenset()
    other: Other | None = None
    database: Path | None = None


@dataclass(frozen=True)
class Hunted:
    """What a task found, and of how many calls and numbers; `failed` says why it could not go on."""

    finds: tuple[Oddity, ...]
    asked: int
    compared: int
    untested: int
    failed: str = ""


def search(task: Task) -> Hunted:
    """Hunt in this process, with an observer of its own."""
    with environment.start(task.other) as client:
        finds: list[Oddity] = []
        judge = Judge(client, ())
        try:
            about = client.about()
            ends = time.monotonic() + task.seconds  # the start is not counted
            subject = client.variables.get(SUBJECT, "tf.keras")
            here = installed(about, "tensorflow", subject)
            judge = Judge(client, [one for one in ledger_file.load() if one.spans(here)])
            database = DirectoryBasedExampleDatabase(task.database) if task.database else None
            hunt = Hunt(judge, task.scope, task.seed, ends, set(task.passed), database)
            finds.extend(hunt.finds())
        except CannotAsk as error:
            return Hunted(tuple(finds), judge.asked, judge.compared, judge.untested, str(error))
    return Hunted(tuple(finds), judge.asked, judge.compared, judge.untested)


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
