"""What is asked of the reference: a formula, what stands before and after it, and the numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.arithmetic.gradient import Tape, Variable
from reference.arithmetic.protocol import EPSILON, Arithmetic, Value
from reference.formulas import divide_or_zero, reduce_mean, smooth
from reference.history import Formula

QUANTITIES = ("value", "gradient")
ACROSS = "softmax across the rows"
BY_ROW = ("none", "row")  # reductions that leave a number for each row, or more


@dataclass(frozen=True)
class Question:
    """A formula and what stands before and after it.

    `activation` ("softmax", "sigmoid", `ACROSS` or "") turns the inputs, then logits,
    into what the formula takes. `smoothing` moves the targets towards 1 / `classes` (by
    default their number, or 2 where they do not exclude each other), `parameters` go to the formula,
    rows of class `ignored` are left out, `epsilon` is that of the clip. `reduction` is "none" (the formula as it is), "row" (an
    elementwise one averaged over the classes), or, over all rows after that, "batch" (mean), "sum",
    "weighted" (sum over the sum of weights; 0 where that is 0), "weighted-once" (where a weight for
    all rows counts as one weight), "weighted-unguarded" (NaN where the sum is 0) or "unweighted"
    (mean, whatever the weights), "added-up" (the means of two halves, added), "weighted-half" (the
    mean of the first half), "counted" (ignored rows too), "parts" (the mean of the means
    of three rows each) or "padded" (epsilon is added to the number of rows that count). The
    gradient is taken by "output", "target" or "weight"; `stepped` gives, in its place, the output
    less its gradient: what gradient descent with rate 1 makes of it. `swapped` gives the formula targets and predictions in each other's place. `loss_dtype` is
    that of the loss, where the predictions, which are of `dtype`, are cast for it.
    """

    formula: Formula
    dtype: str
    activation: str = ""
    reduction: str = "row"
    parameters: tuple[tuple[str, Any], ...] = ()
    smoothing: float = 0.0
    classes: int | None = None
    ignored: int | None = None
    epsilon: float = EPSILON
    by: str = "output"
    stepped: bool = False
    swapped: bool = False
    loss_dtype: str = ""

    @property
    def of_logits(self) -> bool:
        """Whether predictions are logits."""
        return bool(self.activation) or self.formula.logits

    @property
    def couples_rows(self) -> bool:
        """Whether a number depends on more than one row of the predictions."""
        return self.reduction not in BY_ROW or self.activation == ACROSS


@dataclass(frozen=True, eq=False)
class Inputs:
    """`target` (..., classes), or (...) of class numbers; `output` (..., classes); `weight` of rows.

    Equal only to itself, so that what is computed for it can be remembered.
    """

    target: np.ndarray
    output: np.ndarray
    weight: np.ndarray | None = None


def run(question: Question, inputs: Inputs, a: Arithmetic) -> tuple[Value, Value]:
    """Value and gradient of the question, in the arithmetic `a`."""
    tape = Tape(a, question.epsilon)
    values = _values(question, inputs, tape)
    by = values[question.by] = tape.watch(values[question.by].value)
    output = _activated(question, values["output"], tape)
    losses = _losses(question, inputs, values | {"output": output}, tape)
    gradient = tape.gradient(losses, by)
    return losses.value, _stepped(question, by.value, gradient)


def _stepped(question: Question, start: Value, gradient: Value) -> Value:
    return start - gradient if question.stepped else gradient


def _values(question: Question, inputs: Inputs, tape: Tape) -> dict[str, Variable]:
    """What a gradient may be taken by; sparse targets stay class numbers, and are not among it."""
    values = {"output": tape.array(inputs.output)}
    if not question.formula.sparse:
        values["target"] = tape.array(one_hot(inputs))
    if inputs.weight is not None:
        values["weight"] = tape.array(inputs.weight[..., None])
    return values


def _activated(question: Question, given: Variable, tape: Tape) -> Variable:
    if question.activation == ACROSS:
        return tape.transpose(tape.softmax(tape.transpose(given)))
    return getattr(tape, question.activation)(given) if question.activation else given


def _losses(
    question: Question, inputs: Inputs, values: dict[str, Variable], tape: Tape
) -> Variable:
    each = _of_formula(question, inputs, values, tape)
    return _reduced(question, inputs, each, values.get("weight"), tape)


def _of_formula(
    question: Question, inputs: Inputs, values: dict[str, Variable], tape: Tape
) -> Variable:
    pair = _target(question, inputs, values, tape), values["output"]
    first, second = reversed(pair) if question.swapped else pair
    losses: Variable = question.formula.steps(first, second, tape, **dict(question.parameters))
    return losses


def _reduced(
    question: Question, inputs: Inputs, losses: Variable, given: Variable | None, tape: Tape
) -> Variable:
    """The losses of the formula, times what counts each, and put together."""
    classes = inputs.output.shape[-1]
    weight = _weight(question, inputs, given, tape)
    if question.formula.elementwise and question.reduction != "none":
        losses = reduce_mean(losses, classes, tape)
        losses = losses if weight is None else tape.once_more(losses)  # weighted before the mean
    if weight is not None and question.reduction != "unweighted":
        losses = losses * weight
    if question.reduction in BY_ROW:
        return losses
    total = tape.reduce_sum(losses, None)
    if question.reduction.startswith("weighted") and weight is not None:
        return _per_weight(question, total, weight, tape)
    return total if question.reduction == "sum" else total / _count(question, inputs)


def _count(question: Question, inputs: Inputs) -> float:
    """The rows that the sum of all losses is divided by."""
    rows = inputs.output.size / inputs.output.shape[-1]
    return rows / 2 if question.reduction == "added-up" else rows


def _per_weight(question: Question, total: Variable, weight: Variable, tape: Tape) -> Variable:
    """The sum of the losses by that of the weights, which is a sum like others."""
    if question.reduction == "weighted-once":
        weight = weight * tape.array(np.eye(1, math.prod(weight.shape)).reshape(weight.shape))
    weights = tape.reduce_sum(weight, None)
    if question.reduction == "weighted-unguarded":
        return total / weights
    return divide_or_zero(total, weights, tape)


def _target(question: Question, inputs: Inputs, values: dict[str, Variable], tape: Tape) -> Value:
    if question.formula.sparse:
        return np.where(inputs.target == question.ignored, 0, inputs.target).astype(np.int64)
    target = values["target"]
    if not question.smoothing:
        return target
    binary = question.formula.elementwise
    classes = question.classes or (2 if binary else inputs.output.shape[-1])
    return smooth(target, question.smoothing, classes, tape)


def one_hot(inputs: Inputs) -> np.ndarray:
    """The targets with a last axis of classes."""
    if inputs.target.ndim == inputs.output.ndim:
        return inputs.target
    classes = np.arange(inputs.output.shape[-1])
    return np.asarray(inputs.target[..., None] == classes, np.float64)


def _weight(
    question: Question, inputs: Inputs, given: Variable | None, tape: Tape
) -> Variable | None:
    """How much each row counts, as (..., 1): its weight, less ignored rows and, in a mean, for them."""
    rows = len(inputs.output)
    if question.reduction == "weighted-half":
        return tape.array(np.asarray(np.arange(rows)[:, None] < rows // 2, np.float64))
    if question.reduction == "parts":
        return _weights_of_parts(rows, tape)
    if question.ignored is None:
        return given
    counts = tape.array((inputs.target != question.ignored)[..., None].astype(np.float64))
    every, counted = tape.constant(float(inputs.target.size)), tape.reduce_sum(counts, None)
    if question.reduction == "batch":
        counts = counts * divide_or_zero(every, counted, tape)
    if question.reduction == "padded":
        counts = counts * (every / (counted + tape.constant(question.epsilon)))
    return counts if given is None else given * counts


def _weights_of_parts(rows: int, tape: Tape, size: int = 3) -> Variable:
    """By which rows count where each part of the batch counts alike, the last and shortest too."""
    parts = np.arange(rows) // size
    sizes = np.bincount(parts)
    return tape.constant(float(rows)) / tape.array((len(sizes) * sizes[parts])[:, None])


def run_cast(question: Question, inputs: Inputs, a: Any, inner: Any) -> tuple[Value, Value]:
    """As `run`, with the loss itself in `inner`: predictions are cast to it, the gradient back."""
    tape, loss_tape = Tape(a, question.epsilon), Tape(inner, question.epsilon)
    given = tape.watch(a.array(inputs.output))
    output = _activated(question, given, tape)
    values = _values(question, inputs, loss_tape)
    values["output"] = Variable(inner.cast(output.value), loss_tape)
    by = values[question.by] = loss_tape.watch(values[question.by].value)
    losses = _losses(question, inputs, values, loss_tape)
    gradient = loss_tape.gradient(losses, by)
    if question.by != "output":
        return losses.value, gradient
    back = tape.gradient(output, given, a.cast(gradient))
    if question.stepped:
        back = inner.cast(given.value) - inner.cast(back)
    return losses.value, back


def run_reduced(question: Question, inputs: Inputs, a: Any, inner: Any) -> tuple[Value, Value]:
    """As `run`, with what follows the formula in `inner`: the losses are cast, the gradient back."""
    tape, outer = Tape(a, question.epsilon), Tape(inner)
    values = _values(question, inputs, tape)
    given = values[question.by] = tape.watch(values[question.by].value)
    activated = values | {"output": _activated(question, values["output"], tape)}
    losses = _of_formula(question, inputs, activated, tape)
    cast = outer.watch(inner.cast(losses.value))
    weight = values.get("weight")
    weight = weight and outer.watch(inner.cast(weight.value))
    total = _reduced(question, inputs, cast, weight, outer)
    if question.by == "weight":
        assert weight is not None
        return total.value, outer.gradient(total, weight)
    gradient = tape.gradient(losses, given, a.cast(outer.gradient(total, cast)))
    return total.value, _stepped(question, given.value, gradient)


def shape_of_value(question: Question, inputs: Inputs) -> tuple[int, ...]:
    """The shape of the value."""
    if question.reduction not in BY_ROW:
        return ()
    elementwise = question.formula.elementwise and question.reduction == "none"
    return inputs.output.shape if elementwise else inputs.output.shape[:-1]


def shape_of_gradient(question: Question, inputs: Inputs) -> tuple[int, ...]:
    """The shape of what the gradient is taken by."""
    return inputs.output.shape[:-1] if question.by == "weight" else inputs.output.shape
