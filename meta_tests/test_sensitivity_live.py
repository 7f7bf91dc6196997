"""What the suite can see in a real installation: mistakes planted in TensorFlow and Keras."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from suites.cases import Case
from suites.given import asked
from suites.judge import judge
from suites.observer import Observer
from suites.selection import select

tf = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
keras = pytest.importorskip("keras", minversion="3", reason="Keras 3 is not installed")
if keras.backend.backend() != "tensorflow":
    pytest.skip("Keras does not run on TensorFlow", allow_module_level=True)

SEED = 2017
CATEGORICAL, SPARSE = "categorical_crossentropy", "sparse_categorical_crossentropy"
Row = tuple[str, str, str, str]  # case id, quantity, index, cause


@contextmanager
def _epsilon_of_1_1e_7() -> Iterator[None]:
    before = keras.config.epsilon()
    keras.config.set_epsilon(1.1e-7)
    try:
        yield
    finally:
        keras.config.set_epsilon(before)


@contextmanager
def _no_normalisation() -> Iterator[None]:
    right = keras.src.backend.nn.categorical_crossentropy

    def wrong(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
        if from_logits:
            return right(target, output, from_logits=True, axis=axis)
        epsilon = keras.config.epsilon()
        output = tf.clip_by_value(output, epsilon, 1.0 - epsilon)
        return -tf.reduce_sum(tf.cast(target, output.dtype) * tf.math.log(output), axis=axis)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.src.backend.nn, CATEGORICAL, wrong)
        yield


@contextmanager
def _negated_logits() -> Iterator[None]:
    name = "sparse_softmax_cross_entropy_with_logits"
    right = getattr(tf.nn, name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tf.nn, name, lambda labels, logits: right(labels=labels, logits=-logits))
        yield


@pytest.fixture(scope="module")
def observer() -> Observer:
    return Observer()


def _differences(observer: Observer, cases: list[Case]) -> set[Row]:
    return {
        (case.id, columns.quantity, index, cause)
        for case in cases
        for columns in judge(case, _answer(observer, case), SEED)
        for index, cause in zip(columns.index, columns.cause, strict=True)
        if cause
    }


def _answer(observer: Observer, case: Case) -> dict[str, Any]:
    return observer.observe(case.call, asked(case, SEED), case.execution, case.device)


@pytest.mark.parametrize(
    ("loss", "form", "fault"),
    [
        pytest.param(CATEGORICAL, "function", _epsilon_of_1_1e_7, id="epsilon 1.1e-7"),
        pytest.param(CATEGORICAL, "function", _no_normalisation, id="not normalised, function"),
        pytest.param(CATEGORICAL, "ops", _no_normalisation, id="not normalised, ops"),
        pytest.param(SPARSE, "function", _negated_logits, id="logits negated, function"),
        pytest.param(SPARSE, "nn", _negated_logits, id="logits negated, nn"),
    ],
)
def test_fault_in_the_installation_is_found(
    observer: Observer, loss: str, form: str, fault: Callable[[], AbstractContextManager[None]]
) -> None:
    cases = select(["CPU:0"], [loss], executions=["eager"], forms=[form])
    cases = [case for case in cases if not case.made_inside]  # Keras takes those for logits
    before = _differences(observer, cases)
    with fault():
        found = _differences(observer, cases) - before
    print(f"\n{len(found)} | {min(found, default='not seen')}")
    assert found
    assert _differences(observer, cases) == before
