"""Releases are asked in the words that they know; what we can't put to them is not their answer."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace as Module
from typing import Any

import pytest

from suites.cases.selection import select
from suites.observe import dialect, errors, observer
from suites.observe.requests import DEVICES

PROGRAMS = sorted({case.call for case in select(DEVICES) if "\n" in case.call})
COMPILED = [call for call in PROGRAMS if "jit_compile=True" in call]


def compile_of_2_1(self, optimizer="rmsprop", loss=None, **keywords): ...


def compile_of_2_8(self, optimizer="rmsprop", loss=None, jit_compile=None, **keywords): ...


def keras(version: str) -> Module:
    """Stands in for a Keras of a release, with what tells one from another."""
    number = tuple(map(int, version.split(".")[:2]))
    found = Module(__version__=version, losses=Module(), optimizers=Module(), backend=Settings())
    if number < (2, 0):
        del found.losses
    if number >= (2, 1):  # it was keras.models.Model alone before
        found.Model = Module(compile=compile_of_2_8 if number >= (2, 8) else compile_of_2_1)
    if number >= (3, 0):
        found.config, found.optimizers.LossScaleOptimizer = Module(), object
    elif number >= (2, 4):
        names = ("set_global_policy", "LossScaleOptimizer")
        found.mixed_precision = Module(**dict.fromkeys(names, object), experimental=Module())
    elif number >= (2, 1):
        found.mixed_precision = Module(experimental=Module(set_policy=object))
    return found


class Settings:
    """The settings of a Keras, of which one refuses what it does not know."""

    def __init__(self) -> None:
        self.now: dict[str, Any] = {"epsilon": 1e-7, "floatx": "float32"}
        self.epsilon = lambda: self.now["epsilon"]
        self.floatx = lambda: self.now["floatx"]
        self.set_epsilon = lambda value: self.now.update(epsilon=value)

    def set_floatx(self, value: str) -> None:
        if value == "bfloat16":
            raise ValueError("Unknown floatx type: bfloat16")
        self.now.update(floatx=value)


class Stub(observer.Observer):
    """An observer that has imported a stand-in."""

    def __init__(self, version: str, subject: str = "tf.keras") -> None:
        self.subject, self._functions, self._warnings = subject, {}, {}
        found = keras(version)
        self.tf = Module(keras=found, device=lambda name: nullcontext())
        self.names = {"keras": found, "tf": self.tf}


def asked(version: str, call: str, subject: str = "tf.keras") -> str:
    """The words in which a release is asked, or why it is not."""
    found = keras(version)
    call = dialect.in_words_of(found, subject, call)
    return dialect.reason_not_to_ask(found, subject, call) or call


@pytest.mark.parametrize("call", PROGRAMS)
def test_the_newest_is_asked_as_it_is_written(call: str) -> None:
    assert asked("3.15.1", call) == call


@pytest.mark.parametrize("version", ["2.2.4-tf", "2.3.0-tf", "2.4.0", "2.7.0"])
def test_nobody_is_asked_for_an_argument_that_is_unknown(version: str) -> None:
    for call in PROGRAMS:
        assert "jit_compile" not in asked(version, call) or call in COMPILED
    assert {asked(version, call) for call in COMPILED} == {"Model.compile has no jit_compile"}


def test_keras_without_a_model_at_its_top_compiles_none() -> None:
    for call in PROGRAMS:
        assert "jit_compile" not in asked("1.0.7", call, "keras") or call in COMPILED
    assert {asked("1.0.7", call, "keras") for call in COMPILED} == {dialect.NO_COMPILER}


def test_what_is_known_is_asked() -> None:
    assert all("jit_compile=True" in asked("2.8.0", call) for call in COMPILED)


@pytest.mark.parametrize(
    ("version", "call", "older"),
    [
        ("1.0.7", "tf.keras.losses.x(reduction=None)", "tf.keras.objectives.x(reduction='none')"),
        ("2.15.0", "keras.config.set_epsilon(0.01)", "keras.backend.set_epsilon(0.01)"),
        (
            "2.15.0",
            "tf.keras.config.set_dtype_policy('mixed_float16')",
            "tf.keras.mixed_precision.set_global_policy('mixed_float16')",
        ),
        (
            "2.3.0-tf",
            "tf.keras.config.set_dtype_policy('mixed_float16')",
            "tf.keras.mixed_precision.experimental.set_policy('mixed_float16')",
        ),
        (
            "2.4.0",
            "tf.keras.optimizers.LossScaleOptimizer(s, initial_scale=1.0)",
            "tf.keras.mixed_precision.LossScaleOptimizer(s, initial_scale=1.0)",
        ),
        (
            "2.3.0-tf",
            "tf.keras.optimizers.LossScaleOptimizer(s, initial_scale=1.0)",
            "tf.keras.mixed_precision.experimental.LossScaleOptimizer(s, loss_scale=1.0)",
        ),
    ],
)
def test_older_releases_are_asked_in_older_words(version: str, call: str, older: str) -> None:
    assert asked(version, call) == older


def test_keras_2_3_has_no_input_in_a_model() -> None:
    for call in PROGRAMS:
        text = asked("2.3.1", call, subject="keras")
        assert "keras.Input(" not in text
        assert "run_eagerly" not in text
        assert "tf.keras" not in text


@pytest.mark.parametrize(
    ("version", "kind"), [("2.10.0", "not_asked"), ("3.15.1", "error")], ids=["2", "3"]
)
def test_a_function_for_a_metric_is_an_error_of_keras_3_alone(version: str, kind: str) -> None:
    call = "metric = (lambda: 0)\nvalue = metric.update_state"
    answer = Stub(version).observe(call, {}, "eager", "CPU:0")
    assert list(answer) == [kind]


def test_a_program_that_stops_in_between_changes_nothing_for_the_next() -> None:
    one = Stub("2.10.0")
    before = dict(one.tf.keras.backend.now)
    call = "keras.config.set_epsilon(0.01)\nkeras.config.set_floatx('bfloat16')\nvalue = 1"
    answer = one.observe(call, {}, "eager", "CPU:0")
    assert answer == {"error": "ValueError: Unknown floatx type: bfloat16"}
    assert one.tf.keras.backend.now == before


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("first\nsecond", "first"),
        ("in user code:\n\n  File x\n\n    ValueError: no loss", "no loss"),
        ("Graph execution error:\n\nNode: x\nlabel -1\n\t [[{{node x}}]] [Op:f]", "label -1"),
        ("", ""),
    ],
)
def test_the_line_that_says_what_is_wrong_is_kept(text: str, line: str) -> None:
    assert errors.one_line(ValueError(text)) == f"ValueError: {line}"
