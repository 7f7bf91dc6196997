"""Value and gradient of a specification, in any arithmetic: the steps before and after the formula."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from reference.arithmetic.gradient import Tape, Variable
from reference.arithmetic.protocol import Arithmetic, Casting, Plain
from reference.batches import of_batches
from reference.formulas import divide_or_zero, reduce_mean, smooth
from reference.reduction import BY_ROW, BY_WEIGHTS, SUMS, WITHOUT_WEIGHTS, Reduction, additions
from reference.row_weights import (
    along_last,
    counts_of_samples,
    is_ignored,
    rows_of,
    weighed_rows,
    weight_of_rows,
)
from reference.specification import ACROSS, Activation, Inputs, Specification, one_hot


def run(spec: Specification, inputs: Inputs, a: Arithmetic[Plain]) -> tuple[Plain, Plain]:
    """Value and gradient of the specification, in the arithmetic `a`."""
    return _in_batches(
        spec, inputs, lambda of, batch, start: _step(of, batch, start, a), a.array, a
    )


def _in_batches(
    spec: Specification,
    inputs: Inputs,
    step: Callable[[Specification, Inputs, Plain], tuple[Plain, Plain]],
    array: Callable[[np.ndarray], Plain],
    a: Arithmetic[Plain],
) -> tuple[Plain, Plain]:
    """Value and gradient, of which `step` gives those of one batch from where it starts."""

    def of_one(of: Specification, batch: Inputs, start: Plain | None) -> tuple[Plain, Plain]:
        first = array(_predictions(of, batch)) if start is None else start
        return _descended(of, first, partial(step, of, batch))

    return of_batches(spec, inputs, of_one, a)


def _predictions(spec: Specification, inputs: Inputs) -> np.ndarray:
    """The predictions; those of an ignored row, on which nothing depends, are numbers. Those on the way
    to a limit are exact numbers already.
    """
    on_the_way = inputs.output.dtype == object
    if spec.ignored is None or spec.before or spec.activation == ACROSS or on_the_way:
        return inputs.output
    no_number = ~np.isfinite(inputs.output) & is_ignored(spec, inputs)[..., None]
    return np.where(no_number, 0.5, inputs.output) if no_number.any() else inputs.output


def _descended(
    spec: Specification, start: Plain, step: Callable[[Plain], tuple[Plain, Plain]]
) -> tuple[Plain, Plain]:
    """The value of the last epoch, of all, or of what is left of the last, and what is left."""
    value, end = step(start)
    total = value
    for _ in range(spec.epochs - 1):
        value, end = step(end)
        total = total + value
    if spec.averaged:
        return total / float(spec.epochs), end
    return (step(end)[0] if spec.validated else value), end


def _step(
    spec: Specification, inputs: Inputs, start: Plain, a: Arithmetic[Plain]
) -> tuple[Plain, Plain]:
    tape = Tape(a, spec.epsilon)
    values = _values(spec, inputs, start, tape)
    by = values[spec.by] = tape.watch(values[spec.by].value)
    kernel = seen = values["output"]
    if spec.zeroed and inputs.mask is not None:
        seen = kernel * tape.array(inputs.mask[..., None])
    output = _made(spec, seen, tape)
    losses = _losses(spec, inputs, values | {"output": output}, tape)
    if spec.penalty:
        losses = losses + _penalty(spec, inputs, kernel, tape)
    gradient = tape.gradient(losses, by)
    return _counted(spec, losses.value), _stepped(spec, by.value, gradient)


def _penalty(
    spec: Specification, inputs: Inputs, kernel: Variable[Plain], tape: Tape[Plain]
) -> Variable[Plain]:
    """Half the sum of the squares of the kernel, or of the predictions by the number of samples."""
    if spec.penalty == "kernel":
        return tape.reduce_sum(kernel * kernel, None) * (0.5 * spec.penalty_weight)
    counted = counts_of_samples(spec, inputs)
    predicted = _activated(spec.predicts, kernel, tape)
    if not counted.all():
        predicted = predicted * tape.array(counted.astype(np.float64))
    total = tape.reduce_sum(predicted * predicted, None) * (0.5 * spec.penalty_weight)
    return total if spec.penalty == "activity, summed" else total / float(counted[..., 0].sum())


def _afterwards(spec: Specification, loss: Variable[Plain], tape: Tape[Plain]) -> Variable[Plain]:
    """What becomes of the losses, or of their mean or sum."""
    loss = loss if spec.loss_weight == 1 else loss * spec.loss_weight
    for step in spec.after:
        loss = step.change(loss, tape)
    return loss


def _counted(spec: Specification, value: Plain) -> Plain:
    return value if spec.outputs == 1 else value * spec.outputs


def losses_of_formula(spec: Specification, inputs: Inputs, a: Arithmetic[Plain]) -> Plain:
    """The losses as the formula gives them, (rows, 1) or (rows, classes), for `reduced`.

    Rows do not depend on each other, so that they can be computed in parts, but for an activation
    across them.
    """
    tape = Tape(a, spec.epsilon)
    values = _values(spec, inputs, a.array(_predictions(spec, inputs)), tape)
    values["output"] = _made(spec, values["output"], tape)
    return _of_formula(spec, inputs, values, tape).value


def reduced(spec: Specification, inputs: Inputs, losses: Plain, a: Arithmetic[Plain]) -> Plain:
    """The value of a specification, from `losses_of_formula` of all rows."""
    tape = Tape(a, spec.epsilon)
    given = None if inputs.weight is None else tape.array(inputs.weight[..., None])
    return _reduced(spec, inputs, Variable(losses, tape), given, tape).value


def _stepped(spec: Specification, start: Plain, gradient: Plain) -> Plain:
    return start - gradient if spec.stepped else gradient


def _values(
    spec: Specification, inputs: Inputs, output: Plain, tape: Tape[Plain]
) -> dict[str, Variable[Plain]]:
    """What a gradient may be taken by; sparse targets stay class numbers, and are not among it."""
    values = {"output": Variable(output, tape)}
    if not spec.formula.sparse:
        values["target"] = tape.array(one_hot(inputs))
    if inputs.weight is not None:
        weight = along_last(inputs.weight) if spec.weights_last else inputs.weight
        values["weight"] = tape.array(weight[..., None])
    return values


def _made(spec: Specification, output: Variable[Plain], tape: Tape[Plain]) -> Variable[Plain]:
    """What the formula takes: the steps before the activation, this, and those after it."""
    for step in spec.before:
        output = step.change(output, tape)
    output = _activated(spec.activation, output, tape)
    for step in spec.between:
        output = step.change(output, tape)
    return output


def _activated(by: Activation, output: Variable[Plain], tape: Tape[Plain]) -> Variable[Plain]:
    if by == ACROSS:
        return tape.transpose(tape.softmax(tape.transpose(output)))
    return getattr(tape, by)(output) if by else output


def _losses(
    spec: Specification, inputs: Inputs, values: dict[str, Variable[Plain]], tape: Tape[Plain]
) -> Variable[Plain]:
    each = _of_formula(spec, inputs, values, tape)
    return _afterwards(spec, _reduced(spec, inputs, each, values.get("weight"), tape), tape)


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
    weight = weight_of_rows(spec, inputs, sample_weight, tape)
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
        total = total * (tape.reduce_sum(weight, None) / rows_of(inputs))
    if spec.reduction is Reduction.MEAN_OF_WEIGHED_ROWS:
        return total / float(weighed_rows(inputs))
    rows = rows_of(inputs) * spec.repeated
    if spec.repeated > 1:
        total = tape.once_more(total * float(spec.repeated), additions(int(rows)))
    return total if spec.reduction in SUMS else total / rows


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


def run_cast(
    spec: Specification, inputs: Inputs, a: Casting[Plain], inner: Casting[Plain]
) -> tuple[Plain, Plain]:
    """As `run`, with the loss itself in `inner`: predictions are cast to it, the gradient back."""
    return _in_batches(
        *(spec, inputs, lambda of, batch, start: _step_cast(of, batch, a.cast(start), a, inner)),
        *(a.array, inner),
    )


def _step_cast(
    spec: Specification, inputs: Inputs, given: Plain, a: Casting[Plain], inner: Casting[Plain]
) -> tuple[Plain, Plain]:
    tape, loss_tape = Tape(a, spec.epsilon), Tape(inner, spec.epsilon)
    start = tape.watch(given)
    output = _made(spec, start, tape)
    values = _values(spec, inputs, inner.cast(output.value), loss_tape)
    by = values[spec.by] = loss_tape.watch(values[spec.by].value)
    losses = _losses(spec, inputs, values, loss_tape)
    gradient = loss_tape.gradient(losses, by)
    if spec.by != "output":
        return _counted(spec, losses.value), gradient
    back = tape.gradient(output, start, a.cast(gradient))
    if spec.stepped:
        back = inner.cast(start.value) - inner.cast(back)
    return _counted(spec, losses.value), back


def run_reduced(
    spec: Specification, inputs: Inputs, a: Casting[Plain], inner: Casting[Plain]
) -> tuple[Plain, Plain]:
    """As `run`, with what follows the formula in `inner`: the losses are cast, the gradient back."""
    return _in_batches(
        *(spec, inputs, lambda of, batch, start: _step_reduced(of, batch, start, a, inner)),
        *(a.array, a),
    )


def _step_reduced(
    spec: Specification, inputs: Inputs, start: Plain, a: Casting[Plain], inner: Casting[Plain]
) -> tuple[Plain, Plain]:
    tape, outer = Tape(a, spec.epsilon), Tape(inner)
    values = _values(spec, inputs, start, tape)
    by = values[spec.by] = tape.watch(values[spec.by].value)
    activated = values | {"output": _made(spec, values["output"], tape)}
    losses = _of_formula(spec, inputs, activated, tape)
    cast = outer.watch(inner.cast(losses.value))
    weight = values.get("weight")
    weight = weight and outer.watch(inner.cast(weight.value))
    total = _afterwards(spec, _reduced(spec, inputs, cast, weight, outer), outer)
    value = _counted(spec, total.value)
    if spec.by == "weight":
        assert weight is not None
        return value, outer.gradient(total, weight)
    gradient = tape.gradient(losses, by, a.cast(outer.gradient(total, cast)))
    return value, _stepped(spec, by.value, gradient)
