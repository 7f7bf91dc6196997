"""The losses: a row each, with the formulas of the reference that are expected.

`forms` says how they are called, `arguments` with which options.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reference import history
from reference.history import Formula
from suites.cases.outputs import Activation

Family = Literal["categorical", "sparse", "binary"]

# The labels that each family is asked for; the first is the usual one.
LABELS: dict[Family, tuple[str, ...]] = {
    "categorical": ("one-hot", "soft", "unnormalised", "zero", "int32", "bool"),
    "sparse": ("int32", "int64", "int8", "uint8", "float32"),
    "binary": ("hard", "soft", "zero", "int32", "bool"),
}


@dataclass(frozen=True)
class Loss:
    """A loss, the formula expected for each kind of prediction, and what might be computed instead.

    A loss that takes only one kind of prediction has no formula for the other. `foreign` is what
    becomes of the logits of an activation that is not its own. A `main` one is asked more, since most
    people use it. A loss that fails or mixes rows where there is a single class says so in the ledger,
    and is not drawn `of_one_class`.
    """

    name: str
    family: Family  # of labels
    activation: Activation
    probabilities: Formula | None
    logits: Formula | None
    other_probabilities: tuple[Formula, ...] = ()
    other_logits: tuple[Formula, ...] = ()
    foreign: tuple[Formula, ...] = ()
    main: bool = False
    of_one_class: bool = True

    @property
    def elementwise(self) -> bool:
        """Whether classes do not exclude each other, so that each has a loss of its own."""
        return self.family == "binary"

    @property
    def labels(self) -> str:
        """The usual ones."""
        return LABELS[self.family][0]


LOSSES = {
    loss.name: loss
    for loss in (
        Loss(
            "categorical_crossentropy",
            "categorical",
            "softmax",
            probabilities=history.CATEGORICAL,
            logits=history.SOFTMAX,
            other_probabilities=(history.CATEGORICAL_FLOAT32_EPSILON, history.BOTH_TERMS_SUMMED),
            other_logits=(history.FUSED_SOFTMAX,),
            main=True,
        ),
        Loss(
            "sparse_categorical_crossentropy",
            "sparse",
            "softmax",
            probabilities=history.SPARSE_CLIP_LOG_SOFTMAX,
            logits=history.SPARSE_SOFTMAX,
            other_probabilities=(history.SPARSE_NORMALISE_CLIP, history.CATEGORICAL),
            other_logits=(history.SOFTMAX,),
            main=True,
        ),
        Loss(
            "binary_crossentropy",
            "binary",
            "sigmoid",
            probabilities=history.BINARY_DIRECT,
            logits=history.SIGMOID,
            other_probabilities=(
                history.BINARY_DOUBLE_EPSILON,
                history.BINARY_DOUBLE_EPSILON_FOLDED,
                history.BINARY_THROUGH_LOGITS,
                history.BINARY_FLOORED,
            ),
            other_logits=(
                history.SIGMOID_BY_SOFTPLUS,
                history.SIGMOID_BY_LOG_SIGMOID,
                history.SIGMOID_SHIFTED,
            ),
            main=True,
        ),
        Loss(
            "categorical_focal_crossentropy",
            "categorical",
            "softmax",
            probabilities=history.CATEGORICAL_FOCAL,
            logits=history.CATEGORICAL_FOCAL_LOGITS,
        ),
        Loss(
            "binary_focal_crossentropy",
            "binary",
            "sigmoid",
            probabilities=history.BINARY_FOCAL,
            logits=history.BINARY_FOCAL_LOGITS,
            other_probabilities=(
                history.BINARY_FOCAL_DOUBLE_EPSILON,
                history.BINARY_FOCAL_DOUBLE_EPSILON_FOLDED,
                history.BINARY_FOCAL_FLOORED,
            ),
            foreign=(history.BINARY_FOCAL_OF_SOFTMAX,),
        ),
        Loss(
            "categorical_generalized_cross_entropy",
            "sparse",
            "softmax",
            probabilities=history.GENERALISED,
            logits=None,
            other_probabilities=(history.GENERALISED_GATHERED,),
            of_one_class=False,
        ),
        Loss(
            "weighted_sigmoid_crossentropy",
            "binary",
            "sigmoid",
            probabilities=None,
            logits=history.WEIGHTED_SIGMOID,
            other_logits=(
                history.WEIGHTED_SIGMOID_REORDERED,
                history.WEIGHTED_SIGMOID_LINEAR_LAST,
                history.WEIGHTED_SIGMOID_KINKED,
                history.WEIGHTED_SIGMOID_EXPANDED,
                history.WEIGHTED_SIGMOID_KINKED_AND_REORDERED,
            ),
        ),
    )
}
