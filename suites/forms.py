"""The ways of calling a loss: a row each, with the text of the call and the options it takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """A way of calling a loss.

    `Case.call` fills in the text: `{output}`, the keyword arguments of the loss (`{keywords}`),
    those of a call of the object (`{called}`). `accepts` names the arguments, of `arguments`, that
    may be given, `needs` those that must. `reduction` is that of `reference.question`.
    """

    loss: str
    name: str
    call: str
    reduction: str = "row"
    accepts: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    logits_only: bool = False


ON_OBJECTS = ("sample_weight", "dtype")  # what only a loss object takes


def _keras_forms(
    loss: str, cls: str, *accepts: str, needs: tuple[str, ...] = ()
) -> tuple[Form, ...]:
    """`needs` are arguments that the function has no default for."""
    call = "(target, {output}{keywords})"
    of_class = (*accepts, *ON_OBJECTS)
    create = f"tf.keras.losses.{cls}"
    return (
        Form(loss, "function", f"tf.keras.losses.{loss}{call}", accepts=accepts, needs=needs),
        Form(
            loss,
            "class",
            f"{create}(reduction=None{{keywords}})(target, {{output}}{{called}})",
            accepts=of_class,
        ),
        Form(
            loss,
            "class-mean",
            f"{create}({{keywords}})(target, {{output}}{{called}})",
            "batch",
            accepts=(*of_class, "reduction"),
        ),
        Form(loss, "string", f"tf.keras.losses.get('{loss}'){call}", needs=needs),
    )


def _functions(loss: str, reduction: str) -> tuple[Form, ...]:
    """The functions of keras.ops and of the backend, of which an elementwise loss stays so."""
    call = "(target, {output}{keywords})"
    return (
        Form(loss, "ops", f"keras.ops.{loss}{call}", reduction),
        Form(loss, "backend", f"tf.keras.backend.{loss}{call}", reduction),
    )


def _nn_form(loss: str, op: str, reduction: str = "row", *needs: str) -> Form:
    call = f"tf.nn.{op}_cross_entropy_with_logits(labels=target, logits={{output}}{{keywords}})"
    return Form(loss, "nn", call, reduction, needs, needs, logits_only=True)


FORMS = {
    (form.loss, form.name): form
    for form in (
        *_keras_forms(
            *("categorical_crossentropy", "CategoricalCrossentropy"),
            *("label_smoothing", "axis"),
        ),
        *_functions("categorical_crossentropy", "row"),
        _nn_form("categorical_crossentropy", "softmax"),
        *_keras_forms(
            *("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"),
            *("axis", "ignore_class"),
        ),
        *_functions("sparse_categorical_crossentropy", "row"),
        _nn_form("sparse_categorical_crossentropy", "sparse_softmax"),
        *_keras_forms(
            *("binary_crossentropy", "BinaryCrossentropy"),
            *("label_smoothing", "axis"),
        ),
        *_functions("binary_crossentropy", "none"),
        _nn_form("binary_crossentropy", "sigmoid", "none"),
        *_keras_forms(
            *("categorical_focal_crossentropy", "CategoricalFocalCrossentropy"),
            *("alpha", "gamma", "label_smoothing", "axis"),
        ),
        *_keras_forms(
            *("binary_focal_crossentropy", "BinaryFocalCrossentropy"),
            *("apply_class_balancing", "alpha", "gamma", "label_smoothing", "axis"),
        ),
        *_keras_forms(
            *("categorical_generalized_cross_entropy", "CategoricalGeneralizedCrossEntropy"),
            "q",
            needs=("q",),
        ),
        _nn_form("weighted_sigmoid_crossentropy", "weighted", "none", "pos_weight"),
    )
}
FORM_NAMES = tuple(dict.fromkeys(name for _, name in FORMS))
