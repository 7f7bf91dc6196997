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
from reference.expectation import Expected, expect
from reference.formats import get_format, ulp
from reference.lineage import FUSED_SOFTMAX
from reference.question import QUANTITIES, Inputs, Question
from suites import inputs
from suites.cases import Case
from suites.losses import FORMS, LOSSES
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
    """The numbers of a case: target and output; the same object for all cases that share them."""
    family, logits = LOSSES[case.loss].family, case.output != "probabilities"
    return _arrays(family, case.labels, case.inputs, logits, case.dtype, seed)


@cache
def _arrays(family: str, labels: str, regime: str, logits: bool, dtype: str, seed: int) -> Inputs:
    output = inputs.predictions(regime, logits, dtype, seed)
    return Inputs(inputs.labels(family, labels, output.shape, dtype, seed), output)


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
def _expected(due: Question, given: Inputs) -> tuple[tuple[Expected, _Texts], ...]:
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
    given = arrays(case, seed)
    expectations = _expected(question(case), given)
    return [
        _compare(case, given, quantity, *expectations[quantity], answer)
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
    case: Case, given: Inputs, quantity: int, expected: Expected, texts: _Texts, whole: Any
) -> Columns:
    name = QUANTITIES[quantity]
    answer = whole[name]
    if answer is None:
        return _whole(name, "none", f"no {name}")
    shape = tuple(answer["shape"])
    if shape != expected.mid.shape:
        return _whole(name, f"shape {shape}", f"shape {shape} where {expected.mid.shape} is due")
    raw = decode(answer)
    observed = raw.view(get_format(answer["dtype"]).dtype).astype(np.float64)
    with np.errstate(all="ignore"):
        about = (expected, quantity, question(case), given, rivals(case))
        cause = explain(observed, *about, computed_in=whole["value"]["dtype"])
        error = ((observed - expected.high) - expected.low) / ulp(expected.high, expected.format)
        distance = np.abs(observed - expected.mid)
        share = np.where(distance == 0, 0.0, distance / expected.rad)
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
