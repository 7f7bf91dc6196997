"""A cause whose bound is wider than the error must give the number itself, or it explains nothing.

The wrong numbers are what XLA's fast-math was seen to return, and others that no program returns.
"""

from __future__ import annotations

import numpy as np
import pytest

from meta_tests.test_cause import UNEXPLAINED, _causes
from reference import cause, history
from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.history import Formula
from reference.programs import Candidate
from reference.reduction import Reduction
from reference.specification import Inputs, Specification
from reports.store.answer_text import unpack
from reports.store.recording import SHIPPED
from reports.store.recordings import answers_and_diagnoses
from suites.cases.case import Case
from suites.cases.selection import select
from suites.judge.judge import judge
from suites.ledger import ledger, ledger_file
from suites.observe import requests
from suites.observe.arrays import packed

OF_FAST_MATH = 8.562492e-14  # where 1.0832e-13 is right
ONE = np.array([[1.0]], np.float32)


def _spec(formula: Formula) -> Specification:
    return Specification(formula, "float32", reduction=Reduction.NONE)


def _candidates(*formulas: Formula) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(_spec(formula), (Reason(CauseKind.FORMULA, (formula.name,)),))
        for formula in formulas
    )


@pytest.mark.parametrize("observed", [3.973643e-08, -1e-7, 1e-8, 3e-7, 1e-6])
def test_no_formula_that_rounds_away_all_digits_explains_some(observed: float) -> None:
    """Through the logits, log(p / (1 - p)), a loss of 1e-7 may come out as anything up to 4e-6."""
    candidates = _candidates(history.BINARY_DOUBLE_EPSILON, history.BINARY_THROUGH_LOGITS)
    right = _spec(history.BINARY_DIRECT), Inputs(ONE, ONE)
    assert _causes(*right, [[observed]], candidates) == [UNEXPLAINED]
    assert _causes(*right, [[1.0640644e-07]], candidates) == [""]


@pytest.mark.parametrize("observed", [OF_FAST_MATH, 1e-12, 1e-9, 1e-7, -1e-13, -3e-8])
def test_no_deviation_that_loses_all_digits_explains_some(observed: float) -> None:
    """log(1 + x) of a small x may miss by an ULP of 1; it is 0 here, and nothing else."""
    logit = np.array([[np.log(1.0832315259529859e-13)]], np.float32)
    right = _spec(history.SIGMOID), Inputs(ONE * 0, logit)
    assert _causes(*right, [[observed]]) == [UNEXPLAINED]
    assert _causes(*right, [[0.0]]) == ["deviation: log1p(x) was computed as log(1 + x)"]


def _case(
    execution: str, output: str, dtype: str = "float32", inputs: str = "mistaken"
) -> tuple[Case, dict]:
    """A case of a small loss behind an operation, and what TensorFlow 2.21 answers to it."""
    fields = ("binary_crossentropy", "function", "plain", output, dtype, execution, inputs)
    found = (case for case in select(requests.DEVICES) if set(fields) <= set(vars(case).values()))
    case = next(found)
    return case, unpack(answers_and_diagnoses(SHIPPED)[0].answers("tf-2.21.0")[requests.key(case)])


@pytest.mark.parametrize(
    ("execution", "output"),
    [("xla", "tf.sigmoid"), ("xla", "keras.activations.sigmoid"), ("graph", "tf.sigmoid")],
)
def test_a_known_cause_of_the_other_numbers_takes_no_wrong_one_along(execution, output) -> None:
    """Looking behind the sigmoid gives all numbers of a call but one, which no program gives."""
    case, answer = _case(execution, output)
    values = judge(case, answer, requests.SEED)[0]
    place = int(np.argmin(np.abs(np.array(values.observed, float))))
    assert float(values.observed[place]) == pytest.approx(1.0832e-13, rel=1e-4)
    numbers = np.array(values.observed, np.float32)
    numbers[place] = OF_FAST_MATH
    forged = judge(case, answer | {"value": packed(numbers)}, requests.SEED)[0]
    assert forged.cause[place] == cause.UNEXPLAINED
    known = ledger.Ledger(ledger_file.load()).known(case, "value", forged.cause[place])
    assert not known


def test_a_sigmoid_that_rounds_up_in_one_place_alone_is_no_deviation() -> None:
    """TensorFlow's sigmoid(8.02) is 1 in float16, ours an ULP less; smaller ones are the same."""
    case, _ = _case("eager", "tf.sigmoid", "float16", "saturated")
    nan, inf = np.nan, np.inf
    value = [inf, nan, inf, inf, nan, inf, inf, nan]
    gradient = [[nan, -0.33325195, 1.1503696e-05], [nan, 0, 0], [nan, 0, 0], [0, nan, 0]]
    gradient += [[0, nan, 0], [0, nan, 0], [0, 0, nan], [0, 0, nan]]
    answer = {"value": value, "gradient": gradient}
    packed_answer = {name: packed(np.array(each, np.float16)) for name, each in answer.items()}
    causes = {why for found in judge(case, packed_answer, seed=29) for why in found.cause if why}
    assert list(map(str, causes)) == ["the formula fails in float16"]
