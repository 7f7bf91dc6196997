"""Gradients from the tape: closed forms, mpmath's differences, and the sets at the kinks."""

from collections.abc import Callable

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from meta_tests.formulas import FORMULAS, draw_interior
from meta_tests.witness import WITNESSES
from reference import history
from reference.arithmetic.exact import Exact
from reference.arithmetic.formats import NAMES
from reference.arithmetic.gradient import Tape
from reference.arithmetic.native import Native
from reference.evaluation import run
from reference.expectation import expect, in_enclosure, in_native
from reference.history import Formula
from reference.reduction import Reduction
from reference.specification import Inputs, Specification

seeds = st.integers(0, 2**32 - 1)
every_dtype = pytest.mark.parametrize("dtype", NAMES)
Vector = np.ndarray  # of arb, of mpf, or of float64
EPSILON32 = float(np.float32(1e-7))  # the rails of the clip in float32
ONE_LESS_EPSILON32 = float(np.float32(1) - np.float32(1e-7))


def _gradient(spec: Specification, target: np.ndarray, output: np.ndarray) -> Vector:
    """In real numbers, at the working precision."""
    return np.asarray(run(spec, Inputs(target, output), Exact())[1])


def _reals(numbers: np.ndarray) -> Vector:
    return np.asarray(np.frompyfunc(arb, 1, 1)(numbers), dtype=object)


def _softmax(z: Vector) -> Vector:
    powers = np.frompyfunc(arb.exp, 1, 1)(z)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def _sigmoid(x: Vector) -> Vector:
    return np.asarray(1 / (1 + np.frompyfunc(arb.exp, 1, 1)(-x)))


def _total(t: Vector) -> Vector:
    return np.asarray(t.sum(axis=-1, keepdims=True))


CLOSED_FORMS: dict[str, tuple[Specification, Callable[[Vector, Vector], Vector]]] = {
    "categorical": (
        Specification(history.CATEGORICAL, "float64"),
        lambda t, y: -t / y + _total(t) / _total(y),
    ),
    "softmax-then-categorical": (
        Specification(history.CATEGORICAL, "float64", "softmax"),
        lambda t, z: _total(t) * _softmax(z) - t,
    ),
    "softmax": (
        Specification(history.SOFTMAX, "float64"),
        lambda t, z: _total(t) * _softmax(z) - t,
    ),
    "fused-softmax": (
        Specification(history.FUSED_SOFTMAX, "float64"),
        lambda t, z: _softmax(z) - t,
    ),
    "sigmoid": (
        Specification(history.SIGMOID, "float64", reduction=Reduction.NONE),
        lambda t, x: _sigmoid(x) - t,
    ),
    "sigmoid-then-binary": (
        Specification(history.BINARY_DIRECT, "float64", "sigmoid", reduction=Reduction.NONE),
        lambda t, x: _sigmoid(x) - t,
    ),
    "binary": (
        Specification(history.BINARY_DIRECT, "float64", reduction=Reduction.NONE),
        lambda t, p: -t / p + (1 - t) / (1 - p),
    ),
    "mean-of-binary": (
        Specification(history.BINARY_DIRECT, "float64"),
        lambda t, p: (-t / p + (1 - t) / (1 - p)) / p.shape[-1],
    ),
}


@pytest.mark.parametrize("case", CLOSED_FORMS)
@given(seed=seeds, classes=st.integers(2, 6))
def test_gradient_is_the_closed_form(case: str, seed: int, classes: int) -> None:
    spec, closed_form = CLOSED_FORMS[case]
    rng = np.random.default_rng(seed)
    output = draw_interior(spec, "float64", rng, (3, classes)).output
    target = rng.integers(0, 9, output.shape) / 8  # rows that need not sum to one
    with ctx.workprec(256):
        found = _gradient(spec, target, output)
        right = closed_form(_reals(target), _reals(output))
        assert all(abs(error) < arb("1e-60") for error in (found - right).flat)


@pytest.mark.parametrize(
    "formula", [f for f in WITNESSES if f != history.FUSED_SOFTMAX], ids=FORMULAS.get
)
@given(seed=seeds)
def test_gradient_is_the_limit_of_differences(formula: Formula, seed: int) -> None:
    """Of all but the fused form, which is not the gradient of its value."""
    spec = Specification(formula, "float64", reduction=Reduction.NONE)
    inputs = draw_interior(spec, "float64", np.random.default_rng(seed), (1, 3))
    target = np.eye(3)[inputs.target] if formula.sparse else inputs.target
    labels = [mpf(t) for t in target[0]]

    def loss(*output: mpf) -> mpf:
        return mp.fsum(WITNESSES[formula](labels, list(output)))

    with ctx.workprec(256), mp.workdps(60):
        at = tuple(map(mpf, inputs.output[0]))
        found = _gradient(spec, inputs.target, inputs.output)
        for partial, by in zip(found.flat, np.eye(3, dtype=int), strict=True):
            right = mp.diff(loss, at, tuple(by))
            assert abs(partial - arb(mp.nstr(right, 55))) < arb("1e-40")


AT_RAILS = {
    "binary,lower": (history.BINARY_DIRECT, EPSILON32, -1 / EPSILON32),
    "binary,upper": (history.BINARY_DIRECT, ONE_LESS_EPSILON32, -1 / ONE_LESS_EPSILON32),
    "categorical,lower": (history.CATEGORICAL, EPSILON32, 1 - 1 / EPSILON32),
    "sparse,lower": (history.SPARSE_CLIP_LOG_SOFTMAX, EPSILON32, 1 - 1 / EPSILON32),
}


@pytest.mark.parametrize(("formula", "rail", "slope"), AT_RAILS.values(), ids=AT_RAILS)
def test_gradient_at_a_rail_is_a_set_of_both_sides(
    formula: Formula, rail: float, slope: float
) -> None:
    """Inside the rails it is `slope`, outside it is zero."""
    target = np.array([0]) if formula.sparse else np.array([[1.0, 0.0]])
    spec = Specification(formula, "float32", reduction=Reduction.NONE)
    ball = in_enclosure(spec, Inputs(target, np.array([[rail, 1 - rail]])))[1]
    low, high = (ball.mid - ball.rad)[0, 0], (ball.mid + ball.rad)[0, 0]
    assert low <= slope <= high
    assert low <= 0 <= high
    assert np.isfinite(high - low)


def _all_zero(*parts: Vector) -> None:
    __tracebackhide__ = True
    for part in parts:
        assert (part == 0).all()


@every_dtype
@given(seed=seeds)
def test_zero_target_is_not_updated_by_the_quoted_source(dtype: str, seed: int) -> None:
    spec = Specification(history.CATEGORICAL, dtype, "softmax")
    output = draw_interior(spec, dtype, np.random.default_rng(seed), (4, 3)).output
    inputs = Inputs(np.zeros_like(output), output)
    for expected in expect(spec, inputs):
        _all_zero(expected.exact_hi, expected.mid, expected.rad)
    value, gradient = in_native(spec, inputs)
    _all_zero(value, gradient)
    assert np.signbit(value).all()  # -0.0


@every_dtype
@given(seed=seeds)
def test_zero_target_is_updated_by_the_fused_form(dtype: str, seed: int) -> None:
    spec = Specification(history.FUSED_SOFTMAX, dtype)
    output = draw_interior(spec, dtype, np.random.default_rng(seed), (4, 3)).output
    inputs = Inputs(np.zeros_like(output), output)
    value, gradient = expect(spec, inputs)
    powers = np.exp(output.astype(np.float64))
    softmax = powers / powers.sum(axis=-1, keepdims=True)
    _all_zero(value.exact_hi, value.mid, value.rad)
    np.testing.assert_allclose(gradient.exact_hi, softmax, rtol=1e-14)
    assert gradient.holds(in_native(spec, inputs)[1]).all()


@every_dtype
def test_clipped_class_stops_the_whole_row(dtype: str) -> None:
    """A confidently wrong prediction learns nothing: its loss is 16.1, its gradient zero."""
    spec = Specification(history.CATEGORICAL, dtype, "softmax")
    inputs = Inputs(np.array([[1.0, 0.0, 0.0]]), np.array([[-20.0, 5.0, 4.0]]))
    value, gradient = expect(spec, inputs)
    assert value.decimal.item() == "16.118095650958319788"
    _all_zero(gradient.exact_hi, in_native(spec, inputs)[1])
    assert gradient.holds(np.zeros((1, 3))).all()


def test_gradient_of_a_mean_over_the_batch_is_shared_by_its_rows() -> None:
    output = np.array([[0.5, 0.25], [0.125, 0.5]])
    inputs = Inputs(np.ones((2, 2)), output)
    value, gradient = expect(
        Specification(history.BINARY_DIRECT, "float64", reduction=Reduction.MEAN), inputs
    )
    np.testing.assert_array_equal(gradient.exact_hi, -1 / output / 4)
    assert value.exact_hi == pytest.approx(np.mean(-np.log(output)), rel=1e-15)


def test_what_the_output_does_not_reach_has_no_gradient() -> None:
    tape = Tape(Exact())
    watched, other = (tape.watch(tape.a.array(np.ones((1, 2)))) for _ in range(2))
    _all_zero(tape.gradient(tape.log(other), watched))


@pytest.mark.parametrize(
    ("adjoint", "like", "expected"),
    [
        ([[1.0, 2.0], [3.0, 4.0]], (1, 1), [[10.0]]),
        ([[1.0, 2.0]], (1, 1), [[3.0]]),
        ([[1.0], [2.0]], (1, 1), [[3.0]]),
        ([1.0, 2.0], (1,), [3.0]),
        ([[1.0, 2.0], [3.0, 4.0]], (2, 1), [[3.0], [7.0]]),
        ([[5.0]], (1, 1), [[5.0]]),
        ([[1.0], [2.0]], (2, 1), [[1.0], [2.0]]),
        ([[1.0], [2.0]], (2, 2), [[1.0, 1.0], [2.0, 2.0]]),
        ([[5.0]], (2, 2), [[5.0, 5.0], [5.0, 5.0]]),
        ([[1.0, 2.0], [3.0, 4.0]], (2, 2), [[1.0, 2.0], [3.0, 4.0]]),
    ],
)
def test_an_adjoint_gets_the_shape_of_its_operand(
    adjoint: list[object], like: tuple[int, ...], expected: list[object]
) -> None:
    a = Native("float64")
    found = Tape(a)._fit(a.array(np.array(adjoint)), a.array(np.zeros(like)))
    assert np.asarray(found).tolist() == expected
