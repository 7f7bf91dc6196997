"""Whatever public cross-entropy is deleted from the installed Keras or TensorFlow, it is missed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import pytest

from suites.cases.case import Case
from suites.cases.selection import select
from suites.judge import surface
from suites.ledger import absences
from suites.ledger.installed import installed
from suites.observe import public_api, requests
from suites.observe.observer import Observer
from suites.observe.requests import SEED

pytestmark = pytest.mark.skipif(not find_spec("tensorflow"), reason="TensorFlow is not installed")

# By the end of a module's name: keras.losses is there as keras._tf_keras.keras.losses, too.
PLACES = {"losses": "keras", "metrics": "keras", "ops": "keras", "nn": "tensorflow"}
EAGER = [
    case
    for case in select(["CPU:0"], dtypes=["float32"])
    if case.execution == "eager" and "tf_keras" not in case.form
]


@pytest.fixture(scope="module")
def observer() -> Observer:
    """It has learnt the words of this Keras before one of them is deleted."""
    made = Observer()
    made.observe(**requests.request(EAGER[0], SEED))
    return made


@contextmanager
def without(module: str, name: str) -> Iterator[None]:
    """The installation without a public name, wherever it is reached."""
    found = getattr(modules()[module], name)
    with pytest.MonkeyPatch.context() as patch:
        for place, space in list(sys.modules.items()):
            public = (
                place.split(".")[-1] == module
                and "src" not in place
                and place.split(".")[0] != "tf_keras"
            )
            if public and getattr(space, "__dict__", {}).get(name) is found:
                patch.delattr(space, name)
        yield


@cache
def modules() -> dict[str, ModuleType]:
    """TensorFlow is imported once a test needs it."""
    return {name: getattr(import_module(package), name) for name, package in PLACES.items()}


def names(module: str) -> list[str]:
    """The public names of a module that mean cross-entropy."""
    found = modules()[module]
    return [
        name
        for name in dir(found)
        if public_api.MEANING.search(name) and callable(getattr(found, name))
    ]


@cache
def calling(module: str, name: str) -> list[Case]:
    """Cases whose call has the name, the first of each form."""
    found = {case.form: case for case in reversed(EAGER) if f"{module}.{name}(" in case.call}
    return list(found.values())


@pytest.fixture(scope="module")
def found(observer) -> set[str]:
    """All public names; the API can be walked once in a process."""
    return set(public_api.public({space: observer.names[space] for space in ("keras", "tf")}))


@pytest.mark.parametrize("module", PLACES)
def test_a_name_that_is_deleted_is_missing(observer, module):
    may = absences.of(installed(observer.versions()), absences.load())
    for name in names(module):
        with without(module, name):
            for case in calling(module, name):
                answer = observer.observe(**requests.request(case, SEED))
                assert may.unanswered(case, answer) == ("missing", absences.MISSING), (
                    case.id,
                    answer,
                )


@pytest.mark.parametrize("module", PLACES)
def test_a_name_that_no_case_calls_is_missed_in_the_public_api(found, module):
    """It is another name of what is called, or surface.toml leaves it out."""
    for name in names(module):
        if not calling(module, name):
            left = {full for full in found if not full.endswith(f"{module}.{name}")}
            patterns = [one for one in surface.load() if one.name == f"tf.{module}.{name}"]
            gaps = [surface.Gap(full, "") for full in left]
            missed = surface.one_sided(left) or surface.problems(gaps, patterns, ["tf"])
            assert missed, name
    assert surface.one_sided(found) == []


def test_most_names_are_called():
    called = [name for module in PLACES for name in names(module) if calling(module, name)]
    assert len(called) >= 20
