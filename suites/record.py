"""The command `python -m reports sweep`: ties what is asked to what is written."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from reports import answers, environments, sweep
from reports.compare import shelves
from reports.files import write_whole
from reports.progress import Progress
from reports.shelving import Kept, in_order, shelve
from suites import observer, questions
from suites.said import Judge
from suites.selection import select

DEVICES = ("CPU:0", "CPU:1")  # every recording is of these


def record(
    names: list[str], recordings: Path, built: Path, workers: int, scheduler: str | None
) -> list[sweep.Result]:
    """Measure environments and put them on the shelf. Raises ValueError and BadRecording."""
    chosen = environments.chosen(names)
    asked = questions.questions(select(DEVICES), questions.SEED)
    file = built / "questions.json"
    with sweep.alone(built), _executor(scheduler, workers) as executor:
        write_whole(file, questions.as_json(asked))
        tasks = [
            sweep.Task(one, file, Path(observer.__file__), built / "answers", built)
            for one in chosen
        ]
        results = sweep.run(tasks, executor, Progress(len(asked)).tell)
        measured = {one.environment for one in results if not one.reason}
        rows = {
            task.environment.id: sweep.answered(task)
            for task in tasks
            if task.environment.id in measured
        }
        put(recordings, rows, questions.digest(asked))
        for result in results:
            sweep.write_about(result, recordings)
    return results


def put(folder: Path, rows: dict[str, dict[str, str]], digest: str) -> None:
    """Write what environments answered, and what the judge says of it."""
    parents = {one.id: one.parent for one in environments.load()}
    judge = Judge(select(DEVICES), questions.SEED, answers.unpack)
    told = {name: judge.said(rows[name]) for name in in_order(rows, parents)}
    for shelf, new in zip(shelves(folder), (rows, told), strict=True):
        shelve(shelf, {name: Kept(digest, new[name]) for name in rows}, parents)


@contextmanager
def _executor(scheduler: str | None, workers: int) -> Iterator[Executor]:
    if scheduler is None:
        with ThreadPoolExecutor(workers) as executor:
            yield executor
        return
    try:
        from distributed import Client
    except ImportError:
        raise ValueError("--scheduler needs Dask: pip install distributed") from None
    with Client(scheduler) as client:
        yield client.get_executor()
