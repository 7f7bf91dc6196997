"""What can be measured here is found out before a run, and the header names all that it depends on."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from meta_tests.door import SETTINGS, VERSIONS
from suites.observe import environment
from suites.observe.client import CannotAsk
from suites.observe.environment import CannotMeasure, Other, describe

NO_GPU = "GPU: TensorFlow finds none"


@pytest.mark.parametrize(
    ("working", "broken", "devices", "missing"),
    [
        (["CPU:0", "CPU:1"], {}, "CPU:0, CPU:1", NO_GPU),
        (["CPU:0"], {"CPU:1": "no"}, "CPU:0", f"CPU:1: no; {NO_GPU}"),
        (["CPU:0", "GPU:0"], {}, "CPU:0, GPU:0", "none"),
        (["CPU:0"], {"GPU:0": "no memory"}, "CPU:0", "GPU:0: no memory"),
    ],
)
def test_devices_that_work_and_others_with_their_reason(
    working: list[str], broken: dict[str, str], devices: str, missing: str
) -> None:
    found = describe(VERSIONS, SETTINGS, working, broken)
    assert (found["devices"], found["not measured"]) == (devices, missing)


def test_versions_and_settings_stand_under_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", "/my/keras")
    names = ("TensorFlow", "Keras", "NumPy", "Python", "CPU features", "KERAS_HOME", "XLA_FLAGS")
    found = describe(VERSIONS, SETTINGS | {"keras": "3.15.0", "xla_flags": "a"}, ["CPU:0"], {})
    expected = ("2.21.0", "3.15.0", "2.4.2", "3.11.7", "AVX2", "/my/keras", "a")
    assert tuple(found[name] for name in names) == expected
    settings = SETTINGS | {"intra_op_threads": "3", "inter_op_threads": "5"}
    threads = describe(VERSIONS, settings, ["CPU:0"], {})["threads"]
    assert threads == "in an operation 3, of operations 5"


def test_without_tensorflow_there_is_nothing_to_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"tensorflow": object()}
    monkeypatch.setattr(importlib.util, "find_spec", there.get)
    environment.require_tensorflow()
    there.clear()
    with pytest.raises(CannotMeasure, match=r"^TensorFlow is not installed, .*: --python$"):
        environment.require_tensorflow()


class Asked:
    """An installation that answers as it is told to, or not at all."""

    variables: Mapping[str, str] = {"KERAS_HOME": "/no/where"}
    last_words = "Unknown flag"

    def __init__(self, about: str = "", keras: str = "", xla: str = "", **found: str) -> None:
        self.fails = {"about": about, "settings": keras}
        self.xla, self.found, self.requests = xla, SETTINGS | found, []

    def _or_fail(self, name: str) -> dict[str, str]:
        if self.fails[name]:
            raise CannotAsk(self.fails[name])
        return self.found

    def about(self) -> dict[str, str]:
        return VERSIONS | self._or_fail("about")

    def settings(self) -> dict[str, str]:
        return self._or_fail("settings")

    def ask(self, request: dict[str, object]) -> dict[str, str]:
        self.requests.append(request)
        return {"error": self.xla} if self.xla else {}


def with_variables(asked: Asked, **variables: str) -> Asked:
    asked.variables = {**Asked.variables, **variables}
    return asked


def test_another_interpreter_that_is_not_there_is_one_line() -> None:
    with pytest.raises(CannotMeasure, match=r"^/no/python does not start: No such file"):
        environment.start(Other(Path("/no/python")))


def test_settings_that_are_usual_are_returned_and_xla_is_not_asked_without_flags() -> None:
    asked = Asked()
    assert environment.require_defaults(asked) == SETTINGS
    assert asked.requests == []
    asked = with_variables(Asked(), XLA_FLAGS="--a", TF_XLA_FLAGS="--b")
    assert environment.require_defaults(asked) == SETTINGS
    ((request),) = asked.requests
    assert (request["execution"], request["call"]) == ("xla", "output + 1")


def test_another_environment_may_compute_with_another_backend_and_be_older() -> None:
    jax = with_variables(Asked(backend="jax", tensorflow="absent"), KERAS_BACKEND="jax")
    assert environment.require_defaults(jax, "jax")["backend"] == "jax"
    old = Asked(tensorflow="1.0.1", keras="", floatx="unknown", epsilon="unknown")
    assert environment.require_defaults(old)["floatx"] == "unknown"
    with pytest.raises(CannotMeasure, match=r"^backend is torch, from .* and must be jax"):
        environment.require_defaults(Asked(backend="torch"), "jax")
    with pytest.raises(CannotMeasure, match=r"^Keras does not start: no$"):
        environment.require_defaults(Asked(about="no"), "jax")


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (Asked(about="no"), "TensorFlow does not start: no"),
        (Asked(keras="no"), "Keras does not start: no"),
        (Asked(floatx="float16"), "floatx is float16, from "),
        (with_variables(Asked(about="no"), KERAS_BACKEND="jax"), "backend is jax, from KERAS_BACKEND=jax"),
        (with_variables(Asked(xla="E: x"), TF_XLA_FLAGS="--b", XLA_FLAGS="--a"), "XLA does not start with XLA_FLAGS=--a TF_XLA_FLAGS=--b: Unknown flag"),
    ],
)  # fmt: skip
def test_what_prevents_a_measurement_is_one_line(asked: Asked, why: str) -> None:
    with pytest.raises(CannotMeasure) as raised:
        environment.require_defaults(asked)
    assert str(raised.value).startswith(why)


def test_a_start_asks_this_interpreter_under_the_variables_of_the_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps: list[object] = []
    monkeypatch.setattr(environment, "require_tensorflow", lambda: steps.append("required"))
    monkeypatch.setattr(environment.Client, "begin", lambda client: steps.append("begun"))
    monkeypatch.setenv("MINE", "yes")
    monkeypatch.setenv("PYTHONPATH", "/our/packages")
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    client = environment.start()
    assert steps == ["required", "begun"]
    brought = Other(Path("/other/python"), {"KERAS_BACKEND": "jax"})
    other = environment.start(brought)
    assert steps[2:] == ["begun"]
    assert (other.python, brought.backend) == (Path("/other/python"), "jax")
    passed = {name: text for name, text in client.variables.items() if name != "PYTHONPATH"}
    assert other.variables == passed | {"KERAS_BACKEND": "jax"}
    assert (client.python, client.observer.name) == (Path(sys.executable), "observer.py")
    assert (client.variables["MINE"], client.variables["PYTHONHASHSEED"]) == ("yes", "0")


@pytest.mark.parametrize(
    ("text", "is_so"),
    [("1", True), ("true", True), ("True", True), ("0", False), ("", False), ("yes", False)],
)
def test_deterministic_operations_are_a_variable(
    monkeypatch: pytest.MonkeyPatch, text: str, is_so: bool
) -> None:
    monkeypatch.setenv("TF_DETERMINISTIC_OPS", text)
    assert environment.is_deterministic() is is_so
    monkeypatch.delenv("TF_DETERMINISTIC_OPS")
    assert not environment.is_deterministic()


@pytest.mark.parametrize(
    ("printed", "suite"),
    [
        (["\n0123456789abcdef\n", ""], "0123456789ab"),
        (["\n0123456789abcdef\n", " M a.py\n"], "0123456789ab, with uncommitted changes"),
        (["inside/\n0123456789abcdef\n", ""], "unknown"),
        ([], "unknown"),
    ],
)
def test_the_suite_is_named_by_its_commit(
    monkeypatch: pytest.MonkeyPatch, printed: list[str], suite: str
) -> None:
    texts = iter(printed)

    def git(folder: Path, *arguments: str) -> str:
        if not printed:
            raise FileNotFoundError("git")
        return next(texts)

    monkeypatch.setattr(environment, "_git", git)
    assert environment.describe(VERSIONS, SETTINGS, ["CPU:0"], {})["suite"] == suite
