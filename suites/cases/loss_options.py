"""The options of the losses: a row each, with the values to ask for and what they do to a specification.

A case holds its arguments as one text, "axis:0+gamma:0.5", or "plain" where it has none. A value
has a name, which is used there, and the Python text that a call gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from reference.reduction import Reduction
from reference.specification import Inputs, Parameter, Penalty, Second, Specification
from suites.cases.calls import call
from suites.cases.losses import LOSSES
from suites.cases.reading import Reading, reading
from suites.cases.weights import WEIGHTS, Weights, thirds

PLAIN = "plain"
IGNORED = "ignore_class"
OWN_DTYPE = "'that of the case'"
Chosen = Mapping[str, str]  # names of arguments and of their values
Effect = Callable[[Specification, str, Chosen], Specification]
Shape = tuple[int, ...]  # of the predictions, classes last
Misread = Callable[[Specification, Chosen, Shape], Iterable[Reading]]


def _unchanged(spec: Specification, value: str, chosen: Chosen) -> Specification:
    return spec


def _nothing(spec: Specification, chosen: Chosen, shape: Shape) -> Iterable[Reading]:
    return ()


def _parameter(name: str, **named: Parameter) -> Effect:
    """The value, or what is `named` so, goes to the formula."""

    def effect(spec: Specification, value: str, chosen: Chosen) -> Specification:
        number = named[value] if value in named else float(value)
        return replace(spec, parameters=(*spec.parameters, (name, number)))

    return effect


def _alpha(spec: Specification, value: str, chosen: Chosen) -> Specification:
    """Binary focal cross-entropy documents it for class balancing, and for nothing else; a loss of
    the user's own may always have it.
    """
    if spec.formula.elementwise and "alpha" not in dict(spec.parameters):
        return spec
    return _parameter("alpha", list=ALPHAS)(spec, value, chosen)


def _balance(spec: Specification, value: str, chosen: Chosen) -> Specification:
    return _parameter("alpha")(spec, chosen.get("alpha", "0.25"), chosen)


REDUCTIONS: dict[str, Reduction] = {
    "None": Reduction.ROW,
    "none": Reduction.ROW,
    "sum": Reduction.SUM,
    "sum_over_batch_size": Reduction.MEAN,
    "mean": Reduction.MEAN,
    "mean_with_sample_weight": Reduction.WEIGHTED_MEAN,
}
ALPHAS = (0.25, 0.5, 0.125)  # one for each class
HALVES = (1.0, 0.5, 0.25)  # the same
PENALTIES: Mapping[str, Penalty] = {
    "kernel": "kernel",
    "activity": "activity",
    "add_loss": "activity",
}
LOSS_WEIGHTS = {"0.5": 0.5, "2": 2.0, "0": 0.0, "float32": 2.0}
OUTPUTS = {"equal": (1.0, 1.0), "weighted": (0.5, 2.0)}  # weights of the losses of two outputs


@dataclass(frozen=True)
class Argument:
    """`values` maps names to Python text, which is OWN_DTYPE for the dtype of the case.

    `needed` is the value of calls that can't do without one. `called` says that the
    argument goes to the call of a loss object, not to its constructor; `setting` that it is no
    argument at all but a setting of Keras, with that name in `keras.config`. By value: `for_classes`
    are taken only where classes exclude each other, `for_calls` only by a call of a loss, `for_steps` only
    by a step of a model; `weights` are those of the rows, `masks` say which rows count, and `readings`
    what a mean by those weights may be taken for. `misread` gives what else it may be taken for.
    """

    name: str
    values: Mapping[str, str]
    effect: Effect = _unchanged
    needed: str = ""
    called: bool = False
    setting: bool = False
    for_classes: tuple[str, ...] = ()
    for_calls: tuple[str, ...] = ()
    for_steps: tuple[str, ...] = ()
    weights: Mapping[str, Weights] = field(default_factory=dict)
    masks: Mapping[str, Weights] = field(default_factory=dict)
    misread: Misread = _nothing
    readings: Mapping[str, Reading] = field(default_factory=dict)


def _masked_rows(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    if spec.reduction is Reduction.MEAN:
        yield reading("masked rows were counted in the mean", reduction=Reduction.MEAN_OF_ALL_ROWS)


def _places(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    """Weights of classes are made for labels of one axis."""
    if spec.formula.sparse and len(shape) == 3:
        label = "the place of the greatest class number was taken for the class of a sample"
        yield reading(label, classes_by_place=True)


def _along_last(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    """Weights of samples that have more axes, of which the first and the last are as long."""
    *rows, _ = shape
    if chosen["sample_weight"] == "samples" and len(rows) > 1 and rows[0] == rows[-1]:
        yield reading("the weights of the samples were laid along the last axis", weights_last=True)


def _not_of_part(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    first, second = OUTPUTS[chosen["outputs"]]
    yield reading("the total was reported for the part", outputs=(first + second) / first)
    if first != 1:
        yield reading("the part was reported times its weight", outputs=1.0)


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


def _texts(*texts: str) -> dict[str, str]:
    return {text: repr(text) for text in texts}


def _numbers(*texts: str) -> dict[str, str]:
    return {text: text for text in texts}


ARGUMENTS = {
    argument.name: argument
    for argument in (
        Argument(
            "label_smoothing",
            _numbers("0.1", "1.0"),
            lambda spec, value, chosen: replace(spec, smoothing=float(value)),
        ),
        Argument("axis", _numbers("0", "1", "-2")),
        Argument(
            IGNORED,
            _numbers("0", "-1", "255"),
            lambda spec, value, chosen: replace(spec, ignored=int(value)),
        ),
        Argument("gamma", _numbers("0.0", "0.5", "2.7"), _parameter("gamma")),
        Argument(
            "alpha",
            {"0.3": "0.3", "list": repr(list(ALPHAS))},
            _alpha,
            for_classes=("list",),
        ),
        Argument("apply_class_balancing", _numbers("True"), _balance),
        Argument("q", _numbers("0.25", "0.5", "0.7"), _parameter("q"), needed="0.5"),
        Argument(
            "pos_weight", _numbers("0.7", "1.0", "2.0"), _parameter("pos_weight"), needed="2.0"
        ),
        Argument(
            "reduction",
            {name: name if name == "None" else repr(name) for name in REDUCTIONS},
            lambda spec, value, chosen: replace(spec, reduction=REDUCTIONS[value]),
        ),
        Argument("dtype", {"own": OWN_DTYPE}),
        Argument("floatx", {"own": OWN_DTYPE}, setting=True),
        Argument(
            "epsilon",
            _numbers("0.01"),
            lambda spec, value, chosen: replace(spec, epsilon=float(value)),
            setting=True,
        ),
        Argument(
            "class_weight",
            {"halves": repr(dict(enumerate(HALVES)))},
            lambda spec, value, chosen: replace(spec, class_weight=HALVES),
            needed="halves",
            called=True,
            misread=_places,
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
        Argument("embedded", _numbers("True"), called=True),
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
            misread=_along_last,
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
            _numbers("1", "2", "3", "64"),
            lambda spec, value, chosen: replace(spec, batch_size=int(value)),
            called=True,
        ),
        Argument(
            "loss_weights",
            {"0.5": "0.5", "2": "2", "0": "0.0", "float32": "np.float32(2.0)"},
            lambda spec, value, chosen: replace(spec, loss_weight=LOSS_WEIGHTS[value]),
            called=True,
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
            _texts("list", "dict", "first", "named", "mixed", "rows", "scalar"),
            _of_losses,
            called=True,
        ),
        Argument(
            "data",
            _texts("dataset", "generator", "short-first"),
            lambda spec, value, chosen: replace(spec, first_batch=int(value == "short-first")),
            called=True,
        ),
        Argument(
            "steps",
            _numbers("2"),
            lambda spec, value, chosen: replace(spec, steps=int(value)),
            called=True,
        ),
        Argument(
            "epochs",
            _numbers("2"),
            lambda spec, value, chosen: replace(spec, epochs=int(value)),
            called=True,
        ),
        Argument(
            "validated",
            _numbers("True"),
            lambda spec, value, chosen: replace(spec, validated=True),
            called=True,
        ),
        Argument("steps_per_execution", _numbers("2"), called=True),
        Argument("accumulation", _numbers("2"), _accumulated, called=True),
        Argument(
            "regularizer",
            _texts("kernel", "activity", "add_loss"),
            lambda spec, value, chosen: replace(spec, penalty=PENALTIES[value]),
            called=True,
        ),
        Argument(
            "own",
            _texts("train_step", "returned", "compute_loss", "saved"),
            called=True,
            misread=_not_updated,
        ),
    )
}


def parse(text: str) -> dict[str, str]:
    """The arguments of a case, by name."""
    if text == PLAIN:
        return {}
    return dict(part.split(":") for part in text.split("+"))


def join(chosen: Chosen) -> str:
    """The text of `parse`; values that are empty are left out."""
    return "+".join(f"{name}:{value}" for name, value in chosen.items() if value) or PLAIN


def text(name: str, value: str, dtype: str) -> str:
    """The Python text of a value of an option, for a case of a dtype."""
    found = ARGUMENTS[name].values[value]
    return repr(dtype) if found == OWN_DTYPE else found


def keywords(chosen: Chosen, called: bool, dtype: str) -> tuple[str, ...]:
    """The keyword arguments, such as "axis=0": of a call of an object, or of all else."""
    texts = {
        name: text(name, value, dtype)
        for name, value in chosen.items()
        if ARGUMENTS[name].called == called and not ARGUMENTS[name].setting
    }
    return tuple(f"{name}={value}" for name, value in texts.items() if value)


def within_settings(chosen: Chosen, expression: str, dtype: str) -> str:
    """The expression, evaluated while Keras has the chosen settings."""
    settings = {name: value for name, value in chosen.items() if ARGUMENTS[name].setting}
    if not settings:
        return expression
    texts = (f"{name}={text(name, value, dtype)}" for name, value in settings.items())
    return call("with_settings", f"lambda: {expression}", *texts)


def specify(spec: Specification, chosen: Chosen) -> Specification:
    """What the arguments make of a specification."""
    for name, value in chosen.items():
        spec = ARGUMENTS[name].effect(spec, value, chosen)
    return spec


def axis(chosen: Chosen) -> int:
    """Where the classes are."""
    return int(chosen.get("axis", "-1"))


def weights(chosen: Chosen, inputs: Inputs) -> np.ndarray | None:
    """The weights of the rows, where an argument has some."""
    return _first([ARGUMENTS[name].weights.get(value) for name, value in chosen.items()], inputs)


def mask(chosen: Chosen, inputs: Inputs) -> np.ndarray | None:
    """Which rows count, as 0 or 1, where an argument says so."""
    return _first([ARGUMENTS[name].masks.get(value) for name, value in chosen.items()], inputs)


def _first(of_options: Sequence[Weights | None], inputs: Inputs) -> np.ndarray | None:
    """What the first of the options that has something says of the rows."""
    return next((of_rows(inputs) for of_rows in of_options if of_rows), None)


def misread(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    """What else the arguments may be taken for, whatever is made of a weighted mean."""
    for name in chosen:
        yield from ARGUMENTS[name].misread(spec, chosen, shape)


def weighted_reading(chosen: Chosen) -> Reading:
    """What a weighted mean may be taken for."""
    for name, value in chosen.items():
        if found := ARGUMENTS[name].readings.get(value):
            return found
    return reading("rows without weight were counted in the mean", reduction=Reduction.MEAN)


def with_ignored(target: np.ndarray, chosen: Chosen) -> np.ndarray:
    """Class numbers, every third of which becomes the ignored one where that is no class."""
    ignored = int(chosen.get(IGNORED, "0"))
    third = np.arange(target.size).reshape(target.shape) % 3 == 1
    return np.where(third, ignored, target).astype(target.dtype) if ignored else target


def of_arrays(chosen: Chosen) -> dict[str, str]:
    """The arguments on which the arrays of a case depend, in the order of their names."""
    return {
        name: value
        for name, value in sorted(chosen.items())
        if name == IGNORED or ARGUMENTS[name].weights or ARGUMENTS[name].masks
    }
