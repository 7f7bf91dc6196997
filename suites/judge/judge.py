"""Hold what was observed against the reference: one comparison for each number.

Judging needs no TensorFlow. Expectations are remembered by what they depend on, since forms,
executions and devices share them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

import numpy as np

from reference.arithmetic.formats import NAMES as DTYPES
from reference.arithmetic.formats import get_format, ulp
from reference.cause import UNEXPLAINED, explain, fits_float32
from reference.evidence import Evidence
from reference.expectation import Expected, expect
from reference.specification import QUANTITIES, Inputs, Specification
from suites.cases import loss_options
from suites.cases.case import Case
from suites.cases.forms import FORMS
from suites.judge import contract_judge
from suites.judge.specify import candidates, specification
from suites.observe.arrays import arrays
from suites.observe.messages import Answer, Packed, array
from suites.observe.observer import decode

OF_ANOTHER = "the gradient of a value of another shape"


@dataclass(frozen=True)
class Columns:
    """Comparisons of one quantity of one case; every list has one entry for each number.

    `tested` says whether anything is claimed of it. Against the reference it has an interval, an
    exact value and an error; against another call, of a relation, what that returned (`other`), how
    far they are apart (`distance`), how far they may be (`bound`), which side the reference calls
    wrong (`blamed`: "this", "other", "both", or "" for none) and why (`own`).
    """

    quantity: str
    index: list[str]
    observed: list[str]
    cause: list[str]
    observed_dtype: list[str] = field(default_factory=list)
    tested: list[bool] = field(default_factory=list)
    exact: list[str] = field(default_factory=list)
    bits: list[str] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    ulp_error: list[float] = field(default_factory=list)
    radius_share: list[float] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    distance: list[float] = field(default_factory=list)
    bound: list[float] = field(default_factory=list)
    blamed: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """What does not apply is empty, NaN, or tested."""
        size = len(self.index)
        for each in fields(self):
            if each.name != "quantity" and not getattr(self, each.name):
                object.__setattr__(self, each.name, [EMPTY.get(each.name, "")] * size)


NUMBERS = ("low", "high", "ulp_error", "radius_share", "distance", "bound")
EMPTY: dict[str, Any] = {"tested": True} | dict.fromkeys(NUMBERS, float("nan"))


@cache
def _expected(due: Specification, given: Inputs) -> tuple[tuple[Expected, _Texts], ...]:
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


def judge(case: Case, answer: Answer, seed: int) -> list[Columns]:
    """The comparisons of one answer, with a cause wherever it is not what is due."""
    if "absent" in answer or "not_asked" in answer:
        why = answer.get("absent") or answer.get("not_asked", "")
        return [whole("call", why, failure(answer))]
    if case.is_contract and (said := contract_judge.whole(case.contract, answer)):
        return [whole("call", *said)]
    if "value" not in answer:
        return [whole("call", answer["error"], failure(answer))]
    given = arrays(case, seed)
    expectations = _expected(specification(case), given)
    value = _compare(case, given, 0, *expectations[0], answer)
    if not _has_gradient(case):
        return [value]
    gradient = _compare(case, given, 1, *expectations[1], answer)
    if value.index == [""] and value.cause[0].startswith("shape"):
        told = [OF_ANOTHER if cause == UNEXPLAINED else cause for cause in gradient.cause]
        gradient = replace(gradient, cause=told)
    return [value, gradient]


def _has_gradient(case: Case) -> bool:
    of_form = FORMS[case.loss, case.form].gradient
    return of_form and (not case.is_contract or case.contract.gradient)


def failure(answer: Answer) -> str:
    if "absent" in answer:
        return "absent"
    if "not_asked" in answer:
        return "not asked"
    return f"raised {answer['error'].split(':')[0]}"


def whole(quantity: str, observed: str, cause: str) -> Columns:
    """One comparison for all of a quantity, where there are no numbers to compare."""
    return Columns(quantity, index=[""], observed=[observed], cause=[cause])


def classes_last(case: Case, quantity: str, array: np.ndarray) -> np.ndarray:
    """An array of the shape of an answer, with the axes in the order of the reference."""
    if quantity == "gradient" and array.ndim > 1:
        return np.moveaxis(array, loss_options.axis(case.chosen), -1)
    return array


def _bits(case: Case, packed: Packed, quantity: str) -> np.ndarray:
    """What was observed, with the classes last."""
    return classes_last(case, quantity, decode(packed))


def _numbers(raw: np.ndarray, dtype: str) -> np.ndarray:
    return raw.view(get_format(dtype).dtype).astype(np.float64)


def observed(case: Case, packed: Packed, quantity: str) -> np.ndarray:
    """The numbers of a packed array, in float64 and with the classes last."""
    return _numbers(_bits(case, packed, quantity), packed["dtype"])


def computed_in(case: Case, value: Packed) -> str:
    """The dtype of a loss: that of its value, or float32 if that was only cast to float64."""
    dtype = value["dtype"]
    cast = dtype == "float64" and fits_float32(observed(case, value, "value"))
    return "float32" if cast else dtype


def causes(case: Case, given: Inputs, quantity: int, answers: Answer) -> np.ndarray:
    """Why the numbers of an answer that has the right shape are not what is expected."""
    evidence = [_evidence(case, given, number, answers) for number in range(len(QUANTITIES))]
    this, beside = evidence[quantity], evidence[1 - quantity]
    assert this is not None
    asked, computed = specification(case), computed_in(case, answers["value"])
    return explain(this, beside, asked, candidates(case), computed)


def _evidence(case: Case, given: Inputs, quantity: int, answers: Answer) -> Evidence | None:
    """None where there are no numbers of the shape that is expected."""
    name = QUANTITIES[quantity]
    packed, expected = array(answers, name), _expected(specification(case), given)[quantity][0]
    if not packed or packed["dtype"] not in DTYPES:
        return None
    numbers = observed(case, packed, name)
    if numbers.shape != expected.mid.shape:
        return None
    return Evidence(numbers, expected, quantity, given, packed["dtype"])


def _compare(
    case: Case, given: Inputs, quantity: int, expected: Expected, texts: _Texts, answers: Answer
) -> Columns:
    name = QUANTITIES[quantity]
    answer = array(answers, name)
    if answer is None:
        return whole(name, "none", f"no {name}")
    if answer["dtype"] not in DTYPES:
        dtype = answer["dtype"]
        return whole(name, dtype, f"dtype {dtype} where {case.dtype} is due")
    raw = _bits(case, answer, name)
    shape = raw.shape
    if shape != expected.mid.shape:
        return whole(name, f"shape {shape}", f"shape {shape} where {expected.mid.shape} is due")
    if not raw.size:
        return whole(name, f"shape {shape}", "")
    numbers = _numbers(raw, answer["dtype"])
    found = causes(case, given, quantity, answers)
    with np.errstate(all="ignore"):
        error = ((numbers - expected.high) - expected.low) / ulp(expected.high, expected.format)
        distance = np.abs(numbers - expected.mid)
        share = np.where(distance == 0, 0.0, distance / expected.rad)
        share = np.where(np.isfinite(numbers), share, np.nan)
    bare = raw.view(f"u{raw.dtype.itemsize}").ravel()
    return Columns(
        quantity=name,
        index=texts.index,
        low=texts.low,
        high=texts.high,
        exact=texts.exact,
        observed=[repr(number) for number in numbers.ravel().tolist()],
        bits=[f"{number:0{2 * raw.dtype.itemsize}x}" for number in bare.tolist()],
        observed_dtype=[answer["dtype"]] * numbers.size,
        ulp_error=error.ravel().tolist(),
        radius_share=share.ravel().tolist(),
        cause=contract_judge.told(case, found.ravel().tolist(), answers),
        tested=(~(expected.unbounded & np.isfinite(numbers))).ravel().tolist(),
    )
