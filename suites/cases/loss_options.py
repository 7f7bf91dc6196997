"""The options of the losses: a row each, with the values to ask for and what they do to a specification.

A case holds its arguments as one text, "axis:0+gamma:0.5", or "plain" where it has none. A value
has a name, which is used there, and the Python text that a call gets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from reference.reduction import SUMS, Reduction
from reference.specification import Inputs, Parameter, Specification
from suites.cases import step_options
from suites.cases.calls import call
from suites.cases.option import OWN_DTYPE, Argument, Chosen, Effect, Shape, numbers
from suites.cases.reading import ALPHAS_OF_ROWS, Reading, reading
from suites.cases.weights import Weights

PLAIN = "plain"
IGNORED = "ignore_class"
BETWEEN = "/"  # numbers of a list


def _number(value: str) -> float | tuple[float, ...]:
    """A number, or one for each class: "0.25/0.5"."""
    each = tuple(map(float, value.split(BETWEEN)))
    return each if len(each) > 1 else each[0]


def _parameter(name: str, **named: Parameter) -> Effect:
    """The value, or what is `named` so, goes to the formula."""

    def effect(spec: Specification, value: str, chosen: Chosen) -> Specification:
        number = named[value] if value in named else _number(value)
        return replace(spec, parameters=(*spec.parameters, (name, number)))

    return effect


def _alpha(spec: Specification, value: str, chosen: Chosen) -> Specification:
    """Binary focal cross-entropy documents it for class balancing, and for nothing else; a loss of
    the user's own may always have it.
    """
    if spec.formula.elementwise and "alpha" not in dict(spec.parameters):
        return spec
    return _parameter("alpha", list=ALPHAS)(spec, value, chosen)


def _along_the_last(spec: Specification, chosen: Chosen, shape: Shape) -> Iterator[Reading]:
    """An alpha for each class, where something else is on the last axis and as long, or is one."""
    alphas = dict(spec.parameters).get("alpha")
    if "axis" not in chosen or not isinstance(alphas, tuple):
        return
    if shape[-2:-1] == (len(alphas),):
        yield ALPHAS_OF_ROWS
    if shape[-2:-1] == (1,):
        total = sum(alphas) if spec.reduction in SUMS else sum(alphas) / len(alphas)
        others = (*(dict(spec.parameters) | {"alpha": total}).items(),)
        yield reading("each alpha was laid beside the one row", parameters=others)


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
ARGUMENTS = {
    argument.name: argument
    for argument in (
        Argument(
            "label_smoothing",
            numbers("0.1", "1.0"),
            lambda spec, value, chosen: replace(spec, smoothing=float(value)),
        ),
        Argument("axis", numbers("0", "1", "-2")),
        Argument(
            IGNORED,
            numbers("0", "-1", "255"),
            lambda spec, value, chosen: replace(spec, ignored=int(value)),
        ),
        Argument("gamma", numbers("0.0", "0.5", "2.7"), _parameter("gamma")),
        Argument(
            "alpha",
            {"0.3": "0.3", "list": repr(list(ALPHAS))},
            _alpha,
            for_classes=("list",),
            misread=_along_the_last,
        ),
        Argument("apply_class_balancing", numbers("True"), _balance),
        Argument("q", numbers("0.25", "0.5", "0.7"), _parameter("q"), needed="0.5"),
        Argument(
            "pos_weight", numbers("0.7", "1.0", "2.0"), _parameter("pos_weight"), needed="2.0"
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
            numbers("0.01"),
            lambda spec, value, chosen: replace(spec, epsilon=float(value)),
            setting=True,
        ),
        *step_options.OPTIONS,
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
    """The Python text of a value of an option, for a case of a dtype; one that is in no table is a
    number, or a list of them.
    """
    found = ARGUMENTS[name].values.get(value, value)
    if BETWEEN in value:
        found = f"[{value.replace(BETWEEN, ', ')}]"
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
