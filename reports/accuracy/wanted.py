"""What is measured of the functions that were asked for, and the rows of its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from reference.arithmetic.formats import NAMES as DTYPES
from reports.accuracy import sweep, table
from reports.accuracy.block import Tallies, blocks
from reports.accuracy.exact import families
from reports.accuracy.progress import Progress
from reports.accuracy.row import Row
from reports.accuracy.search import Search
from reports.accuracy.sweep import Task
from reports.releases.sweep import alone
from reports.store.errors import BadUsage
from suites.cases.execution import EXECUTIONS, Execution

JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class Wanted:
    """What is measured; None is all functions. `blocks` of float32 are spread evenly over its numbers,
    `searches` are those of float64.
    """

    functions: Sequence[str] | None
    dtypes: Sequence[str]
    executions: Sequence[str]
    blocks: int | None
    searches: int

    def tasks(self) -> list[Task]:
        """All tasks, by dtype. Raises BadUsage for names that there are not."""
        names = [family.name for family in families.chosen(self.functions)]
        executions: list[Execution] = [
            one for one in EXECUTIONS if one in _known("--execution", self.executions, EXECUTIONS)
        ]
        tasks: list[Task] = []
        for dtype in _known("--dtype", self.dtypes, DTYPES):
            if dtype == "float64":
                seeds = range(self.searches)
                tasks += [
                    Search(name, one, k) for name in names for one in executions for k in seeds
                ]
            else:
                tasks += blocks(names, dtype, executions, self.blocks)
        return tasks


def _known(option: str, names: Sequence[str], known: Sequence[str]) -> Sequence[str]:
    for name in names:
        if name not in known:
            raise BadUsage(f"{option}: {name!r} is none of {', '.join(known)}")
    return names


def measure(
    wanted: Wanted, folder: Path, workers: int, scheduler: str | None, only_there: bool = False
) -> tuple[list[Row], Mapping[str, str]]:
    """The rows of a table, and what is installed. Raises BadUsage and OracleMistake.

    What the journal in the folder has is not asked again; `only_there` asks for nothing else.
    """
    tasks = wanted.tasks()
    with alone(folder), sweep.workers(workers, scheduler) as executor:
        installed = executor.submit(sweep.about).result()
        if only_there:
            return table.rows(sweep.kept(tasks, folder / JOURNAL, installed), installed), installed
        found = _run(tasks, folder, installed, executor, workers)
    return table.rows(found, installed), installed


def _run(
    tasks: Sequence[Task],
    folder: Path,
    installed: Mapping[str, str],
    executor: Executor,
    workers: int,
) -> dict[Task, Tallies]:
    tell = Progress().tell
    return sweep.run(tasks, folder / JOURNAL, installed, executor, workers, tell)
