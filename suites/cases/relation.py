"""What a relation is: two observations that must give the same numbers, and how these correspond.

The table is in `relations`; here are the pieces of which its rows are made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from reference.reduction import Reduction
from reference.specification import Inputs
from suites.cases.case import Case
from suites.cases.fields import FIELDS
from suites.cases.forms import FORMS
from suites.cases.forms.form import Form
from suites.cases.inputs import CLASSES as CLASS_COUNT
from suites.cases.loss_options import PLAIN, parse
from suites.cases.losses import LOSSES
from suites.cases.outputs import OUTPUTS

Change = Callable[[Inputs], Inputs]
Back = Callable[[np.ndarray], np.ndarray]
REGIMES = ("interior", "rails", "saturated", "unnormalised")


def _same(inputs: Inputs) -> Inputs:
    return inputs


def _unchanged(numbers: np.ndarray) -> np.ndarray:
    return numbers


@dataclass(frozen=True)
class Relation:
    """`these` are the fields of the cases that it holds for, `other` those in which the other case
    differs. `change` makes the numbers of the other, `both` those that this side is asked instead of
    its own; `part` is what of this side's value and gradient is compared, with `value` and
    `gradient` of the other's (None: is not compared).
    """

    name: str
    sides: tuple[str, str]
    these: Mapping[str, tuple[str, ...]]
    other: dict[str, str] = field(default_factory=dict)
    change: Change = _same
    both: Change = _same
    part: Back = _unchanged
    value: Back | None = _unchanged
    gradient: Back | None = _unchanged

    def holds_for(self, case: Case) -> bool:
        if case.is_contract or not self._is_about(case):
            return False
        other = self.case(case)
        usual = case.labels == LOSSES[case.loss].labels
        return usual and (other.loss, other.form) in FORMS and _has_formula(other)

    def _is_about(self, case: Case) -> bool:
        form = FORMS[case.loss, case.form]
        asked = replace(case, form=form.like) if form.like else case
        fields = {**_USUAL, **self.these}.items()
        about = all(getattr(asked, name) in names for name, names in fields)
        return about and (not form.like or self._is_for_own(form))

    def _is_for_own(self, form: Form) -> bool:
        """Whether it can hold for a loss of the user's own: not between that and another form, nor
        with options that it does not take, nor by rows where it has one number for all.
        """
        options = parse(self.other.get("arguments", PLAIN))
        by_row = form.reduction is Reduction.ROW
        same = self.part is _unchanged and self.value is _unchanged and self.change is _same
        return "form" not in self.other and options.keys() <= {*form.accepts} and (by_row or same)

    def case(self, case: Case) -> Case:
        return Case.of_names(
            [self.other.get(name, own) for name, own in zip(FIELDS, case.names, strict=True)]
        )


def _has_formula(case: Case) -> bool:
    """Whether anything is expected of it: some losses take no logits."""
    form, loss = FORMS[case.loss, case.form], LOSSES[case.loss]
    of_logits = OUTPUTS[case.output].kind == "logits"
    return not of_logits or bool(form.formula or loss.logits)


# Unless a relation has others: one device, the two floating-point formats that are used most.
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
    return lambda inputs: replace(
        inputs, target=change(inputs.target), output=change(inputs.output)
    )


def reversed_classes(inputs: Inputs) -> Inputs:
    sparse = inputs.target.ndim < inputs.output.ndim
    target = inputs.output.shape[-1] - 1 - inputs.target if sparse else inputs.target[..., ::-1]
    return replace(
        inputs, target=target.astype(inputs.target.dtype), output=inputs.output[..., ::-1]
    )


def without_masked(inputs: Inputs) -> Inputs:
    assert inputs.weight is not None
    rows = inputs.weight[..., None] > 0
    return replace(inputs, output=np.where(rows, inputs.output, inputs.output[..., ::-1]))


def every_class(inputs: Inputs) -> Inputs:
    """Every row once for each class that it might have."""
    rows, classes = inputs.output.shape
    target = np.tile(np.eye(classes), (rows, 1)).astype(inputs.target.dtype)
    return replace(inputs, target=target, output=np.repeat(inputs.output, classes, axis=0))


def mean_of_copies(numbers: np.ndarray) -> np.ndarray:
    return numbers.reshape(-1, CLASS_COUNT, CLASS_COUNT).mean(axis=1)


def both_labels(inputs: Inputs) -> Inputs:
    """Every row once with all labels 0, and once with all labels 1."""
    output = np.repeat(inputs.output, 2, axis=0)
    target = np.arange(len(output))[:, None] % 2 * np.ones_like(output)
    return replace(inputs, target=target.astype(inputs.target.dtype), output=output)


def with_halves(inputs: Inputs) -> Inputs:
    return replace(inputs, target=np.full_like(inputs.target, 0.5))


def first_half(numbers: np.ndarray) -> np.ndarray:
    return numbers[:4]


def reversed_rows(numbers: np.ndarray) -> np.ndarray:
    return numbers[::-1]


def four_times(numbers: np.ndarray) -> np.ndarray:
    return numbers * 4
