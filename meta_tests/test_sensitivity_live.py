"""What the suite can see in a real installation: mistakes planted in TensorFlow and Keras.

Each fault is a small one, in the value or in the gradient alone, and must end in the verdict "new":
it goes through the judge and the ledger, so an entry that explains too much is found as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from suites.cases.case import Case
from suites.cases.execution import EXECUTIONS
from suites.cases.forms import FORMS
from suites.cases.loss_options import PLAIN
from suites.cases.losses import LOSSES
from suites.cases.selection import select
from suites.judge.comparison import causes
from suites.judge.judge import judge
from suites.ledger import ledger, ledger_file
from suites.ledger.installed import installed
from suites.observe import requests
from suites.observe.observer import Observer

pytestmark = pytest.mark.skipif(not find_spec("tensorflow"), reason="TensorFlow is not installed")

SEED = 2017
CATEGORICAL, SPARSE, BINARY = (
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "binary_crossentropy",
)
Function = Callable[..., Any]


def value(right: Function) -> Function:
    """The result, and with it the gradient, is 0.1 % too large."""
    return lambda *args, **kwargs: right(*args, **kwargs) * 1.001


def gradient(right: Function) -> Function:
    """The gradient alone is 0.1 % too large."""
    import tensorflow as tf

    @tf.custom_gradient
    def bent(x: Any) -> Any:
        return tf.identity(x), lambda g: g * 1.001

    return lambda *args, **kwargs: bent(right(*args, **kwargs))


def traced(right: Function) -> Function:
    """The result is too large where it is traced, as a mistake of a rewriting pass would be."""
    import tensorflow as tf

    def wrong(*args: Any, **kwargs: Any) -> Any:
        found = right(*args, **kwargs)
        return found if tf.executing_eagerly() else found * 1.001

    return wrong


def not_normalised(right: Function) -> Function:
    """Probabilities that do not sum to one are taken as they are."""
    import tensorflow as tf

    def wrong(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
        if from_logits:
            return right(target, output, from_logits=True, axis=axis)
        output = tf.clip_by_value(output, 1e-7, 1.0 - 1e-7)
        return -tf.reduce_sum(tf.cast(target, output.dtype) * tf.math.log(output), axis=axis)

    return wrong


def logits_negated(right: Function) -> Function:
    return lambda labels, logits, **kwargs: right(labels=labels, logits=-logits, **kwargs)


@dataclass(frozen=True)
class Fault:
    """`place` is a module or class, and a name in it; `executions` are those that must show it."""

    place: str
    wrong: Callable[[Function], Function]
    loss: str
    form: str
    executions: tuple[str, ...] = EXECUTIONS

    def __str__(self) -> str:
        return f"{self.form}-{self.loss}-{self.wrong.__name__}"


NN, LOSS = "keras.src.backend.nn", "keras.src.losses.loss.Loss"
FAULTS = (
    Fault(f"{NN}.{CATEGORICAL}", value, CATEGORICAL, "function"),
    Fault(f"{NN}.{CATEGORICAL}", gradient, CATEGORICAL, "function"),
    Fault(f"{NN}.{CATEGORICAL}", traced, CATEGORICAL, "function", ("graph", "xla")),
    Fault(f"{NN}.{CATEGORICAL}", not_normalised, CATEGORICAL, "function", ("eager", "graph")),
    Fault(f"{NN}.{CATEGORICAL}", not_normalised, CATEGORICAL, "ops", ("eager",)),
    Fault(f"{NN}.{BINARY}", value, BINARY, "ops"),
    Fault(f"{NN}.{BINARY}", gradient, BINARY, "class"),
    Fault("tensorflow.nn.sparse_softmax_cross_entropy_with_logits", logits_negated, SPARSE, "nn"),
    Fault("tensorflow.nn.softmax_cross_entropy_with_logits", gradient, CATEGORICAL, "nn"),
    Fault(f"{LOSS}.__call__", value, CATEGORICAL, "class", ("eager", "graph")),
    Fault(f"{LOSS}.__call__", gradient, SPARSE, "class-mean", ("eager", "xla")),
    Fault(f"{LOSS}.__call__", value, BINARY, "saved", ("eager",)),
    Fault(f"{LOSS}.__call__", gradient, CATEGORICAL, "masked", ("eager",)),
    Fault(f"{LOSS}.__call__", value, BINARY, "weight-gradient", ("eager",)),
    Fault("keras.src.metrics.reduction_metrics.Mean.result", value, BINARY, "metric", ("eager",)),
    Fault("tf_keras.src.losses.Loss.__call__", value, CATEGORICAL, "tf_keras-class", ("graph",)),
    Fault("tf_keras.src.losses.Loss.__call__", gradient, SPARSE, "tf_keras-mean", ("eager",)),
    Fault("tf_keras.src.backend.categorical_crossentropy", value, CATEGORICAL, "tf_keras"),
    Fault(
        "keras.src.trainers.compile_utils.CompileLoss.__call__", gradient, CATEGORICAL, "fit-string"
    ),
    Fault("keras.src.trainers.compile_utils.CompileLoss.__call__", gradient, BINARY, "fit-class"),
    Fault(
        "keras.src.trainers.compile_utils.CompileLoss.__call__",
        value,
        CATEGORICAL,
        "evaluate-string",
    ),
)


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    path, _, name = fault.place.rpartition(".")
    owner = _resolve(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, fault.wrong(getattr(owner, name)))
        yield


def _resolve(path: str) -> Any:
    """The module, or the class in one."""
    try:
        return import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(import_module(module), name)


@pytest.fixture(scope="module")
def observer() -> Observer:
    return Observer()


@cache
def known_differences(versions: tuple[tuple[str, str], ...]) -> ledger.Ledger:
    return ledger.Ledger(
        tuple(entry for entry in ledger_file.load() if entry.spans(installed(dict(versions))))
    )


def new(observer: Observer, cases: list[Case]) -> set[tuple[str, str, str]]:
    """Case, quantity and cause of what is new, as the suite would report it."""
    known = known_differences(tuple(sorted(observer.versions().items())))
    observer._functions.clear()  # what was traced before does not hold the fault
    return {
        (case.id, str(found.quantity), str(cause))
        for case in cases
        for found in judge(case, _answer(observer, case), SEED)
        for cause, verdict in zip(
            causes(found), known.verdicts(case, found.quantity, causes(found))[0], strict=True
        )
        if verdict == "new"
    }


def _answer(observer: Observer, case: Case) -> dict[str, Any]:
    return observer.observe(**requests.request(case, SEED))


def cases_of(fault: Fault, execution: str) -> list[Case]:
    """At most two ordinary calls of the form, run as `execution` says."""
    every = select(["CPU:0"], [fault.loss], ["float32"], forms=[fault.form])
    usual, in_model = LOSSES[fault.loss].labels, FORMS[fault.loss, fault.form].model
    ordinary = [
        replace(case, execution=execution)
        for case in every
        if in_model
        or (
            (case.inputs, case.arguments, case.labels) == ("interior", PLAIN, usual)
            and not case.made_inside
        )
    ]
    return list(dict.fromkeys(ordinary))[:2]


PLACES = [(fault, execution) for fault in FAULTS for execution in fault.executions]


@pytest.mark.parametrize(("fault", "execution"), PLACES, ids=lambda part: str(part))
def test_a_fault_in_the_installation_is_new(
    observer: Observer, fault: Fault, execution: str
) -> None:
    cases = cases_of(fault, execution)
    assert cases
    assert not new(observer, cases)
    with planted(fault):
        found = new(observer, cases)
    assert found
    if fault.wrong is gradient:
        assert {quantity for _, quantity, _ in found} == {"gradient"}
    assert not new(observer, cases)
