"""Steps of models reach sessions of TensorFlow 1 and other backends, on a Keras made of NumPy."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from suites.observe import dialect, observer
from suites.observe.arrays import packed

ROW, LABELS = np.array([[0.5, 2.0]], np.float32), np.array([[1.0, 3.0]], np.float32)
ARRAYS = {"output": packed(ROW), "target": packed(LABELS)}
STEP = "train_on_batch('loss', target, output, [tf.keras.layers.Dense(2)])"
SAVED = "predict('loss', target, output, [tf.keras.layers.Dense(2)])"


class Tensor:
    """What only a session can run."""

    def __init__(self, numbers: Any) -> None:
        self.numbers = numbers


class Layer:
    name = "dense"

    def __init__(self, *_: Any, **__: Any) -> None:
        self.weights: list[np.ndarray] = []

    def set_weights(self, weights: list[np.ndarray]) -> None:
        self.weights = weights


class Sequential:
    """A model whose loss is that of its first label, and whose step adds the labels to the kernel."""

    loss: Any = 7.0

    def __init__(self, layers: list[Layer]) -> None:
        self.layers = layers

    def compile(self, sample_weight_mode: str | None = None, **options: Any) -> None:
        pass

    def get_weights(self) -> list[np.ndarray]:
        return self.layers[-1].weights

    def train_on_batch(self, rows: Any, target: Any, **_: Any) -> Any:
        assert {type(rows), type(target)} == {np.ndarray}
        self.layers[-1].weights = [self.layers[-1].weights[0] + target]
        return self.loss

    def predict(self, rows: Any, **_: Any) -> Any:
        return self.get_weights()[0]


def keras(**more: Any) -> SimpleNamespace:
    """A Keras of which Model.compile knows neither XLA nor the eager mode."""
    layers = SimpleNamespace(Dense=type("Dense", (Layer,), {}), InputLayer=Layer, Layer=Layer)
    backend = SimpleNamespace(floatx=lambda: "float32", clear_session=lambda: None)
    losses = SimpleNamespace(get=lambda name: lambda target, output: Tensor(target.numbers * output.numbers))  # fmt: skip
    places = {"layers": layers, "backend": backend, "losses": losses, "Sequential": Sequential}
    optimizers = SimpleNamespace(SGD=lambda rate: None)
    return SimpleNamespace(optimizers=optimizers, Model=Sequential, **places | more)


class TensorFlow1:
    """The functions that a step in a session needs."""

    Tensor = Tensor

    def __init__(self) -> None:
        self.keras, self.done = keras(), []
        self.keras.backend.clear_session = lambda: self.done.append("cleared")

    @contextmanager
    def device(self, name: str) -> Any:
        self.done.append(name)
        yield

    @contextmanager
    def Session(self, config: Any = None) -> Any:
        self.done.append("session")
        yield SimpleNamespace(run=lambda tensor: tensor.numbers)

    def constant(self, numbers: Any) -> Tensor:
        return Tensor(numbers)


def session(tf: Any) -> observer.Session:
    one = observer.Session.__new__(observer.Session)
    one.tf, one.names, one.subject, one._warnings = tf, {"tf": tf, "np": np}, "tf.keras", {}
    one.config = {}
    return one


def asked(one: Any, call: str = STEP, execution: str = "eager", by: str = "", **more: Any) -> Any:
    return one.observe(call, {**ARRAYS, **more}, execution, "CPU:0", by=by)


def test_a_step_in_a_session_gets_arrays_in_a_fresh_graph() -> None:
    one = session(tf := TensorFlow1())
    kernel = packed(ROW + LABELS)
    assert asked(one) == {"value": packed(np.float32(7)), "gradient": kernel}
    assert tf.done == ["cleared", "session", "/cpu:0"]


def test_a_tensor_that_a_step_leads_to_is_run() -> None:
    assert asked(session(TensorFlow1()), SAVED) == {"value": packed(LABELS * ROW), "gradient": None}


@pytest.mark.parametrize(
    ("loss", "dtype", "kind"),
    [
        (7.0, "float32", "float32"),
        (7.0, "float64", "float64"),
        (np.float64(7), "float32", "float64"),
    ],
)
def test_a_number_of_python_is_as_wide_as_tensorflow_or_the_arrays_make_it(
    monkeypatch: pytest.MonkeyPatch, loss: float, dtype: str, kind: str
) -> None:
    monkeypatch.setattr(Sequential, "loss", loss)
    found = asked(session(TensorFlow1()), target=packed(LABELS.astype(dtype)))
    assert found["value"] == packed(np.array(7, kind))


@pytest.mark.parametrize(
    ("call", "execution", "by"),
    [(STEP, "graph", ""), (STEP, "eager", "output"), ("updated(1, target, output)", "eager", "")],
)
def test_nothing_but_a_step_is_asked_eagerly_in_a_session(
    call: str, execution: str, by: str
) -> None:
    assert list(asked(session(TensorFlow1()), call, execution, by)) == ["not_asked"]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (STEP[:-1] + ", run_eagerly=False, jit_compile=False)", ""),
        (STEP[:-1] + ", run_eagerly=True, jit_compile=False)", dialect.NOT_EAGERLY),
        (STEP[:-1] + ", run_eagerly=False, jit_compile=True)", dialect.NO_COMPILER),
        (STEP[:-1] + ", own='train_step')", "this Keras has no utils.unpack_x_y_sample_weight"),
        (STEP.replace("'loss'", "tf.nn.softmax"), ""),
        (STEP.replace("target", "tf.concat(target)"), dialect.TENSORS),
    ],
)
def test_what_a_session_lacks_is_not_asked(call: str, reason: str) -> None:
    assert asked(session(TensorFlow1()), call).get("not_asked", "") == reason


def elsewhere(monkeypatch: pytest.MonkeyPatch, backend: str) -> observer.Elsewhere:
    names = {"backend": lambda: backend, "standardize_dtype": lambda dtype: dtype.name}
    ops = SimpleNamespace(convert_to_tensor=np.float32, convert_to_numpy=np.asarray)
    config = SimpleNamespace(floatx=lambda: "float32")
    found = keras(backend=SimpleNamespace(**names), ops=ops, config=config)
    monkeypatch.setitem(sys.modules, "keras", found)
    return observer.Elsewhere()


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_a_step_on_another_backend_gets_arrays(
    monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    found = asked(elsewhere(monkeypatch, backend))
    assert found == {"value": packed(np.float32(7)), "gradient": packed(ROW + LABELS)}


@pytest.mark.parametrize(
    ("backend", "more", "reason"),
    [
        ("openvino", "", "Keras trains no model on OpenVINO"),
        ("torch", ", own='train_step'", dialect.NEEDS_TENSORFLOW),
        ("jax", ", run_eagerly=True", ""),
    ],
)
def test_what_another_backend_lacks_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, backend: str, more: str, reason: str
) -> None:
    found = asked(elsewhere(monkeypatch, backend), STEP[:-1] + more + ")")
    assert found.get("not_asked", "") == reason


def test_a_program_that_names_tensorflow_is_not_asked_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = elsewhere(monkeypatch, "jax")
    within = f"mirrored(lambda: {STEP})"
    assert asked(one, within) == {"not_asked": dialect.NEEDS_TENSORFLOW}
    named = STEP.replace("'loss'", "tf.nn.softmax")
    assert asked(one, named) == {"absent": "NameError: name 'tf' is not defined"}


def test_torch_compiles_no_model_and_jax_does(monkeypatch: pytest.MonkeyPatch) -> None:
    class Compiling(Sequential):
        def compile(self, jit_compile: bool = False, **options: Any) -> None:  # type: ignore[override]
            pass

    answers = {}
    for backend in ("torch", "jax"):
        one = elsewhere(monkeypatch, backend)
        one.names["keras"].Model = one.names["keras"].Sequential = Compiling
        answers[backend] = set(asked(one, STEP[:-1] + ", jit_compile=True)"))
    assert answers == {"torch": {"not_asked"}, "jax": {"value", "gradient"}}


@pytest.mark.parametrize("known", [False, True])
def test_workers_are_started_only_where_they_can_be_asked(
    monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    one = session(TensorFlow1())
    one.tf.distribute = SimpleNamespace(**{observer.STRATEGY: None} if known else {})
    monkeypatch.setitem(observer.workers, "asked", lambda program, request, count: count)
    request = {"call": STEP, "arrays": ARRAYS, "execution": "eager", "device": "CPU:0", "by": ""}
    answer = observer._answer(one, {**request, "workers": 2})
    assert answer == (2 if known else {"not_asked": dialect.NO_WORKERS})
