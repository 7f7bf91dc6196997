"""What hunts have found and no table had: rows of `contracts`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial

import numpy as np

from reference.arithmetic.protocol import Arithmetic, Value
from reference.specification import Inputs, Parameter, Specification
from suites.cases import inputs
from suites.cases.calls import call
from suites.cases.contract import (
    FOCAL,
    NUMBER,
    Contract,
    activated,
    handled,
    masked_mean,
    unmasked,
    weighted,
)
from suites.cases.forms.names import CATEGORICAL, SPARSE

GENERALISED = "categorical_generalized_cross_entropy"


def contracts() -> Iterator[Contract]:
    """All of them."""
    promise = "Predictions of one class may have several axes before it."
    for axes, losses in {(4, 2): (SPARSE, GENERALISED), (2, 2, 2): (SPARSE,)}.items():
        here = partial(Contract, arrays=_of_one_class(axes), dtypes=("float32",))
        name, forms = f"one-class-of-rank-{len(axes) + 1}", ("function", "class", "tf_keras")
        yield here(name, promise, NUMBER, losses, forms)
    promise = "The axis of the loss is not looked for in what the activation was made of."
    across = partial(Contract, specify=activated("sigmoid"), dtypes=("float32",))
    yield across(
        *("first-axis-of-a-sigmoid", promise, NUMBER, (CATEGORICAL,), ("ops", "function")),
        target="tf.transpose(target)",
        output="keras.activations.sigmoid(tf.transpose(output))",
        arguments={"axis": "-2"},
        outputs=("tf.nn.softmax",),
    )
    promise = "Logits that Keras 3 keeps beside its activation are not taken up by Keras 2."
    kept = partial(Contract, outputs=("tf.nn.softmax",), dtypes=("float32",))
    yield kept(
        *("sigmoid-of-keras-3-in-keras-2", promise, NUMBER, FOCAL[:1], ("tf_keras-backend",)),
        output="keras.activations.sigmoid(output)",
        specify=activated("sigmoid"),
        readings={handled("the softmax of the logits was taken"): activated("softmax")},
    )
    promise = "A row of mask 0 does not count, though it is NaN."
    infinite = "tf.concat([output[:1] * float('nan'), output[1:]], axis=0)"
    yield Contract(
        *("no-mask-for-nan", promise, NUMBER, (CATEGORICAL, SPARSE, *FOCAL), ("class-mean",)),
        output=call("with_mask", infinite, "weight > 0"),
        arrays=weighted(0.0, 1.0, 1.0, 1.0),
        specify=masked_mean,
        readings={
            handled("NaN was multiplied by the mask 0"): _of_nan,
            handled("NaN was counted"): _of_nan_unmasked,
        },
        dtypes=("float32",),
    )


def _of_one_class(axes: tuple[int, ...]) -> partial[Inputs]:
    return partial(_one_class, axes)


def _one_class(axes: tuple[int, ...], usual: Inputs) -> Inputs:
    target = np.zeros(axes, usual.target.dtype)
    return Inputs(target, np.resize(usual.output, (*axes, 1)))


@cache
def _of_nan(usual: Specification) -> Specification:
    """The predictions of the first row are NaN."""

    def steps(target: Value, output: Value, a: Arithmetic[Value], **parameters: Parameter) -> Value:
        added = np.zeros((inputs.ROWS, 1))
        added[0] = np.nan
        return usual.formula.steps(target, output + a.array(added), a, **parameters)

    return replace(usual, formula=replace(usual.formula, name="a row of NaN", steps=steps))


def _of_nan_unmasked(usual: Specification) -> Specification:
    return unmasked(_of_nan(usual))
