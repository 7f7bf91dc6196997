"""The losses by name, with what comes before them: labels, options and an activation."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from meta_tests.subject.binary import binary_crossentropy, sigmoid_cross_entropy_with_logits
from meta_tests.subject.binary_focal import (
    binary_focal_crossentropy,
    binary_focal_crossentropy_with_logits,
)
from meta_tests.subject.categorical import (
    categorical_crossentropy,
    softmax_cross_entropy_with_logits,
)
from meta_tests.subject.categorical_focal import (
    categorical_focal_crossentropy,
    categorical_focal_crossentropy_with_logits,
)
from meta_tests.subject.options import Options, smooth
from meta_tests.subject.relatives import (
    categorical_generalized_cross_entropy,
    weighted_cross_entropy_with_logits,
)
from meta_tests.subject.sparse import (
    sparse_categorical_crossentropy,
    sparse_softmax_cross_entropy_with_logits,
)
from meta_tests.subject.steps import Result, Step, chain, identity, reduce_mean, sigmoid, softmax

ELEMENTWISE_FORMS = ("ops", "backend", "nn")
BINARY = ("binary_crossentropy", "binary_focal_crossentropy")
FUNCTIONS: dict[tuple[str, bool], Callable[..., Result]] = {
    ("categorical_crossentropy", False): categorical_crossentropy,
    ("categorical_crossentropy", True): softmax_cross_entropy_with_logits,
    ("sparse_categorical_crossentropy", False): sparse_categorical_crossentropy,
    ("sparse_categorical_crossentropy", True): sparse_softmax_cross_entropy_with_logits,
    ("binary_crossentropy", False): binary_crossentropy,
    ("binary_crossentropy", True): sigmoid_cross_entropy_with_logits,
    ("categorical_focal_crossentropy", False): categorical_focal_crossentropy,
    ("categorical_focal_crossentropy", True): categorical_focal_crossentropy_with_logits,
    ("binary_focal_crossentropy", False): binary_focal_crossentropy,
    ("binary_focal_crossentropy", True): binary_focal_crossentropy_with_logits,
    ("categorical_generalized_cross_entropy", False): categorical_generalized_cross_entropy,
    ("weighted_sigmoid_crossentropy", True): weighted_cross_entropy_with_logits,
}
ACTIVATIONS: dict[str, Step] = {
    "probabilities": identity,
    "logits": identity,
    "tf.nn.softmax": softmax,
    "keras.activations.softmax": softmax,
    "tf.sigmoid": sigmoid,
    "keras.activations.sigmoid": sigmoid,
}


def losses_of_rows(case: Any, target: np.ndarray, rows: np.ndarray, options: Options) -> Result:
    """One loss a row of classes, or one an entry where the form leaves a loss elementwise."""
    function = FUNCTIONS[case.loss, case.output == "logits"]
    taken = set(options) & set(inspect.signature(function).parameters)
    parameters = {name: options[name] for name in taken}
    loss = partial(function, _labels(case, target, rows, options), **parameters)
    averaged = case.loss in BINARY and case.form not in ELEMENTWISE_FORMS
    return chain(rows, ACTIVATIONS[case.output], loss, reduce_mean if averaged else identity)


def _labels(case: Any, target: np.ndarray, rows: np.ndarray, options: Options) -> np.ndarray:
    """Class numbers without the ignored one, or smoothed labels in the dtype of the rows."""
    if target.ndim < rows.ndim:
        return np.where(target == options.get("ignore_class"), 0, target).astype(target.dtype)
    resting = 0.5 if case.loss in BINARY else 1.0 / rows.shape[-1]
    return smooth(target.astype(rows.dtype), options.get("label_smoothing", 0.0), resting)
