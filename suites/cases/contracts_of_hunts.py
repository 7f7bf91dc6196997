"""What hunts have found and no table had: rows of `contracts`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from reference.specification import Inputs, Specification, Step
from suites.cases.calls import call
from suites.cases.contract import (
    FOCAL,
    GENERALISED,
    IGNORED,
    NUMBER,
    ONE_OUTPUT,
    Contract,
    activated,
    handled,
    ignoring,
    masked_mean,
    row_of_nan,
    square,
    unmasked,
    weighted,
)
from suites.cases.forms.names import CATEGORICAL, SPARSE
from suites.cases.reading import TAKEN_FOR_ROWS, of_changed_predictions

SIDE = 2  # rows, and numbers of each
KEPT = [True, True, False]  # rows, or classes


def contracts() -> Iterator[Contract]:
    """All of them."""
    promise = "Predictions of one class may have several axes before it."
    for axes, losses in {(4, 2): (SPARSE, GENERALISED), (2, 2, 2): (SPARSE,)}.items():
        here = partial(Contract, arrays=partial(_one_class, axes), dtypes=("float32",))
        name, forms = f"one-class-of-rank-{len(axes) + 1}", ("function", "class", "tf_keras")
        yield here(name, promise, NUMBER, losses, forms)
    of_square = partial(Contract, arrays=partial(_one_class, (SIDE, SIDE)), dtypes=("float32",))
    others = {handled("the predictions of other rows were taken"): _of_other_rows}
    yield of_square(
        *("one-class-of-a-square", promise, NUMBER, (GENERALISED,), ("class",)), readings=others
    )
    promise = "The axis of the loss is not looked for in what the activation was made of."
    yield Contract(
        *("first-axis-of-a-sigmoid", promise, NUMBER, (CATEGORICAL,)),
        ("ops", "function", "tf_keras-backend"),
        target="tf.transpose(target)",
        output="keras.activations.sigmoid(tf.transpose(output))",
        arguments={"axis": "-2"},
        outputs=("tf.nn.softmax",),
        dtypes=("float32",),
        specify=activated("sigmoid"),
    )
    promise = "Logits that Keras 3 keeps beside its activation are not taken up by Keras 2."
    yield Contract(
        *("sigmoid-of-keras-3-in-keras-2", promise, NUMBER, FOCAL[:1], ("tf_keras-backend",)),
        output="keras.activations.sigmoid(output)",
        outputs=("tf.nn.softmax",),
        dtypes=("float32",),
        specify=activated("sigmoid"),
        readings={handled("the softmax of the logits was taken"): activated("softmax")},
    )
    promise = "A mask of rows is no mask of classes, where there are as many."
    kept = call("with_mask", "output * 1", f"tf.constant({KEPT})")
    yield Contract(
        *("softmax-layer-of-masked-rows", promise, NUMBER, (CATEGORICAL, SPARSE), ("function",)),
        output=f"tf.keras.layers.Softmax()({kept})",
        outputs=("tf.nn.softmax",),
        arrays=_first_class,
        dtypes=("float32",),
        specify=activated("softmax"),
        readings={handled("the mask of rows left out a class"): _of_kept_classes},
    )
    promise = "The axis of the classes is among what a loss says of itself."
    of_config = partial(Contract, arrays=square, arguments={"axis": "0"}, outputs=("logits",))
    yield of_config(
        *("axis-in-the-config", promise, NUMBER, (SPARSE,), ("config", "serialized")),
        output="tf.transpose(output)",
        dtypes=("float32",),
        readings={TAKEN_FOR_ROWS.reason: TAKEN_FOR_ROWS.change},
    )
    promise = "Probabilities that are all subnormal are normalised as others are."
    yield Contract(
        *("row-of-subnormals", promise, NUMBER, (CATEGORICAL, FOCAL[0])),
        ("function", "class", "ops", "tf_keras", "tf_keras-backend"),
        arrays=_subnormal_row,
        dtypes=("float32",),
        executions=("eager",),  # elsewhere the thread decides whether subnormals are flushed
    )
    promise = "Probabilities that are all small have a gradient as others have."
    small = partial(Contract, arrays=_small_row, dtypes=("float32",), executions=("xla", "eager"))
    yield small("row-of-small-numbers", promise, NUMBER, (CATEGORICAL, FOCAL[0]), ("function",))
    promise = "The sigmoid of -10 is no 0 in half precision, which has smaller numbers."
    sigmoid = partial(
        Contract,
        output="tf.sigmoid(output)",
        arrays=_about_minus_ten,
        dtypes=("float16",),
        specify=activated("sigmoid"),
        gradient=False,
    )
    losses = (CATEGORICAL, SPARSE, FOCAL[0], GENERALISED)
    yield sigmoid("sigmoid-of-minus-ten", promise, NUMBER, losses, outputs=("tf.nn.softmax",))
    name = "sigmoid-of-minus-ten-of-one-output"
    yield sigmoid(name, promise, NUMBER, ONE_OUTPUT, ("class",), outputs=("tf.sigmoid",))
    promise = "A row alone may be of the class that is ignored."
    alone = partial(Contract, arrays=_one_row, dtypes=("bfloat16",), executions=("xla", "eager"))
    yield alone(
        *("ignored-row-alone", promise, NUMBER, (SPARSE,), ("tf_keras-backend", "function")),
        arguments={"ignore_class": str(IGNORED)},
        specify=ignoring,
    )
    promise = "A row of mask 0 does not count, though it is NaN."
    predictions = "tf.concat([output[:1] * float('nan'), output[1:]], axis=0)"
    yield Contract(
        *("no-mask-for-nan", promise, NUMBER, (CATEGORICAL, SPARSE, *FOCAL), ("class-mean",)),
        output=call("with_mask", predictions, "weight > 0"),
        arrays=weighted(0.0, 1.0, 1.0, 1.0),
        specify=masked_mean,
        readings={
            handled("NaN was multiplied by the mask 0"): row_of_nan,
            handled("NaN was counted"): _nan_and_unmasked,
        },
        dtypes=("float32",),
    )


def _one_row(usual: Inputs) -> Inputs:
    return Inputs(np.full_like(usual.target[:1], IGNORED), usual.output[:1])


def _one_class(axes: tuple[int, ...], usual: Inputs) -> Inputs:
    target = np.zeros(axes, usual.target.dtype)
    return Inputs(target, np.resize(usual.output, (*axes, 1)))


# `Any`: as in `of_changed_predictions`.
def _other_rows(output: Any, a: Any) -> Any:
    """Row (i, j) has the prediction of row (j, 0)."""
    one = np.eye(SIDE)[..., None]
    first = a.reduce_sum(output * a.array(one[:1]), axis=1)
    turned = a.reduce_sum(first * a.array(one), axis=0)
    return turned + a.array(np.zeros((SIDE, 1, 1)))


_of_other_rows = of_changed_predictions("of other rows", _other_rows)


def _subnormal_row(usual: Inputs) -> Inputs:
    """The first row is subnormal."""
    output = usual.output.copy()
    output[0] *= np.finfo(output.dtype).tiny / 2
    return replace(usual, output=output)


def _small_row(usual: Inputs) -> Inputs:
    """The sum of the first row is a number, its square is none."""
    output = usual.output.copy()
    output[0] *= output.dtype.type(1e-20)
    return replace(usual, output=output)


def _about_minus_ten(usual: Inputs) -> Inputs:
    logits = np.linspace(-12.0, -9.5, usual.output.size).reshape(usual.output.shape)
    return replace(usual, output=logits.astype(usual.output.dtype))


def _first_class(usual: Inputs) -> Inputs:
    """As many rows as classes, all of the first class."""
    found = square(usual)
    first = [1, 0, 0] if found.target.ndim > 1 else 0
    return replace(found, target=np.full_like(found.target, first))


# `Any`: the same.
def _left_out(output: Any, a: Any) -> Any:
    kept = a.array(np.where(KEPT, 1.0, -1.0)[None])
    return a.where_nonnegative(kept, output, a.array(np.full((1, 1), -1e9)))


def _of_kept_classes(usual: Specification) -> Specification:
    """Predictions of the classes at whose place a row is kept."""
    return replace(usual, before=(*usual.before, Step("left out", _left_out)))


def _nan_and_unmasked(usual: Specification) -> Specification:
    return unmasked(row_of_nan(usual))
