"""Which cases the contracts become, and what an answer to one of them is worth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from reference.formats import get_format
from suites.arguments import PLAIN
from suites.cases import EXECUTIONS, LABELS, Case, takes
from suites.contract import ERROR, NUMBER, Contract
from suites.contracts import CONTRACTS
from suites.forms import FORMS, Form
from suites.losses import LOSSES
from suites.observer import decode

CLEAR = ("ValueError", "TypeError", "InvalidArgumentError")  # what says that an argument is wrong
SHOWN = 4  # numbers of a result that is not due


def cases(tier: str, device: str) -> Iterator[Case]:
    """Every contract, in all forms of its losses that it is for."""
    executions = EXECUTIONS[:1] if tier == "quick" else EXECUTIONS
    for contract in CONTRACTS.values():
        dtypes = contract.dtypes if tier == "everything" else contract.dtypes[:1]
        for form, output in _calls(contract):
            labels = LABELS[LOSSES[form.loss].family][0]
            names = (form.loss, form.name, PLAIN, output)
            for dtype in dtypes:
                for execution in executions:
                    if tier == "default" and not _tells(contract, form, execution):
                        continue
                    yield Case(*names, dtype, execution, device, labels, contract.name)


def _tells(contract: Contract, form: Form, execution: str) -> bool:
    """Whether a form is worth its time: tracing costs a twentieth, XLA a fifth of a second."""
    first = form.name == contract.forms[0]
    return execution == "eager" or (
        first and (execution == "graph" or form.loss in contract.losses[:1])
    )


def _calls(contract: Contract) -> Iterator[tuple[Form, str]]:
    for form in FORMS.values():
        if form.loss in contract.losses and form.name in contract.forms:
            only_logits = "probabilities" not in form.takes
            outputs = ("logits",) if only_logits else contract.outputs
            yield from ((form, output) for output in outputs if takes(form, output))


def whole(contract: Contract, answer: dict[str, Any]) -> tuple[str, str] | None:
    """What was observed and its cause, "" for none; None where numbers are to be compared."""
    error = answer.get("error")
    if error is not None:
        return error, _of_error(contract.due, error)
    return _of_number(answer["value"]) if contract.due == ERROR else None


def _of_error(due: str, error: str) -> str:
    name, _, message = error.partition(": ")
    if name not in CLEAR or not message.strip():
        return f"an unclear error: {name}"
    return f"an error where a number is due: {name}" if due == NUMBER else ""


def _of_number(value: dict[str, Any]) -> tuple[str, str]:
    raw = decode(value)
    raw = raw.view(get_format("bfloat16").dtype) if value["dtype"] == "bfloat16" else raw
    numbers = raw.astype(np.float64)
    listed = ", ".join(f"{number:.6g}" for number in numbers.flat[:SHOWN])
    more = ", ..." if numbers.size > SHOWN else ""
    kind = "NaN" if np.isnan(numbers).any() else "a number"
    return f"shape {numbers.shape}: {listed}{more}", f"{kind} where an error is due"


def told(case: Case, causes: list[str], answer: dict[str, Any]) -> list[str]:
    """The causes; those of a contract say where the installation warned."""
    suffix = ", with a warning" if case.is_contract and "warnings" in answer else ""
    return [cause and cause + suffix for cause in causes]
