"""Binary cross-entropy, of probabilities and of logits, elementwise."""

from __future__ import annotations

import numpy as np

from meta_tests.subject.steps import EPSILON, Result, clip_by_value, constant


def binary_crossentropy(target: np.ndarray, output: np.ndarray, epsilon: float = EPSILON) -> Result:
    one = constant(1.0, output)
    clipped, through_clip = clip_by_value(output, epsilon)
    bce = target * np.log(clipped)
    bce = bce + (one - target) * np.log(one - clipped)

    def backward(upstream: np.ndarray) -> np.ndarray:
        by_log = -upstream * target
        by_other_log = -upstream * (one - target)
        return through_clip(by_log * (one / clipped) - by_other_log * (one / (one - clipped)))

    return -bce, backward


def sigmoid_cross_entropy_with_logits(labels: np.ndarray, logits: np.ndarray) -> Result:
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
