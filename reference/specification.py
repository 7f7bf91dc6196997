"""What is asked of the reference: a formula, what comes before and after it, and the numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from reference.arithmetic.gradient import Tape, Variable
from reference.arithmetic.protocol import EPSILON, Arithmetic, Casting, Plain
from reference.formulas import divide_or_zero, reduce_mean, smooth
from reference.history import Formula
from reference.reduction import BY_ROW, BY_WEIGHTS, SUMS, WITHOUT_WEIGHTS, Reduction

Quantity = Literal["value", "gradient"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
Variables = Literal["output", "target", "weight"]  # what a gradient is taken by
Parameter = float | tuple[float, ...] | None  # of a formula: one number, or one for each class
Activation = Literal["", "softmax", "sigmoid", "softmax across the rows"]
ACROSS: Final = "softmax across the rows"


@dataclass(frozen=True)
class Specification:
    """A formula and what comes before and after it.

    `activation` turns the inputs, then logits, into what the formula takes. `smoothing` moves the
    targets towards 1 / `classes` (by default their number, or 2 where they do not exclude each
    other), `parameters` go to the formula, rows of class `ignored` are left out, `epsilon` is that of
    the clip. The gradient is taken `by` predictions, targets or weights; `stepped` gives, in its
    place, the output less its gradient: what gradient descent with rate 1 makes of it. `swapped`
    gives the formula targets and predictions in each other's place. `loss_dtype` is that of the loss,
    where the predictions, which are of `dtype`, are cast for it.
    """

    formula: Formula
    dtype: str
    activation: Activation = ""
    reduction: Reduction = Reduction.ROW
    parameters: tuple[tuple[str, Parameter], ...] = ()
    smoothing: float = 0.0
    classes: int | None = None
    ignored: int | None = None
    epsilon: float = EPSILON
    by: Variables = "output"
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


def run(spec: Specification, inputs: Inputs, a: Arithmetic[Plain]) -> tuple[Plain, Plain]:
    """Value and gradient of the specification, in the arithmetic `a`."""
    tape = Tape(a, spec.epsilon)
    values = _values(spec, inputs, tape)
    by = values[spec.by] = tape.watch(values[spec.by].value)
    output = _activated(spec, values["output"], tape)
    losses = _losses(spec, inputs, values | {"output": output}, tape)
    gradient = tape.gradient(losses, by)
    return losses.value, _stepped(spec, by.value, gradient)


def losses_of_formula(spec: Specification, inputs: Inputs, a: Arithmetic[Plain]) -> Plain:
    """The losses as the formula gives them, (rows, 1) or (rows, classes), for `reduced`.

    Rows do not depend on each other, so that they can be computed in parts, but for an activation
    across them.
    """
    tape = Tape(a, spec.epsilon)
    values = _values(spec, inputs, tape)
    values["output"] = _activated(spec, values["output"], tape)
    return _of_formula(spec, inputs, values, tape).value


def reduced(spec: Specification, inputs: Inputs, losses: Plain, a: Arithmetic[Plain]) -> Plain:
    """The value of a specification, from `losses_of_formula` of all rows."""
    tape = Tape(a, spec.epsilon)
    given = None if inputs.weight is None else tape.array(inputs.weight[..., None])
    return _reduced(spec, inputs, Variable(losses, tape), given, tape).value


def _stepped(spec: Specification, start: Plain, gradient: Plain) -> Plain:
    return start - gradient if spec.stepped else gradient


def _values(spec: Specification, inputs: Inputs, tape: Tape[Plain]) -> dict[str, Variable[Plain]]:
    """What a gradient may be taken by; sparse targets stay class numbers, and are not among it."""
    values = {"output": tape.array(inputs.output)}
    if not spec.formula.sparse:
        values["target"] = tape.array(one_hot(inputs))
    if inputs.weight is not None:
        values["weight"] = tape.array(inputs.weight[..., None])
    return values


def _activated(spec: Specification, output: Variable[Plain], tape: Tape[Plain]) -> Variable[Plain]:
    if spec.activation == ACROSS:
        return tape.transpose(tape.softmax(tape.transpose(output)))
    return getattr(tape, spec.activation)(output) if spec.activation else output


def _losses(
    spec: Specification, inputs: Inputs, values: dict[str, Variable[Plain]], tape: Tape[Plain]
) -> Variable[Plain]:
    each = _of_formula(spec, inputs, values, tape)
    return _reduced(spec, inputs, each, values.get("weight"), tape)


def _of_formula(
    spec: Specification, inputs: Inputs, values: dict[str, Variable[Plain]], tape: Tape[Plain]
) -> Variable[Plain]:
    pair = _target(spec, inputs, values, tape), values["output"]
    first, second = reversed(pair) if spec.swapped else pair
    losses: Variable[Plain] = spec.formula.steps(first, second, tape, **dict(spec.parameters))
    return losses


def _reduced(
    spec: Specification,
    inputs: Inputs,
    losses: Variable[Plain],
    sample_weight: Variable[Plain] | None,
    tape: Tape[Plain],
) -> Variable[Plain]:
    """The losses of the formula, times what counts each, and put together."""
    classes = inputs.output.shape[-1]
    weight = _weight(spec, inputs, sample_weight, tape)
    if spec.formula.elementwise and spec.reduction is not Reduction.NONE:
        losses = reduce_mean(losses, classes, tape)
        losses = losses if weight is None else tape.once_more(losses)  # weighted before the mean
    if weight is not None and spec.reduction not in WITHOUT_WEIGHTS:
        losses = losses * weight
    if spec.reduction in BY_ROW:
        return losses
    total = tape.reduce_sum(losses, None)
    if spec.reduction in BY_WEIGHTS and weight is not None:
        return _per_weight(spec, total, weight, tape)
    if spec.reduction is Reduction.PRODUCT_OF_MEANS and weight is not None:
        total = total * (tape.reduce_sum(weight, None) / _count(spec, inputs))
    return total if spec.reduction in SUMS else total / _count(spec, inputs)


def _count(spec: Specification, inputs: Inputs) -> float:
    """The rows that the sum of all losses is divided by."""
    rows = inputs.output.size / inputs.output.shape[-1]
    return rows / 2 if spec.reduction is Reduction.ADDED_HALVES else rows


def _per_weight(
    spec: Specification, total: Variable[Plain], weight: Variable[Plain], tape: Tape[Plain]
) -> Variable[Plain]:
    """The sum of the losses by that of the weights, which is a sum like others."""
    if spec.reduction is Reduction.WEIGHT_COUNTED_ONCE:
        weight = weight * tape.array(np.eye(1, math.prod(weight.shape)).reshape(weight.shape))
    weights = tape.reduce_sum(weight, None)
    if spec.reduction is Reduction.UNGUARDED_MEAN:
        return total / weights
    return divide_or_zero(total, weights, tape)


def _target(
    spec: Specification, inputs: Inputs, values: dict[str, Variable[Plain]], tape: Tape[Plain]
) -> Variable[Plain] | np.ndarray:
    if spec.formula.sparse:
        return np.where(inputs.target == spec.ignored, 0, inputs.target).astype(np.int64)
    target = values["target"]
    if not spec.smoothing:
        return target
    binary = spec.formula.elementwise
    classes = spec.classes or (2 if binary else inputs.output.shape[-1])
    return smooth(target, spec.smoothing, classes, tape)


def one_hot(inputs: Inputs) -> np.ndarray:
    """The targets with a last axis of classes."""
    if inputs.target.ndim == inputs.output.ndim:
        return inputs.target
    classes = np.arange(inputs.output.shape[-1])
    return np.asarray(inputs.target[..., None] == classes, np.float64)


def _weight(
    spec: Specification,
    inputs: Inputs,
    sample_weight: Variable[Plain] | None,
    tape: Tape[Plain],
) -> Variable[Plain] | None:
    """How much each row counts, as (..., 1): its weight, less ignored rows and, in a mean, for them."""
    rows = len(inputs.output)
    if spec.reduction is Reduction.FIRST_HALF:
        return tape.array(np.asarray(np.arange(rows)[:, None] < rows // 2, np.float64))
    if spec.reduction is Reduction.MEAN_OF_PARTS:
        return _weights_of_parts(rows, tape)
    if spec.ignored is None:
        return sample_weight
    counts = tape.array((inputs.target != spec.ignored)[..., None].astype(np.float64))
    every, counted = tape.constant(float(inputs.target.size)), tape.reduce_sum(counts, None)
    if spec.reduction is Reduction.MEAN:
        counts = counts * divide_or_zero(every, counted, tape)
    if spec.reduction is Reduction.PADDED_MEAN:
        counts = counts * (every / (counted + tape.constant(spec.epsilon)))
    return counts if sample_weight is None else sample_weight * counts


def _weights_of_parts(rows: int, tape: Tape[Plain], size: int = 3) -> Variable[Plain]:
    """By which rows count where each part of the batch counts alike, the last and shortest too."""
    parts = np.arange(rows) // size
    sizes = np.bincount(parts)
    return tape.constant(float(rows)) / tape.array((len(sizes) * sizes[parts])[:, None])


def run_cast(
    spec: Specification, inputs: Inputs, a: Casting[Plain], inner: Casting[Plain]
) -> tuple[Plain, Plain]:
    """As `run`, with the loss itself in `inner`: predictions are cast to it, the gradient back."""
    tape, loss_tape = Tape(a, spec.epsilon), Tape(inner, spec.epsilon)
    start = tape.watch(a.array(inputs.output))
    output = _activated(spec, start, tape)
    values = _values(spec, inputs, loss_tape)
    values["output"] = Variable(inner.cast(output.value), loss_tape)
    by = values[spec.by] = loss_tape.watch(values[spec.by].value)
    losses = _losses(spec, inputs, values, loss_tape)
    gradient = loss_tape.gradient(losses, by)
    if spec.by != "output":
        return losses.value, gradient
    back = tape.gradient(output, start, a.cast(gradient))
    if spec.stepped:
        back = inner.cast(start.value) - inner.cast(back)
    return losses.value, back


def run_reduced(
    spec: Specification, inputs: Inputs, a: Casting[Plain], inner: Casting[Plain]
) -> tuple[Plain, Plain]:
    """As `run`, with what follows the formula in `inner`: the losses are cast, the gradient back."""
    tape, outer = Tape(a, spec.epsilon), Tape(inner)
    values = _values(spec, inputs, tape)
    by = values[spec.by] = tape.watch(values[spec.by].value)
    activated = values | {"output": _activated(spec, values["output"], tape)}
    losses = _of_formula(spec, inputs, activated, tape)
    cast = outer.watch(inner.cast(losses.value))
    weight = values.get("weight")
    weight = weight and outer.watch(inner.cast(weight.value))
    total = _reduced(spec, inputs, cast, weight, outer)
    if spec.by == "weight":
        assert weight is not None
        return total.value, outer.gradient(total, weight)
    gradient = tape.gradient(losses, by, a.cast(outer.gradient(total, cast)))
    return total.value, _stepped(spec, by.value, gradient)


def shape_of_value(spec: Specification, inputs: Inputs) -> tuple[int, ...]:
    """The shape of the value."""
    if spec.reduction not in BY_ROW:
        return ()
    elementwise = spec.formula.elementwise and spec.reduction is Reduction.NONE
    return inputs.output.shape if elementwise else inputs.output.shape[:-1]


def shape_of_gradient(spec: Specification, inputs: Inputs) -> tuple[int, ...]:
    """The shape of what the gradient is taken by."""
    return inputs.output.shape[:-1] if spec.by == "weight" else inputs.output.shape
