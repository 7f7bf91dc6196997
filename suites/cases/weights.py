"""Weights of rows, and masks, which are made of the inputs; all are exact in every format."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.specification import Inputs

Weights = Callable[[Inputs], np.ndarray]


def _rows(inputs: Inputs) -> np.ndarray:
    """The numbers of the rows, in their shape."""
    shape = inputs.output.shape[:-1]
    return np.arange(int(np.prod(shape, dtype=int))).reshape(shape)


def _quarters(inputs: Inputs) -> np.ndarray:
    """Exact in every format, a zero among them."""
    return (_rows(inputs) * 3 + 1) % 7 / 4


def _of_samples(inputs: Inputs) -> np.ndarray:
    """Quarters by the first axis, the same for all rows of a sample."""
    quarters = _quarters(inputs)
    first = quarters.reshape(len(quarters), -1)[:, 0]
    return np.broadcast_to(first.reshape(-1, *[1] * (quarters.ndim - 1)), quarters.shape)


WEIGHTS: dict[str, Weights] = {
    "scalar": lambda inputs: np.full(inputs.output.shape[:-1], 0.5),
    "rows": _quarters,
    "column": _quarters,
    "zeros": lambda inputs: np.zeros(inputs.output.shape[:-1]),
    "samples": _of_samples,
}


def thirds(inputs: Inputs) -> np.ndarray:
    return np.asarray(_rows(inputs) % 3 != 1, float)


def fourths(inputs: Inputs) -> np.ndarray:
    """Others than those whose class is ignored."""
    return np.asarray(_rows(inputs) % 4 != 2, float)
