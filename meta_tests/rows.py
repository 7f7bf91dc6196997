"""Rows of numbers that look for trouble, of any length and from a seeded generator.

`suites.cases.inputs` asks what a user would; here each row mixes kinds of numbers, so that a formula meets
its rails, its kinks, the ends of the format and plain numbers in one row.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.protocol import EPSILON

Kind = Callable[[np.random.Generator, Format, tuple[int, int]], np.ndarray]


def _near(number: float) -> Kind:
    """`number` and its neighbours in the format."""
    return lambda rng, format, shape: (
        number * (1 + format.unit_roundoff * rng.integers(-8, 9, shape))
    )


def _subnormal(rng: np.random.Generator, format: Format, shape: tuple[int, int]) -> np.ndarray:
    return format.smallest_normal * rng.random(shape) * 2


def _around_smallest(
    rng: np.random.Generator, format: Format, shape: tuple[int, int]
) -> np.ndarray:
    """Of either sign, so that sums cancel into subnormal numbers."""
    return rng.choice([-1.0, 1.0], shape) * format.smallest_normal * rng.uniform(0.5, 3, shape)


def _powers(low: int, high: int) -> Kind:
    return lambda rng, format, shape: np.exp2(rng.uniform(low, high, shape))


PROBABILITIES: dict[str, Kind] = {
    "interior": lambda rng, format, shape: rng.gamma(1.0, size=shape) + 1e-3,
    "rail": lambda rng, format, shape: rng.integers(0, 2, shape) * 1.0,
    "minus zero": lambda rng, format, shape: np.full(shape, -0.0),
    "epsilon": _near(EPSILON),
    "one less epsilon": lambda rng, format, shape: 1 - EPSILON * rng.uniform(0, 3, shape),
    "subnormal": _subnormal,
    "around the smallest": _around_smallest,
    "small": _powers(-24, 0),
    "large": _powers(0, 9),
    "integer": lambda rng, format, shape: rng.integers(0, 512, shape) * 1.0,
    "negative": lambda rng, format, shape: -rng.random(shape),
}

LOGITS: dict[str, Kind] = {
    "interior": lambda rng, format, shape: rng.normal(scale=3.0, size=shape),
    "equal": lambda rng, format, shape: np.ones(shape),
    "zero": lambda rng, format, shape: np.zeros(shape),
    "minus zero": lambda rng, format, shape: np.full(shape, -0.0),
    "subnormal": _subnormal,
    "small": lambda rng, format, shape: rng.normal(scale=2.0**-9, size=shape),
    "saturated": lambda rng, format, shape: (
        rng.choice([-1.0, 1.0], shape) * 2 ** rng.uniform(3, 10, shape)
    ),
    "integer": lambda rng, format, shape: rng.integers(-256, 257, shape) * 1.0,
}


def mixed(
    kinds: dict[str, Kind], rng: np.random.Generator, format: Format, shape: tuple[int, int]
) -> np.ndarray:
    """Rows of at most two kinds each, in the format's dtype."""
    drawn = np.stack([kind(rng, format, shape) for kind in kinds.values()])
    of_row = rng.integers(0, len(drawn), (2, shape[0], 1))
    which = np.where(rng.random(shape) < 0.5, *of_row)
    return np.take_along_axis(drawn, which[None], axis=0)[0].astype(format.dtype)


def probabilities(rng: np.random.Generator, format: Format, shape: tuple[int, int]) -> np.ndarray:
    """Mixed rows, about half of them divided by their sum."""
    rows = mixed(PROBABILITIES, rng, format, shape).astype(np.float64)
    total = np.abs(rows).sum(axis=-1, keepdims=True)
    normalise = (rng.random((shape[0], 1)) < 0.5) & (total > format.smallest_normal)
    return np.where(normalise, rows / np.where(total > 0, total, 1), rows).astype(format.dtype)


def logits(rng: np.random.Generator, format: Format, shape: tuple[int, int]) -> np.ndarray:
    return mixed(LOGITS, rng, format, shape)


def targets(rng: np.random.Generator, format: Format, shape: tuple[int, int]) -> np.ndarray:
    """One-hot, soft, independent, zero and unnormalised rows."""
    rows, classes = shape
    one_hot = np.eye(classes)[rng.integers(0, classes, rows)]
    soft = rng.dirichlet(np.ones(classes), rows)
    hard = rng.integers(0, 2, shape) * 1.0
    drawn = np.stack([one_hot, one_hot, soft, hard, np.zeros(shape), 3 * soft])
    which = rng.integers(0, len(drawn), rows)
    return drawn[which, np.arange(rows)].astype(format.dtype)


def classes(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Class numbers, for sparse losses."""
    return rng.integers(0, shape[1], shape[0])
