"""The steps that losses are made of: each gives a value, and the way back from its gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Backward = Callable[[np.ndarray], np.ndarray]
Result = tuple[np.ndarray, Backward]
Step = Callable[[np.ndarray], Result]

EPSILON = 1e-7


def chain(x: np.ndarray, *steps: Step) -> Result:
    """One step after the other, and the way back through all of them."""
    ways = []
    for step in steps:
        x, way = step(x)
        ways.append(way)

    def backward(upstream: np.ndarray) -> np.ndarray:
        for way in reversed(ways):
            upstream = way(upstream)
        return upstream

    return x, backward


def identity(x: np.ndarray) -> Result:
    return x, lambda upstream: upstream


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


def normalise(output: np.ndarray) -> Result:
    """Divide by the sum over the last axis."""
    total = reduce_sum(output)
    probabilities = output / total

    def backward(upstream: np.ndarray) -> np.ndarray:
        by_total = reduce_sum(upstream * (-probabilities / total))
        return upstream / total + by_total

    return probabilities, backward


def clip_by_value(x: np.ndarray, epsilon: float) -> Result:
    """Clip to [epsilon, 1 - epsilon], by way of minimum and maximum as tf.clip_by_value does."""
    lower, upper = constant(epsilon, x), constant(1.0 - epsilon, x)
    clipped = np.maximum(np.minimum(x, upper), lower)

    def backward(upstream: np.ndarray) -> np.ndarray:
        inside = (x >= lower) & (x <= upper)
        return np.where(inside, upstream, np.zeros_like(x))

    return clipped, backward


def power(x: np.ndarray, exponent: float) -> Result:
    # NumPy takes a root for a lone exponent of a half, which gives NaN for minus infinity.
    def raised(by: float) -> np.ndarray:
        return np.power(x, np.full_like(x, by))

    def backward(upstream: np.ndarray) -> np.ndarray:
        return upstream * (constant(exponent, x) * raised(exponent - 1.0))

    return raised(exponent), backward


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
