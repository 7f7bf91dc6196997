"""What the worker processes do: each holds a bench, and a process to fork from, for all its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from reports.sensitivity import keras_tests, reach
from reports.sensitivity.bench import Bench, prepare
from reports.sensitivity.keras_tests import ByKeras
from reports.sensitivity.order import Order
from reports.sensitivity.reach import Usual
from reports.sensitivity.source import targets
from reports.sensitivity.source.mutation import Mutant
from reports.sensitivity.trial import Trial, Trials


@cache
def bench() -> Bench:
    return prepare()


def about() -> tuple[str, list[str], dict[str, str]]:
    """The key of what is asked, the groups, and what is installed."""
    return bench().key(), list(bench().run.groups), bench().run.environment


def measure(groups: Sequence[str]) -> list[Usual]:
    """What the unchanged installation gives for these groups, with the lines that they execute."""
    modules = [one.module for one in targets.TARGETS if one.path()]
    return list(reach.measure(bench(), groups, modules))


@cache
def _trials(file: Path, limit: float) -> Trials:
    key = reach.load_key(file)
    return Trials(bench(), reach.load(file, key), Order(bench().run.groups), limit, key)


def attempt(mutant: Mutant, file: Path, limit: float) -> Trial:
    """Try a mutant, with what `file` says of the unchanged installation."""
    return _trials(file, limit).attempt(mutant)


def tests_that_fail(file: str) -> list[str]:
    """Of Keras' own tests of a file those that fail without any change."""
    return keras_tests.fail_anyway(targets.find(file))


def run_tests(mutant: Mutant, left_out: list[str]) -> ByKeras:
    """Run Keras' own tests of a file with a mutant of it."""
    return keras_tests.run(mutant, targets.find(mutant.file), left_out)
