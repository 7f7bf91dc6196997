"""What an answer to the case of a contract is worth."""

from __future__ import annotations

import numpy as np

from reference.arithmetic.formats import get_format
from reference.cause import Cause, Reason, cause
from reference.cause_kinds import CauseKind
from suites.cases.contract import ERROR, NUMBER, Contract
from suites.judge.comparison import Causes, Whole
from suites.judge.diagnosis import Quantity
from suites.judge.raised import error_type
from suites.observe.messages import Answer, Packed
from suites.observe.observer import decode

CLEAR = ("ValueError", "TypeError", "InvalidArgumentError")  # what says that an argument is wrong
FEW = 4  # numbers that are shown of a result where an error is expected
WARNED = Reason(CauseKind.WARNED)


def whole(contract: Contract, answer: Answer) -> Whole | None:
    """What was observed and its cause; None where numbers are to be compared."""
    error = answer.get("error")
    if error is not None:
        return Whole(Quantity.CALL, error, _of_error(contract.expected, error))
    return _of_number(answer["value"]) if contract.expected == ERROR else None


def _of_error(expected: str, error: str) -> Cause | None:
    name, (_, _, message) = error_type(error), error.partition(": ")
    if name not in CLEAR or not message.strip():
        return cause(CauseKind.UNCLEAR_ERROR, name)
    return cause(CauseKind.ERROR_FOR_NUMBER, name) if expected == NUMBER else None


def _of_number(value: Packed) -> Whole:
    raw = decode(value)
    raw = raw.view(get_format("bfloat16").dtype) if value["dtype"] == "bfloat16" else raw
    numbers = raw.astype(np.float64)
    listed = ", ".join(f"{number:.6g}" for number in numbers.flat[:FEW])
    more = ", ..." if numbers.size > FEW else ""
    is_nan = bool(np.isnan(numbers).any())
    kind = CauseKind.NAN_FOR_ERROR if is_nan else CauseKind.NUMBER_FOR_ERROR
    return Whole(Quantity.CALL, f"shape {numbers.shape}: {listed}{more}", cause(kind))


def warned(causes: Causes) -> Causes:
    """The causes of a call in which the installation warned."""
    return [one and one.also(WARNED) for one in causes]
