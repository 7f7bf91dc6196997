"""Which formula Keras computed when: the names that expectations and causes go by."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from reference import formulas
from reference.quoted import EPSILON_THROUGH_FLOAT32, categorical_crossentropy

EPSILON_NAMES = ("epsilon", "eps")  # of a parameter: that of the clip


@dataclass(frozen=True)
class Formula:
    """One way to compute a cross-entropy.

    `steps(target, output, a)` is written in `formulas`; `elementwise` says that its result has an
    entry for each class; `sparse` that its target holds class numbers, `logits` that it takes
    logits; `releases` those that have it. One that `sets_epsilon` has its own, whatever is set.
    """

    name: str
    steps: Callable[..., Any]  # which returns values of the arithmetic that it gets
    releases: str
    elementwise: bool = False
    sparse: bool = False
    logits: bool = False
    sets_epsilon: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """What `steps` take beside labels, predictions, the arithmetic and the epsilon of a clip."""
        names = tuple(inspect.signature(self.steps).parameters)[3:]
        return tuple(name for name in names if name not in EPSILON_NAMES)


CATEGORICAL = Formula(
    "normalise, clip, log (the quoted source)",
    categorical_crossentropy,
    "Keras 0.3.2 to today; in the quoted words 1.0.7 to 2.0.5",
)
CATEGORICAL_FLOAT32_EPSILON = Formula(
    "the quoted source with epsilon through float32",
    partial(categorical_crossentropy, epsilon=EPSILON_THROUGH_FLOAT32),
    "Keras 1.0.7 to 2.0.8, in float64",
    sets_epsilon=True,
)
SOFTMAX = Formula(
    "softmax cross-entropy of logits",
    formulas.softmax_crossentropy_with_logits,
    "the real numbers: no release has this gradient for targets that do not sum to one",
    logits=True,
)
FUSED_SOFTMAX = Formula(
    "fused softmax cross-entropy",
    formulas.fused_softmax_crossentropy_with_logits,
    "tf.nn in every release, and what Keras makes of it",
    logits=True,
)
SPARSE_CLIP_LOG_SOFTMAX = Formula(
    "clip, log, log-softmax",
    formulas.sparse_clip_log_softmax,
    "TensorFlow backend, Keras 1.0.0 to today",
    sparse=True,
)
SPARSE_NORMALISE_CLIP = Formula(
    "normalise, clip, log of the target's entry",
    formulas.sparse_normalise_clip,
    "Theano and CNTK; Keras 3 on JAX, NumPy, OpenVINO, and on torch until 3.13",
    sparse=True,
)
SPARSE_SOFTMAX = Formula(
    "sparse softmax cross-entropy of logits",
    formulas.sparse_softmax_crossentropy_with_logits,
    "tf.nn in every release, and what Keras makes of it",
    sparse=True,
    logits=True,
)
BINARY_THROUGH_LOGITS = Formula(
    "clip, back to logits, sigmoid cross-entropy",
    formulas.binary_through_logits,
    "Keras 0.3.0 to 2.2.5, tf.keras until 1.13",
    elementwise=True,
)
BINARY_DOUBLE_EPSILON = Formula(
    "epsilon added again inside the logarithms",
    formulas.binary_double_epsilon,
    "tf.keras 1.14 to 2.15, tf_keras, and tf.keras.backend of Keras 3",
    elementwise=True,
)
BINARY_DOUBLE_EPSILON_FOLDED = Formula(
    "epsilon added again inside the logarithms, and folded into 1 + epsilon",
    formulas.binary_double_epsilon_folded,
    "what TensorFlow's graph optimiser makes of the double epsilon",
    elementwise=True,
)
BINARY_DIRECT = Formula(
    "clip, both logarithms",
    formulas.binary_direct,
    "Keras 3; Theano and CNTK",
    elementwise=True,
)
SIGMOID = Formula(
    "sigmoid cross-entropy of logits",
    formulas.sigmoid_crossentropy_with_logits,
    "tf.nn in every release, and what Keras makes of it",
    elementwise=True,
    logits=True,
)
BINARY_FLOORED = Formula(
    "clip, both logarithms, each at least -100",
    formulas.binary_floored,
    "PyTorch, and Keras 3 on it",
    elementwise=True,
)
SIGMOID_BY_SOFTPLUS = Formula(
    "sigmoid cross-entropy with the gradient of softplus",
    formulas.sigmoid_crossentropy_by_softplus,
    "JAX, and Keras 3 on it",
    elementwise=True,
    logits=True,
)
SIGMOID_SHIFTED = Formula(
    "sigmoid cross-entropy as (x + softplus(-x)) - x t",
    formulas.sigmoid_crossentropy_shifted,
    "PyTorch, and Keras 3 on it",
    elementwise=True,
    logits=True,
)
SIGMOID_BY_LOG_SIGMOID = Formula(
    "sigmoid cross-entropy as (1 - t) x + softplus(-x)",
    formulas.sigmoid_crossentropy_by_log_sigmoid,
    "PyTorch, and Keras 3 on it",
    elementwise=True,
    logits=True,
)
BOTH_TERMS_SUMMED = Formula(
    "both terms, summed",
    formulas.both_terms_summed,
    "the answer of 2017; Keras takes the mean",
)
CATEGORICAL_FOCAL = Formula(
    "normalise, clip, log, times alpha (1 - p)^gamma",
    formulas.categorical_focal,
    "Keras 2.13 to today",
)
CATEGORICAL_FOCAL_LOGITS = Formula(
    "focal cross-entropy of logits",
    formulas.categorical_focal_with_logits,
    "the real numbers: Keras takes the softmax and clips it",
    logits=True,
)
BINARY_FOCAL = Formula(
    "clip, both logarithms, times (1 - p_t)^gamma",
    formulas.binary_focal,
    "Keras 3",
    elementwise=True,
)
BINARY_FOCAL_DOUBLE_EPSILON = Formula(
    "focal cross-entropy, epsilon added again inside the logarithms",
    formulas.binary_focal_double_epsilon,
    "tf.keras of TensorFlow 2.8 to 2.15, tf_keras",
    elementwise=True,
)
BINARY_FOCAL_DOUBLE_EPSILON_FOLDED = Formula(
    "focal cross-entropy, epsilon added again, and folded into 1 + epsilon",
    formulas.binary_focal_double_epsilon_folded,
    "the same in a graph",
    elementwise=True,
)
BINARY_FOCAL_FLOORED = Formula(
    "focal cross-entropy, each logarithm at least -100",
    formulas.binary_focal_floored,
    "Keras 3 on PyTorch",
    elementwise=True,
)
BINARY_FOCAL_LOGITS = Formula(
    "focal cross-entropy of logits",
    formulas.binary_focal_with_logits,
    "the real numbers: Keras takes the sigmoid and clips it",
    elementwise=True,
    logits=True,
)
BINARY_FOCAL_OF_SOFTMAX = Formula(
    "focal cross-entropy of a softmax, half of it of the logits",
    formulas.binary_focal_of_softmax,
    "Keras 2.9 to today, where the softmax is seen through",
    elementwise=True,
    logits=True,
)
GENERALISED = Formula(
    "(1 - p^q) / q",
    formulas.generalised_crossentropy,
    "Keras 3.10 to today",
)
GENERALISED_GATHERED = Formula(
    "(1 - p^q) / q of a looked-up p",
    formulas.generalised_crossentropy_gathered,
    "what XLA makes of it",
    sparse=True,
)
WEIGHTED_SIGMOID_KINKED = Formula(
    "weighted sigmoid cross-entropy of logits, |x| with the derivative 0 at 0",
    formulas.weighted_sigmoid_crossentropy_kinked,
    "tf.nn in every release",
    elementwise=True,
    logits=True,
)
WEIGHTED_SIGMOID_REORDERED = Formula(
    "weighted sigmoid cross-entropy of logits, terms of the gradient in another order",
    formulas.weighted_sigmoid_crossentropy_reordered,
    "tf.nn in a traced function",
    elementwise=True,
    logits=True,
)
WEIGHTED_SIGMOID_KINKED_AND_REORDERED = Formula(
    f"{WEIGHTED_SIGMOID_KINKED.name}, terms of the gradient in another order",
    formulas.weighted_sigmoid_crossentropy_kinked_and_reordered,
    "tf.nn in a traced function",
    elementwise=True,
    logits=True,
)
WEIGHTED_SIGMOID_LINEAR_LAST = Formula(
    WEIGHTED_SIGMOID_REORDERED.name,
    formulas.weighted_sigmoid_crossentropy_linear_last,
    "tf.nn in a traced function",
    elementwise=True,
    logits=True,
)
WEIGHTED_SIGMOID_EXPANDED = Formula(
    "weighted sigmoid cross-entropy of logits, x - t x for (1 - t) x",
    formulas.weighted_sigmoid_crossentropy_expanded,
    "XLA in TensorFlow 2.1",
    elementwise=True,
    logits=True,
)
WEIGHTED_SIGMOID = Formula(
    "weighted sigmoid cross-entropy of logits",
    formulas.weighted_sigmoid_crossentropy_with_logits,
    "tf.nn in every release",
    elementwise=True,
    logits=True,
)
SOFTMAX_SLOPE = Formula(
    "squared gradient of the softmax cross-entropy, for the second derivative",
    formulas.softmax_slope_squared,
    "real numbers",
    elementwise=True,
    logits=True,
)
FUSED_SOFTMAX_SLOPE = Formula(
    "squared gradient of the fused softmax cross-entropy",
    formulas.fused_softmax_slope_squared,
    "tf.nn in every release",
    elementwise=True,
    logits=True,
)
SIGMOID_SLOPE = Formula(
    "squared gradient of the sigmoid cross-entropy, for the second derivative",
    formulas.sigmoid_slope_squared,
    "real numbers",
    elementwise=True,
    logits=True,
)
