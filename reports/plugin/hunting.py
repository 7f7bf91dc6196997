"""`pytest --hunt 10m`: the search as a test, its progress, and what is written at its end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import pytest

from reports.hunt import find_text
from reports.hunt.severity import severity
from reports.hunt.write import report, script_name
from reports.plugin.start import report_folder
from reports.run.summary import counted
from reports.store.errors import BadUsage
from suites.hunt.campaign import Hunted, Task, campaign
from suites.hunt.draw import Scope
from suites.hunt.look import Oddity
from suites.observe.environment import CannotMeasure, Other
from suites.plugin.exits import Exit
from suites.plugin.in_log import in_log
from suites.plugin.keys import CHOICES, RUN
from suites.plugin.options import Choices

FOLDER = "hunt"  # of the report folder
WAITED = 10.0  # seconds for a scheduler
SHOWN = 5  # finds on the terminal


@dataclass
class Total:
    """What all tasks did so far."""

    finds: list[Oddity] = field(default_factory=list)
    asked: int = 0
    compared: int = 0
    untested: int = 0

    def add(self, one: Hunted) -> None:
        self.finds += one.finds
        self.asked += one.asked
        self.compared += one.compared
        self.untested += one.untested

    def __str__(self) -> str:
        of = f"{counted(self.asked, 'call')} with {counted(self.compared, 'number')}"
        return f"{counted(len(self.finds), 'find')} in {of}, of which {self.untested:,} not tested"


def hunt(config: pytest.Config) -> None:
    """Search for as long as was chosen; fail where something is found. What the user can mend is one
    line.
    """
    try:
        _hunt(config)
    except BadUsage as error:
        pytest.exit(in_log(f"xentcheck: {error}"), returncode=Exit.UNUSABLE)
    except CannotMeasure as error:
        pytest.exit(in_log(f"xentcheck: {error}"), returncode=Exit.CANNOT_MEASURE)


def _hunt(config: pytest.Config) -> None:
    chosen, run = config.stash[CHOICES], config.stash[RUN]
    assert chosen.hunt
    run.client.end()  # each task has an observer of its own
    total, folder = Total(), report_folder(config) / FOLDER
    other = Other(chosen.python) if chosen.python else None
    task = Task(_scope(chosen), chosen.seed, chosen.hunt, other=other, database=_database(config))
    with _executor(chosen.scheduler) as (executor, workers):
        for one in campaign(executor, workers, task):
            total.add(one)
            for find in one.finds:
                _say(config, f"{severity(find)} {find.cause}: {find.case.call}")
            _say(config, str(total))
            report(folder, total.finds, f"{total}.", run.environment)
            if one.failed:
                raise CannotMeasure(one.failed)
    if total.finds:
        pytest.fail(in_log(_text(total, chosen)), pytrace=False)


def _scope(chosen: Choices) -> Scope:
    return Scope(chosen.losses, chosen.forms, chosen.dtypes, chosen.executions)


def _database(config: pytest.Config) -> Path | None:
    """Where hypothesis keeps what it found: beside what pytest keeps."""
    cache: pytest.Cache | None = getattr(config, "cache", None)  # -p no:cacheprovider
    return Path(cache.mkdir("xentcheck-hunt")) if cache else None


def _text(total: Total, chosen: Choices) -> str:
    """The gravest finds, and where all of them are."""
    found = sorted(total.finds, key=lambda one: (severity(one), one.key))
    folder = chosen.report_folder / FOLDER
    texts = [
        "\n".join(find_text.lines(one, f"{folder}/scripts/{script_name(one)}"))
        for one in found[:SHOWN]
    ]
    if len(found) > SHOWN:
        texts.append(f"... and {len(found) - SHOWN} more")
    return "\n\n".join([*texts, f"{total}\nall of them: {folder}/finds.md"])


def _say(config: pytest.Config, line: str) -> None:
    capture = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(in_log(line), flush=True)


@contextmanager
def _executor(scheduler: str | None) -> Iterator[tuple[Executor, int]]:
    """Processes on all cores, or a Dask cluster with all of its threads."""
    if scheduler is None:
        workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
            yield executor, workers
        return
    try:
        from distributed import Client
    except ImportError:
        raise BadUsage("--scheduler needs Dask: pip install distributed") from None
    try:
        client = Client(scheduler, timeout=WAITED)
    except (OSError, ValueError) as error:
        line = (str(error).splitlines() or [type(error).__name__])[0]
        raise BadUsage(f"--scheduler {scheduler}: {line}") from None
    with client:
        yield client.get_executor(), sum(client.nthreads().values())
