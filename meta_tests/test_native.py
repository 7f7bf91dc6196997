"""What the formulas do in the dtype itself, held against what TensorFlow was seen to return."""

import numpy as np
import pytest

from meta_tests.formulas import DIRECT, draw_inputs, name
from reference import history
from reference.arithmetic.deviation import FLUSHED, Deviation
from reference.arithmetic.formats import NAMES, get_format, ulp
from reference.arithmetic.gradient import Tape
from reference.arithmetic.native import Native
from reference.expectation import in_native
from reference.history import Formula
from reference.reduction import Reduction
from reference.specification import Inputs, Specification

THROUGH_LOGITS = history.BINARY_THROUGH_LOGITS
DOUBLE_EPSILON = history.BINARY_DOUBLE_EPSILON
CLIP_AND_LOG = history.BINARY_DIRECT
every_dtype = pytest.mark.parametrize("dtype", NAMES)


def _binary(formula: Formula, dtype: str, p: float, target: float) -> tuple[float, float]:
    """Loss and gradient of one prediction."""
    spec = Specification(formula, dtype, reduction=Reduction.NONE)
    value, gradient = in_native(spec, Inputs(np.array([[target]]), np.array([[p]])))
    return value.item(), gradient.item()


# (probability, target): through logits, double epsilon, direct; as TensorFlow 2.21 returned them.
SEEN = {
    "float32": {
        (0.0, 1.0): (16.118095, 15.424949, 16.118095),
        (1.0, 0.0): (15.942385, 15.333239, 15.942385),
        (0.0, 0.0): (1.0000002e-07, -0.0, 1.1920929e-07),
        (1.0, 1.0): (1.1920933e-07, -0.0, 1.1920929e-07),
        (0.5, 0.0): (0.69314718, 0.69314694, 0.69314718),
        (0.5, 1.0): (0.69314718, 0.69314694, 0.69314718),
    },
    "float16": {
        (0.0, 1.0): (15.9453125, 15.25, 15.9453125),
        (1.0, 0.0): (np.nan, 15.9453125, np.inf),
        (1.0, 1.0): (np.nan, -0.0, np.nan),
    },
    "bfloat16": {
        (0.0, 1.0): (16.125, 15.4375, 16.125),
        (1.0, 0.0): (np.nan, 16.125, np.inf),
        (0.999, 0.0): (np.nan, 16.125, np.inf),  # rounds to one
        (1.0, 1.0): (np.nan, -0.0, np.nan),
    },
}


@pytest.mark.parametrize("dtype", SEEN)
def test_binary_lineage_gives_what_tensorflow_gave(dtype: str) -> None:
    lineages = (THROUGH_LOGITS, DOUBLE_EPSILON, CLIP_AND_LOG)
    found = [[_binary(f, dtype, p, t)[0] for f in lineages] for p, t in SEEN[dtype]]
    seen = np.array(list(SEEN[dtype].values()))
    finite = np.isfinite(seen)
    np.testing.assert_array_equal(np.where(finite, 0, found), np.where(finite, 0, seen))
    error = np.where(finite, found, 0) - np.where(finite, seen, 0)
    assert (np.abs(error[finite]) <= ulp(seen, get_format(dtype))[finite]).all()  # of a logarithm


@pytest.mark.parametrize(
    ("formula", "p", "target", "seen"),
    [
        pytest.param(DOUBLE_EPSILON, 0.0, 1.0, "15.424948470", id="double-epsilon,p=0"),
        pytest.param(DOUBLE_EPSILON, 1.0, 0.0, "15.424948471", id="double-epsilon,p=1"),
        pytest.param(CLIP_AND_LOG, 0.0, 1.0, "16.118095651", id="direct,p=0"),
        pytest.param(CLIP_AND_LOG, 1.0, 0.0, "16.118095651", id="direct,p=1"),
    ],
)
def test_binary_lineage_in_float64(formula: Formula, p: float, target: float, seen: str) -> None:
    assert f"{_binary(formula, 'float64', p, target)[0]:.9f}" == seen


def test_gradient_of_a_certain_mistake_fails_in_float16() -> None:
    gradients = [
        _binary(f, "float16", 1.0, 0.0)[1] for f in (THROUGH_LOGITS, DOUBLE_EPSILON, CLIP_AND_LOG)
    ]
    assert np.isnan(gradients[0])
    assert gradients[1:] == [np.inf, np.inf]


def test_tiny_probability_of_any_class_spoils_the_row_in_float16() -> None:
    """1/p overflows, and infinity times the target's zero is NaN."""
    target, output = np.array([[1.0, 0.0, 0.0]] * 2), np.array([[0.5, 0.5, 1e-6], [0.5, 0.5, 1e-4]])
    _, gradient = in_native(Specification(history.CATEGORICAL, "float16"), Inputs(target, output))
    np.testing.assert_array_equal(np.isnan(gradient), [[True] * 3, [False] * 3])


@pytest.mark.parametrize(
    ("dtype", "right", "wrong"),
    [
        pytest.param("float16", -0.0, 15.945, id="float16"),
        pytest.param("float32", 1.1920929e-07, 16.118095, id="float32"),
        pytest.param("float64", 1.000000049e-07, 16.11809565095832, id="float64"),
    ],
)
def test_quoted_source_at_its_rails(dtype: str, right: float, wrong: float) -> None:
    inputs = Inputs(np.eye(2), np.array([[1.0, 0.0], [1.0, 0.0]]))
    value, _ = in_native(Specification(history.CATEGORICAL, dtype), inputs)
    assert value == pytest.approx([right, wrong], rel=1e-4 if dtype == "float16" else 2e-7)
    assert np.signbit(value[0]) == (right == 0)


def test_row_of_zeros_has_no_loss() -> None:
    value, gradient = in_native(
        Specification(history.CATEGORICAL, "float32"), Inputs(np.zeros((1, 3)), np.zeros((1, 3)))
    )
    assert np.isnan(value).all()
    assert np.isnan(gradient).all()


@every_dtype
@pytest.mark.parametrize("spec", DIRECT, ids=name)
def test_every_step_keeps_the_dtype(spec: Specification, dtype: str) -> None:
    formula = spec.formula
    inputs = draw_inputs(spec, dtype, np.random.default_rng(1), (4, 3))
    tape = Tape(Native(dtype))
    output = tape.watch(tape.a.array(inputs.output))
    target = inputs.target if formula.sparse else tape.array(inputs.target)
    with np.errstate(all="ignore"):
        losses = formula.steps(target, output, tape)
        gradient = tape.gradient(losses, output)
    steps = [variable.value.dtype.name for variable in tape.recorded]
    assert {*steps, gradient.dtype.name} == {dtype}


@every_dtype
def test_float_beside_a_number_is_rounded_to_its_dtype(dtype: str) -> None:
    one = Native(dtype).array(np.ones(1))
    tenth = np.asarray(0.1, get_format(dtype).dtype)
    for result in (one * 0.1, 0.1 * one, 0.1 / one):
        assert result.dtype == get_format(dtype).dtype
        assert result == tenth


@every_dtype
def test_steps_round_once(dtype: str) -> None:
    """1 + u is a tie and goes to even; a sum kept in higher precision would not lose it."""
    u = get_format(dtype).unit_roundoff
    one = Native(dtype).array(np.ones(1))
    assert (one + u) - 1.0 == 0
    assert (one + 3 * u) - 1.0 == 4 * u


@every_dtype
def test_clip_lets_nan_through_and_its_upper_rail_may_be_one(dtype: str) -> None:
    a = Native(dtype)
    clipped = a.clip_by_value(a.array(np.array([np.nan, 2.0])), a.constant(0.0), a.constant(1.0))
    np.testing.assert_array_equal(clipped.astype(np.float64), [np.nan, 1.0])
    assert (1.0 - a.constant(1e-7) == 1.0).all() == (get_format(dtype).unit_roundoff > 1e-7)


def test_an_approximate_sigmoid_has_its_own_range_above_minus_9() -> None:
    """Below it is exp(x), to 3 ULP; the approximation is off by as much as an ULP of 1."""
    logits = Native("float32").array(np.array([-8.0, -9.0, -10.0]))
    exponentials = [3.3546262790251185e-04, 1.2340980408667956e-04, 4.5399929762484854e-05]
    found = Native("float32", deviation=Deviation(coarse_sigmoid="above -9")).sigmoid(logits)
    nearest = np.array(exponentials, np.float32)
    near = np.abs(np.asarray(found) - nearest) <= 3 * np.spacing(nearest)
    assert near.tolist() == [False, True, True]
    sigmoid_of_minus_8 = 3.353501304664781e-04
    assert abs(float(found[0]) - sigmoid_of_minus_8) <= 2.0**-23
    whole = Native("float32", deviation=Deviation(coarse_sigmoid="everywhere")).sigmoid(logits)
    assert whole[0] == found[0]
    assert (np.abs(np.asarray(whole) - nearest) > 3 * np.spacing(nearest)).all()


def test_a_sigmoid_that_is_a_quotient_overflows_in_float16() -> None:
    """exp(11.1) is beyond 65504; above it the quotient has the digits of float16."""
    a = Native("float16", deviation=Deviation(coarse_sigmoid="quotient"))
    with np.errstate(over="ignore"):
        found = np.asarray(a.sigmoid(a.array(np.array([-11.5, -10.0, 0.0]))), np.float64)
    assert found[0] == 0.0
    assert found[1] == pytest.approx(4.5398e-5, rel=2e-3)
    assert found[2] == 0.5


@pytest.mark.parametrize("dtype", ["bfloat16", "float32", "float64"])
def test_what_is_flushed_is_smaller_than_the_smallest_normal_number(dtype: str) -> None:
    s = get_format(dtype).smallest_normal
    a = Native(dtype, deviation=FLUSHED)
    numbers, one = a.array(np.array([s, -s, s / 2, -s / 2, 2 * s])), a.constant(1.0)
    found = (numbers * one).astype(np.float64)
    assert found.tolist() == [s, -s, 0, 0, 2 * s]
    assert np.signbit(found).tolist() == [False, True, False, True, False]
    assert (a.array(np.array([s])) * a.constant(0.5)).astype(np.float64) == [0.0]  # on output


def test_rows_are_reversed_and_all_of_them_kept() -> None:
    numbers = np.arange(6.0).reshape(3, 2)
    for a in (Native("float32"), Tape(Native("float32"))):
        x = a.array(numbers)
        found, turned = (getattr(part, "value", part) for part in (a.reverse(x), a.transpose(x)))
        assert np.asarray(found).tolist() == [[4, 5], [2, 3], [0, 1]]
        assert np.asarray(turned).tolist() == [[0, 2, 4], [1, 3, 5]]
