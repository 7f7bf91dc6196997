"""Start a run: read what the user chose, and find what would prevent its end before it begins."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from reports.compare import pins
from reports.compare.since.same_answer import SameAnswer
from reports.releases.interpreter import CannotBuild
from reports.releases.ready import BUILT, ready
from reports.run.place import check_writable
from reports.store import files
from reports.store.errors import BadUsage, CannotWrite
from reports.store.recording import BadRecording
from suites.judge.table import BadTable
from suites.observe import requests
from suites.observe.environment import CannotMeasure, Other
from suites.observe.messages import Answer
from suites.plugin import options
from suites.plugin.bad_choice import BadChoice
from suites.plugin.exits import Exit
from suites.plugin.invocation import collects_only, is_distributed, is_worker
from suites.plugin.keys import CHOICES
from suites.plugin.options import Choices
from suites.plugin.run import NothingChosen, Run, start


def started(config: pytest.Config) -> Run:
    """The run, which asks already; only what the user can mend becomes one line."""
    try:
        chosen = config.stash[CHOICES] = options.from_pytest(config, os.environ)
        if not collects_only(config):
            check_writable(report_folder(config))
        _check_pins(config)
        _check_hunt(config)
        _check_known(chosen)
        rest = () if collects_only(config) else (_import_the_rest,)
        return start(chosen, _same_answer(chosen), _other(config), *rest)
    except CannotWrite as error:
        raise pytest.UsageError(f"--report-folder: {error}") from None
    except (BadChoice, BadUsage, BadTable, BadRecording) as error:
        raise pytest.UsageError(str(error)) from None
    except NothingChosen as error:
        pytest.exit(f"xentcheck: {error}", returncode=Exit.NOTHING_CHOSEN)
    except (CannotMeasure, CannotBuild) as error:
        pytest.exit(f"xentcheck: {error}", returncode=Exit.CANNOT_MEASURE)


def _import_the_rest() -> None:
    """What the end of a run needs; some of it may be missing, which is to be known before."""
    import_module("reports.plugin.collector")


def _check_known(chosen: Choices) -> None:
    if chosen.known is None:
        return
    if not (chosen.accept or chosen.known.is_file()):
        raise BadChoice(f"--known: there is no file {chosen.known}; --accept REASON writes one")
    if chosen.accept and chosen.tier == "everything":
        raise BadChoice(
            "--accept: not with --tier everything, whose rarest cases no other tier asks"
        )
    try:
        files.check_folder(chosen.known.absolute().parent)
    except CannotWrite as error:
        raise BadChoice(f"--known: {error}") from None


def _check_hunt(config: pytest.Config) -> None:
    if config.stash[CHOICES].hunt is None:
        return
    if find_spec("hypothesis") is None:
        raise BadUsage("--hunt needs hypothesis: pip install hypothesis")
    if is_distributed(config) or is_worker(config):
        raise BadUsage("--hunt: uses all cores by itself; leave out -n")


def report_folder(config: pytest.Config) -> Path:
    return config.rootpath / config.stash[CHOICES].report_folder


def pin_folder(config: pytest.Config) -> Path:
    return config.rootpath / config.stash[CHOICES].pin_folder


def _other(config: pytest.Config) -> Other | None:
    """The environment that is measured in place of this one, None where this one is."""
    chosen = config.stash[CHOICES]
    if chosen.release:
        return ready(chosen.release, config.rootpath / BUILT, partial(_tell, config))
    return Other(chosen.python) if chosen.python else None


def _tell(config: pytest.Config, line: str) -> None:
    """Print a line now, although pytest keeps what is printed before its first test."""
    capture = config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture else nullcontext():
        print(f"xentcheck: {line}", file=sys.stderr, flush=True)


def _same_answer(chosen: Choices) -> Callable[[str, Answer], str]:
    """What says which recorded releases gave an answer, where they were asked the same."""
    if chosen.seed != requests.SEED or chosen.subject:
        return lambda case, answer: ""
    return SameAnswer(requests.digest_of_all).by


def _check_pins(config: pytest.Config) -> None:
    chosen = config.stash[CHOICES]
    if chosen.keeps_answers and chosen.seed != requests.SEED:
        raise BadChoice(f"--seed: pins and recordings are of the seed {requests.SEED} alone")
    if chosen.keeps_answers:
        pins.check(chosen.pin or "", chosen.against or "", pin_folder(config))
