"""The losses of many rows by one program, computed in parts that fit into a processor's cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from reference.arithmetic.ball import Ball
from reference.arithmetic.enclosure import Enclosure
from reference.arithmetic.native import Native
from reference.evaluation import losses_of_formula, reduced
from reference.reduction import Reduction
from reference.specification import Inputs, Specification

NUMBERS = 1 << 17  # that are computed at a time


@dataclass(frozen=True, eq=False)
class Losses:
    """What a specification gives for rows of predictions (rows, classes), in nats.

    The losses of the formula are computed once for all reductions, when one is asked for.
    """

    spec: Specification
    inputs: Inputs

    def value(self, reduction: Reduction) -> np.ndarray:
        """One loss for each row, or one for all, in the dtype: every step is rounded to it."""
        spec = replace(self.spec, reduction=reduction)
        with np.errstate(all="ignore"):
            found = reduced(spec, self.inputs, self._native, Native(spec.dtype))
        return np.asarray(found, np.float64).ravel()

    def enclosure(self, reduction: Reduction) -> Ball:
        """The set of all correct results, of the same shape; its radius may be infinite."""
        spec = replace(self.spec, reduction=reduction)
        with np.errstate(all="ignore"):
            found = reduced(spec, self.inputs, self._enclosed, Enclosure(spec.dtype))
        return Ball(found.mid.ravel(), found.rad.ravel(), found.format)

    def interval(self, reduction: Reduction) -> tuple[np.ndarray, np.ndarray]:
        """The ends of that set."""
        ball = self.enclosure(reduction)
        with np.errstate(invalid="ignore"):
            return ball.low, ball.high

    @cached_property
    def _native(self) -> np.ndarray:
        a = Native(self.spec.dtype)
        with np.errstate(all="ignore"):
            found = [losses_of_formula(self.spec, part, a) for part in parts(self.inputs)]
        return np.concatenate(found).view(type(found[0]))

    @cached_property
    def _enclosed(self) -> Ball:
        a = Enclosure(self.spec.dtype)
        with np.errstate(all="ignore"):
            found = [losses_of_formula(self.spec, part, a) for part in parts(self.inputs)]
        mid, rad = (
            np.concatenate([getattr(one, name) for one in found]) for name in ("mid", "rad")
        )
        return Ball(mid, rad, a.format)


def in_rows(inputs: Inputs) -> Inputs:
    """The same numbers with one axis of rows, and that of the classes."""
    classes, target, weight = inputs.output.shape[-1], inputs.target, inputs.weight
    dense = target.ndim == inputs.output.ndim
    return Inputs(
        target.reshape(-1, classes) if dense else target.reshape(-1),
        inputs.output.reshape(-1, classes),
        None if weight is None else weight.reshape(-1),
    )


def first(inputs: Inputs, rows: int) -> Inputs:
    """The first rows."""
    return _rows(inputs, slice(0, rows))


def parts(inputs: Inputs) -> Iterator[Inputs]:
    """The rows a part at a time."""
    size, classes = inputs.output.shape
    step = max(1, NUMBERS // classes)
    return (_rows(inputs, slice(at, at + step)) for at in range(0, size, step))


def _rows(inputs: Inputs, rows: slice) -> Inputs:
    weight = None if inputs.weight is None else inputs.weight[rows]
    return Inputs(inputs.target[rows], inputs.output[rows], weight)
