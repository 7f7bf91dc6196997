"""Categorical cross-entropy, of probabilities and of logits."""

from __future__ import annotations

import numpy as np

from meta_tests.subject.steps import (
    EPSILON,
    Result,
    chain,
    clip_by_value,
    constant,
    normalise,
    reduce_max,
    reduce_sum,
)


def normalise_and_clip(output: np.ndarray, epsilon: float) -> Result:
    return chain(output, normalise, lambda x: clip_by_value(x, epsilon))


def categorical_crossentropy(
    target: np.ndarray, output: np.ndarray, epsilon: float = EPSILON
) -> Result:
    clipped, through_clip = normalise_and_clip(output, epsilon)
    loss = -reduce_sum(target * np.log(clipped))

    def backward(upstream: np.ndarray) -> np.ndarray:
        reciprocal = constant(1.0, clipped) / clipped
        return through_clip(-upstream[..., None] * target * reciprocal)

    return loss[..., 0], backward


def softmax_cross_entropy_with_logits(labels: np.ndarray, logits: np.ndarray) -> Result:
    shifted = logits - reduce_max(logits)
    exponentials = np.exp(shifted)
    normaliser = reduce_sum(exponentials)
    loss = reduce_sum(labels * (np.log(normaliser) - shifted))

    def backward(upstream: np.ndarray) -> np.ndarray:
        mass = reduce_sum(labels)
        return upstream[..., None] * (mass * (exponentials / normaliser) - labels)

    return loss[..., 0], backward
