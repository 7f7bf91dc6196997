"""Record many environments: build each, ask it everything, and write down its answers.

An environment is one task, and the tasks are independent: `concurrent.futures` runs them in threads
here, or on a Dask cluster. Every answer is in a journal as soon as it is there, so that a sweep
goes on where it was interrupted, however it was; what can't be measured has a reason instead.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reports.releases.build import CannotBuild, build, remove
from reports.releases.environments import Environment
from reports.releases.interpreter import NoInterpreter
from reports.releases.isolation import variables
from reports.store import answer_text, journal
from reports.store.errors import BadUsage
from reports.store.provenance import UNKNOWN, About
from reports.store.recording import Rows
from suites.observe import process_groups
from suites.observe.client import LIMIT, CannotAsk, Client, ObserverMistake

GIGABYTE = 2**30
ROUNDS = 4  # in which what has no answer is asked: twice alike is believed


@dataclass(frozen=True)
class Task:
    """What measuring one environment takes; all of it is plain data and can travel.

    `requests` is a file of JSON, from names to requests. Environments are built below `built`,
    and removed there after use while less than `spare` bytes of the disk are free.
    """

    environment: Environment
    requests: Path
    observer: Path
    journals: Path
    built: Path
    suite: str = UNKNOWN
    limit: float = LIMIT
    spare: int = 20 * GIGABYTE

    @property
    def journal(self) -> Path:
        return self.journals / f"{self.environment.id}.jsonl"


@dataclass(frozen=True)
class Result:
    """`about` is what answered; where nothing did, `reason` says why not.

    `has_interpreter` is False where there is no Python for it, which is no fault of anything here.
    """

    environment: str
    about: About | None
    reason: str = ""
    has_interpreter: bool = True


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep a second sweep out of the folder. Raises BadUsage while there is another."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        text = f"another sweep works in {folder}; wait for it, or choose another folder"
        raise BadUsage(text) from None
    try:
        yield
    finally:
        os.close(handle)


def measure(task: Task) -> Result:
    """Fill the journal of an environment. Raises nothing that is its fault."""
    name = task.environment.id
    try:
        python = build(task.environment, task.built)
        seen = variables(task.environment, task.built / "homes")
        with Client(python, task.observer, seen, task.limit) as client:
            about = About(client.about(), client.settings(), task.suite)
            _fill(task, client)
    except (CannotBuild, CannotAsk) as error:
        return Result(name, None, str(error), not isinstance(error, NoInterpreter))
    if shutil.disk_usage(task.built).free < task.spare:
        remove(task.environment, task.built)
    return Result(name, about)


def _fill(task: Task, client: Client) -> None:
    """Ask what the journal does not have, and once more what it does not believe yet.

    Raises CannotAsk where the process ends again and again, each time in another way.
    """
    requests = json.loads(task.requests.read_text(encoding="utf-8"))
    for _ in range(ROUNDS):
        there = journal.read(task.journal, requests)
        missing = [name for name in requests if name not in there]
        if not missing:
            return
        for name in missing:
            answer = answer_text.pack(client.ask(requests[name]))
            if process_groups.stopped():  # what was killed from here has answered nothing
                raise process_groups.Stopped("interrupted")
            journal.add(task.journal, name, requests[name], answer)
    if len(journal.read(task.journal, requests)) < len(requests):
        raise CannotAsk(f"the process ends in another way each time, such as at {missing[0]}")


def run(
    tasks: Iterable[Task], executor: Executor, tell: Callable[[list[Task], list[Result]], None]
) -> list[Result]:
    """Measure all, in the order in which they finish, and tell of them every few seconds."""
    waiting: dict[Future[Result], Task] = {executor.submit(measure, task): task for task in tasks}
    results: list[Result] = []
    while waiting:
        done, _ = wait(waiting, timeout=5, return_when=FIRST_COMPLETED)
        results += [_result(future, waiting.pop(future)) for future in done]
        tell(list(waiting.values()), results)
    return results


def _result(future: Future[Result], task: Task) -> Result:
    """What a task gave; a worker that is lost is no answer either. Raises ObserverMistake."""
    try:
        return future.result()
    except ObserverMistake:  # ours: nothing of what was asked can be believed
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        return Result(task.environment.id, None, reason)


def answered(task: Task) -> Rows:
    """What the journal of a task holds of its requests."""
    return journal.read(task.journal, json.loads(task.requests.read_text(encoding="utf-8")))
