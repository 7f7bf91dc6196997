"""The options of calls of loss objects, and of steps of models: rows of `loss_options`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from reference.reduction import Reduction
from reference.specification import Penalty, Second, Specification
from suites.cases import step_readings
from suites.cases.inputs import ROWS
from suites.cases.losses import LOSSES
from suites.cases.option import Argument, Chosen, numbers, texts
from suites.cases.reading import reading
from suites.cases.step_readings import OUTPUTS
from suites.cases.weights import WEIGHTS, fourths, thirds

HALVES = (1.0, 0.5, 0.25)  # of the classes
PENALTIES: Mapping[str, Penalty] = {
    "kernel": "kernel",
    "activity": "activity",
    "add_loss": "activity",
    "rows": "activity",
}
LOSS_WEIGHTS = {"0.5": 0.5, "2": 2.0, "0": 0.0, "float32": 2.0}
OF_CONTRACTS = ("callbacks", "at_once", "by_name")
MIXED = ("mixed", "by-name")
VALIDATED = {  # how: True, or options of fit
    "True": "True",
    "half": "{'validation_split': 0.5}",
    "two-steps": "{'validation_steps': 2}",
    "every-second": "{'validation_freq': 2}",
}


def _of_outputs(spec: Specification, value: str, chosen: Chosen) -> Specification:
    """The gradient is of the first output, the value of both."""
    first, second = OUTPUTS[value]
    return replace(spec, loss_weight=first, outputs=(first + second) / first)


def _of_losses(spec: Specification, value: str, chosen: Chosen) -> Specification:
    """A loss for the first output alone; or another one for the second."""
    if value == "first":
        return replace(spec, outputs=1.0)
    if value in MIXED:
        formula = LOSSES["binary_crossentropy"].probabilities
        assert formula
        second = Second(OUTPUTS[chosen["outputs"]][1], formula, "sigmoid")
        return replace(spec, outputs=1.0, second=second)
    return spec


def _accumulated(spec: Specification, value: str, chosen: Chosen) -> Specification:
    """The gradient is the mean over so many batches, of which each has rows of its own."""
    batches = float(value)
    return replace(spec, loss_weight=spec.loss_weight / batches, outputs=spec.outputs * batches)


def _of_part(spec: Specification, value: str, chosen: Chosen) -> Specification:
    """The loss of one output is reported without its weight."""
    weight = OUTPUTS[chosen["outputs"]][value == "second"]
    return replace(spec, loss_weight=weight, outputs=1 / weight)


def _of_second(spec: Specification, value: str, chosen: Chosen) -> Specification:
    """The second output has weights of its own."""
    return replace(spec, outputs=1.0, second=Second(OUTPUTS[chosen["outputs"]][1]))


def _in_batches(spec: Specification, value: str, chosen: Chosen) -> Specification:
    """Without a size, steps share all rows."""
    size = math.ceil(ROWS / int(chosen["steps"])) if value == "None" else int(value)
    return replace(spec, batch_size=size)


def _validated(spec: Specification, value: str, chosen: Chosen) -> Specification:
    steps = 2 if value == "two-steps" else 0
    return replace(spec, validated=True, validation_steps=steps, held_out=value == "half")


OPTIONS = (
    *(Argument(name, {}, called=True) for name in OF_CONTRACTS),
    Argument(
        "class_weight",
        {"halves": repr(dict(enumerate(HALVES)))},
        lambda spec, value, chosen: replace(spec, class_weight=HALVES),
        needed="halves",
        called=True,
        misread=step_readings.of_classes,
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
        {"rows": "mask", "fourths": "mask"},
        called=True,
        masks={"rows": thirds, "fourths": fourths},
        misread=step_readings.masked_rows,
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
        misread=step_readings.of_samples,
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
        numbers("1", "2", "3", "4", "64", "None"),
        _in_batches,
        called=True,
    ),
    Argument(
        "loss_weights",
        {"0.5": "0.5", "2": "2", "0": "0.0", "float32": "np.float32(2.0)"},
        lambda spec, value, chosen: replace(spec, loss_weight=LOSS_WEIGHTS[value]),
        called=True,
        misread=step_readings.of_no_weight,
    ),
    Argument(
        "outputs",
        {name: repr(list(weights)) for name, weights in OUTPUTS.items()},
        _of_outputs,
        called=True,
    ),
    Argument("second", texts("reversed"), _of_second, called=True),
    Argument(
        "part",
        {"first": "True", "second": "2"},
        _of_part,
        called=True,
        misread=step_readings.not_of_part,
    ),
    Argument(
        "losses",
        texts("list", "dict", "first", "named", "by-name", "mixed", "one", "rows", "scalar"),
        _of_losses,
        called=True,
    ),
    Argument(
        "data",
        texts("dataset", "generator", "finite", "short-first"),
        lambda spec, value, chosen: replace(spec, first_batch=int(value == "short-first")),
        called=True,
        misread=step_readings.after_the_end,
    ),
    Argument(
        "steps",
        numbers("2"),
        lambda spec, value, chosen: replace(spec, steps=int(value)),
        called=True,
        misread=step_readings.of_all_rows,
    ),
    Argument(
        "epochs",
        numbers("2"),
        lambda spec, value, chosen: replace(spec, epochs=int(value)),
        called=True,
    ),
    Argument(
        "validated",
        VALIDATED,
        _validated,
        called=True,
        misread=step_readings.of_validation,
    ),
    Argument(
        "calls",
        numbers("2"),
        lambda spec, value, chosen: replace(spec, epochs=int(value)),
        called=True,
        misread=step_readings.all_calls,
    ),
    Argument("steps_per_execution", numbers("2"), called=True, misread=step_readings.of_executions),
    Argument("accumulation", numbers("2"), _accumulated, called=True),
    Argument(
        "regularizer",
        texts("kernel", "activity", "add_loss", "rows"),
        lambda spec, value, chosen: replace(spec, penalty=PENALTIES[value]),
        called=True,
        misread=step_readings.not_divided,
    ),
    Argument(
        "own",
        texts("train_step", "test_step", "returned", "compute_loss", "saved"),
        lambda spec, value, chosen: (
            replace(spec, outputs=2 * spec.outputs) if value == "test_step" else spec
        ),
        called=True,
        misread=step_readings.not_updated,
    ),
)
