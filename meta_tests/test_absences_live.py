"""Whatever public cross-entropy is deleted from the installed Keras or TensorFlow, it is missed."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from suites.cases.case import Case
from suites.cases.selection import select
from suites.judge import surface
from suites.ledger import absences
from suites.ledger.installed import installed
from suites.observe import public_api, requests
from suites.observe.observer import Observer
from suites.observe.requests import SEED

keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

# By the end of a module's name: keras.losses is there as keras._tf_keras.keras.losses, too.
MODULES = {"losses": keras.losses, "metrics": keras.metrics, "ops": keras.ops, "nn": tf.nn}
NAMES = [
    (module, name)
    for module, found in MODULES.items()
    for name in dir(found)
    if public_api.MEANING.search(name) and callable(getattr(found, name))
]
EAGER = [
    case
    for case in select(["CPU:0"], dtypes=["float32"])
    if case.execution == "eager" and "tf_keras" not in case.form
]


@pytest.fixture(scope="module")
def observer() -> Observer:
    return Observer()


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch, module: str, name: str) -> Iterator[None]:
    """The installation without a public name, wherever it is reached."""
    found = getattr(MODULES[module], name)
    for place, space in list(sys.modules.items()):
        public = (
            place.split(".")[-1] == module
            and "src" not in place
            and place.split(".")[0] != "tf_keras"
        )
        if public and getattr(space, "__dict__", {}).get(name) is found:
            monkeypatch.delattr(space, name)
    return


def calling(module: str, name: str) -> list[Case]:
    """Cases whose call has the name, the first of each form."""
    found = {case.form: case for case in reversed(EAGER) if f"{module}.{name}(" in case.call}
    return list(found.values())


@pytest.fixture(scope="module")
def found(observer) -> set[str]:
    """All public names; the API can be walked once in a process."""
    return set(public_api.public({space: observer.names[space] for space in ("keras", "tf")}))


CALLED = [pair for pair in NAMES if calling(*pair)]


@pytest.mark.parametrize(("module", "name"), CALLED)
def test_a_name_that_is_deleted_is_missing(observer, without, module, name):
    may = absences.of(installed(observer.versions()), absences.load())
    for case in calling(module, name):
        answer = observer.observe(**requests.request(case, SEED))
        assert may.unanswered(case, answer) == ("missing", absences.MISSING), (case.id, answer)


@pytest.mark.parametrize(("module", "name"), sorted({*NAMES} - {*CALLED}))
def test_a_name_that_no_case_calls_is_missed_in_the_public_api(found, module, name):
    """It is another name of what is called, or surface.toml leaves it out."""
    left = {full for full in found if not full.endswith(f"{module}.{name}")}
    patterns = [one for one in surface.load() if one.name == f"tf.{module}.{name}"]
    gaps = [surface.Gap(full, "") for full in left]
    assert surface.one_sided(left) or surface.problems(gaps, patterns, ["tf"])
    assert surface.one_sided(found) == []


def test_most_names_are_called():
    assert len(CALLED) >= 20
