"""Infinite predictions: limits worked out by hand, and those that mpmath's numbers lead to."""

from __future__ import annotations

from itertools import pairwise
from math import exp, inf, log, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from meta_tests.formulas import FORMULAS
from meta_tests.witness import WITNESSES
from reference import history
from reference.arithmetic.formats import NAMES
from reference.expectation import Expected, expect
from reference.history import Formula
from reference.specification import Inputs, Question

every_dtype = pytest.mark.parametrize("dtype", NAMES)
seeds = st.integers(0, 2**32 - 1)
E1 = 1 / (1 + exp(1))  # softmax of (0, 1)

# Logits, labels: value and gradient, each worked out by hand.
SOFTMAX = {
    "a mask": ((-inf, 0, 0), (0, 1, 0), log(2), (0, -0.5, 0.5)),
    "a mask of two": ((-inf, 3, -inf), (0, 1, 0), 0, (0, 0, 0)),
    "a mask of unequal ones": ((-inf, 0, 1), (0, 1, 0), log(1 + exp(1)), (0, E1 - 1, 1 - E1)),
    "masked, and right": ((-inf, 0, 0), (1, 0, 0), inf, (-1, 0.5, 0.5)),
    "certain": ((inf, 0, 0), (1, 0, 0), 0, (0, 0, 0)),
    "certain and wrong": ((inf, 0, 0), (0, 1, 0), inf, (1, -1, 0)),
    "all masked": ((-inf,) * 3, (0, 1, 0), nan, (nan,) * 3),
    "two certain": ((inf, inf, 0), (1, 0, 0), nan, (nan, nan, 0)),
    "both ends": ((inf, -inf, 0), (1, 0, 0), 0, (0, 0, 0)),
    "not a number": ((nan, 0, 0), (0, 1, 0), nan, (nan,) * 3),
}
SIGMOID = {  # a logit, its label: value and slope
    "right": (inf, 1.0, 0, 0),
    "wrong": (inf, 0.0, inf, 1),
    "half right": (inf, 0.5, inf, 0.5),
    "right below": (-inf, 0.0, 0, 0),
    "wrong below": (-inf, 1.0, inf, -1),
}


def _same(expected: Expected, due: object) -> None:
    __tracebackhide__ = True
    np.testing.assert_allclose(expected.high.ravel(), np.ravel(due), rtol=1e-15, atol=0)


@every_dtype
@pytest.mark.parametrize(("logits", "labels", "loss", "slope"), SOFTMAX.values(), ids=SOFTMAX)
def test_softmax_crossentropy_dense_and_sparse(dtype, logits, labels, loss, slope) -> None:
    dense = Inputs(np.array([labels], float), np.array([logits], float))
    sparse = Inputs(np.array([np.argmax(labels)]), np.array([logits], float))
    for formula, inputs in ((history.SOFTMAX, dense), (history.SPARSE_SOFTMAX, sparse)):
        value, gradient = expect(Question(formula, dtype), inputs)
        _same(value, loss)
        _same(gradient, slope)
        assert value.holds(np.array([loss])).all()
        assert not value.unbounded.any()


@every_dtype
@pytest.mark.parametrize(("logit", "label", "loss", "slope"), SIGMOID.values(), ids=SIGMOID)
def test_sigmoid_crossentropy(dtype, logit, label, loss, slope) -> None:
    inputs = Inputs(np.array([[label]]), np.array([[logit]]))
    for formula in (history.SIGMOID, history.WEIGHTED_SIGMOID):
        value, gradient = expect(Question(formula, dtype, reduction="none"), inputs)
        _same(value, loss)
        _same(gradient, slope)


@every_dtype
def test_mask_is_judged_like_the_classes_that_are_left(dtype) -> None:
    """With a radius, and with nothing but 0 for what is masked."""
    masked = Inputs(np.array([[0.0, 1.0, 0.0]]), np.array([[-inf, 0.25, 2.0]]))
    left = Inputs(masked.target[:, 1:], masked.output[:, 1:])
    question = Question(history.SOFTMAX, dtype)
    for of_all, of_rest in zip(expect(question, masked), expect(question, left), strict=True):
        kept = of_all.high.shape[-1] - of_rest.high.shape[-1]
        np.testing.assert_array_equal(of_all.high[..., kept:], of_rest.high)
        np.testing.assert_allclose(of_all.rad[..., kept:], of_rest.rad, rtol=0.5)
    gradient = expect(question, masked)[1]
    assert gradient.holds(np.where([[True, False, False]], 0.0, gradient.mid)).all()
    assert not gradient.holds(np.where([[True, False, False]], 1e-40, gradient.mid))[0, 0]


@every_dtype
def test_row_without_weight_costs_nothing_however_wrong(dtype) -> None:
    labels, logits = np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([[-inf, 0.0], [0.0, 0.0]])
    inputs = Inputs(labels, logits, np.array([0.0, 1.0]))
    for reduction, due in {"sum": log(2), "batch": log(2) / 2, "weighted": log(2)}.items():
        value, gradient = expect(Question(history.SOFTMAX, dtype, reduction=reduction), inputs)
        _same(value, due)
        _same(gradient, np.array([[0.0, 0.0], [-0.5, 0.5]]) * due / log(2))


def test_rows_of_opposite_infinities_have_no_mean() -> None:
    inputs = Inputs(np.eye(2), np.array([[-inf, 0.0], [0.0, -inf]]), np.array([1.0, -1.0]))
    value, gradient = expect(Question(history.SOFTMAX, "float32", reduction="sum"), inputs)
    assert np.isnan(value.high)
    _same(gradient, [-1.0, 1.0, -1.0, 1.0])


def test_probabilities() -> None:
    """x / (x + c) leads to 1: what remains is a clip."""
    inputs = Inputs(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[inf, 0.5]] * 2))
    value, gradient = expect(Question(history.CATEGORICAL, "float32"), inputs)
    assert value.decimal.tolist() == ["1.0000000500000033333e-7", "16.118095650958319788"]
    _same(gradient, np.zeros((2, 2)))
    value, _ = expect(Question(history.GENERALISED, "float32"), inputs)
    _same(value, [-inf, 2 - 2 * 0.5**0.5])


def _leads_to(numbers: list[mpf]) -> float:
    """Of values at numbers that grow; NaN where they neither settle nor run away."""
    first, second = (later - earlier for earlier, later in pairwise(numbers))
    if abs(second) <= max(abs(numbers[-1]), 1) * mpf(10) ** -40:
        return float(numbers[-1]) if abs(numbers[-1]) > mpf(10) ** -40 else 0.0
    if abs(second) >= abs(first) and (second > 0) == (first > 0):
        return float(mp.sign(second)) * inf
    return nan


def _witness(formula: Formula, labels: list[float], row: np.ndarray, rates: np.ndarray) -> list:
    huge = (mpf(100), mpf(200), mpf(400))
    of_step = []
    for size in huge if formula.logits else (mpf(2) ** int(step) for step in huge):
        rows = zip(row.tolist(), rates.tolist(), strict=True)
        at = [size * mpf(rate) * (1 if x > 0 else -1) if abs(x) == inf else x for x, rate in rows]
        try:
            of_step.append(list(WITNESSES[formula](list(map(mpf, labels)), list(map(mpf, at)))))
        except ArithmeticError:
            return []
    return [_leads_to(list(numbers)) for numbers in zip(*of_step, strict=True)]


@pytest.mark.parametrize("formula", WITNESSES, ids=FORMULAS.get)
@given(seed=seeds)
def test_values_are_the_limits_of_mpmath(formula: Formula, seed: int) -> None:
    """Along three paths with random rates, and as many where the slow is fast; NaN where two of them disagree."""
    rng = np.random.default_rng(seed)
    row = rng.integers(1, 9, 3) / (1.0 if formula.logits else 16.0)
    row[rng.permutation(3)[: rng.integers(1, 3)]] = rng.choice([-inf, inf])
    target = np.eye(3)[rng.integers(0, 3)]
    inputs = Inputs(target[None], row[None])
    if formula.sparse:
        inputs = Inputs(np.array([target.argmax()]), row[None])
    value, _ = expect(Question(formula, "float64", reduction="none"), inputs)
    with mp.workdps(450):
        rates = [rates for drawn in rng.uniform(1, 2, (3, 3)) for rates in (drawn, 3 - drawn)]
        paths = [_witness(formula, target.tolist(), row, path) for path in rates]
    for place, found in enumerate(value.high.ravel()):
        seen = np.array([path[place] if path else nan for path in paths])
        settled = np.isclose(seen, seen[0], rtol=1e-14, atol=0, equal_nan=True).all()
        due = seen[0] if settled else nan
        np.testing.assert_allclose(found, due, rtol=1e-14, atol=1e-39)
