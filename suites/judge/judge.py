"""Hold what was observed against the reference: one comparison for each number.

Judging needs no TensorFlow. Expectations are remembered by what they depend on, since forms,
executions and devices share them.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from reference.arithmetic.formats import NAMES as DTYPES
from reference.arithmetic.formats import get_format, ulp
from reference.cause import UNEXPLAINED, Cause, cause
from reference.cause_kinds import CauseKind
from reference.evidence import Evidence
from reference.expectation import Expected, expect
from reference.explain import explain, fits_float32
from reference.specification import QUANTITIES, Inputs, Specification
from suites.cases import loss_options
from suites.cases.case import Case
from suites.cases.forms import FORMS
from suites.judge import contract_judge
from suites.judge.comparison import Numbers, OfCase, Whole
from suites.judge.diagnosis import Quantity
from suites.judge.raised import raised
from suites.judge.specify import candidates, specification
from suites.observe.arrays import arrays
from suites.observe.messages import Answer, Packed, array
from suites.observe.observer import decode

OF_WRONG_SHAPE = cause(CauseKind.OF_WRONG_SHAPE)


@cache
def _expected(spec: Specification, inputs: Inputs) -> tuple[tuple[Expected, _Texts], ...]:
    return tuple((part, _Texts(part)) for part in expect(spec, inputs))


def forget() -> None:
    """Give back the memory of the expectations."""
    _expected.cache_clear()


class _Texts:
    """Index, interval and exact value of an expectation, ready for its many comparisons."""

    def __init__(self, expected: Expected) -> None:
        self.index = [" ".join(map(str, place)) for place in np.ndindex(expected.mid.shape)]
        real = np.isfinite(expected.exact_hi)
        with np.errstate(all="ignore"):
            low, high = expected.mid - expected.rad, expected.mid + expected.rad
        low = np.where(np.isfinite(expected.rad), low, -np.inf)
        high = np.where(np.isfinite(expected.rad), high, np.inf)
        self.low = np.where(real, low, expected.exact_hi).ravel().tolist()
        self.high = np.where(real, high, expected.exact_hi).ravel().tolist()
        self.exact = expected.decimal.ravel().tolist()


def judge(case: Case, answer: Answer, seed: int) -> list[OfCase]:
    """The comparisons of one answer, with a cause wherever it is not what is expected.

    An installation must have answered: one that lacks what the case calls gives nothing to compare.
    """
    if case.is_contract and (found := contract_judge.whole(case.contract, answer)):
        return [found]
    if "value" not in answer:
        return [Whole(Quantity.CALL, answer["error"], raised(answer["error"]))]
    return compare(case, arrays(case, seed), answer)


def compare(case: Case, inputs: Inputs, answer: Answer) -> list[OfCase]:
    """The comparisons of an answer that has a value, to these inputs."""
    expectations = _expected(specification(case), inputs)
    value = _compare(case, inputs, 0, *expectations[0], answer)
    if not _has_gradient(case):
        return [value]
    gradient = _compare(case, inputs, 1, *expectations[1], answer)
    if _is_of_wrong_shape(value):
        return [value, _after_wrong_shape(gradient)]
    return [value, gradient]


def _is_of_wrong_shape(found: OfCase) -> bool:
    wrong = found.cause if isinstance(found, Whole) else None
    return wrong is not None and wrong.kind is CauseKind.WRONG_SHAPE


def _after_wrong_shape(gradient: OfCase) -> OfCase:
    """The gradient of a value of a wrong shape; what is else unexplained has that for its cause."""
    if isinstance(gradient, Whole):
        return gradient
    causes = [OF_WRONG_SHAPE if one == UNEXPLAINED else one for one in gradient.cause]
    return replace(gradient, cause=causes)


def _has_gradient(case: Case) -> bool:
    of_form = FORMS[case.loss, case.form].gradient
    return of_form and (not case.is_contract or case.contract.gradient)


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


def causes(case: Case, inputs: Inputs, quantity: int, answers: Answer) -> np.ndarray:
    """Why the numbers of an answer that has the right shape are not what is expected."""
    evidence = [_evidence(case, inputs, number, answers) for number in range(len(QUANTITIES))]
    this, beside = evidence[quantity], evidence[1 - quantity]
    assert this is not None
    spec, computed = specification(case), computed_in(case, answers["value"])
    return explain(this, beside, spec, candidates(case), computed)


def _evidence(case: Case, inputs: Inputs, quantity: int, answers: Answer) -> Evidence | None:
    """None where there are no numbers of the shape that is expected."""
    name = QUANTITIES[quantity]
    packed, expected = array(answers, name), _expected(specification(case), inputs)[quantity][0]
    if not packed or packed["dtype"] not in DTYPES:
        return None
    numbers = observed(case, packed, name)
    if numbers.shape != expected.mid.shape:
        return None
    return Evidence(numbers, expected, quantity, inputs, packed["dtype"])


def _compare(
    case: Case, inputs: Inputs, number: int, expected: Expected, texts: _Texts, answers: Answer
) -> OfCase:
    quantity = Quantity(QUANTITIES[number])
    answer = array(answers, quantity)
    if answer is None:
        return Whole(quantity, "none", cause(CauseKind.NOTHING, quantity))
    dtype = answer["dtype"]
    if dtype not in DTYPES:
        return Whole(quantity, dtype, cause(CauseKind.WRONG_DTYPE, dtype, case.dtype))
    raw = _bits(case, answer, quantity)
    if raw.shape != expected.mid.shape:
        shapes = str(raw.shape), str(expected.mid.shape)
        return Whole(quantity, f"shape {raw.shape}", cause(CauseKind.WRONG_SHAPE, *shapes))
    if not raw.size:
        return Whole(quantity, f"shape {raw.shape}", None)
    found = causes(case, inputs, number, answers).ravel().tolist()
    if case.is_contract and "warnings" in answers:
        found = contract_judge.warned(found)
    return _numbers_of(quantity, raw, dtype, expected, texts, found)


def _numbers_of(
    quantity: Quantity,
    raw: np.ndarray,
    dtype: str,
    expected: Expected,
    texts: _Texts,
    found: list[Cause | None],
) -> Numbers:
    """The comparisons of numbers, given in bits and with their causes."""
    numbers = _numbers(raw, dtype)
    with np.errstate(all="ignore"):
        error = (numbers - expected.exact_hi) - expected.exact_lo
        error = error / ulp(expected.exact_hi, expected.format)
        distance = np.abs(numbers - expected.mid)
        share = np.where(distance == 0, 0.0, distance / expected.rad)
        share = np.where(np.isfinite(numbers), share, np.nan)
    bare = raw.view(f"u{raw.dtype.itemsize}").ravel()
    return Numbers(
        quantity=quantity,
        index=texts.index,
        low=texts.low,
        high=texts.high,
        exact=texts.exact,
        observed=[repr(number) for number in numbers.ravel().tolist()],
        bits=[f"{number:0{2 * raw.dtype.itemsize}x}" for number in bare.tolist()],
        observed_dtype=[dtype] * numbers.size,
        ulp_error=error.ravel().tolist(),
        radius_share=share.ravel().tolist(),
        tested=(~(expected.unbounded & np.isfinite(numbers))).ravel().tolist(),
        cause=found,
    )
