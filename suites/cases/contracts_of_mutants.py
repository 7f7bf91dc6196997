"""What mutants of Keras have survived by, since no table asked for it: rows of `contracts`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.reduction import Reduction
from reference.specification import Inputs, Specification, Step
from suites.cases.calls import call
from suites.cases.contract import (
    ANY_SHAPE,
    ERROR,
    IGNORED,
    KERAS_DENSE,
    NUMBER,
    ONE_OUTPUT,
    UNMASKED,
    WITH_METRICS,
    Contract,
    Inner,
    after_others,
    example,
    handled,
    ignoring,
    in_float32,
    of_a_pair,
    one_class,
    repeated,
    repeated_predictions,
    square,
    summed,
    traced,
    weighted,
)
from suites.cases.forms.names import BINARY, CATEGORICAL, SPARSE

OBJECTS = ("class", "class-mean")


def contracts() -> Iterator[Contract]:
    """All of them."""
    yield from _ranks()
    yield from _metrics()
    yield from _classes()


def _ranks() -> Iterator[Contract]:
    promise = "A last axis of 1 that only the labels have, or the predictions, is dropped."
    for name, target, output in (
        ("labels-with-an-axis-of-1", "target[..., None]", "output"),
        ("predictions-with-an-axis-of-1", "target", "output[..., None]"),
    ):
        here = partial(in_float32, target=target, output=output)
        yield here(name, promise, NUMBER, KERAS_DENSE, OBJECTS)
        of_one_row = partial(here, arrays=_one_row)
        yield of_one_row(f"{name}-of-one-row", promise, NUMBER, KERAS_DENSE, ("class",))
    promise = "Labels (N, 1) and predictions (N,) are of one class."
    beside = partial(in_float32, arrays=one_class, output="output[:, 0]")
    readings = {
        handled("the labels were repeated"): repeated,
        handled("the predictions were repeated"): repeated_predictions,
    }
    name = "predictions-beside-a-column"
    yield beside(name, promise, NUMBER, ONE_OUTPUT, OBJECTS, readings=readings)
    promise = "Lists are taken for tensors."
    dense: list[list[float]] = [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    of_labels = partial(of_a_pair, target=repr(dense), arrays=example(dense))
    yield of_labels("lists-for-ops", promise, NUMBER, (CATEGORICAL, BINARY), ("ops",))
    of_numbers = partial(of_a_pair, target="[1, 2]", arrays=example([1, 2]))
    yield of_numbers("lists-with-class-numbers-for-ops", promise, NUMBER, (SPARSE,), ("ops",))
    promise = "One class number in a column means the same as one in a row."
    column = partial(in_float32, target="target[:, None]", arrays=_one_row, gradient=False)
    yield column("class-number-in-a-column", promise, NUMBER, (SPARSE,), ("function", "ops"))
    promise = "Scalars are refused."
    scalars = partial(in_float32, target="target[0, 0]", output="output[0, 0]", arrays=_one_row)
    yield scalars("scalars-for-ops", promise, ERROR, (CATEGORICAL,), ("ops",))
    scalar = partial(scalars, target="target")
    yield scalar("scalar-for-ops", promise, ERROR, (SPARSE,), ("ops",))
    promise = "Labels or predictions alone may be of an unknown number of rows."
    for name, unknown in {"labels": 1, "predictions": 2}.items():
        shape = f"[None, *array.shape[1:]] if array.shape.rank == {unknown} else array.shape"
        late = partial(in_float32, wrapper=traced(shape))
        yield late(f"{name}-of-unknown-batch", promise, NUMBER, (SPARSE,), ("function", "ops"))
    promise = "Weights and a mask count together in a sum."
    arguments = {"reduction": "'sum'", "sample_weight": "weight"}
    both = partial(in_float32, arguments=arguments, specify=summed, arrays=_weighted_and_masked)
    masked = partial(both, output=call("masked", "output", "mask"))
    unmasked = {UNMASKED: _sum_of_masked_too}
    name, losses = "masked-beside-weights", WITH_METRICS
    yield masked(name, promise, NUMBER, losses, ("class-mean",), readings=unmasked)
    deep = partial(in_float32, target="target[..., None]", arrays=_one_sample)
    promise = "Class numbers of several axes may have a last axis of 1."
    yield deep("class-numbers-of-rank-3", promise, NUMBER, (SPARSE,), ("function", "ops"))
    promise = "Labels that lack an axis are refused, though the others are as long."
    lower = partial(in_float32, target="target[0]", arrays=square)
    yield lower("labels-of-lower-rank-square", promise, ERROR, KERAS_DENSE, ("function", "ops"))
    promise = "Predictions of one row need no axis of rows."
    flat = partial(in_float32, target="target[0]", output="output[0]", arrays=_one_row)
    yield flat(
        "one-row-without-axis", promise, NUMBER, (CATEGORICAL, SPARSE), ("ops",), wrapper=_of_rows
    )


def _metrics() -> Iterator[Contract]:
    eager = partial(in_float32, executions=("eager",), gradient=False)
    promise = "A metric goes along the axis that it is given."
    turned = partial(eager, target="target[..., None]", output="output[..., None]")
    along = partial(turned, arguments={"axis": "1"})
    yield along("metric-along-axis-1", promise, NUMBER, WITH_METRICS[:2], ("metric",))
    first = partial(eager, output="tf.transpose(output)", arguments={"axis": "0"}, arrays=square)
    yield first("metric-along-the-first-axis", promise, NUMBER, (SPARSE,), ("metric",))


def _classes() -> Iterator[Contract]:
    promise = "Labels are smoothed alike where the number of classes is known when it runs."
    smoothed = partial(in_float32, arguments={"label_smoothing": "0.1"}, wrapper=ANY_SHAPE)
    of_any = partial(smoothed, specify=_smoothed)
    yield of_any("smoothing-of-unknown-shape", promise, NUMBER, KERAS_DENSE, ("function",))
    ignored = partial(in_float32, arguments={"ignore_class": str(IGNORED)}, specify=ignoring)
    promise = "Rows of the ignored class do not count, whatever their predictions are."
    readings = {handled("the gradient of an ignored row went on to its predictions"): _passed_on}
    of_nan = partial(
        ignored, arrays=_of_nan, outputs=("probabilities", "logits"), readings=readings
    )
    yield of_nan("ignored-rows-of-nan", promise, NUMBER, (SPARSE,), ("function", "tf_keras"))
    promise = "A class may be ignored where there is one other."
    of_one = partial(ignored, arrays=_of_one_class, outputs=("probabilities", "logits"))
    yield of_one("ignored-beside-one-class", promise, NUMBER, (SPARSE,), ("function", "tf_keras"))
    promise = (
        "A class beside the ignored one counts, though the dtype of the predictions is coarse."
    )
    for dtype, left_out in {"float16": 2049, "bfloat16": 257}.items():
        yield after_others(left_out - 3)(
            *(f"ignored-class-{left_out}", promise, NUMBER, (SPARSE,), ("function",)),
            arguments={"ignore_class": str(left_out)},
            dtypes=(dtype,),
            readings={Reason(CauseKind.ROUNDED, ("class numbers", dtype)): _last_ignored},
        )


def _of_nan(usual: Inputs) -> Inputs:
    """Every third row is ignored, and has no numbers."""
    ignored = _each_third(usual)
    output = np.where(ignored[:, None], np.nan, usual.output).astype(usual.output.dtype)
    return Inputs(np.where(ignored, IGNORED, usual.target), output)


def _of_one_class(usual: Inputs) -> Inputs:
    target = np.where(_each_third(usual), IGNORED, np.zeros_like(usual.target))
    return Inputs(target, usual.output[:, :1])


def _each_third(usual: Inputs) -> np.ndarray:
    return np.arange(len(usual.output)) % 3 == 0


def _one_sample(usual: Inputs) -> Inputs:
    """All rows are those of one sample."""
    return Inputs(usual.target[None], usual.output[None])


def _one_row(usual: Inputs) -> Inputs:
    return Inputs(usual.target[:1], usual.output[:1])


def _of_rows(inner: Inner, target: str, output: str) -> str:
    return call("tf.expand_dims", inner(target, output), "0")


def _sum_of_masked_too(usual: Specification) -> Specification:
    return replace(usual, reduction=Reduction.SUM_OF_MASKED_ROWS_TOO)


def _weighted_and_masked(usual: Inputs) -> Inputs:
    weighed = weighted(0.5, 2.0, 1.0)(usual)
    return replace(weighed, mask=np.resize([1.0, 1.0, 0.0, 1.0], len(usual.output)))


def _smoothed(usual: Specification) -> Specification:
    return replace(usual, smoothing=0.1)


def _passed_on(usual: Specification) -> Specification:
    """The predictions of ignored rows are as they are: 0 times NaN is NaN."""
    return replace(usual, before=(Step("unchanged", lambda x, a: x),))


def _last_ignored(usual: Specification) -> Specification:
    return replace(usual, ignored=2)
