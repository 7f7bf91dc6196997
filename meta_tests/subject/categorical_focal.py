"""Categorical cross-entropy times alpha (1 - p)^gamma, of probabilities and of logits.

That of logits is written with the logarithm of the softmax, which needs no clip.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from meta_tests.subject.categorical import normalise_and_clip
from meta_tests.subject.steps import (
    EPSILON,
    Result,
    constant,
    power,
    reduce_max,
    reduce_sum,
    softmax,
)

Alpha = float | Sequence[float]  # for all classes, or for each


def categorical_focal_crossentropy(
    target: np.ndarray,
    output: np.ndarray,
    alpha: Alpha = 0.25,
    gamma: float = 2.0,
    epsilon: float = EPSILON,
) -> Result:
    clipped, through_clip = normalise_and_clip(output, epsilon)
    factor, through_factor = power(constant(1.0, output) - clipped, gamma)
    share = np.asarray(alpha, output.dtype)
    entropy = -(target * np.log(clipped))
    loss = reduce_sum(factor * share * entropy)

    def backward(upstream: np.ndarray) -> np.ndarray:
        by_term = upstream[..., None] * share
        by_logarithm = -(by_term * factor) * target
        reciprocal = constant(1.0, clipped) / clipped
        return through_clip(by_logarithm * reciprocal - through_factor(by_term * entropy))

    return loss[..., 0], backward


def categorical_focal_crossentropy_with_logits(
    target: np.ndarray, logits: np.ndarray, alpha: Alpha = 0.25, gamma: float = 2.0
) -> Result:
    probabilities, through_softmax = softmax(logits)
    shifted = logits - reduce_max(logits)
    surprise = np.log(reduce_sum(np.exp(shifted))) - shifted
    focus, through_focus = power(constant(1.0, logits) - probabilities, gamma)
    scale = np.asarray(alpha, logits.dtype)
    loss = reduce_sum(focus * scale * (target * surprise))

    def backward(upstream: np.ndarray) -> np.ndarray:
        by_part = upstream[..., None] * scale
        by_surprise = by_part * focus * target
        through_surprise = reduce_sum(by_surprise) * probabilities - by_surprise
        by_probabilities = -through_focus(by_part * (target * surprise))
        return through_surprise + through_softmax(by_probabilities)

    return loss[..., 0], backward
