"""What the options of a step may be taken for: readings for the rows of `step_options`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.reduction import Reduction
from reference.specification import Specification
from suites.cases.option import Chosen, Shape
from suites.cases.reading import Reading, reading

# Weights of the losses of two outputs.
OUTPUTS = {"equal": (1.0, 1.0), "weighted": (0.5, 2.0), "zero": (1.0, 0.0)}
ALONG_LAST = reading("the weights of the samples were laid along the last axis", weights_last=True)
BY_SUM_OF_WEIGHTS = reading(
    "the losses were divided by the sum of the weights", reduction=Reduction.WEIGHTED_MEAN
)


def masked_rows(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    if spec.reduction is Reduction.MEAN:
        yield reading("masked rows were counted in the mean", reduction=Reduction.MEAN_OF_ALL_ROWS)
        if spec.ignored is not None:
            label = "masked rows were counted in the mean, ignored ones were not"
            yield reading(label, reduction=Reduction.MEAN_OF_MASKED_ROWS_TOO)


def of_classes(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    """Weights of classes are made for arrays, and for labels of one axis."""
    if "data" in chosen:
        yield reading("the weights of the classes were ignored", class_weight=())
    yield BY_SUM_OF_WEIGHTS
    if spec.formula.sparse and len(shape) == 3:
        label = "the place of the greatest class number was taken for the class of a sample"
        yield reading(label, classes_by_place=True)


def of_samples(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    """Weights of samples that have more axes, of which the first and the last are as long; and those that
    are 0.
    """
    *rows, _ = shape
    if chosen["sample_weight"] == "samples" and len(rows) > 1 and rows[0] == rows[-1]:
        yield ALONG_LAST
    if spec.batch_size and spec.reduction is Reduction.MEAN:
        label = "rows of weight 0 were left out of the mean"
        yield reading(label, reduction=Reduction.MEAN_OF_WEIGHED_ROWS)
        yield BY_SUM_OF_WEIGHTS
    if "data" in chosen:
        label = "the weights of the samples were ignored"
        yield reading(label, reduction=Reduction.UNWEIGHTED_MEAN)


def not_of_part(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    every = OUTPUTS[chosen["outputs"]]
    this = every[chosen["part"] == "second"]
    yield reading("the total was reported for the part", outputs=sum(every) / this)
    if this != 1:
        yield reading("the part was reported times its weight", outputs=1.0)


def not_divided(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    if spec.penalty == "activity":
        label = "the penalty of the predictions was not divided by the number of samples"
        yield reading(label, penalty="activity, summed")
    if chosen["regularizer"] == "rows":
        yield reading("the penalties of the rows were averaged", penalty_weight=1 / shape[0])
    yield reading("the penalty was left out", penalty="")


def of_all_rows(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    """The rows of the steps that are taken are fewer."""
    share = spec.steps * spec.batch_size / shape[0]
    label = "the losses of the steps were divided by all rows"
    yield reading(label, outputs=spec.outputs * share)
    if chosen.get("batch_size") == "None":
        reason = Reason(CauseKind.OPTION, ("each step took all rows",))
        yield Reading(reason, partial(_of_all_rows_each, rows=shape[0]), "batch_size")


def _of_all_rows_each(usual: Specification, rows: int) -> Specification:
    return replace(usual, batch_size=rows, steps=0, epochs=usual.steps, averaged=True)


def of_executions(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    """An execution has two batches, the last of them perhaps one."""
    batches = math.ceil(shape[0] / (spec.batch_size or shape[0]))
    if batches % 2:
        label = "a batch that an execution did not have was counted"
        yield reading(label, outputs=spec.outputs * batches / (batches + 1))


def after_the_end(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    if chosen["data"] == "finite":
        batches = math.ceil(shape[0] / spec.batch_size)
        label = "a batch was counted where the data ended"
        yield reading(label, outputs=spec.outputs * batches / (batches + 1))


def of_validation(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    """The rows of the steps that validate are fewer."""
    if spec.validation_steps:
        share = spec.validation_steps * spec.batch_size / shape[0]
        label = "the losses of the steps were divided by all rows"
        yield reading(label, outputs=spec.outputs * share)


def of_no_weight(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    if not spec.loss_weight:
        yield reading("a weight of 0 was taken for none", loss_weight=1.0)


NOT_UPDATED = reading("the mean loss, which nothing updated, was reported", outputs=0.0)


def not_updated(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    if chosen["own"] in ("returned", "test_step"):
        yield NOT_UPDATED


ALL_CALLS = reading("the batch before was counted too", averaged=True)


def all_calls(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    yield ALL_CALLS
