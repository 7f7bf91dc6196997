"""From environments to a folder of recordings: what the command `record` does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from reports.releases import environments, sweep
from reports.releases.progress import Progress
from reports.store import provenance, refused
from reports.store.commit import commit, complete
from reports.store.errors import BadUsage
from reports.store.files import write_whole
from reports.store.recording import Rows
from reports.store.recordings import Content, Recordings, answers_and_diagnoses, files_with
from reports.tasks import executors
from suites.judge import diagnosis_text
from suites.judge.diagnosis import Diagnosis
from suites.observe import process_groups
from suites.observe.messages import Request


@dataclass(frozen=True)
class Asked:
    """All that is asked, the program that asks it, and who judges the answers.

    `digest` is a name for the requests, `text` their JSON; `diagnose` gives the diagnoses of those
    answers about which anything was found. `forms` are the losses and forms of the cases in which a
    number is expected.
    """

    requests: Mapping[str, Request]
    text: str
    digest: str
    observer: Path
    diagnose: Callable[[Rows], Mapping[str, Diagnosis]]
    forms: Mapping[str, refused.Form] = field(default_factory=dict)


def record(
    names: Sequence[str],
    asked: Asked,
    recordings: Path,
    built: Path,
    workers: int,
    scheduler: str | None,
    journals: Path | None = None,
) -> list[sweep.Result]:
    """Measure environments and put them into the folder. Raises BadUsage and BadRecording.

    What `journals` hold, a folder below `built` where none is named, is not asked again.
    """
    chosen = environments.chosen(names)
    file, suite = built / "requests.json", provenance.this_suite()
    answers = journals or built / "answers"
    with sweep.alone(built), sweep.alone(recordings), _executor(scheduler, workers) as executor:
        check(recordings)
        write_whole(file, asked.text)
        tasks = {
            one.id: sweep.Task(one, file, asked.observer, answers, built, suite) for one in chosen
        }
        results = sweep.run(tasks.values(), executor, Progress(len(asked.requests)).tell)
        results = [_held(one, tasks[one.environment], asked.forms) for one in results]
        measured = [one.environment for one in results if one.about]
        put(recordings, {name: sweep.answered(tasks[name]) for name in measured}, asked, results)
    return results


def _held(
    result: sweep.Result, task: sweep.Task, forms: Mapping[str, refused.Form]
) -> sweep.Result:
    """The result, or why it is none: where no case of a form has a number, our program may be wrong."""
    if result.about is None:
        return result
    why = next(refused.unaccepted(result.environment, sweep.answered(task), forms), "")
    return replace(result, about=None, reason=why) if why else result


def check(recordings: Path) -> None:
    """Raise BadRecording for what is damaged or no recording, before hours of work."""
    complete(recordings)
    known = {one.id for one in environments.load()}
    for files in answers_and_diagnoses(recordings):
        for name in files.names():
            if name not in known:
                raise BadUsage(f"{files.path(name)}: no environment of the table; move it away")
            files.read(name)


def put(
    folder: Path, rows: Mapping[str, Rows], asked: Asked, results: Sequence[sweep.Result] = ()
) -> None:
    """Write what environments answered, its diagnoses and what is known of them, as one."""
    parents = {one.id: one.parent for one in environments.load()}
    lines = {
        name: diagnosis_text.write_all(asked.diagnose(answers)) for name, answers in rows.items()
    }
    files: dict[str, str] = {}
    for recordings, texts in zip(answers_and_diagnoses(folder), (rows, lines), strict=True):
        new = {name: Content(asked.digest, texts[name]) for name in rows}
        files |= files_with(recordings, new, parents)
    commit(folder, files | _about(results, Recordings(folder).names()))


def _about(results: Sequence[sweep.Result], recorded: Sequence[str]) -> dict[str, str]:
    """The side files; a failure says nothing of a recording that is there already."""
    found = {one.environment: one.about.text() for one in results if one.about}
    failed = {
        one.environment: provenance.not_measured(one.reason)
        for one in results
        if not one.about and one.environment not in recorded
    }
    return {f"{name}.json": text for name, text in (found | failed).items()}


@contextmanager
def _executor(scheduler: str | None, workers: int) -> Iterator[Executor]:
    """Where tasks run; after an interruption no task begins, and what runs is ended."""
    if scheduler is None:
        executor = ThreadPoolExecutor(workers)
        process_groups.allow()
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            process_groups.end_all()
            raise
        finally:
            executor.shutdown()
        return
    with executors.cluster(scheduler) as client:
        yield client.get_executor()
