"""The exact arithmetic, with mpmath as a second witness."""

import mpmath
import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from meta_tests.formulas import FORMULAS, draw_inputs
from meta_tests.witness import WITNESSES, loss_from_inside
from reference import history
from reference.arithmetic.exact import PRECISIONS, Exact, Uncertain, decimal, evaluate, split
from reference.arithmetic.formats import NAMES, get_format
from reference.expectation import Expected, expect
from reference.history import Formula
from reference.reduction import Reduction
from reference.specification import Inputs, Specification

seeds = st.integers(0, 2**32 - 1)
DIGITS = 1000  # a loss of e^-2048, added to one on the way, leaves 110 of them


def _witness(spec: Specification, inputs: Inputs) -> list[mpf | float]:
    """The values of the rows, one after the other; where it has none, the limit as a float."""
    target = inputs.target
    if spec.formula.sparse:
        target = np.eye(inputs.output.shape[-1])[target]
    found: list[mpf | float] = []
    for labels, output in zip(target.astype(float), inputs.output.astype(float), strict=True):
        row = [mpf(t) for t in labels], [mpf(x) for x in output]
        try:
            found += WITNESSES[spec.formula](*row)
        except ArithmeticError:
            found.append(_limit(spec.formula, *row))
    return found


def _limit(formula: Formula, labels: list[mpf], output: list[mpf]) -> float:
    try:
        return loss_from_inside(formula, labels, output)
    except ArithmeticError:
        return float("nan")


def _expected(spec: Specification, inputs: Inputs) -> Expected:
    return expect(spec, inputs)[0]


@pytest.mark.parametrize("formula", WITNESSES, ids=FORMULAS.get)
@given(dtype=st.sampled_from(NAMES), seed=seeds, classes=st.integers(1, 4))
def test_values_are_those_of_mpmath(formula: Formula, dtype: str, seed: int, classes: int) -> None:
    spec = Specification(formula, dtype, reduction=Reduction.NONE)
    inputs = draw_inputs(spec, dtype, np.random.default_rng(seed), (4, classes))
    value = _expected(spec, inputs)
    with mp.workdps(DIGITS):
        for expected, high, low in zip(
            _witness(spec, inputs), value.exact_hi.flat, value.exact_lo.flat, strict=True
        ):
            if isinstance(expected, float):
                np.testing.assert_allclose(high, expected, rtol=1e-14, atol=1e-39)
            else:
                error = abs(expected - mpf(high) - mpf(low))
                least = max(mpf(get_format(dtype).smallest_subnormal) / 1024, mpf(2) ** -1075)
                assert error <= max(abs(expected) / 2**75, least), (expected, high, low)


def test_every_formula_has_a_witness() -> None:
    assert set(WITNESSES) == set(FORMULAS)


def test_precision_is_raised_until_a_tiny_loss_is_known() -> None:
    """Of logits 700 apart: log(1 + e^-700), which needs a thousand bits beside one."""
    inputs = Inputs(np.array([[1.0, 0.0]]), np.array([[700.0, 0.0]]))
    value = _expected(Specification(history.SOFTMAX, "float64"), inputs)
    assert value.exact_hi.item() == float(mpmath.exp(-700))
    assert value.decimal.item() == "9.8596765437597708567e-305"


def test_sum_that_cancels_is_known() -> None:
    """1 - p of the largest p below one, inside the rails of float16 only."""
    p = 1 - 2.0**-11
    inputs = Inputs(np.array([[0.0]]), np.array([[p]]))
    value = _expected(Specification(history.BINARY_DIRECT, "float16"), inputs)
    assert value.exact_hi.item() == float(11 * mpmath.log(2))


def test_row_that_sums_to_zero_is_nan() -> None:
    inputs = Inputs(np.array([[1.0, 0.0]] * 2), np.array([[0.0, 0.0], [1.0, 3.0]]))
    value = _expected(Specification(history.CATEGORICAL, "float32"), inputs)
    np.testing.assert_array_equal(np.isnan(value.exact_hi), [True, False])
    assert value.decimal.tolist() == ["nan", "1.3862943611198906188"]  # log 4


def test_probability_exactly_on_a_rail_has_a_value() -> None:
    """2^-20 of a total of 10^7 2^-20 is 1e-7, which no precision tells from the rail."""
    rail = 2.0**-20
    inputs = Inputs(np.array([[1.0, 0.0]]), np.array([[rail, 1e7 * rail - rail]]))
    value = _expected(Specification(history.CATEGORICAL, "float64"), inputs)
    assert value.decimal.item() == "16.118095650958319788"


def test_constant_is_the_decimal_number() -> None:
    with ctx.workprec(200):
        epsilon = Exact().constant(1e-7)[0]
        assert abs(epsilon * 10**7 - 1) < arb("1e-55")
        assert abs(arb(1e-7) * 10**7 - 1) > arb("1e-18")


def test_split_carries_106_bits() -> None:
    with ctx.workprec(400):
        thirds = np.array([arb(k) / 3 for k in (1, -2, 10**20)], dtype=object)
    high, low = split(thirds)
    assert high.tolist() == [1 / 3, -2 / 3, 10**20 / 3]
    with ctx.workprec(400):
        for ball, nearest, rest in zip(thirds, high, low, strict=True):
            assert abs(ball - nearest - rest) <= abs(ball) * arb(2) ** -106


def test_split_keeps_the_shape_and_nan() -> None:
    high, low = split(np.array([[arb("nan")], [arb(1)]], dtype=object))
    np.testing.assert_array_equal(high, [[np.nan], [1.0]])
    np.testing.assert_array_equal(low, [[0.0], [0.0]])


def test_decimal_text() -> None:
    with ctx.workprec(200):
        numbers = np.array([arb.pi(), arb(2) ** -100, -arb(1), arb("nan"), arb(0)], dtype=object)
        texts = decimal(numbers, digits=12)
    assert texts.tolist() == ["3.14159265359", "7.88860905221e-31", "-1.00000000000", "nan", "0"]


def test_what_is_uncertain_at_every_precision_is_refused() -> None:
    blurred = np.array([arb(1, 0.001)], dtype=object)
    with pytest.raises(ArithmeticError, match="bits do not settle"):
        evaluate(lambda: (blurred,), smallest=5e-324)


def test_computation_is_repeated_until_it_is_certain() -> None:
    precisions = []

    def difference() -> tuple[np.ndarray]:
        precisions.append(ctx.prec)
        return (np.array([(arb(1) + arb(2) ** -500) / 3 - arb(1) / 3], dtype=object),)

    (value,) = evaluate(difference, smallest=5e-324)
    assert float(value[0].mid()) == 2.0**-500 / 3
    assert precisions == sorted(precisions)
    assert len(precisions) > 1


def test_what_is_on_a_rail_is_computed_with_all_bits_at_last() -> None:
    """Few precisions are enough elsewhere; that a number is on a rail takes the last of all."""

    def compute() -> tuple[np.ndarray, ...]:
        if ctx.prec < PRECISIONS[-1]:
            raise Uncertain("a sign")
        return (np.array([arb(3)], dtype=object),)

    (found,) = evaluate(compute, 1e-300, (128, 320))
    assert found[0] == 3
