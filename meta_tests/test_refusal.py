"""An error is an absence where the call names what is not there, and nowhere else."""

from __future__ import annotations

import ast
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from suites.observe.errors import refusal


def crossentropy(target: Any, output: Any, axis: int = -1) -> Any:
    if output == "breaks":
        return inner(target, axis=axis)
    if output == "lacks":
        return losses.gone
    if output == "unnamed":
        return tf_keras  # noqa: F821
    return target


def inner(target: Any) -> Any:
    return target


class Crossentropy:
    def __init__(self, reduction: str = "mean") -> None:
        pass

    def __call__(self, target: Any, output: Any) -> Any:
        return crossentropy(target, output)


class Model:
    def compile(self, loss: str) -> None:
        pass


losses = ModuleType("keras.losses")
vars(losses).update(crossentropy=crossentropy, ce=crossentropy, Crossentropy=Crossentropy)
NAMES = {"keras": SimpleNamespace(losses=losses, Model=Model)}
ERROR = TypeError("crossentropy() got an unexpected keyword argument 'axis'")


def kind(call: str, output: str = "fine") -> str:
    """What is made of the error that a call raises."""
    try:
        exec(call, NAMES | {"target": 1, "output": output})
    except Exception as error:
        (found,) = refusal(error, [ast.parse(call)], NAMES)
        return found
    raise AssertionError(f"{call} raises nothing")


@pytest.mark.parametrize(
    "call",
    [
        "keras.losses.gone(target, output)",
        "keras.ops.crossentropy(target, output)",
        "keras.losses.Crossentropy.NONE",
        "tf_keras.losses.crossentropy(target, output)",
        "keras.losses.crossentropy(target, output, gamma=2.0)",
        "keras.losses.ce(target, output, gamma=2.0)",
        "keras.losses.Crossentropy(dtype='float16')(target, output)",
        "keras.losses.Crossentropy()(target, output, sample_weight=target)",
        "loss = keras.losses.Crossentropy()\nvalue = loss(target, output, sample_weight=target)",
    ],
)
def test_what_the_call_names_and_is_not_there_is_absent(call: str) -> None:
    assert kind(call) == "absent"


@pytest.mark.parametrize(
    ("call", "output"),
    [
        ("keras.losses.crossentropy(target, output, axis=0)", "breaks"),
        ("keras.losses.crossentropy(target, output)", "breaks"),
        ("keras.losses.crossentropy(target, output)", "lacks"),
        ("keras.losses.crossentropy(target, output)", "unnamed"),
        ("keras.losses.Crossentropy()(target, output)", "breaks"),
        ("target.gone", "fine"),
        ("keras.losses.crossentropy(target)", "fine"),
    ],
)
def test_an_error_inside_of_what_is_called_is_an_error(call: str, output: str) -> None:
    assert kind(call, output) == "error"


def test_an_argument_of_the_program_around_a_loss_is_not_asked() -> None:
    call = "model = keras.Model()\nmodel.compile(loss='crossentropy', jit_compile=True)"
    assert kind(call) == "not_asked"


def test_an_argument_that_a_program_passes_on_is_not_asked() -> None:
    program = "def fit(**options):\n    keras.Model().compile(loss=1, **options)\n"
    assert kind(program + "fit(jit_compile=True)") == "not_asked"


def test_an_error_of_another_name_than_the_call_has_is_an_error() -> None:
    assert list(refusal(ERROR, [ast.parse("keras.losses.crossentropy(target, axis=1)")], NAMES)) == ["error"]  # fmt: skip


def test_the_text_is_the_first_line() -> None:
    assert refusal(ValueError("one\ntwo"), [ast.parse("1")], {}) == {"error": "ValueError: one"}


@pytest.mark.parametrize(
    "call",
    [
        'keras.losses.crossentropy(target, output, **{"strange": 1})',
        'keras.losses.crossentropy(target, **{"strange": keras.losses.Crossentropy(reduction="sum")})',
    ],
)
def test_a_keyword_that_the_text_gives_to_nobody_is_an_error(call: str) -> None:
    assert kind(call) == "error"
