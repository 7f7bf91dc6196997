"""The machines that try the enclosure: correct themselves, and each really takes its freedom."""

import numpy as np
import pytest

from meta_tests import rows
from meta_tests.arithmetics import (
    AnyOrder,
    Everything,
    Excess,
    Flushing,
    Fused,
    LooseFunctions,
    Machine,
    Reciprocal,
)
from meta_tests.programs import execute
from reference.arithmetic.formats import NAMES, get_format
from reference.arithmetic.native import Native

every_dtype = pytest.mark.parametrize("dtype", NAMES)
SHAPE = (200, 5)
FREEDOMS = {
    AnyOrder: "sum",
    Fused: "multiply-add",
    LooseFunctions: "log",
    Reciprocal: "divide",
    Everything: "sum-of-products",
}


def _rng() -> np.random.Generator:
    return np.random.default_rng(2017)


def _inputs(dtype: str) -> tuple[np.ndarray, np.ndarray]:
    kinds = {"interior": rows.LOGITS["interior"], "small": rows.PROBABILITIES["small"]}
    x, y = (rows.mixed(kinds, _rng(), get_format(dtype), SHAPE) for _ in range(2))
    return np.abs(x), np.roll(y, 1, axis=0)


def _differences(step: str, dtype: str, machine: type[Machine]) -> int:
    """How many results differ from those of the machine that takes no freedom."""
    with np.errstate(all="ignore"):
        plain, other = (
            execute([(step, 0, 1)], kind(dtype, _rng()), _inputs(dtype))[-1].data
            for kind in (Machine, machine)
        )
    return int((plain != other).sum())


@every_dtype
@pytest.mark.parametrize("step", ["add", "subtract", "multiply", "divide", "divide-by-three"])
def test_plain_machine_rounds_like_numpy(step: str, dtype: str) -> None:
    inputs = _inputs(dtype)
    with np.errstate(all="ignore"):
        expected = execute([(step, 0, 1)], Native(dtype), inputs)[-1]
        found = execute([(step, 0, 1)], Machine(dtype, _rng()), inputs)[-1]
    overflowed = np.isnan(found.data)
    expected = np.where(overflowed, np.nan, np.asarray(expected, np.float64))
    np.testing.assert_array_equal(found.data, expected)
    assert overflowed.mean() < 0.2


@every_dtype
@pytest.mark.parametrize("machine", FREEDOMS)
def test_machine_takes_its_freedom(machine: type[Machine], dtype: str) -> None:
    assert _differences(FREEDOMS[machine], dtype, machine) > SHAPE[0] / 20


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_excess_leaves_results_between_the_numbers_of_the_format(dtype: str) -> None:
    assert _differences("multiply", dtype, Excess) > SHAPE[0]
    assert _differences("multiply", "float64", Excess) == 0


@pytest.mark.parametrize("dtype", ["bfloat16", "float32", "float64"])
def test_flushing_makes_zeros_of_subnormals(dtype: str) -> None:
    tiny = np.full(SHAPE, get_format(dtype).smallest_normal / 2)
    flushed = execute([("add", 0, 0)], Flushing(dtype, _rng()), (tiny,))[-1].data
    assert set(np.unique(flushed)) == {0.0, tiny[0, 0], 2 * tiny[0, 0]}


def test_float16_keeps_its_subnormals() -> None:
    tiny = np.full(SHAPE, get_format("float16").smallest_normal / 2)
    kept = execute([("add", 0, 0)], Flushing("float16", _rng()), (tiny,))[-1].data
    assert set(np.unique(kept)) == {2 * tiny[0, 0]}


@every_dtype
def test_loose_functions_miss_by_no_more_than_is_granted(dtype: str) -> None:
    format, (x, _) = get_format(dtype), _inputs(dtype)
    for step, ulps in (("log", format.ulp_log), ("exp", format.ulp_exp)):
        with np.errstate(all="ignore"):
            found = execute([(step, 0, 0)], LooseFunctions(dtype, _rng()), (x,))[-1].data
            exact = getattr(np, step)(x.astype(np.float64))
            spacing = np.spacing(np.abs(exact).astype(format.dtype)).astype(np.float64)
        missed = (np.abs(found - exact) / np.abs(spacing))[np.isfinite(found)]
        assert missed.max() <= ulps
        assert missed.max() > ulps - 1.5


def test_fused_product_is_rounded_once() -> None:
    """(1 + u)^2 - (1 + 2u) is u^2, and zero where the product is rounded first."""
    for dtype in NAMES:
        u = 2 * get_format(dtype).unit_roundoff
        x, y = np.full((1, 64), 1 + u), np.full((1, 64), 1 + 2 * u)
        a = Fused(dtype, _rng())
        found = (a.array(x) * a.array(x) - a.array(y)).data
        assert set(np.unique(found)) == {0.0, u * u}


def test_overflow_stays_visible() -> None:
    """As NaN, where infinity would become a zero, and the zero a number."""
    a = Machine("float16", _rng())
    large = a.array(np.full((1, 2), 60000.0))
    with np.errstate(over="ignore"):
        assert np.isnan((1.0 / (large + large)).data).all()
        clipped = a.clip_by_value(large * large, a.constant(0.0), a.constant(1.0))
    assert np.isnan(clipped.data).all()
