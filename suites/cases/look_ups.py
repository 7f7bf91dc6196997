"""The contracts of names: what is found by a name must be what it names, a row for each kind of name.

A look-up is done before anything is computed, so each name is asked once, eagerly, with plain numbers;
those of functions in a graph, too, for the releases that have nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from suites.cases.calls import LookUp, call
from suites.cases.contract import NUMBER, Contract
from suites.cases.forms.names import KERAS, Names

FUNCTIONS, METRICS = ("function", "tf_keras"), ("metric", "tf_keras-metric")
OBJECTS = ("class-mean", "tf_keras-mean")
LOSSES = tuple(names.loss for names in KERAS)
WITH_METRIC = tuple(names.loss for names in KERAS if names.in_ops)
here = partial(Contract, expected=NUMBER, dtypes=("float32",), executions=("eager",))


def found_by(name: Callable[[Names], str], module: str = "") -> LookUp:
    """`get` of a name, in the module of what the form calls or in another one."""

    def look_up(public: str) -> str:
        where, _, last = public.rpartition(".")
        names = next(names for names in KERAS if last in (names.loss, names.cls))
        return call(f"{module or where}.get", repr(name(names)))

    return look_up


def always(name: str) -> Callable[[Names], str]:
    """A name that stands for one loss alone."""
    return lambda names: name


def contracts() -> Iterator[Contract]:
    """A row for each kind of name; Keras 2 gives for a metric's name the function of the loss."""
    yield here(
        "name-of-function",
        "The name of a function gives the function, or the metric of it.",
        losses=LOSSES,
        forms=(*FUNCTIONS, "metric"),
        executions=("eager", "graph"),
        look_up=found_by(lambda names: names.loss),
    )
    yield here(
        "name-of-class",
        "The name of a class gives an object of the class.",
        losses=LOSSES,
        forms=(*OBJECTS, *METRICS),
        look_up=found_by(lambda names: names.cls),
    )
    yield here(
        "name-among-metrics",
        "In Keras 2 the name of a function gives it among the metrics, too.",
        losses=WITH_METRIC,
        forms=("tf_keras",),
        look_up=found_by(lambda names: names.loss, "tf_keras.metrics"),
    )
    for names in KERAS:
        for text in names.texts:
            yield here(
                f"name-{text}",
                f"The short name {text!r} gives the function, or the metric of it.",
                losses=(names.loss,),
                forms=(*FUNCTIONS, "metric"),
                look_up=found_by(always(text)),
            )
