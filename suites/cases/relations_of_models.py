"""What must hold between two steps of a model in training: rows of `relations`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from suites.cases.loss_options import PLAIN
from suites.cases.losses import LOSSES
from suites.cases.relation import Relation, first_half, of_rows, reversed_classes, reversed_rows
from suites.cases.weights import thirds

KEPT = 5 / 8  # of eight rows, less each third one
MAIN = tuple(loss.name for loss in LOSSES.values() if loss.main)


def _these(form: str, arguments: str = PLAIN) -> Mapping[str, tuple[str, ...]]:
    """One case of each main loss: a model that ends in an activation, in a graph. What trains a model
    is the same for all losses.
    """
    return {
        "loss": MAIN,
        "form": (form,),
        "arguments": (arguments,),
        "output": ("layers.Dense",),
        "dtype": ("float32",),
        "execution": ("graph",),
        "inputs": ("interior",),
    }


def _of(
    form: str, arguments: str, other: str
) -> tuple[Mapping[str, tuple[str, ...]], dict[str, str]]:
    """The same step with other arguments."""
    return _these(form, arguments), {"arguments": other}


def _times(factor: float, numbers: np.ndarray) -> np.ndarray:
    return numbers * factor


double, half = partial(_times, 2.0), partial(_times, 0.5)
fit, evaluate = partial(_of, "fit-class"), partial(_of, "evaluate-class")
WEIGHTED = "sample_weight:rows"

RELATIONS = (
    Relation(
        "a model has the loss of its function",
        ("the class", "the function"),
        _these("fit-class"),
        {"form": "fit-function"},
    ),
    Relation(
        "a model has the loss of its name",
        ("the class", "the name"),
        _these("fit-class"),
        {"form": "fit-string"},
    ),
    Relation(
        "fit takes the step of train_on_batch",
        ("fit", "train_on_batch"),
        _these("fit-class"),
        {"form": "train_on_batch-class"},
    ),
    Relation(
        "fit takes the step of a train_step of one's own",
        ("one's own", "its own step"),
        *fit("own:train_step", PLAIN),
    ),
    Relation(
        "a compute_loss of one's own changes nothing",
        ("one's own", "its own loss"),
        *fit("own:compute_loss", PLAIN),
    ),
    Relation(
        "a model that was saved and loaded is the same",
        ("after", "before"),
        *fit("own:saved", PLAIN),
    ),
    Relation(
        "two replicas train as one device",
        ("one device", "two replicas"),
        _these("fit-class"),
        {"form": "fit-mirrored"},
    ),
    Relation(
        "a dataset gives what arrays give",
        ("a dataset", "arrays"),
        *fit("batch_size:3+data:dataset", "batch_size:3"),
    ),
    Relation(
        "a generator gives what arrays give",
        ("a generator", "arrays"),
        *fit("batch_size:3+data:generator", "batch_size:3"),
    ),
    Relation(
        "two batches of a row that are accumulated are one of two",
        ("accumulated", "a batch of two"),
        *fit("batch_size:1+accumulation:2", "batch_size:2"),
    ),
    Relation(
        "the parts have the mean of the whole",
        ("the whole", "batches of three"),
        *evaluate(PLAIN, "batch_size:3"),
        gradient=None,
    ),
    Relation(
        "weights (N,) are weights (N, 1)",
        ("(N,)", "(N, 1)"),
        *fit(WEIGHTED, "sample_weight:column"),
    ),
    Relation(
        "a weight of 2 counts a row twice",
        ("each row twice", "weights of two"),
        *evaluate(PLAIN, WEIGHTED),
        both=of_rows(lambda rows: np.repeat(first_half(rows), 2, axis=0)),
        change=lambda inputs: replace(inputs, weight=np.repeat([2.0, 0.0], 4)),
        gradient=None,
    ),
    Relation(
        "a weight of 0 leaves a row out",
        ("all rows, half of weight 0", "the other half"),
        *evaluate(WEIGHTED, PLAIN),
        both=lambda inputs: replace(inputs, weight=np.repeat([1.0, 0.0], 4)),
        change=lambda inputs: replace(of_rows(first_half)(inputs), weight=None),
        value=half,
        gradient=None,
    ),
    Relation(
        "a mask is a weight of 0",
        ("masked", "of weight 0"),
        *evaluate("masking:rows", WEIGHTED),
        change=lambda inputs: replace(inputs, weight=thirds(inputs), mask=None),
        value=partial(_times, 1 / KEPT),
        gradient=None,
    ),
    Relation(
        "the loss of two outputs is the sum of theirs",
        ("two outputs", "one output, twice"),
        *fit("outputs:equal", PLAIN),
        value=double,
    ),
    Relation(
        "a part is the loss of a model with one output",
        ("the part", "the model"),
        *fit("outputs:equal+part:first", PLAIN),
    ),
    Relation(
        "weights of losses multiply them",
        ("two outputs", "one output"),
        *fit("outputs:weighted", PLAIN),
        value=partial(_times, 2.5),
        gradient=None,
    ),
    Relation(
        "the order of the rows is free in fit",
        ("this order", "the reverse order"),
        _these("fit-class"),
        change=of_rows(reversed_rows),
        gradient=reversed_rows,
    ),
    Relation(
        "the order of the classes is free in fit",
        ("this order", "the reverse order"),
        _these("fit-class"),
        change=reversed_classes,
        gradient=lambda numbers: numbers[..., ::-1],
    ),
    Relation(
        "the update is the gradient of the loss that is reported",
        ("the update", "the gradient"),
        _these("fit-class", "regularizer:kernel"),
        {"form": "class-mean", "arguments": PLAIN, "output": "tf.nn.softmax"},
        value=None,
        gradient=partial(_times, -1.0),
    ),
    Relation(
        "a metric in fit is the loss",
        ("the metric", "the loss"),
        _these("fit-metric-object"),
        {"form": "fit-class"},
    ),
)
