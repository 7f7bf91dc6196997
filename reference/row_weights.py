"""How much each row counts: its weight, that of its class, whether it is masked or left out."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from reference.arithmetic.gradient import Tape, Variable
from reference.arithmetic.protocol import Plain
from reference.formulas import divide_or_zero
from reference.reduction import HALVES, Reduction
from reference.specification import Inputs, Specification, one_hot


def weight_of_rows(
    spec: Specification,
    inputs: Inputs,
    sample_weight: Variable[Plain] | None,
    tape: Tape[Plain],
) -> Variable[Plain] | None:
    """How much each row counts, as (..., 1): its weight, less rows that are left out and, in a mean,
    for them.
    """
    if spec.reduction is Reduction.MASKED_MEAN:
        sample_weight = None
    if spec.class_weight:
        of_classes = tape.array(_of_classes(spec, inputs)[..., None])
        sample_weight = of_classes if sample_weight is None else sample_weight * of_classes
    every_row = spec.ignored is None and inputs.mask is None
    if every_row and spec.reduction not in HALVES:
        return sample_weight
    counts = tape.array(_counts(spec, inputs)[..., None].astype(np.float64))
    every, counted = tape.constant(rows_of(inputs)), tape.reduce_sum(counts, None)
    if spec.reduction is Reduction.MEAN:
        counts = counts * divide_or_zero(every, counted, tape)
    if spec.reduction is Reduction.MEAN_OF_MASKED_ROWS_TOO:
        kept = float(np.count_nonzero(~is_ignored(spec, inputs)))
        counts = counts * divide_or_zero(every, tape.constant(kept), tape)
    if spec.reduction is Reduction.PADDED_MEAN:
        counts = counts * (every / (counted + tape.constant(spec.epsilon)))
    return counts if sample_weight is None else sample_weight * counts


def _of_classes(spec: Specification, inputs: Inputs) -> np.ndarray:
    """The weight of the class of each row."""
    weights = np.asarray(spec.class_weight)
    if spec.classes_by_place:
        of_samples = weights[np.argmax(inputs.target, axis=-1)]
        return np.broadcast_to(of_samples[:, None], inputs.target.shape)
    return weights[np.argmax(one_hot(inputs), axis=-1)]


def _counts(spec: Specification, inputs: Inputs) -> np.ndarray:
    """Whether each row counts."""
    too = spec.reduction is Reduction.SUM_OF_MASKED_ROWS_TOO
    counts = _of_half(spec, _unmasked(replace(inputs, mask=None) if too else inputs))
    return counts if spec.ignored is None else counts & ~is_ignored(spec, inputs)


def is_ignored(spec: Specification, inputs: Inputs) -> np.ndarray:
    """Whether the label of each row is the ignored class, where there is one."""
    return inputs.target == spec.ignored


def _unmasked(inputs: Inputs) -> np.ndarray:
    return np.ones(inputs.output.shape[:-1], bool) if inputs.mask is None else inputs.mask > 0


def _of_half(spec: Specification, counts: np.ndarray) -> np.ndarray:
    """What counts, less the second half of the samples where the first is taken for all."""
    if spec.reduction in HALVES:
        counts[math.ceil(len(counts) / 2) :] = False
    return counts


def along_last(weight: np.ndarray) -> np.ndarray:
    """The weights of the samples, along the last axis of the rows."""
    return np.broadcast_to(weight.reshape(len(weight), -1)[:, 0], weight.shape)


def counts_of_samples(spec: Specification, inputs: Inputs) -> np.ndarray:
    """Whether each sample counts in a penalty, in as many axes as the predictions have."""
    shape = (len(inputs.output), *[1] * (inputs.output.ndim - 1))
    return _of_half(spec, np.ones(shape, bool))


def weighed_rows(inputs: Inputs) -> int:
    """How many rows are masked by nothing and have a weight that is not 0."""
    counts = _unmasked(inputs)
    return int(np.count_nonzero(counts if inputs.weight is None else counts & (inputs.weight != 0)))


def rows_of(inputs: Inputs) -> float:
    return inputs.output.size / inputs.output.shape[-1]
