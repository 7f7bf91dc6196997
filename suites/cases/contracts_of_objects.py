"""What a loss or a metric keeps of what it is made with, and a loss of one's own: rows of `contracts`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from reference.reduction import Reduction
from reference.specification import Inputs, Specification
from suites.cases.calls import LookUp, call
from suites.cases.contract import (
    FOCAL,
    KERAS_LOSSES,
    NUMBER,
    WITH_METRICS,
    Contract,
    Inner,
    InputsChange,
    in_float32,
    within,
)
from suites.cases.forms.names import CATEGORICAL, SPARSE


def contracts() -> Iterator[Contract]:
    """All of them."""
    eager = partial(in_float32, executions=("eager",))
    promise = "A loss and a metric have the name that they are given."
    of_name = partial(eager, look_up=_having("name", "'mine'"))
    yield of_name("name-of-a-loss", promise, NUMBER, KERAS_LOSSES, ("class",))
    of_metric = partial(of_name, gradient=False)
    yield of_metric("name-of-a-metric", promise, NUMBER, WITH_METRICS, ("metric",))
    promise = "A metric has the dtype that it is given."
    of_dtype = partial(of_metric, look_up=_having("dtype", "'float64'"))
    yield of_dtype("dtype-of-a-metric", promise, NUMBER, WITH_METRICS, ("metric",))
    promise = "A metric comes back from its configuration."
    from_config = partial(of_metric, look_up=_from_config)
    yield from_config("metric-from-config", promise, NUMBER, WITH_METRICS, ("metric",))
    promise = "A categorical loss warns of a single class, of which the loss is 0, and of no more."
    for name, classes, count in (("warning-of-one-class", 1, 1), ("warnings-of-2-classes", 2, 0)):
        counted = within("with_warnings", str(count), "SyntaxWarning")
        warns = partial(eager, wrapper=counted, arrays=_of_classes(classes))
        yield warns(name, promise, NUMBER, (CATEGORICAL, FOCAL[0]), ("function",))
    promise = "A loss of float64 is computed in float64, whatever the predictions are."
    wide = partial(eager, arguments={"dtype": "'float64'"}, specify=_in_float64)
    yield wide("loss-of-float64", promise, NUMBER, KERAS_LOSSES, ("class",))
    yield from _of_ones_own()


def _of_ones_own() -> Iterator[Contract]:
    promise = "A loss of one's own that names no reduction is the mean of its rows."
    own = partial(in_float32, wrapper=_subclass, specify=_mean)
    yield own("own-subclass", promise, NUMBER, (CATEGORICAL, SPARSE), ("function",))
    promise = "A loss of one's own comes back from its configuration."
    loaded = partial(own, wrapper=_subclass_from_config)
    yield loaded("own-subclass-from-config", promise, NUMBER, (CATEGORICAL,), ("function",))
    promise = "A loss of one's own that computes in float64 has the dtype of a loss."
    of_wide = partial(own, wrapper=_wide_subclass)
    yield of_wide("dtype-of-own-subclass", promise, NUMBER, (CATEGORICAL,), ("function",))


def _having(attribute: str, value: str) -> LookUp:
    """An object of a class that is made with this argument, and keeps it; a loss has no reduction."""

    def look_up(name: str) -> str:
        more = () if ".metrics." in name else ("reduction=None",)
        return call("having", f"'{attribute}'", value, call(name, *more, f"{attribute}={value}"))

    return look_up


def _from_config(name: str) -> str:
    return call(f"{name}.from_config", f"{name}().get_config()")


def _of_classes(count: int) -> InputsChange:
    return lambda usual: Inputs(usual.target[:, :count], usual.output[:, :count])


def _in_float64(usual: Specification) -> Specification:
    return replace(usual, loss_dtype="float64")


def _subclass(inner: Inner, target: str, output: str) -> str:
    """An object of a class that has the call for its rows."""
    of_rows = f"lambda self, target, output: {inner('target', 'output')}"
    return f"{_own(of_rows)}()({target}, {output})"


def _own(of_rows: str) -> str:
    """A class with that call."""
    return call("type", "'Own'", "(tf.keras.losses.Loss,)", f"{{'call': {of_rows}}}")


def _subclass_from_config(inner: Inner, target: str, output: str) -> str:
    own = _own(f"lambda self, target, output: {inner('target', 'output')}")
    return f"(lambda own: own.from_config(own().get_config()))({own})({target}, {output})"


def _wide_subclass(inner: Inner, target: str, output: str) -> str:
    def of_rows(target: str, output: str) -> str:
        return inner(*(call("tf.cast", text, "'float64'") for text in (target, output)))

    return call("having", "'dtype'", "tf.float32", _subclass(of_rows, target, output))


def _mean(usual: Specification) -> Specification:
    return replace(usual, reduction=Reduction.MEAN)
