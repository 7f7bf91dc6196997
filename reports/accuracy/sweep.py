"""Count all blocks, here or on a cluster, and go on where it was interrupted.

A block is one task, and tasks are independent: `concurrent.futures` runs them in processes here,
or on a Dask cluster. What a block gave is in a journal as soon as it is there, by the name of the block
and what was installed; so memory does not grow, and nothing is asked twice.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager
from pathlib import Path

from reports.accuracy.block import Block, Tallies
from reports.accuracy.search import Search
from reports.store import journal
from reports.tasks import executors
from suites.observe.client import CannotAsk

WAITING = 3  # tasks for each worker that are given out at once
Task = Block | Search
Tell = Callable[[int, int], None]  # of how many numbers are done, and of how many there are


def counted(task: Task) -> str:
    """What a worker does."""
    return task.counted().text()


def about() -> dict[str, str]:
    from reports.accuracy import ask

    return ask.about()


Requests = dict[str, dict[str, object]]


def _requests(tasks: Sequence[Task], installed: Mapping[str, str]) -> Requests:
    """What the journal knows a task by: its name, its size, and what was installed."""
    return {task.name: {"installed": {**installed}, "count": task.count} for task in tasks}


def kept(tasks: Sequence[Task], file: Path, installed: Mapping[str, str]) -> dict[Task, Tallies]:
    """The tallies that the journal has."""
    there = journal.read(file, _requests(tasks, installed))
    return {task: Tallies.of_text(there[task.name]) for task in tasks if task.name in there}


def run(
    tasks: Sequence[Task],
    file: Path,
    installed: Mapping[str, str],
    executor: Executor,
    workers: int,
    tell: Tell,
) -> dict[Task, Tallies]:
    """The tallies of all tasks, of which the journal keeps each. Raises OracleMistake."""
    requests, found = _requests(tasks, installed), kept(tasks, file, installed)
    whole, done = sum(task.count for task in tasks), sum(task.count for task in found)
    tell(done, whole)
    for task, text in _finished([task for task in tasks if task not in found], executor, workers):
        journal.add(file, task.name, requests[task.name], text)
        found[task] = Tallies.of_text(text)
        done += task.count
        tell(done, whole)
    return found


def _finished(
    tasks: Sequence[Task], executor: Executor, workers: int
) -> Iterator[tuple[Task, str]]:
    """Each task with what it gave, in the order in which they end; a few are given out at once."""
    left, running = iter(tasks), dict[Future[str], Task]()
    while True:
        for task in left:
            running[executor.submit(counted, task)] = task
            if len(running) >= WAITING * workers:
                break
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            yield running.pop(future), future.result()


def _quiet() -> None:
    """Leave Ctrl-C to the parent, as it does errors; else TensorFlow tells of how it was built."""
    executors.leave_interruption()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stderr__.fileno() if sys.__stderr__ else 2)


@contextmanager
def workers(number: int, scheduler: str | None) -> Iterator[Executor]:
    """Where tasks run; after an interruption none begins. Raises CannotAsk where a process ended."""
    if scheduler is not None:
        with executors.cluster(scheduler) as client:
            yield client.get_executor()
        return
    try:
        with executors.processes(number, _quiet) as executor:
            yield executor
    except BrokenExecutor as error:
        raise CannotAsk(f"a process ended while it counted: {error}") from None
