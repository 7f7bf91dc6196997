"""What the options of a call do before and after the loss itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from meta_tests.subject.steps import Result, constant, reduce_sum

Options = Mapping[str, Any]  # the keyword arguments of a call


def smooth(target: np.ndarray, amount: float, resting: float) -> np.ndarray:
    smoothing = constant(amount, target)
    return target * (constant(1.0, target) - smoothing) + smoothing * constant(resting, target)


def row_weights(
    options: Options, labels: np.ndarray, losses: np.ndarray, reduction: str | None
) -> np.ndarray:
    """A weight for each of the losses."""
    weights = np.ones_like(losses)
    if "sample_weight" in options:
        weights = weights * np.asarray(options["sample_weight"], losses.dtype).reshape(-1)
    if "ignore_class" in options:
        valid = labels != options["ignore_class"]
        weights = weights * _mask_weights(valid.astype(losses.dtype), reduction)
    return weights


def _mask_weights(valid: np.ndarray, reduction: str | None) -> np.ndarray:
    """Ones and zeros; in a mean of all rows the ones count for the zeros, too."""
    if reduction not in ("sum_over_batch_size", "mean"):
        return valid
    return valid * (constant(valid.shape[-1], valid) / _or_one(reduce_sum(valid)))


def reduce(losses: np.ndarray, weights: np.ndarray, reduction: str | None) -> Result:
    """The weighted losses, or their sum or mean."""
    weighted = losses * weights
    if reduction in (None, "none"):
        return weighted, lambda upstream: upstream * weights
    divisor = _divisor(weights, reduction)

    def backward(upstream: np.ndarray) -> np.ndarray:
        return (upstream / divisor)[..., None] * weights

    return reduce_sum(weighted)[..., 0] / divisor, backward


def _divisor(weights: np.ndarray, reduction: str | None) -> np.ndarray:
    if reduction == "sum":
        return constant(1.0, weights)
    if reduction == "mean_with_sample_weight":
        return _or_one(reduce_sum(weights)[..., 0])
    return constant(weights.shape[-1], weights)


def _or_one(divisor: np.ndarray) -> np.ndarray:
    """One in place of zero: what is divided is zero, too."""
    return np.where(divisor == 0, np.ones_like(divisor), divisor)
