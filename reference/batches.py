"""Training in batches: the gradient of each by itself, and the value that is reported of all."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from reference.arithmetic.protocol import Arithmetic, Plain
from reference.reduction import Reduction
from reference.specification import Inputs, Joined, Second, Specification

# Of a batch, from where it starts: None for its predictions.
OfBatch = Callable[[Specification, Inputs, Plain | None], tuple[Plain, Plain]]


def of_batches(
    spec: Specification, inputs: Inputs, of_one: OfBatch[Plain], a: Arithmetic[Plain]
) -> tuple[Plain, Plain]:
    """Value of all rows, and gradients of batches, each by itself."""
    value, gradient = _of_batches(spec, inputs, of_one, a)
    if spec.reported:
        start = _trained(spec, inputs, of_one, a)
        value = of_one(replace(spec.reported, epochs=1), inputs, start)[0]
    elif spec.second:
        value = value + _of_batches(*_of(spec.second, spec, inputs), of_one, a)[0]
    return value, gradient


def _trained(
    spec: Specification, inputs: Inputs, of_one: OfBatch[Plain], a: Arithmetic[Plain]
) -> Plain | None:
    """What the epochs before the last leave of the predictions; None where there is one epoch."""
    if spec.epochs == 1:
        return None
    return _of_batches(replace(spec, epochs=spec.epochs - 1), inputs, of_one, a)[1]


def _of(second: Second, spec: Specification, inputs: Inputs) -> tuple[Specification, Inputs]:
    """What is expected of another output, in the batches of the first."""
    alike = replace(spec, loss_weight=second.weight, outputs=1.0, second=None)
    if second.formula is None:
        return alike, inputs.reversed_weights()
    formula, activation = second.formula, second.activation
    own = replace(alike, formula=formula, activation=activation)
    return replace(own, parameters=(), smoothing=0.0, ignored=None), inputs.first_class()


def _of_batches(
    spec: Specification, inputs: Inputs, of_one: OfBatch[Plain], a: Arithmetic[Plain]
) -> tuple[Plain, Plain]:
    if not spec.batch_size:
        return of_one(spec, inputs, None)
    if spec.held_out or spec.validation_steps:
        return _on_some_rows(spec, inputs, of_one, a)
    batches = inputs.batches(spec.batch_size, spec.first_batch)
    if spec.steps:
        taken = sum(len(batch.output) for batch in batches[: spec.steps])
        seen, rest = inputs.rows(slice(taken)), inputs.rows(slice(taken, None))
        value, gradient = _of_batches(replace(spec, steps=0), seen, of_one, a)
        return value, a.concatenate([gradient, a.array(rest.output)])
    found = (
        _of_halves(spec, of_one, a, batch) if spec.halves else of_one(spec, batch, None)
        for batch in batches
    )
    values, gradients = zip(*found, strict=True)
    joined = _joined(spec, [len(batch.output) for batch in batches], values)
    started_alike = spec.epochs == 1 and not spec.validated  # all batches, as all rows would
    if spec.joined is Joined.ROWS and not spec.halves and started_alike:
        whole = of_one(spec, inputs, None)[0]
        joined = a.either(whole, joined) if _is_mean_of_batches(spec, inputs) else whole
    return joined, a.concatenate(gradients)


def _on_some_rows(
    spec: Specification, inputs: Inputs, of_one: OfBatch[Plain], a: Arithmetic[Plain]
) -> tuple[Plain, Plain]:
    """The value of the first rows, or of those that are held out, and the gradient of what is trained on."""
    plain = replace(spec, held_out=False, validation_steps=0)
    if not spec.held_out:
        seen = inputs.rows(slice(spec.validation_steps * spec.batch_size))
        value = _of_batches(plain, seen, of_one, a)[0]
        return value, _of_batches(plain, inputs, of_one, a)[1]
    half = len(inputs.output) // 2
    trained, rest = inputs.rows(slice(half)), inputs.rows(slice(half, None))
    gradient = _of_batches(plain, trained, of_one, a)[1]
    value = _of_batches(replace(plain, epochs=1, validated=False), rest, of_one, a)[0]
    return value, a.concatenate([gradient, a.array(rest.output)])


def _of_halves(
    spec: Specification, of_one: OfBatch[Plain], a: Arithmetic[Plain], batch: Inputs
) -> tuple[Plain, Plain]:
    """The mean or sum of what two halves of a batch have, each by itself, and its gradient; of one row
    the second half has nothing.
    """
    halves = batch.batches(math.ceil(len(batch.output) / 2))
    share = 0.5 if spec.halves == "averaged" else 1.0
    copies = 1.0 if spec.penalty != "kernel" or spec.halves == "added, one penalty" else 2.0
    part = replace(spec, loss_weight=spec.loss_weight * share, penalty_weight=share * copies)
    (value, *others), gradients = zip(*(of_one(part, half, None) for half in halves), strict=True)
    for other in others:
        value = value + other
    return value, a.concatenate(gradients)


def _is_mean_of_batches(spec: Specification, inputs: Inputs) -> bool:
    """Whether batches, averaged by their rows, have the loss of all rows."""
    every = inputs.mask is None and spec.ignored is None
    return len(inputs.output) <= spec.batch_size or (spec.reduction is Reduction.MEAN and every)


def _joined(spec: Specification, sizes: Sequence[int], values: Sequence[Plain]) -> Plain:
    """The value of batches of so many rows, put together."""
    if spec.joined is Joined.EMPTY:
        nothing = values[0] * 0.0
        return nothing / nothing
    is_exact = len(sizes) == 1 and math.log2(sizes[0]).is_integer()
    if spec.joined is Joined.LAST or is_exact:
        return values[-1]
    weights = [1] * len(sizes) if spec.joined is Joined.ALIKE else list(sizes)
    if spec.joined is Joined.BY_HALVES:
        weights = [math.ceil(size / 2) for size in sizes]
    if spec.joined is Joined.DOUBLED:
        weights = [size * 2**after for after, size in enumerate(reversed(sizes))][::-1]
    if spec.joined is Joined.SHORT_AS_ONE and sizes[-1] < spec.batch_size:
        weights[-1] = 1
    total = values[0] * float(weights[0])
    for value, weight in zip(values[1:], weights[1:], strict=True):
        total = total + value * float(weight)
    return total / float(sum(weights))
