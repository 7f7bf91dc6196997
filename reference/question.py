"""What is asked of the reference: a formula, what stands before and after it, and the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.arithmetic import Arithmetic, Value
from reference.formulas import reduce_mean, smooth
from reference.gradient import Tape
from reference.lineage import Formula
from reference.native import Native

QUANTITIES = ("value", "gradient")
BY_ROW = ("none", "row")  # reductions that leave a number for each row, or more


@dataclass(frozen=True)
class Question:
    """A formula and what stands before and after it.

    `activation` ("softmax", "sigmoid" or "") turns the inputs, then logits, into what the formula
    takes. `smoothing` moves the targets towards `resting` (by default 1 / classes, or a half where
    classes do not exclude each other), `parameters` go to the formula, rows of class `ignored` are
    left out. `reduction` is "none" (the formula as it is), "row" (an elementwise one averaged over
    the classes), or, over all rows after that, "batch" (mean), "sum", "weighted" (sum over the sum
    of weights) or "weighted-once" (where a weight for all rows counts as one weight).
    """

    formula: Formula
    dtype: str
    activation: str = ""
    reduction: str = "row"
    parameters: tuple[tuple[str, Any], ...] = ()
    smoothing: float = 0.0
    resting: float | None = None
    ignored: int | None = None


@dataclass(frozen=True, eq=False)
class Inputs:
    """`target` (..., classes), or (...) of class numbers; `output` (..., classes); `weight` of rows.

    Equal only to itself, so that what is computed for it can be remembered.
    """

    target: np.ndarray
    output: np.ndarray
    weight: np.ndarray | None = None


def run(question: Question, inputs: Inputs, a: Arithmetic) -> tuple[Value, Value]:
    """Value and gradient by `inputs.output` of the question, in the arithmetic `a`."""
    tape = Tape(a)
    given = tape.watch(a.array(inputs.output))
    losses = _losses(question, inputs, _activated(question, given, tape), tape)
    return losses.value, tape.gradient(losses, given)


def _activated(question: Question, given: Value, tape: Tape) -> Value:
    return getattr(tape, question.activation)(given) if question.activation else given


def _losses(question: Question, inputs: Inputs, output: Value, tape: Tape) -> Value:
    formula, classes = question.formula, inputs.output.shape[-1]
    target, weights = _target(question, inputs, tape), row_weights(question, inputs)
    losses = formula.steps(target, output, tape, **dict(question.parameters))
    if formula.elementwise and question.reduction != "none":
        losses = reduce_mean(losses, classes, tape)
    if weights is not None:
        losses = losses * tape.array(weights)
    if question.reduction in BY_ROW:
        return losses
    total = tape.reduce_sum(losses, None)
    if question.reduction == "sum":
        return total
    divisor = inputs.output.size / classes
    if question.reduction.startswith("weighted") and weights is not None:
        every = question.reduction == "weighted"
        divisor = float(weights.sum() if every else weights.flat[0]) or 1.0
    return total / divisor


def _target(question: Question, inputs: Inputs, tape: Tape) -> Value:
    if question.formula.sparse:
        return np.where(inputs.target == question.ignored, 0, inputs.target)
    target = tape.array(one_hot(inputs))
    if not question.smoothing:
        return target
    resting = question.resting
    if resting is None:
        resting = 0.5 if question.formula.elementwise else 1.0 / inputs.output.shape[-1]
    return smooth(target, question.smoothing, resting, tape)


def one_hot(inputs: Inputs) -> np.ndarray:
    """The targets with a last axis of classes."""
    if inputs.target.ndim == inputs.output.ndim:
        return inputs.target
    classes = np.arange(inputs.output.shape[-1])
    return np.asarray(inputs.target[..., None] == classes, np.float64)


def row_weights(question: Question, inputs: Inputs) -> np.ndarray | None:
    """Weights as (..., 1): those of the inputs, without ignored rows and, in a mean, for them."""
    if question.ignored is None:
        return None if inputs.weight is None else inputs.weight[..., None]
    counts = (inputs.target != question.ignored)[..., None].astype(np.float64)
    if question.reduction == "batch":
        counts *= counts.size / max(counts.sum(), 1.0)
    return counts if inputs.weight is None else counts * inputs.weight[..., None]


def run_cast(question: Question, inputs: Inputs, a: Native, inner: Native) -> tuple[Value, Value]:
    """As `run`, with the loss itself in `inner`: predictions are cast to it, the gradient back."""
    tape, loss_tape = Tape(a), Tape(inner)
    given = tape.watch(a.array(inputs.output))
    output = _activated(question, given, tape)
    cast = loss_tape.watch(inner.array(output.value))
    losses = _losses(question, inputs, cast, loss_tape)
    back = a.array(loss_tape.gradient(losses, cast))
    return losses.value, tape.gradient(output, given, back)


def shape_of_value(question: Question, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that the value has for an output of `shape`."""
    if question.reduction not in BY_ROW:
        return ()
    if question.formula.elementwise and question.reduction == "none":
        return shape
    return shape[:-1]
