"""Sparse categorical cross-entropy, of probabilities and of logits."""

from __future__ import annotations

import numpy as np

from meta_tests.subject.steps import (
    EPSILON,
    Result,
    clip_by_value,
    constant,
    reduce_max,
    reduce_sum,
)


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


def sparse_categorical_crossentropy(
    target: np.ndarray, output: np.ndarray, epsilon: float = EPSILON
) -> Result:
    clipped, through_clip = clip_by_value(output, epsilon)
    loss, by_logits = sparse_softmax_cross_entropy_with_logits(target, np.log(clipped))

    def backward(upstream: np.ndarray) -> np.ndarray:
        slope = constant(1.0, clipped) / clipped
        return through_clip(by_logits(upstream) * slope)

    return loss, backward
