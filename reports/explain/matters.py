"""Which steps of a loss change its value here, in which rows, and by how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from reference import history
from reference.reduction import Reduction
from reference.specification import Inputs, Specification
from reports.explain.call import Call
from reports.explain.hypotheses import NOT_NORMALISED
from reports.explain.losses import Losses, in_rows

VISIBLE = 1e-4  # relative; below it nobody sees a difference in four digits


@dataclass(frozen=True)
class Effect:
    """A step that matters: `rows` in which, and of the greatest its losses with and without it."""

    step: str
    rows: int
    where: tuple[int, ...]
    with_it: float
    without_it: float


def effects(call: Call) -> Iterator[Effect]:
    """The clip, the normalisation, options, and rounding the numbers to the dtype."""
    spec, inputs = call.spec, call.inputs
    own = _losses(spec, inputs)
    for step, changed, others in _without(call):
        other = _losses(changed, others)
        with np.errstate(all="ignore"):
            change = np.abs(own - other)
        change = np.where(
            np.isnan(change), np.where(np.isnan(own) == np.isnan(other), 0, np.inf), change
        )
        counts = change > VISIBLE * np.maximum(np.abs(own), VISIBLE)
        if counts.any():
            where = np.unravel_index(int(np.argmax(change)), change.shape)
            place = tuple(int(index) for index in where)
            yield Effect(step, int(counts.sum()), place, float(own[place]), float(other[place]))


def _without(call: Call) -> Iterator[tuple[str, Specification, Inputs]]:
    spec, inputs = call.spec, call.inputs
    if not call.from_logits:
        yield "the clip to [epsilon, 1 - epsilon]", replace(spec, epsilon=0.0), inputs
    if spec.formula is history.CATEGORICAL:
        yield "dividing each row by its sum", replace(spec, formula=NOT_NORMALISED), inputs
    if spec.smoothing:
        yield "label_smoothing", replace(spec, smoothing=0.0), inputs
    if inputs.weight is not None:
        yield "sample_weight", spec, replace(inputs, weight=None)
    if spec.ignored is not None:
        yield "ignore_class", replace(spec, ignored=None), inputs
    if spec.dtype != "float64":
        yield f"rounding the numbers to {spec.dtype}", spec, call.unrounded


def _losses(spec: Specification, inputs: Inputs) -> np.ndarray:
    """The losses of the rows in float64, whose errors are far below what is visible."""
    wide = replace(spec, dtype="float64")
    return Losses(wide, in_rows(inputs)).value(Reduction.ROW).reshape(inputs.output.shape[:-1])
