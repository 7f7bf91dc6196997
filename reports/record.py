"""From environments to a shelf of recordings: what the command `sweep` does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reports import environments, sweep
from reports.compare import shelves
from reports.errors import BadUsage
from reports.files import write_whole
from reports.journal import Question
from reports.progress import Progress
from reports.recording import Rows
from reports.shelving import Kept, shelve


@dataclass(frozen=True)
class Asked:
    """All that is asked, the program that asks it, and who judges the answers.

    `digest` is a name for the questions, `text` their JSON; `say` gives of answers the texts that
    are said of those that are not right.
    """

    questions: Mapping[str, Question]
    text: str
    digest: str
    observer: Path
    say: Callable[[Rows], dict[str, str]]


def record(
    names: Sequence[str],
    asked: Asked,
    recordings: Path,
    built: Path,
    workers: int,
    scheduler: str | None,
) -> list[sweep.Result]:
    """Measure environments and put them on the shelf. Raises BadUsage and BadRecording."""
    chosen = environments.chosen(names)
    file = built / "questions.json"
    with sweep.alone(built), _executor(scheduler, workers) as executor:
        write_whole(file, asked.text)
        tasks = {
            one.id: sweep.Task(one, file, asked.observer, built / "answers", built)
            for one in chosen
        }
        results = sweep.run(tasks.values(), executor, Progress(len(asked.questions)).tell)
        measured = {one.environment for one in results if not one.reason}
        put(recordings, {n: sweep.answered(t) for n, t in tasks.items() if n in measured}, asked)
        for result in results:
            sweep.write_about(result, recordings)
    return results


def put(folder: Path, rows: Mapping[str, Rows], asked: Asked) -> None:
    """Write what environments answered, parents first, and what the judge says of it."""
    parents = {one.id: one.parent for one in environments.load()}
    told = {name: asked.say(answers) for name, answers in rows.items()}
    for shelf, new in zip(shelves(folder), (rows, told), strict=True):
        shelve(shelf, {name: Kept(asked.digest, new[name]) for name in rows}, parents)


@contextmanager
def _executor(scheduler: str | None, workers: int) -> Iterator[Executor]:
    if scheduler is None:
        with ThreadPoolExecutor(workers) as executor:
            yield executor
        return
    try:
        from distributed import Client
    except ImportError:
        raise BadUsage("--scheduler needs Dask: pip install distributed") from None
    with Client(scheduler) as client:
        yield client.get_executor()
