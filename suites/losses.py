"""The losses: a row each, with the formulas of the reference that are due.

`forms` says how they are called, `arguments` with which options.
"""

from __future__ import annotations

from dataclasses import dataclass

from reference import lineage
from reference.lineage import Formula


@dataclass(frozen=True)
class Loss:
    """A loss, the formula due for each kind of prediction, and what might be computed instead.

    A loss that takes only one kind of prediction has no formula for the other. `foreign` is what
    becomes of the logits of an activation that is not its own.
    """

    name: str
    family: str  # of labels: "categorical", "sparse" or "binary"
    activation: str
    probabilities: Formula | None
    logits: Formula | None
    other_probabilities: tuple[Formula, ...] = ()
    other_logits: tuple[Formula, ...] = ()
    foreign: tuple[Formula, ...] = ()


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
            other_probabilities=(lineage.SPARSE_NORMALISE_CLIP, lineage.CATEGORICAL),
            other_logits=(lineage.SOFTMAX,),
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
                lineage.BINARY_FLOORED,
            ),
            other_logits=(
                lineage.SIGMOID_BY_SOFTPLUS,
                lineage.SIGMOID_BY_LOG_SIGMOID,
                lineage.SIGMOID_SHIFTED,
            ),
        ),
        Loss(
            "categorical_focal_crossentropy",
            "categorical",
            "softmax",
            probabilities=lineage.CATEGORICAL_FOCAL,
            logits=lineage.CATEGORICAL_FOCAL_LOGITS,
        ),
        Loss(
            "binary_focal_crossentropy",
            "binary",
            "sigmoid",
            probabilities=lineage.BINARY_FOCAL,
            logits=lineage.BINARY_FOCAL_LOGITS,
            other_probabilities=(
                lineage.BINARY_FOCAL_DOUBLE_EPSILON,
                lineage.BINARY_FOCAL_DOUBLE_EPSILON_FOLDED,
                lineage.BINARY_FOCAL_FLOORED,
            ),
            foreign=(lineage.BINARY_FOCAL_OF_SOFTMAX,),
        ),
        Loss(
            "categorical_generalized_cross_entropy",
            "sparse",
            "softmax",
            probabilities=lineage.GENERALISED,
            logits=None,
            other_probabilities=(lineage.GENERALISED_GATHERED,),
        ),
        Loss(
            "weighted_sigmoid_crossentropy",
            "binary",
            "sigmoid",
            probabilities=None,
            logits=lineage.WEIGHTED_SIGMOID,
            other_logits=(
                lineage.WEIGHTED_SIGMOID_REORDERED,
                lineage.WEIGHTED_SIGMOID_LINEAR_LAST,
                lineage.WEIGHTED_SIGMOID_KINKED,
                lineage.WEIGHTED_SIGMOID_EXPANDED,
            ),
        ),
    )
}
