"""Which cases are as people use losses every day, and not at an edge."""

from __future__ import annotations

from functools import cache

from suites.cases import inputs
from suites.cases.case import Case
from suites.cases.forms import FORMS
from suites.cases.loss_options import ARGUMENTS, parse
from suites.cases.losses import LOSSES
from suites.cases.outputs import OUTPUTS

RARE_LABELS = ("unnormalised", "zero")


@cache
def is_everyday(names: tuple[str, ...]) -> bool:
    """Whether the case of these names has default options, float32 or mixed precision, and the
    numbers of a model in training; a step of a model may have weights, masks, batches, outputs.
    """
    case = Case.of_names(names)
    return is_everyday_call(case) and case.inputs in inputs.EVERYDAY


def is_everyday_call(case: Case) -> bool:
    """The same of a call, whatever its numbers are."""
    form, output = FORMS.get((case.loss, case.form)), OUTPUTS.get(case.output)
    if not form or not output:  # of a loss of the user's own, whose run has ended
        return False
    return (
        form.everyday
        and all(form.model and ARGUMENTS[name].called for name in parse(case.arguments))
        and (case.dtype == "float32" or bool(form.loss_dtype))
        and output.activation in (None, LOSSES[case.loss].activation)
        and case.labels not in RARE_LABELS
    )
