"""A call of a loss: rows of classes go in, a value and the gradient of the predictions come out."""

from __future__ import annotations

from typing import Any

import numpy as np

from meta_tests.subject.functions import losses_of_rows
from meta_tests.subject.options import Options, reduce, row_weights
from meta_tests.subject.steps import Result


def value_and_gradient(
    case: Any, target: np.ndarray, output: np.ndarray, options: Options
) -> tuple[np.ndarray, np.ndarray]:
    """What `case.form` returns, and the gradient of its sum, in the dtype of `output`."""
    axis = options.get("axis", -1)
    table = np.moveaxis(output, axis, -1)
    rows = table.reshape(-1, table.shape[-1])
    labels = target.reshape(-1)
    if target.ndim == output.ndim:
        labels = np.moveaxis(target, axis, -1).reshape(rows.shape)
    losses, through_losses = losses_of_rows(case, labels, rows, options)
    value, through_reduction = _reduced(case, labels, losses, options)
    gradient = through_losses(through_reduction(np.ones_like(value)))
    if value.ndim:
        value = value.reshape(table.shape[:-1] + losses.shape[1:])
    return value, np.moveaxis(gradient.reshape(table.shape), -1, axis)


def _reduced(case: Any, labels: np.ndarray, losses: np.ndarray, options: Options) -> Result:
    default = "sum_over_batch_size" if case.form == "class-mean" else None
    reduction = options.get("reduction", default)
    return reduce(losses, row_weights(options, labels, losses, reduction), reduction)
