"""What Keras calls its losses, which most forms are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    """What Keras calls a loss: function and class, the options of both, and other names for it."""

    loss: str
    cls: str
    accepts: tuple[str, ...]
    needs: tuple[str, ...] = ()  # options without a default in the function
    texts: tuple[str, ...] = ()  # other names of the function
    compiled: tuple[str, ...] = ()  # texts that `compile` alone understands
    in_ops: bool = False  # whether keras.ops and the metrics have it
    swapped: bool = False  # whether a backend has taken the predictions first


KERAS = (
    Names(
        "categorical_crossentropy",
        "CategoricalCrossentropy",
        ("label_smoothing", "axis", "epsilon"),
        compiled=("ce", "crossentropy"),
        in_ops=True,
        swapped=True,
    ),
    Names(
        "sparse_categorical_crossentropy",
        "SparseCategoricalCrossentropy",
        ("axis", "ignore_class", "epsilon"),
        compiled=("ce", "crossentropy"),
        in_ops=True,
    ),
    Names(
        "binary_crossentropy",
        "BinaryCrossentropy",
        ("label_smoothing", "axis", "epsilon"),
        texts=("bce", "BCE"),
        in_ops=True,
        swapped=True,
    ),
    Names(
        "categorical_focal_crossentropy",
        "CategoricalFocalCrossentropy",
        ("alpha", "gamma", "label_smoothing", "axis", "epsilon"),
    ),
    Names(
        "binary_focal_crossentropy",
        "BinaryFocalCrossentropy",
        ("apply_class_balancing", "alpha", "gamma", "label_smoothing", "axis", "epsilon"),
    ),
    Names(
        "categorical_generalized_cross_entropy",
        "CategoricalGeneralizedCrossEntropy",
        ("q",),
        needs=("q",),
    ),
)
CATEGORICAL, SPARSE, BINARY = (names.loss for names in KERAS[:3])
