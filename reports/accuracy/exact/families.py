"""The functions of one number: a loss of a row that one number makes, by that number.

Of two classes, p makes the row (p, 1 - p), with 1 - p rounded to the dtype, and x the logits (x, 0). The gradient is
that by the entry that is p or x itself; the label is that of its class.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from reference.arithmetic.formats import get_format
from reference.specification import Inputs, Specification
from reports.accuracy.exact import oracle
from reports.store.errors import BadUsage
from suites.cases.case import Case
from suites.cases.execution import Execution
from suites.cases.loss_options import PLAIN
from suites.cases.losses import LOSSES
from suites.cases.outputs import OUTPUTS
from suites.judge.specify import specification

FORM = "function"


@dataclass(frozen=True)
class Family:
    """A function of one number: `label` is that of a binary loss, where others have class 0."""

    name: str
    loss: str
    output: str
    formula: oracle.Formula
    label: float = 1.0

    @property
    def of_logits(self) -> bool:
        return OUTPUTS[self.output].of_logits

    @property
    def is_binary(self) -> bool:
        return LOSSES[self.loss].family == "binary"

    def case(self, dtype: str, execution: Execution) -> Case:
        """The case of the suites that has its call."""
        labels = LOSSES[self.loss].labels
        names = (self.loss, FORM, PLAIN, self.output, dtype)
        return Case(*names, execution, "CPU:0", labels, "interior")

    def specification(self, dtype: str) -> Specification:
        return specification(self.case(dtype, "eager"))

    def predictions(self, numbers: np.ndarray) -> np.ndarray:
        """The rows of these numbers of the dtype under test, (n, 1) or (n, 2)."""
        if self.is_binary:
            return numbers[:, None]
        other = np.zeros_like(numbers) if self.of_logits else _rest(numbers)
        return np.stack([numbers, other], axis=-1)

    def targets(self, count: int, dtype: str) -> np.ndarray:
        family = LOSSES[self.loss].family
        if family == "sparse":
            return np.zeros(count, LOSSES[self.loss].labels)
        rows = [[self.label]] if self.is_binary else [[1.0, 0.0]]
        return np.repeat(np.array(rows), count, axis=0).astype(get_format(dtype).dtype)

    def inputs(self, numbers: np.ndarray) -> Inputs:
        """As the reference takes them."""
        output = self.predictions(numbers)
        return Inputs(self.targets(len(numbers), numbers.dtype.name), output)

    def exact(self, predictions: np.ndarray) -> oracle.Found:
        """What the function is for rows of predictions."""
        wide = predictions.astype(np.float64)
        library = oracle.library(predictions.dtype == np.float64)
        with np.errstate(all="ignore"):
            return self.formula(wide[:, 0], wide[:, -1], library)


def _rest(numbers: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(1, numbers.dtype) - numbers


BINARY, CATEGORICAL, SPARSE = (
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
)
FAMILIES = {
    family.name: family
    for family in (
        Family("bce-of-1", BINARY, "probabilities", oracle.probability_of_one),
        Family("bce-of-0", BINARY, "probabilities", oracle.probability_of_zero, label=0.0),
        Family("bce-logits-of-1", BINARY, "logits", oracle.logit_of_one),
        Family("bce-logits-of-0", BINARY, "logits", oracle.logit_of_zero, label=0.0),
        Family("cce-of-two", CATEGORICAL, "probabilities", oracle.share_of_two),
        Family("cce-logits-of-two", CATEGORICAL, "logits", oracle.logit_of_one),
        Family("scce-logits-of-two", SPARSE, "logits", oracle.logit_of_one),
    )
}


def chosen(names: Iterable[str] | None) -> list[Family]:
    """The functions of these names, or all. Raises BadUsage for one that there is not."""
    names = list(FAMILIES) if names is None else list(names)
    for name in names:
        if name not in FAMILIES:
            raise BadUsage(f"--function: no function {name!r}; known: {', '.join(FAMILIES)}")
    return [FAMILIES[name] for name in names]
