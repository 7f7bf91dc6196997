"""What an answer to the case of a contract is worth."""

from __future__ import annotations

import numpy as np

from reference.arithmetic.formats import get_format
from suites.cases.case import Case
from suites.cases.contract import ERROR, NUMBER, Contract
from suites.observe.messages import Answer, Packed
from suites.observe.observer import decode

CLEAR = ("ValueError", "TypeError", "InvalidArgumentError")  # what says that an argument is wrong
SHOWN = 4  # numbers of a result that is not due


def whole(contract: Contract, answer: Answer) -> tuple[str, str] | None:
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


def _of_number(value: Packed) -> tuple[str, str]:
    raw = decode(value)
    raw = raw.view(get_format("bfloat16").dtype) if value["dtype"] == "bfloat16" else raw
    numbers = raw.astype(np.float64)
    listed = ", ".join(f"{number:.6g}" for number in numbers.flat[:SHOWN])
    more = ", ..." if numbers.size > SHOWN else ""
    kind = "NaN" if np.isnan(numbers).any() else "a number"
    return f"shape {numbers.shape}: {listed}{more}", f"{kind} where an error is due"


def told(case: Case, causes: list[str], answer: Answer) -> list[str]:
    """The causes; those of a contract say where the installation warned."""
    suffix = ", with a warning" if case.is_contract and "warnings" in answer else ""
    return [cause and cause + suffix for cause in causes]
