"""What a relation is: two observations that must give the same numbers, and how these correspond.

The table is in `relations`; here are the pieces of which its rows are made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from reference.specification import Inputs
from suites.cases.case import FIELDS, Case
from suites.cases.forms import FORMS
from suites.cases.inputs import CLASSES as CLASS_COUNT
from suites.cases.loss_options import PLAIN
from suites.cases.losses import LOSSES
from suites.cases.outputs import OUTPUTS

Change = Callable[[Inputs], Inputs]
Back = Callable[[np.ndarray], np.ndarray]
REGIMES = ("interior", "rails", "saturated", "unnormalised")


def _same(given: Inputs) -> Inputs:
    return given


def _unchanged(numbers: np.ndarray) -> np.ndarray:
    return numbers


@dataclass(frozen=True)
class Relation:
    """`these` are the fields of the cases that it holds for, `other` those in which the other case
    differs. `change` makes the numbers of the other, `both` those that this side is asked instead of
    its own; `part` is what of this side's value and gradient is compared, with `value` and
    `gradient` of the other's (None: has none).
    """

    name: str
    sides: tuple[str, str]
    these: Mapping[str, tuple[str, ...]]
    other: dict[str, str] = field(default_factory=dict)
    change: Change = _same
    both: Change = _same
    part: Back = _unchanged
    value: Back = _unchanged
    gradient: Back | None = _unchanged

    def holds_for(self, case: Case) -> bool:
        asked = {**_USUAL, **self.these}
        if case.is_contract or any(getattr(case, f) not in names for f, names in asked.items()):
            return False
        other = self.case(case)
        usual = case.labels == LOSSES[case.loss].labels
        return usual and (other.loss, other.form) in FORMS and _has_formula(other)

    def case(self, case: Case) -> Case:
        return Case.of_names(
            [self.other.get(name, own) for name, own in zip(FIELDS, case.names, strict=True)]
        )


def _has_formula(case: Case) -> bool:
    """Whether anything is expected of it: some losses take no logits."""
    form, loss = FORMS[case.loss, case.form], LOSSES[case.loss]
    given_logits = OUTPUTS[case.output].kind == "logits"
    return not given_logits or bool(form.formula or loss.logits)


# Where nothing else is said: one device, the two floating-point formats that are used most.
_USUAL = {
    "form": ("function",),
    "arguments": (PLAIN,),
    "output": ("probabilities", "logits"),
    "dtype": ("float32", "float16"),
    "execution": ("eager",),
    "device": ("CPU:0",),
    "inputs": REGIMES,
}


def of_rows(change: Back) -> Change:
    """The same change of the rows of targets and outputs."""
    return lambda given: replace(given, target=change(given.target), output=change(given.output))


def reversed_classes(given: Inputs) -> Inputs:
    sparse = given.target.ndim < given.output.ndim
    target = given.output.shape[-1] - 1 - given.target if sparse else given.target[..., ::-1]
    return replace(given, target=target.astype(given.target.dtype), output=given.output[..., ::-1])


def without_masked(given: Inputs) -> Inputs:
    assert given.weight is not None
    rows = given.weight[..., None] > 0
    return replace(given, output=np.where(rows, given.output, given.output[..., ::-1]))


def every_class(given: Inputs) -> Inputs:
    """Every row once for each class that it might have."""
    rows, classes = given.output.shape
    target = np.tile(np.eye(classes), (rows, 1)).astype(given.target.dtype)
    return replace(given, target=target, output=np.repeat(given.output, classes, axis=0))


def mean_of_copies(numbers: np.ndarray) -> np.ndarray:
    return numbers.reshape(-1, CLASS_COUNT, CLASS_COUNT).mean(axis=1)


def both_labels(given: Inputs) -> Inputs:
    """Every row once with all labels 0, and once with all labels 1."""
    output = np.repeat(given.output, 2, axis=0)
    target = np.arange(len(output))[:, None] % 2 * np.ones_like(output)
    return replace(given, target=target.astype(given.target.dtype), output=output)


def with_halves(given: Inputs) -> Inputs:
    return replace(given, target=np.full_like(given.target, 0.5))


def first_half(numbers: np.ndarray) -> np.ndarray:
    return numbers[:4]


def reversed_rows(numbers: np.ndarray) -> np.ndarray:
    return numbers[::-1]


def four_times(numbers: np.ndarray) -> np.ndarray:
    return numbers * 4
