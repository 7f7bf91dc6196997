"""Infinite predictions, and edges: limits by hand, and those that mpmath's numbers lead to."""

from __future__ import annotations

from math import exp, inf, log, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from meta_tests.formulas import FORMULAS
from meta_tests.witness import WITNESSES, led_to, settled, slope_from_inside
from reference import history
from reference.arithmetic.formats import NAMES
from reference.expectation import Expected, expect
from reference.history import Formula
from reference.reduction import Reduction
from reference.specification import Inputs, Specification

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


def _same(expected: Expected, right: object) -> None:
    __tracebackhide__ = True
    np.testing.assert_allclose(expected.exact_hi.ravel(), np.ravel(right), rtol=1e-15, atol=0)


@every_dtype
@pytest.mark.parametrize(("logits", "labels", "loss", "slope"), SOFTMAX.values(), ids=SOFTMAX)
def test_softmax_crossentropy_dense_and_sparse(dtype, logits, labels, loss, slope) -> None:
    dense = Inputs(np.array([labels], float), np.array([logits], float))
    sparse = Inputs(np.array([np.argmax(labels)]), np.array([logits], float))
    for formula, inputs in ((history.SOFTMAX, dense), (history.SPARSE_SOFTMAX, sparse)):
        value, gradient = expect(Specification(formula, dtype), inputs)
        _same(value, loss)
        _same(gradient, slope)
        assert value.holds(np.array([loss])).all()
        assert not value.unbounded.any()


@every_dtype
@pytest.mark.parametrize(("logit", "label", "loss", "slope"), SIGMOID.values(), ids=SIGMOID)
def test_sigmoid_crossentropy(dtype, logit, label, loss, slope) -> None:
    inputs = Inputs(np.array([[label]]), np.array([[logit]]))
    for formula in (history.SIGMOID, history.WEIGHTED_SIGMOID):
        value, gradient = expect(Specification(formula, dtype, reduction=Reduction.NONE), inputs)
        _same(value, loss)
        _same(gradient, slope)


@every_dtype
def test_mask_is_judged_like_the_classes_that_are_left(dtype) -> None:
    """With a radius, and with nothing but 0 for what is masked."""
    masked = Inputs(np.array([[0.0, 1.0, 0.0]]), np.array([[-inf, 0.25, 2.0]]))
    left = Inputs(masked.target[:, 1:], masked.output[:, 1:])
    spec = Specification(history.SOFTMAX, dtype)
    for of_all, of_rest in zip(expect(spec, masked), expect(spec, left), strict=True):
        kept = of_all.exact_hi.shape[-1] - of_rest.exact_hi.shape[-1]
        np.testing.assert_array_equal(of_all.exact_hi[..., kept:], of_rest.exact_hi)
        np.testing.assert_allclose(of_all.rad[..., kept:], of_rest.rad, rtol=0.5)
    gradient = expect(spec, masked)[1]
    assert gradient.holds(np.where([[True, False, False]], 0.0, gradient.mid)).all()
    assert not gradient.holds(np.where([[True, False, False]], 1e-40, gradient.mid))[0, 0]


@every_dtype
def test_row_without_weight_costs_nothing_however_wrong(dtype) -> None:
    labels, logits = np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([[-inf, 0.0], [0.0, 0.0]])
    inputs = Inputs(labels, logits, np.array([0.0, 1.0]))
    for reduction, right in {
        Reduction.SUM: log(2),
        Reduction.MEAN: log(2) / 2,
        Reduction.WEIGHTED_MEAN: log(2),
    }.items():
        value, gradient = expect(Specification(history.SOFTMAX, dtype, reduction=reduction), inputs)
        _same(value, right)
        _same(gradient, np.array([[0.0, 0.0], [-0.5, 0.5]]) * right / log(2))


def test_rows_of_opposite_infinities_have_no_mean() -> None:
    inputs = Inputs(np.eye(2), np.array([[-inf, 0.0], [0.0, -inf]]), np.array([1.0, -1.0]))
    value, gradient = expect(
        Specification(history.SOFTMAX, "float32", reduction=Reduction.SUM), inputs
    )
    assert np.isnan(value.exact_hi)
    _same(gradient, [-1.0, 1.0, -1.0, 1.0])


def test_probabilities() -> None:
    """x / (x + c) leads to 1: what remains is a clip."""
    inputs = Inputs(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[inf, 0.5]] * 2))
    value, gradient = expect(Specification(history.CATEGORICAL, "float32"), inputs)
    assert value.decimal.tolist() == ["1.0000000500000033333e-7", "16.118095650958319788"]
    _same(gradient, np.zeros((2, 2)))
    value, _ = expect(Specification(history.GENERALISED, "float32"), inputs)
    _same(value, [-inf, 2 - 2 * 0.5**0.5])


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
    return [led_to(list(numbers)) for numbers in zip(*of_step, strict=True)]


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
    value, _ = expect(Specification(formula, "float64", reduction=Reduction.NONE), inputs)
    with mp.workdps(450):
        rates = [rates for drawn in rng.uniform(1, 2, (3, 3)) for rates in (drawn, 3 - drawn)]
        paths = [_witness(formula, target.tolist(), row, path) for path in rates]
    for place, found in enumerate(value.exact_hi.ravel()):
        right = settled([path[place] if path else nan for path in paths])
        np.testing.assert_allclose(found, right, rtol=1e-14, atol=1e-39)


# Probabilities, labels: the slopes, each worked out by hand.
SLOPES = {
    "root at 0": (history.GENERALISED, {}, (0, 0.25), (1, 0), (-inf, 0)),
    "root beyond 0": (history.GENERALISED, {}, (-0.25, 0), (1, 0), (nan, nan)),
    "focal, right and certain": (history.BINARY_FOCAL, {"gamma": 0.5}, (1, 0), (1, 0), (-inf, inf)),
    "focal, wrong and certain": (history.BINARY_FOCAL, {"gamma": 0.5}, (0, 1), (1, 0), None),
    "a row of zeros": (history.CATEGORICAL, {}, (0, 0), (1, 0), (nan, nan)),
    "a row of zeros without a label": (history.CATEGORICAL, {}, (0, 0), (0, 0), (0, 0)),
}


@every_dtype
@pytest.mark.parametrize(
    ("formula", "options", "p", "labels", "slopes"), SLOPES.values(), ids=SLOPES
)
def test_slopes_at_edges(dtype, formula, options, p, labels, slopes) -> None:
    if slopes is None:  # (1 - p_t)^0.5 (-log epsilon) at p_t = 0, for a loss below the clip
        slopes = (-0.5 * log(1e7), 0.5 * log(1e7))
    spec = Specification(
        formula, dtype, reduction=Reduction.NONE, parameters=tuple(options.items())
    )
    _, gradient = expect(spec, Inputs(np.array([labels], float), np.array([p], float)))
    _same(gradient, slopes)
    assert gradient.holds(np.array([slopes])).all()


@every_dtype
@pytest.mark.parametrize(
    "reduction", [Reduction.ROW, Reduction.SUM, Reduction.MEAN, Reduction.WEIGHTED_MEAN]
)
def test_row_without_weight_has_no_slope_at_a_root_of_0(dtype, reduction) -> None:
    rows = Inputs(np.zeros(2, int), np.array([[0.0, 0.5]] * 2), np.array([0.0, 1.0]))
    _, gradient = expect(Specification(history.GENERALISED, dtype, reduction=reduction), rows)
    np.testing.assert_array_equal(gradient.exact_hi, [[0.0, 0.0], [-inf, 0.0]])
    assert gradient.holds(gradient.exact_hi).all()
    assert not gradient.holds(np.array([[nan, nan], [nan, nan]])).any()


def test_row_without_weight_costs_nothing_though_it_is_all_zeros() -> None:
    """NaN is wrong; of other numbers nothing is claimed, since the steps lead to none."""
    rows = Inputs(np.eye(2), np.array([[0.0, 0.0], [0.5, 0.5]]), np.array([0.0, 1.0]))
    value, gradient = expect(
        Specification(history.CATEGORICAL, "float32", reduction=Reduction.SUM), rows
    )
    _same(value, log(2))
    _same(gradient, [0.0, 0.0, 1.0, -1.0])
    assert not value.holds(np.array(nan))
    assert value.unbounded
    assert not gradient.unbounded[1].any()


EDGED = [formula for formula in WITNESSES if not formula.logits]


@pytest.mark.parametrize("formula", EDGED, ids=FORMULAS.get)
@given(seed=seeds)
def test_slopes_at_edges_are_the_limits_of_mpmath(formula: Formula, seed: int) -> None:
    rng = np.random.default_rng(seed)
    row, target = rng.choice([0.0, 1.0, 0.25, 0.375], 3), np.eye(3)[rng.integers(0, 3)]
    labels = np.array(target.argmax()) if formula.sparse else target
    spec = Specification(formula, "float64", reduction=Reduction.NONE)
    _, gradient = expect(spec, Inputs(labels[None], row[None]))
    with mp.workdps(450):
        one = [list(map(mpf, each.tolist())) for each in (target, row)]
        slopes = [slope_from_inside(formula, *one, place) for place in range(3)]
    np.testing.assert_allclose(gradient.exact_hi.ravel(), slopes, rtol=1e-14, atol=1e-39)


def test_infinity_is_beyond_the_greatest_number() -> None:
    output, target = np.array([[inf, 1.5e308, 0.0]]), np.array([[1.0, 0.0, 0.0]])
    value, gradient = expect(Specification(history.SOFTMAX, "float64"), Inputs(target, output))
    assert value.exact_hi.tolist() == [0.0]
    assert gradient.exact_hi.tolist() == [[0.0, 0.0, 0.0]]


def test_a_row_that_is_ignored_may_stand_beside_an_infinite_prediction() -> None:
    output, target = np.array([[-inf, 0.0, 0.0], [nan, 0.0, 0.0]]), np.array([1, 2])
    spec = Specification(history.SPARSE_SOFTMAX, "float64", ignored=2)
    value, gradient = expect(spec, Inputs(target, output))
    _same(value, (log(2), 0))
    _same(gradient, ((0, -0.5, 0.5), (0, 0, 0)))
