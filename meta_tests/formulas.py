"""The specifications that the tests of the reference go through, and inputs for them.

A formula that is new in `lineage` is asked of its own accord.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from meta_tests import rows
from reference import history
from reference.arithmetic.formats import get_format
from reference.history import Formula
from reference.reduction import Reduction
from reference.specification import Inputs, Specification

FORMULAS = {
    entry: name.lower().replace("_", "-")
    for name, entry in vars(history).items()
    if isinstance(entry, Formula)
}


REDUCTIONS = (Reduction.NONE, Reduction.ROW, Reduction.MEAN)


def _activation(formula: Formula) -> str:
    return "sigmoid" if formula.elementwise else "softmax"


DIRECT = tuple(Specification(formula, "float64") for formula in FORMULAS)
ACTIVATED = tuple(
    Specification(formula, "float64", _activation(formula))
    for formula in FORMULAS
    if not formula.logits
)
SPECIFICATIONS = DIRECT + ACTIVATED


def name(spec: Specification) -> str:
    """For the id of a test."""
    before = f"{spec.activation}-then-" if spec.activation else ""
    return before + FORMULAS[spec.formula]


def on_logits(spec: Specification) -> bool:
    return spec.of_logits


def draw_spec(spec: Specification, dtype: str, rng: np.random.Generator) -> Specification:
    """The same in `dtype`, with any reduction."""
    return replace(spec, dtype=dtype, reduction=REDUCTIONS[int(rng.choice(len(REDUCTIONS)))])


def draw_inputs(
    spec: Specification, dtype: str, rng: np.random.Generator, shape: tuple[int, int]
) -> Inputs:
    """Rows that look for trouble; see `rows`."""
    format = get_format(dtype)
    output = (rows.logits if on_logits(spec) else rows.probabilities)(rng, format, shape)
    if spec.formula.sparse:
        return Inputs(rows.classes(rng, shape), output)
    return Inputs(rows.targets(rng, format, shape), output)


def draw_interior(
    spec: Specification, dtype: str, rng: np.random.Generator, shape: tuple[int, int]
) -> Inputs:
    """Rows away from every rail, with one-hot targets."""
    dense = get_format(dtype).dtype
    scores = rng.uniform(-1.5, 1.5, shape)
    if not on_logits(spec):
        scores = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    target = rows.classes(rng, shape)
    if not spec.formula.sparse:
        target = np.eye(shape[1])[target].astype(dense)
    return Inputs(target, scores.astype(dense))
