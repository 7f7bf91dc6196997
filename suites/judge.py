"""Hold what was observed against the reference: one comparison for each number.

Judging needs no TensorFlow. Expectations are remembered by what they depend on, since forms,
executions and devices share them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from reference.cause import explain
from reference.expectation import Expected, expect
from reference.formats import get_format, ulp
from reference.question import QUANTITIES, Inputs, Question
from suites import arguments
from suites.cases import Case
from suites.due import question, rivals
from suites.given import arrays
from suites.observer import decode


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
    raw = decode(answer)
    if name == "gradient" and raw.ndim == expected.mid.ndim:
        raw = np.moveaxis(raw, arguments.axis(case.chosen), -1)
    shape = raw.shape
    if shape != expected.mid.shape:
        return _whole(name, f"shape {shape}", f"shape {shape} where {expected.mid.shape} is due")
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
