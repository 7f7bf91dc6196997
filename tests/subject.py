"""A small implementation of the losses, to be judged as an installation would be.

It is written after the sources of Keras and TensorFlow, gradients by hand, in the dtype that comes
in and with every step rounded to it, and it shares nothing with `reference`. `Subject` runs the
text of this file, so that `faults` can plant a mistake by replacing a piece of it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from suites.observer import encode

SOURCE = Path(__file__).read_text(encoding="utf-8")
Backward = Callable[[np.ndarray], np.ndarray]
Result = tuple[np.ndarray, Backward]  # a value, and the way back from its gradient

EPSILON = 1e-7
ELEMENTWISE_FORMS = ("ops", "backend", "nn")


def constant(number: float, like: np.ndarray) -> np.ndarray:
    return np.asarray(number, like.dtype)


def reduce_sum(x: np.ndarray) -> np.ndarray:
    """Sum over the last axis, which stays, one term after the other."""
    total = x[..., :1]
    for k in range(1, x.shape[-1]):
        total = total + x[..., k : k + 1]
    return total


def reduce_max(x: np.ndarray) -> np.ndarray:
    return x.max(axis=-1, keepdims=True)


def reduce_mean(losses: np.ndarray) -> Result:
    """Mean over the last axis."""
    count = constant(losses.shape[-1], losses)

    def backward(upstream: np.ndarray) -> np.ndarray:
        return np.ones_like(losses) * (upstream / count)[..., None]

    return (reduce_sum(losses) / count)[..., 0], backward


def clip_by_value(x: np.ndarray) -> Result:
    """Clip to [epsilon, 1 - epsilon], by way of minimum and maximum as tf.clip_by_value does."""
    lower, upper = constant(EPSILON, x), constant(1.0 - EPSILON, x)
    clipped = np.maximum(np.minimum(x, upper), lower)

    def backward(upstream: np.ndarray) -> np.ndarray:
        inside = (x >= lower) & (x <= upper)
        return np.where(inside, upstream, np.zeros_like(x))

    return clipped, backward


def softmax(logits: np.ndarray) -> Result:
    exponentials = np.exp(logits - reduce_max(logits))
    probabilities = exponentials / reduce_sum(exponentials)

    def backward(upstream: np.ndarray) -> np.ndarray:
        along = reduce_sum(upstream * probabilities)
        return (upstream - along) * probabilities

    return probabilities, backward


def sigmoid(logits: np.ndarray) -> Result:
    one = constant(1.0, logits)
    probability = one / (one + np.exp(-logits))

    def backward(upstream: np.ndarray) -> np.ndarray:
        return upstream * probability * (one - probability)

    return probability, backward


def identity(output: np.ndarray) -> Result:
    return output, lambda upstream: upstream


def categorical_crossentropy(target: np.ndarray, output: np.ndarray) -> Result:
    target = target.astype(output.dtype)
    total = reduce_sum(output)
    probabilities = output / total
    clipped, through_clip = clip_by_value(probabilities)
    loss = -reduce_sum(target * np.log(clipped))

    def backward(upstream: np.ndarray) -> np.ndarray:
        reciprocal = constant(1.0, clipped) / clipped
        by_clipped = -upstream[..., None] * target * reciprocal
        by_probabilities = through_clip(by_clipped)
        by_total = reduce_sum(by_probabilities * (-probabilities / total))
        return by_probabilities / total + by_total

    return loss[..., 0], backward


def softmax_cross_entropy_with_logits(labels: np.ndarray, logits: np.ndarray) -> Result:
    labels = labels.astype(logits.dtype)
    shifted = logits - reduce_max(logits)
    exponentials = np.exp(shifted)
    normaliser = reduce_sum(exponentials)
    loss = reduce_sum(labels * (np.log(normaliser) - shifted))

    def backward(upstream: np.ndarray) -> np.ndarray:
        mass = reduce_sum(labels)
        return upstream[..., None] * (mass * (exponentials / normaliser) - labels)

    return loss[..., 0], backward


def sparse_softmax_cross_entropy_with_logits(labels: np.ndarray, logits: np.ndarray) -> Result:
    classes = np.arange(logits.shape[-1])
    chosen = classes == labels.astype(np.int64)[..., None]
    scores = logits - reduce_max(logits)
    powers = np.exp(scores)
    partition = reduce_sum(powers)
    score = reduce_max(np.where(chosen, scores, constant(-np.inf, scores)))
    loss = np.log(partition) - score

    def backward(upstream: np.ndarray) -> np.ndarray:
        return upstream[..., None] * (powers / partition - chosen.astype(logits.dtype))

    return loss[..., 0], backward


def sparse_categorical_crossentropy(target: np.ndarray, output: np.ndarray) -> Result:
    clipped, through_clip = clip_by_value(output)
    loss, by_logits = sparse_softmax_cross_entropy_with_logits(target, np.log(clipped))

    def backward(upstream: np.ndarray) -> np.ndarray:
        slope = constant(1.0, clipped) / clipped
        return through_clip(by_logits(upstream) * slope)

    return loss, backward


def binary_crossentropy(target: np.ndarray, output: np.ndarray) -> Result:
    target = target.astype(output.dtype)
    one = constant(1.0, output)
    clipped, through_clip = clip_by_value(output)
    bce = target * np.log(clipped)
    bce = bce + (one - target) * np.log(one - clipped)

    def backward(upstream: np.ndarray) -> np.ndarray:
        by_log = -upstream * target
        by_other_log = -upstream * (one - target)
        return through_clip(by_log * (one / clipped) - by_other_log * (one / (one - clipped)))

    return -bce, backward


def sigmoid_cross_entropy_with_logits(labels: np.ndarray, logits: np.ndarray) -> Result:
    labels = labels.astype(logits.dtype)
    zero, one = constant(0.0, logits), constant(1.0, logits)
    condition = logits >= zero
    relu_logits = np.where(condition, logits, zero)
    neg_abs_logits = np.where(condition, -logits, logits)
    decay = np.exp(neg_abs_logits)
    loss = relu_logits - logits * labels + np.log1p(decay)

    def backward(upstream: np.ndarray) -> np.ndarray:
        tail = decay * (one / (one + decay))
        step = np.where(condition, one, zero)
        return upstream * (step - labels + np.where(condition, -tail, tail))

    return loss, backward


FUNCTIONS: dict[tuple[str, bool], Callable[[np.ndarray, np.ndarray], Result]] = {
    ("categorical_crossentropy", False): categorical_crossentropy,
    ("categorical_crossentropy", True): softmax_cross_entropy_with_logits,
    ("sparse_categorical_crossentropy", False): sparse_categorical_crossentropy,
    ("sparse_categorical_crossentropy", True): sparse_softmax_cross_entropy_with_logits,
    ("binary_crossentropy", False): binary_crossentropy,
    ("binary_crossentropy", True): sigmoid_cross_entropy_with_logits,
}
ACTIVATIONS: dict[str, Callable[[np.ndarray], Result]] = {
    "probabilities": identity,
    "logits": identity,
    "tf.nn.softmax": softmax,
    "keras.activations.softmax": softmax,
    "tf.sigmoid": sigmoid,
    "keras.activations.sigmoid": sigmoid,
}


def loss_of_rows(loss: str, form: str, output: str, target: Any, rows: np.ndarray) -> Result:
    """One loss a row of classes, or one an entry where the form leaves a loss elementwise."""
    activated, through_activation = ACTIVATIONS[output](rows)
    losses, through_loss = FUNCTIONS[loss, output == "logits"](target, activated)
    if loss != "binary_crossentropy" or form in ELEMENTWISE_FORMS:
        return losses, lambda upstream: through_activation(through_loss(upstream))
    means, through_mean = reduce_mean(losses)
    return means, lambda upstream: through_activation(through_loss(through_mean(upstream)))


def value_and_gradient(case: Any, target: np.ndarray, output: np.ndarray) -> tuple[Any, Any]:
    """What `case.form` returns, and the gradient of its sum, in the dtype of `output`."""
    rows = output.reshape(-1, output.shape[-1])
    labels = target.reshape(-1, *target.shape[output.ndim - 1 :])
    losses, backward = loss_of_rows(case.loss, case.form, case.output, labels, rows)
    if case.form == "class-mean":
        value, through_batch = reduce_mean(losses)
        upstream = through_batch(np.ones_like(value))
    else:
        value = losses.reshape(output.shape[:-1] + losses.shape[1:])
        upstream = np.ones_like(losses)
    return value, backward(upstream).reshape(output.shape)


def packed(array: np.ndarray) -> dict[str, Any]:
    name = array.dtype.name
    return encode(name, array.view(np.uint16) if name == "bfloat16" else array)


class Subject:
    """The implementation in `source`, which answers cases as `suites.observer.Observer` does."""

    def __init__(self, source: str = SOURCE) -> None:
        self._names: dict[str, Any] = {"__name__": "subject under test", "__file__": __file__}
        exec(compile(source, "<subject>", "exec"), self._names)

    def observe(self, case: Any, inputs: Any) -> dict[str, Any]:
        with np.errstate(all="ignore"):
            answers = self._names["value_and_gradient"](case, inputs.target, inputs.output)
        value, gradient = (np.asarray(answer) for answer in answers)
        return {"value": packed(value), "gradient": packed(gradient)}
