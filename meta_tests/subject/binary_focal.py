"""Binary cross-entropy times (1 - p_t)^gamma, p_t the probability of the truth, elementwise."""

from __future__ import annotations

import numpy as np

from meta_tests.subject.binary import binary_crossentropy, sigmoid_cross_entropy_with_logits
from meta_tests.subject.steps import EPSILON, Result, constant, identity, power, sigmoid


def binary_focal_crossentropy(
    target: np.ndarray,
    output: np.ndarray,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    epsilon: float = EPSILON,
) -> Result:
    bce = binary_crossentropy(target, output, epsilon)
    return _focal(target, identity(output), bce, gamma, alpha if apply_class_balancing else None)


def binary_focal_crossentropy_with_logits(
    target: np.ndarray,
    logits: np.ndarray,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
) -> Result:
    """The same of the sigmoid cross-entropy, which needs no clip."""
    bce = sigmoid_cross_entropy_with_logits(target, logits)
    return _focal(target, sigmoid(logits), bce, gamma, alpha if apply_class_balancing else None)


def _focal(
    target: np.ndarray,
    probability: Result,
    crossentropy: Result,
    gamma: float,
    alpha: float | None,
) -> Result:
    """`probability` and `crossentropy` are made of the same numbers: their ways back are added."""
    output, through_output = probability
    bce, through_bce = crossentropy
    one = constant(1.0, output)
    p_t = target * output + (one - target) * (one - output)
    focal_factor, through_factor = power(one - p_t, gamma)
    balance = np.ones_like(target) if alpha is None else class_balance(target, alpha)

    def backward(upstream: np.ndarray) -> np.ndarray:
        upstream = upstream * balance
        by_p_t = -through_factor(upstream * bce)
        by_output = by_p_t * target - by_p_t * (one - target)
        return through_bce(upstream * focal_factor) + through_output(by_output)

    return balance * (focal_factor * bce), backward


def class_balance(target: np.ndarray, alpha: float) -> np.ndarray:
    """alpha for positives, 1 - alpha for negatives."""
    one, weight = constant(1.0, target), constant(alpha, target)
    return target * weight + (one - target) * (one - weight)
