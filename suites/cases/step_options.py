"""The options of calls of loss objects, and of steps of models: rows of `loss_options`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from reference.reduction import Reduction
from reference.specification import Penalty, Second, Specification
from suites.cases.losses import LOSSES
from suites.cases.option import Argument, Chosen, Shape, numbers, texts
from suites.cases.reading import Reading, reading
from suites.cases.weights import WEIGHTS, thirds

HALVES = (1.0, 0.5, 0.25)  # of the classes
PENALTIES: Mapping[str, Penalty] = {
    "kernel": "kernel",
    "activity": "activity",
    "add_loss": "activity",
}
LOSS_WEIGHTS = {"0.5": 0.5, "2": 2.0, "0": 0.0, "float32": 2.0}
OUTPUTS = {"equal": (1.0, 1.0), "weighted": (0.5, 2.0)}  # weights of the losses of two outputs
ALONG_LAST = reading("the weights of the samples were laid along the last axis", weights_last=True)
BY_SUM_OF_WEIGHTS = reading(
    "the losses were divided by the sum of the weights", reduction=Reduction.WEIGHTED_MEAN
)


def _masked_rows(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    if spec.reduction is Reduction.MEAN:
        yield reading("masked rows were counted in the mean", reduction=Reduction.MEAN_OF_ALL_ROWS)


def _of_classes(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    """Weights of classes are made for arrays, and for labels of one axis."""
    if "data" in chosen:
        yield reading("the weights of the classes were ignored", class_weight=())
    yield BY_SUM_OF_WEIGHTS
    if spec.formula.sparse and len(shape) == 3:
        label = "the place of the greatest class number was taken for the class of a sample"
        yield reading(label, classes_by_place=True)


def _of_samples(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
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


def _not_of_part(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    first, second = OUTPUTS[chosen["outputs"]]
    yield reading("the total was reported for the part", outputs=(first + second) / first)
    if first != 1:
        yield reading("the part was reported times its weight", outputs=1.0)


def _not_divided(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    if spec.penalty == "activity":
        label = "the penalty of the predictions was not divided by the number of samples"
        yield reading(label, penalty="activity, summed")
    yield reading("the penalty was left out", penalty="")


def _of_all_rows(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    """The rows of the steps that are taken are fewer."""
    share = spec.steps * spec.batch_size / shape[0]
    label = "the losses of the steps were divided by all rows"
    yield reading(label, outputs=spec.outputs * share)


def _of_executions(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    """An execution has two batches, the last of them perhaps one."""
    batches = math.ceil(shape[0] / (spec.batch_size or shape[0]))
    if batches % 2:
        label = "a batch that an execution did not have was counted"
        yield reading(label, outputs=spec.outputs * batches / (batches + 1))


def _of_no_weight(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    if not spec.loss_weight:
        yield reading("a weight of 0 was taken for none", loss_weight=1.0)


def _not_updated(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    if chosen["own"] == "returned":
        yield reading("the mean loss, which nothing updated, was reported", outputs=0.0)


def _of_outputs(spec: Specification, value: str, chosen: Chosen) -> Specification:
    """The gradient is of the first output, the value of both."""
    first, second = OUTPUTS[value]
    return replace(spec, loss_weight=first, outputs=(first + second) / first)


def _of_losses(spec: Specification, value: str, chosen: Chosen) -> Specification:
    """A loss for the first output alone; or another one for the second."""
    if value == "first":
        return replace(spec, outputs=1.0)
    if value == "mixed":
        formula = LOSSES["binary_crossentropy"].probabilities
        assert formula
        second = Second(formula, "sigmoid", OUTPUTS[chosen["outputs"]][1])
        return replace(spec, outputs=1.0, second=second)
    return spec


def _accumulated(spec: Specification, value: str, chosen: Chosen) -> Specification:
    """The gradient is the mean over so many batches, of which each has rows of its own."""
    batches = float(value)
    return replace(spec, loss_weight=spec.loss_weight / batches, outputs=spec.outputs * batches)


def _of_part(spec: Specification, value: str, chosen: Chosen) -> Specification:
    """The loss of one output is reported without its weight."""
    return replace(spec, outputs=1 / spec.loss_weight)


OPTIONS = (
    Argument(
        "class_weight",
        {"halves": repr(dict(enumerate(HALVES)))},
        lambda spec, value, chosen: replace(spec, class_weight=HALVES),
        needed="halves",
        called=True,
        misread=_of_classes,
    ),
    Argument(
        "mask",
        {"rows": ""},
        needed="rows",
        weights={"rows": thirds},
        readings={"rows": reading("the mask was ignored", reduction=Reduction.UNWEIGHTED_MEAN)},
    ),
    Argument(
        "masking",
        {"rows": "mask"},
        called=True,
        masks={"rows": thirds},
        misread=_masked_rows,
    ),
    Argument("embedded", numbers("True"), called=True),
    Argument(
        "sample_weight",
        {
            "scalar": "0.5",
            "rows": "weight",
            "column": "weight[..., None]",
            "zeros": "weight",
            "samples": "of_samples(weight)",
        },
        needed="rows",
        called=True,
        for_calls=("scalar",),
        for_steps=("samples",),
        misread=_of_samples,
        weights=WEIGHTS,
        readings={
            "scalar": reading(
                "a weight for all rows was counted once",
                reduction=Reduction.WEIGHT_COUNTED_ONCE,
            )
        },
    ),
    Argument(
        "batch_size",
        numbers("1", "2", "3", "64"),
        lambda spec, value, chosen: replace(spec, batch_size=int(value)),
        called=True,
    ),
    Argument(
        "loss_weights",
        {"0.5": "0.5", "2": "2", "0": "0.0", "float32": "np.float32(2.0)"},
        lambda spec, value, chosen: replace(spec, loss_weight=LOSS_WEIGHTS[value]),
        called=True,
        misread=_of_no_weight,
    ),
    Argument(
        "outputs",
        {name: repr(list(weights)) for name, weights in OUTPUTS.items()},
        _of_outputs,
        called=True,
    ),
    Argument("part", {"first": "True"}, _of_part, called=True, misread=_not_of_part),
    Argument(
        "losses",
        texts("list", "dict", "first", "named", "mixed", "rows", "scalar"),
        _of_losses,
        called=True,
    ),
    Argument(
        "data",
        texts("dataset", "generator", "short-first"),
        lambda spec, value, chosen: replace(spec, first_batch=int(value == "short-first")),
        called=True,
    ),
    Argument(
        "steps",
        numbers("2"),
        lambda spec, value, chosen: replace(spec, steps=int(value)),
        called=True,
        misread=_of_all_rows,
    ),
    Argument(
        "epochs",
        numbers("2"),
        lambda spec, value, chosen: replace(spec, epochs=int(value)),
        called=True,
    ),
    Argument(
        "validated",
        numbers("True"),
        lambda spec, value, chosen: replace(spec, validated=True),
        called=True,
    ),
    Argument("steps_per_execution", numbers("2"), called=True, misread=_of_executions),
    Argument("accumulation", numbers("2"), _accumulated, called=True),
    Argument(
        "regularizer",
        texts("kernel", "activity", "add_loss"),
        lambda spec, value, chosen: replace(spec, penalty=PENALTIES[value]),
        called=True,
        misread=_not_divided,
    ),
    Argument(
        "own",
        texts("train_step", "returned", "compute_loss", "saved"),
        called=True,
        misread=_not_updated,
    ),
)
