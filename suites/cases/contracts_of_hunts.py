"""What hunts have found and no table had: rows of `contracts`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from reference.specification import Inputs, Specification
from suites.cases.calls import call
from suites.cases.contract import (
    FOCAL,
    GENERALISED,
    NUMBER,
    Contract,
    activated,
    handled,
    masked_mean,
    row_of_nan,
    unmasked,
    weighted,
)
from suites.cases.forms.names import CATEGORICAL, SPARSE


def contracts() -> Iterator[Contract]:
    """All of them."""
    promise = "Predictions of one class may have several axes before it."
    for axes, losses in {(4, 2): (SPARSE, GENERALISED), (2, 2, 2): (SPARSE,)}.items():
        here = partial(Contract, arrays=partial(_one_class, axes), dtypes=("float32",))
        name, forms = f"one-class-of-rank-{len(axes) + 1}", ("function", "class", "tf_keras")
        yield here(name, promise, NUMBER, losses, forms)
    promise = "The axis of the loss is not looked for in what the activation was made of."
    yield Contract(
        *("first-axis-of-a-sigmoid", promise, NUMBER, (CATEGORICAL,), ("ops", "function")),
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


def _one_class(axes: tuple[int, ...], usual: Inputs) -> Inputs:
    target = np.zeros(axes, usual.target.dtype)
    return Inputs(target, np.resize(usual.output, (*axes, 1)))


def _nan_and_unmasked(usual: Specification) -> Specification:
    return unmasked(row_of_nan(usual))
