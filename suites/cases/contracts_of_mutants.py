"""What mutants of Keras have survived by, since no table asked for it: rows of `contracts`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.reduction import Reduction
from reference.specification import Inputs, Specification
from suites.cases.calls import call
from suites.cases.contract import (
    ANY_SHAPE,
    ERROR,
    KERAS_DENSE,
    NUMBER,
    Contract,
    Inner,
    after_others,
    example,
    of_a_pair,
    square,
)
from suites.cases.forms.names import BINARY, CATEGORICAL, SPARSE

OBJECTS = ("class", "class-mean")
in_float32 = partial(Contract, dtypes=("float32",))


def contracts() -> Iterator[Contract]:
    """All of them."""
    yield from _ranks()
    yield from _metrics()
    yield from _classes()
    promise = "A loss of one's own that names no reduction is the mean of its rows."
    own = partial(in_float32, wrapper=_subclass, specify=_mean)
    yield own("own-subclass", promise, NUMBER, (CATEGORICAL, SPARSE), ("function",))


def _ranks() -> Iterator[Contract]:
    promise = "A last axis of 1 that only the labels have, or the predictions, is dropped."
    for name, target, output in (
        ("labels-with-an-axis-of-1", "target[..., None]", "output"),
        ("predictions-with-an-axis-of-1", "target", "output[..., None]"),
    ):
        here = partial(in_float32, target=target, output=output)
        yield here(name, promise, NUMBER, KERAS_DENSE, OBJECTS)
    promise = "Lists are taken for tensors."
    dense: list[list[float]] = [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    of_labels = partial(of_a_pair, target=repr(dense), arrays=example(dense))
    yield of_labels("lists-for-ops", promise, NUMBER, (CATEGORICAL, BINARY), ("ops",))
    of_numbers = partial(of_a_pair, target="[1, 2]", arrays=example([1, 2]))
    yield of_numbers("lists-with-class-numbers-for-ops", promise, NUMBER, (SPARSE,), ("ops",))
    promise = "One class number in a column means the same as one in a row."
    column = partial(in_float32, target="target[:, None]", arrays=_one_row, gradient=False)
    yield column("class-number-in-a-column", promise, NUMBER, (SPARSE,), ("function", "ops"))
    promise = "Labels that lack an axis are refused, though the others are as long."
    lower = partial(in_float32, target="target[0]", arrays=square)
    yield lower("labels-of-lower-rank-square", promise, ERROR, KERAS_DENSE, ("function", "ops"))
    promise = "Predictions of one row need no axis of rows."
    flat = partial(in_float32, target="target[0]", output="output[0]", arrays=_one_row)
    yield flat(
        "one-row-without-axis", promise, NUMBER, (CATEGORICAL, SPARSE), ("ops",), wrapper=_of_rows
    )


def _metrics() -> Iterator[Contract]:
    losses = (CATEGORICAL, SPARSE, BINARY)
    promise = "A metric of float64 is computed in float64."
    eager = partial(Contract, executions=("eager",))
    wide = partial(eager, arguments={"dtype": "'float64'"}, dtypes=("float64",))
    of_wide = partial(wide, specify=_in_its_dtype, gradient=False)
    yield of_wide("metric-of-float64", promise, NUMBER, losses, ("metric",))
    promise = "A metric goes along the axis that it is given."
    turned = partial(eager, target="target[..., None]", output="output[..., None]")
    along = partial(turned, arguments={"axis": "1"}, dtypes=("float32",), gradient=False)
    yield along("metric-along-axis-1", promise, NUMBER, losses[:2], ("metric",))


def _classes() -> Iterator[Contract]:
    promise = "Labels are smoothed alike where the number of classes is known when it runs."
    smoothed = partial(in_float32, arguments={"label_smoothing": "0.1"}, wrapper=ANY_SHAPE)
    of_any = partial(smoothed, specify=_smoothed)
    yield of_any("smoothing-of-unknown-shape", promise, NUMBER, KERAS_DENSE, ("function",))
    promise = (
        "A class beside the ignored one counts, though the dtype of the predictions is coarse."
    )
    for dtype, ignored in {"float16": 2049, "bfloat16": 257}.items():
        yield after_others(ignored - 3)(
            *(f"ignored-class-{ignored}", promise, NUMBER, (SPARSE,), ("function",)),
            arguments={"ignore_class": str(ignored)},
            dtypes=(dtype,),
            readings={Reason(CauseKind.ROUNDED, ("class numbers", dtype)): _last_ignored},
        )


def _one_row(usual: Inputs) -> Inputs:
    return Inputs(usual.target[:1], usual.output[:1])


def _of_rows(inner: Inner, target: str, output: str) -> str:
    return call("tf.expand_dims", inner(target, output), "0")


def _subclass(inner: Inner, target: str, output: str) -> str:
    """An object of a class that has the call for its rows."""
    of_rows = f"lambda self, target, output: {inner('target', 'output')}"
    made = call("type", "'Own'", "(tf.keras.losses.Loss,)", f"{{'call': {of_rows}}}")
    return f"{made}()({target}, {output})"


def _mean(usual: Specification) -> Specification:
    return replace(usual, reduction=Reduction.MEAN)


def _in_its_dtype(usual: Specification) -> Specification:
    return replace(usual, loss_dtype="")


def _smoothed(usual: Specification) -> Specification:
    return replace(usual, smoothing=0.1)


def _last_ignored(usual: Specification) -> Specification:
    return replace(usual, ignored=2)
