"""The losses and the ways of calling them: two tables, a row each.

A loss names its formulas in the reference, a form the text of a call.
"""

from __future__ import annotations

from dataclasses import dataclass

from reference import lineage
from reference.lineage import Formula


@dataclass(frozen=True)
class Loss:
    """A loss, the formula due for each kind of prediction, and what might be computed instead."""

    name: str
    family: str  # of labels: "categorical", "sparse" or "binary"
    activation: str
    probabilities: Formula
    logits: Formula
    other_probabilities: tuple[Formula, ...]
    other_logits: tuple[Formula, ...] = ()


LOSSES = {
    loss.name: loss
    for loss in (
        Loss(
            "categorical_crossentropy",
            "categorical",
            "softmax",
            probabilities=lineage.CATEGORICAL,
            logits=lineage.SOFTMAX,
            other_probabilities=(lineage.CATEGORICAL_FLOAT32_EPSILON, lineage.BOTH_TERMS_SUMMED),
            other_logits=(lineage.FUSED_SOFTMAX,),
        ),
        Loss(
            "sparse_categorical_crossentropy",
            "sparse",
            "softmax",
            probabilities=lineage.SPARSE_CLIP_LOG_SOFTMAX,
            logits=lineage.SPARSE_SOFTMAX,
            other_probabilities=(lineage.SPARSE_NORMALISE_CLIP,),
        ),
        Loss(
            "binary_crossentropy",
            "binary",
            "sigmoid",
            probabilities=lineage.BINARY_DIRECT,
            logits=lineage.SIGMOID,
            other_probabilities=(
                lineage.BINARY_DOUBLE_EPSILON,
                lineage.BINARY_DOUBLE_EPSILON_FOLDED,
                lineage.BINARY_THROUGH_LOGITS,
            ),
        ),
    )
}


@dataclass(frozen=True)
class Form:
    """A way of calling a loss. `{output}` and `{logits}` in `call` are filled in by `Case.call`.

    `reduction` is "row", "batch", or "none" where an elementwise loss stays elementwise.
    """

    loss: str
    name: str
    call: str
    reduction: str = "row"
    takes_probabilities: bool = True


def _keras_forms(loss: str, cls: str, elementwise: bool) -> tuple[Form, ...]:
    plain = "none" if elementwise else "row"
    comma = "(target, {output}{logits})"
    return (
        Form(loss, "function", f"tf.keras.losses.{loss}{comma}"),
        Form(loss, "class", f"tf.keras.losses.{cls}(reduction=None{{logits}})(target, {{output}})"),
        Form(loss, "class-mean", f"tf.keras.losses.{cls}({{only}})(target, {{output}})", "batch"),
        Form(loss, "string", f"tf.keras.losses.get('{loss}'){comma}"),
        Form(loss, "ops", f"keras.ops.{loss}{comma}", plain),
        Form(loss, "backend", f"tf.keras.backend.{loss}{comma}", plain),
    )


def _nn_form(loss: str, op: str, reduction: str = "row") -> Form:
    call = f"tf.nn.{op}_cross_entropy_with_logits(labels=target, logits={{output}})"
    return Form(loss, "nn", call, reduction, takes_probabilities=False)


FORMS = {
    (form.loss, form.name): form
    for form in (
        *_keras_forms("categorical_crossentropy", "CategoricalCrossentropy", False),
        _nn_form("categorical_crossentropy", "softmax"),
        *_keras_forms("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy", False),
        _nn_form("sparse_categorical_crossentropy", "sparse_softmax"),
        *_keras_forms("binary_crossentropy", "BinaryCrossentropy", True),
        _nn_form("binary_crossentropy", "sigmoid", "none"),
    )
}
FORM_NAMES = tuple(dict.fromkeys(name for _, name in FORMS))
