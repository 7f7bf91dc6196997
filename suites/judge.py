"""Hold what was observed against the reference: one comparison for each number.

Judging needs no TensorFlow. Expectations are remembered by what they depend on, since forms,
executions and devices share them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from reference.cause import Rival, explain
from reference.expectation import (
    QUANTITIES,
    Expected,
    Inputs,
    Question,
    expect,
)
from reference.formats import get_format, ulp
from reference.lineage import FUSED_SOFTMAX
from suites import inputs
from suites.cases import FORMS, LOSSES, Case
from suites.observer import decode, encode

SUM_TO_ONE = "the gradient assumes targets that sum to one"
LOGITS_TAKEN = "the logits were taken for the probabilities"


@dataclass(frozen=True)
class Columns:
    """Comparisons of one quantity of one case; every list has one entry for each number."""

    quantity: str
    index: list[str]
    low: list[float]
    high: list[float]
    exact: list[str]
    observed: list[str]
    bits: list[str]
    observed_dtype: list[str]
    ulp_error: list[float]
    radius_share: list[float]
    cause: list[str]


def arrays(case: Case, seed: int) -> Inputs:
    """The numbers of a case: target and output."""
    output = inputs.predictions(case.inputs, case.output != "probabilities", case.dtype, seed)
    family = LOSSES[case.loss].family
    return Inputs(inputs.labels(family, case.labels, output.shape, case.dtype, seed), output)


def packed(array: np.ndarray) -> dict[str, Any]:
    """An array in the form in which the observer takes it."""
    name = array.dtype.name
    return encode(name, array.view(np.uint16) if name == "bfloat16" else array)


def question(case: Case) -> Question:
    """What is due for a case."""
    loss, reduction = LOSSES[case.loss], FORMS[case.loss, case.form].reduction
    if case.output == "logits":
        return Question(loss.logits, case.dtype, "", reduction)
    activation = loss.activation if case.made_inside else ""
    return Question(loss.probabilities, case.dtype, activation, reduction)


def rivals(case: Case) -> tuple[Rival, ...]:
    """What might be computed instead, the likeliest first."""
    loss, due = LOSSES[case.loss], question(case)

    def instead(formula: Any, activation: str, says: str) -> Rival:
        return Rival(Question(formula, case.dtype, activation, due.reduction), says)

    logits = [(loss.logits, LOGITS_TAKEN)]
    if FUSED_SOFTMAX in loss.other_logits:
        logits.append((FUSED_SOFTMAX, f"{LOGITS_TAKEN}, and {SUM_TO_ONE}"))
    if case.output == "logits":
        return (
            *(instead(formula, "", SUM_TO_ONE) for formula in loss.other_logits),
            instead(loss.probabilities, loss.activation, "the logits went through the clip"),
            instead(loss.probabilities, "", "the logits were taken for probabilities"),
        )
    others = [
        instead(formula, due.activation, f"another formula: {formula.name}")
        for formula in loss.other_probabilities
    ]
    if case.made_inside:
        return (*(instead(formula, "", says) for formula, says in logits), *others)
    return (*others, instead(loss.logits, "", "the probabilities were taken for logits"))


@cache
def _expected(due: Question, labels: str, regime: str, family: str, logits: bool, seed: int) -> tuple:
    output = inputs.predictions(regime, logits, due.dtype, seed)
    target = inputs.labels(family, labels, output.shape, due.dtype, seed)
    given = Inputs(target, output)
    return tuple((part, _Texts(part)) for part in expect(due, given))


class _Texts:
    """Index, interval and exact value of an expectation, ready for its many comparisons."""

    def __init__(self, expected: Expected) -> None:
        self.index = [" ".join(map(str, place)) for place in np.ndindex(expected.mid.shape)]
        real = np.isfinite(expected.high)
        with np.errstate(all="ignore"):
            low, high = expected.mid - expected.rad, expected.mid + expected.rad
        low = np.where(np.isfinite(expected.rad), low, -np.inf)
        high = np.where(np.isfinite(expected.rad), high, np.inf)
        self.low = np.where(real, low, expected.high).ravel().tolist()
        self.high = np.where(real, high, expected.high).ravel().tolist()
        self.exact = expected.decimal.ravel().tolist()


def judge(case: Case, answer: dict[str, Any], seed: int) -> list[Columns]:
    """The comparisons of one answer, with a cause wherever it is not what is due."""
    if "value" not in answer:
        return [_whole("call", answer.get("error") or answer["absent"], _failure(answer))]
    due = question(case)
    logits = case.output != "probabilities"
    family = LOSSES[case.loss].family
    expectations = _expected(due, case.labels, case.inputs, family, logits, seed)
    return [
        _compare(case, quantity, *expectations[quantity], answer[name], answer["value"]["dtype"], seed)
        for quantity, name in enumerate(QUANTITIES)
    ]


def _failure(answer: dict[str, Any]) -> str:
    if "absent" in answer:
        return "absent"
    return f"raised {answer['error'].split(':')[0]}"


def _whole(quantity: str, observed: str, cause: str) -> Columns:
    """One comparison for all of a quantity, where there are no numbers to compare."""
    nothing = [float("nan")]
    return Columns(
        quantity, [""], nothing, nothing, [""], [observed], [""], [""], nothing, nothing, [cause]
    )


def _compare(
    case: Case,
    quantity: int,
    expected: Expected,
    texts: _Texts,
    answer: Any,
    computed_in: str,
    seed: int,
) -> Columns:
    name = QUANTITIES[quantity]
    if answer is None:
        return _whole(name, "none", f"no {name}")
    shape = tuple(answer["shape"])
    if shape != expected.mid.shape:
        return _whole(name, f"shape {shape}", f"shape {shape} where {expected.mid.shape} is due")
    raw = decode(answer)
    dtype = get_format(answer["dtype"]).dtype
    numbers = raw.view(dtype) if raw.dtype != dtype else raw
    observed = numbers.astype(np.float64)
    with np.errstate(all="ignore"):
        cause = explain(
            observed, expected, quantity, question(case), arrays(case, seed), rivals(case),
            computed_in,
        )
        error = ((observed - expected.high) - expected.low) / ulp(expected.high, expected.format)
        share = np.abs(observed - expected.mid) / expected.rad
        share = np.where(expected.rad == 0, 0.0, share)
        share = np.where(np.isfinite(observed), share, np.nan)
    bare = raw.view(f"u{raw.dtype.itemsize}").ravel()
    return Columns(
        quantity=name,
        index=texts.index,
        low=texts.low,
        high=texts.high,
        exact=texts.exact,
        observed=[repr(number) for number in observed.ravel().tolist()],
        bits=[f"{number:0{2 * raw.dtype.itemsize}x}" for number in bare.tolist()],
        observed_dtype=[answer["dtype"]] * observed.size,
        ulp_error=error.ravel().tolist(),
        radius_share=share.ravel().tolist(),
        cause=cause.ravel().tolist(),
    )
