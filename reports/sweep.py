"""Record many environments: build each, ask it everything, and write down what it said.

An environment is one task, and the tasks are independent: `concurrent.futures` runs them in threads
here, or on a Dask cluster. Every answer is in a journal as soon as it is there, so that a sweep
goes on where it was interrupted, however it was; what can't be measured has a reason instead.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reports import answers, journal
from reports.build import CannotBuild, build, remove
from reports.environments import Environment
from reports.errors import BadUsage
from reports.files import write_whole
from reports.recording import Rows
from suites.asking import LIMIT, Asking, CannotAsk

GIGABYTE = 2**30
SURROUNDINGS = {"PYTHONHASHSEED": "0", "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": ""}


@dataclass(frozen=True)
class Task:
    """What measuring one environment takes; all of it is plain data and can travel.

    `questions` is a file of JSON, from names to questions. Environments are built below `built`,
    and removed there after use while less than `spare` bytes of the disk are free.
    """

    environment: Environment
    questions: Path
    observer: Path
    journals: Path
    built: Path
    limit: float = LIMIT
    spare: int = 20 * GIGABYTE

    @property
    def journal(self) -> Path:
        return self.journals / f"{self.environment.id}.jsonl"


@dataclass(frozen=True)
class Result:
    """`about` are the versions that answered; where there are none, `reason` says why not."""

    environment: str
    about: Mapping[str, str]
    reason: str = ""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep a second sweep out of the folder. Raises BadUsage while there is another."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "sweep.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            text = f"another sweep works in {folder}; wait for it, or choose --built"
            raise BadUsage(text) from None
        yield


def measure(task: Task) -> Result:
    """Fill the journal of an environment. Raises nothing that is its fault."""
    name = task.environment.id
    try:
        python = build(task.environment, task.built)
        variables = {**os.environ, **SURROUNDINGS, **task.environment.settings}
        with Asking(python, task.observer, variables, task.limit) as asking:
            about = asking.about()
            for one, question, answer in _missing(task, asking):
                journal.add(task.journal, one, question, answers.pack(answer))
    except (CannotBuild, CannotAsk) as error:
        return Result(name, {}, str(error))
    if shutil.disk_usage(task.built).free < task.spare:
        remove(task.environment, task.built)
    return Result(name, about)


def _missing(
    task: Task, asking: Asking
) -> Iterator[tuple[str, journal.Question, Mapping[str, object]]]:
    questions = json.loads(task.questions.read_text(encoding="utf-8"))
    there = journal.read(task.journal, questions)
    for name, question in questions.items():
        if name not in there:
            yield name, question, asking.ask(question)


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
    """What a task gave; a worker that is lost is no answer either."""
    try:
        return future.result()
    except Exception as error:
        return Result(task.environment.id, {}, f"{type(error).__name__}: {error}".splitlines()[0])


def answered(task: Task) -> Rows:
    """What the journal of a task holds of its questions."""
    return journal.read(task.journal, json.loads(task.questions.read_text(encoding="utf-8")))


def write_about(result: Result, folder: Path) -> None:
    """The side file of a recording: versions, or the reason why there is none."""
    about = dict(result.about) or {"not measured": result.reason}
    text = json.dumps(about, indent=2, sort_keys=True)
    write_whole(folder / f"{result.environment}.json", text + "\n")
