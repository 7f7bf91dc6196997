"""`pytest --hunt 10m`: the search as a test, its progress, and what is written at its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

import pytest

from reports.hunt import find_text
from reports.hunt.severity import gravest_first, severity
from reports.hunt.write import report, script_name
from reports.plugin import since
from reports.plugin.collector import MISTAKE
from reports.plugin.start import report_folder
from reports.run.summary import counted
from reports.store.answer_text import unpack
from reports.store.errors import BadUsage
from reports.store.recording import SHIPPED
from reports.store.recordings import Recordings
from reports.tasks import executors
from suites.cases.case import Case
from suites.cases.contract import NUMBER
from suites.hunt.campaign import Hunted, Task, campaign
from suites.hunt.draw import Scope
from suites.hunt.look import Key, key_of_error
from suites.ledger import ledger_file
from suites.ledger.difference import Difference
from suites.observe.environment import CannotMeasure, Other, is_deterministic
from suites.plugin.exits import Exit
from suites.plugin.in_log import in_log
from suites.plugin.keys import CHOICES, RUN
from suites.plugin.options import Choices
from suites.plugin.run import Run

FOLDER = "hunt"  # of the report folder
SHOWN = 5  # finds on the terminal


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
    devices = chosen.among(tuple(run.client.devices()[0]))
    run.client.end()  # each task has an observer of its own
    total, folder = Hunted(), report_folder(config) / FOLDER
    task = Task(
        scope_of(chosen, devices),
        chosen.seed,
        chosen.hunt,
        known=known(run),
        passed=frozenset(errors(run)),
        other=Other(chosen.python) if chosen.python else None,
        database=_database(config),
    )
    with _executor(chosen.scheduler) as (executor, workers):
        for one in campaign(executor, workers, task):
            total += one
            for find in one.finds:
                _say(config, f"{severity(find)} {find.cause}: {find.case.call}")
            _say(config, _counts(total))
            report(folder, total.finds, f"{_counts(total)}.", run.environment)
    if total.failed:
        raise CannotMeasure(total.failed)
    if total.mistakes:
        for text in total.mistakes:
            _say(config, text)
        pytest.exit(in_log(_of_mistakes(total)), returncode=Exit.MISTAKE)
    if total.finds:
        pytest.fail(in_log(_text(total, chosen)), pytrace=False)


def known(run: Run) -> tuple[Difference, ...]:
    """The entries of the ledger for what is installed, rare ones among them."""
    entries = ledger_file.load(deterministic=is_deterministic())
    return tuple(entry for entry in entries if entry.spans(run.installed))


def errors(run: Run) -> Mapping[Key, frozenset[Case]]:
    """Those that the installed release is recorded to raise where a number is right, and the cases
    that show them.
    """
    found: dict[Key, frozenset[Case]] = {}
    for id, there in since.recorded().items():
        answers = Recordings(SHIPPED).answers(id) if there == run.installed else {}
        for name, answer in answers.items():
            case, error = Case.of_names(name.split(",")), unpack(answer).get("error")
            if error and not (case.is_contract and case.contract.expected != NUMBER):
                key = key_of_error(case.loss, case.form, error)
                found[key] = found.get(key, frozenset()) | {case}
    return found


def _counts(total: Hunted) -> str:
    of = f"{counted(total.asked, 'call')} with {counted(total.compared, 'number')}"
    return f"{counted(len(total.finds), 'find')} in {of}, of which {total.untested:,} not tested"


def _of_mistakes(total: Hunted) -> str:
    calls = counted(len(total.mistakes), "drawn call")
    found = f"beside {counted(len(total.finds), 'find')}"
    return f"{MISTAKE}, at {calls}, {found}"


def scope_of(chosen: Choices, devices: tuple[str, ...]) -> Scope:
    """What is drawn from, as it was chosen."""
    return Scope(chosen.losses, chosen.forms, chosen.dtypes, chosen.executions, devices)


def _database(config: pytest.Config) -> Path | None:
    """Where hypothesis keeps what it found: beside what pytest keeps."""
    cache: pytest.Cache | None = getattr(config, "cache", None)  # -p no:cacheprovider
    return Path(cache.mkdir("xentcheck-hunt")) if cache else None


def _text(total: Hunted, chosen: Choices) -> str:
    """The gravest finds, and where all of them are."""
    found = gravest_first(total.finds)
    folder = chosen.report_folder / FOLDER
    texts = [
        "\n".join(find_text.lines(one, f"{folder}/scripts/{script_name(one)}"))
        for one in found[:SHOWN]
    ]
    if len(found) > SHOWN:
        texts.append(f"... and {len(found) - SHOWN} more")
    return "\n\n".join([*texts, f"{_counts(total)}\nall of them: {folder}/finds.md"])


def _say(config: pytest.Config, line: str) -> None:
    capture = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(in_log(line), flush=True)


@contextmanager
def _executor(scheduler: str | None) -> Iterator[tuple[Executor, int]]:
    """Processes on all cores, or a Dask cluster with all of its threads."""
    if scheduler is None:
        with executors.processes(executors.cores()) as executor:
            yield executor, executors.cores()
        return
    with executors.cluster(scheduler) as client:
        yield client.get_executor(), sum(client.nthreads().values())
