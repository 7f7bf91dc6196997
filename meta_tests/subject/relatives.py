"""The relatives of cross-entropy: the generalised one, and the one with a weight for positives."""

from __future__ import annotations

import numpy as np

from meta_tests.subject.steps import Result, constant, power, reduce_sum


def categorical_generalized_cross_entropy(
    target: np.ndarray, output: np.ndarray, q: float = 0.5
) -> Result:
    chosen = np.arange(output.shape[-1]) == target.astype(np.int64)[..., None]
    one_hot = chosen.astype(output.dtype)
    p = reduce_sum(output * one_hot)
    powered, through_power = power(p, q)
    loss = (constant(1.0, output) - powered) / constant(q, output)

    def backward(upstream: np.ndarray) -> np.ndarray:
        return through_power(-upstream[..., None] / constant(q, output)) * one_hot

    return loss[..., 0], backward


def weighted_cross_entropy_with_logits(
    labels: np.ndarray, logits: np.ndarray, pos_weight: float
) -> Result:
    zero, one = constant(0.0, logits), constant(1.0, logits)
    positive = logits >= zero
    log_weight = one + (constant(pos_weight, logits) - one) * labels
    fading = np.exp(np.where(positive, -logits, logits))
    softplus = np.log1p(fading) + np.where(positive, zero, -logits)
    loss = (one - labels) * logits + log_weight * softplus

    def backward(upstream: np.ndarray) -> np.ndarray:
        by_softplus = upstream * log_weight
        part = fading * (one / (one + fading))
        by_relu = np.where(positive, zero, -by_softplus)
        by_abs = by_softplus * np.where(positive, -part, part)
        return upstream * (one - labels) + by_relu + by_abs

    return loss, backward
