"""Whatever public cross-entropy is deleted from the installed Keras or TensorFlow, it is missed."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from suites import absences
from suites.cases import Case
from suites.given import asked
from suites.observer import Observer
from suites.questions import SEED
from suites.selection import select
from suites.surface import MEANING

keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

# By the end of a module's name: keras.losses is there as keras._tf_keras.keras.losses, too.
MODULES = {"losses": keras.losses, "metrics": keras.metrics, "ops": keras.ops, "nn": tf.nn}
NAMES = [
    (module, name)
    for module, found in MODULES.items()
    for name in dir(found)
    if MEANING.search(name) and callable(getattr(found, name))
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
        if public and getattr(space, name, None) is found:
            monkeypatch.delattr(space, name)
    return


def calling(module: str, name: str) -> list[Case]:
    """Cases whose call has the name, the first of each form."""
    found = {case.form: case for case in reversed(EAGER) if f"{module}.{name}(" in case.call}
    return list(found.values())


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_a_name_that_is_deleted_is_missing(observer, without, module, name):
    cases = calling(module, name)
    versions = observer.versions()
    may = absences.of(versions, absences.load())
    for case in cases:
        answer = observer.observe(case.call, asked(case, SEED), "eager", case.device)
        assert may.unanswered(case, answer) == ("missing", absences.MISSING), (case.id, answer)
    assert cases
