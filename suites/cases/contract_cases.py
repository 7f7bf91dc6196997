"""Which cases the contracts become."""

from __future__ import annotations

from collections.abc import Iterator

from reference.reduction import BY_ROW
from suites.cases.case import Case, takes
from suites.cases.contract import Contract
from suites.cases.contracts import CONTRACTS
from suites.cases.execution import EXECUTIONS, Execution
from suites.cases.forms import FORMS
from suites.cases.forms.form import Form
from suites.cases.loss_options import PLAIN
from suites.cases.losses import LOSSES
from suites.cases.outputs import OUTPUTS
from suites.cases.tier import Tier


def cases(tier: Tier, device: str, quickest: Execution) -> Iterator[Case]:
    """Every contract, in all forms of its losses that it is for; in the quick tier run in one way."""
    executions = (quickest,) if tier == "quick" else EXECUTIONS
    for contract in CONTRACTS.values():
        dtypes = contract.dtypes if tier == "everything" else contract.dtypes[:1]
        for form, output in _calls(contract):
            labels = LOSSES[form.loss].labels
            names = (form.loss, form.name, PLAIN, output)
            for dtype in dtypes:
                for execution in executions:
                    can = _can_be_run(contract, form, execution)
                    if can and _is_worth_its_time(tier, contract, form, execution):
                        yield Case(*names, dtype, execution, device, labels, contract.name)


def _can_be_run(contract: Contract, form: Form, execution: Execution) -> bool:
    """Whether the contract is asked in this way; a form that can't be traced as a whole is not, but a
    model is by itself.
    """
    can = form.traced or form.model or execution == "eager"
    return can and execution in contract.executions


def _is_worth_its_time(tier: Tier, contract: Contract, form: Form, execution: Execution) -> bool:
    """Whether a form is worth its time: tracing costs a twentieth of a second, XLA a fifth, a model a
    half.
    """
    if tier == "everything":
        return True
    if execution in contract.at_night or (tier == "quick" and form.model):
        return False
    first = (form.like or form.name) == contract.forms[0]
    return execution == contract.executions[0] or (
        first and (execution == "graph" or form.loss in contract.losses[:1])
    )


def _is_asked(contract: Contract, form: Form) -> bool:
    """A loss of the user's own is not asked what it does not have: a name in Keras, arguments, or
    losses by row.
    """
    has_rows = form.reduction in BY_ROW or not contract.by_row
    has_name = contract.look_up is None
    takes = has_name and has_rows and contract.arguments.keys() <= {*form.accepts}
    return (takes or not form.like) and (form.like or form.name) in contract.forms


def _calls(contract: Contract) -> Iterator[tuple[Form, str]]:
    for form in FORMS.values():
        if form.loss in contract.losses and _is_asked(contract, form):
            only_logits = "probabilities" not in form.takes
            outputs = ("logits",) if only_logits else contract.outputs
            yield from ((form, output) for output in outputs if takes(form, OUTPUTS[output]))
