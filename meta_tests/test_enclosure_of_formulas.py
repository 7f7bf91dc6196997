"""Formula by formula, values and gradients: nothing correct lies outside, and little room is left.

With `-s` the table of the share of the radius that is used is printed.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta_tests.arithmetics import MACHINES, Everything, Machine
from meta_tests.formulas import (
    ACTIVATED,
    DIRECT,
    SPECIFICATIONS,
    draw_inputs,
    draw_interior,
    draw_spec,
    name,
)
from reference.arithmetic.ball import Ball
from reference.arithmetic.enclosure import Enclosure
from reference.arithmetic.formats import NAMES
from reference.arithmetic.native import Native
from reference.evaluation import run
from reference.expectation import expect
from reference.specification import QUANTITIES, Inputs, Specification

every_spec = pytest.mark.parametrize("spec", SPECIFICATIONS, ids=name)
every_dtype = pytest.mark.parametrize("dtype", NAMES)
seeds = st.integers(0, 2**32 - 1)
class_counts = st.integers(1, 9)
machines = st.sampled_from(MACHINES)


def _balls(spec: Specification, inputs: Inputs) -> tuple[Ball, Ball]:
    with np.errstate(all="ignore"):
        value, gradient = run(spec, inputs, Enclosure(spec.dtype))
    return value, gradient


def _numbers(spec: Specification, inputs: Inputs, machine: Machine) -> tuple[np.ndarray, ...]:
    with np.errstate(all="ignore"):
        return tuple(number.data for number in run(spec, inputs, machine))


def _shares(found: np.ndarray, ball: Ball) -> np.ndarray:
    """Of the radius; 0 where nothing is claimed, infinity outside a radius of zero."""
    found = np.broadcast_to(found.reshape(-1, found.shape[-1]), ball.mid.shape)
    claimed = np.isfinite(found) & np.isfinite(ball.mid) & np.isfinite(ball.rad)
    with np.errstate(all="ignore"):
        error = np.where(claimed, np.abs(found - ball.mid), 0.0)
        return np.where(error == 0, 0.0, error / ball.rad)


def _assert_inside(found: np.ndarray, ball: Ball, inputs: Inputs, what: str) -> None:
    __tracebackhide__ = True
    shares = _shares(found, ball)
    if (shares <= 1).all():
        return
    row, place = np.unravel_index(shares.argmax(), shares.shape)
    at = slice(None) if len(shares) == 1 else row  # a mean over the batch
    pytest.fail(
        f"{what} {found[row, place]!r} is not in {ball.mid[row, place]!r} +- "
        f"{ball.rad[row, place]!r}\noutput {inputs.output[at]!r}\ntarget {inputs.target[at]!r}"
    )


@every_dtype
@every_spec
@given(machine=machines, seed=seeds, classes=class_counts)
def test_enclosure_holds_what_machines_return(
    spec: Specification, dtype: str, machine: type[Machine], seed: int, classes: int
) -> None:
    rng = np.random.default_rng(seed)
    spec = draw_spec(spec, dtype, rng)
    inputs = draw_inputs(spec, dtype, rng, (24, classes))
    numbers = _numbers(spec, inputs, machine(dtype, rng))
    for what, found, ball in zip(QUANTITIES, numbers, _balls(spec, inputs), strict=True):
        _assert_inside(found, ball, inputs, f"{machine.__name__}: {spec.reduction} {what}")


@every_dtype
@every_spec
@given(seed=seeds, classes=class_counts)
def test_enclosure_holds_the_real_numbers(
    spec: Specification, dtype: str, seed: int, classes: int
) -> None:
    rng = np.random.default_rng(seed)
    spec = draw_spec(spec, dtype, rng)
    inputs = draw_inputs(spec, dtype, rng, (3, classes))
    for expected in expect(spec, inputs):
        real = np.isfinite(expected.exact_hi) & np.isfinite(expected.rad)
        error = np.abs(expected.exact_hi[real] - expected.mid[real] + expected.exact_lo[real])
        assert (error <= expected.rad[real] * (1 + 2.0**-50)).all()


@every_dtype
@every_spec
@given(seed=seeds, classes=st.integers(2, 9))
def test_enclosure_is_bounded_and_holds_native_results_away_from_the_rails(
    spec: Specification, dtype: str, seed: int, classes: int
) -> None:
    spec = replace(spec, dtype=dtype)
    inputs = draw_interior(spec, dtype, np.random.default_rng(seed), (24, classes))
    with np.errstate(all="ignore"):
        results = run(spec, inputs, Native(dtype))
    for what, result, ball in zip(QUANTITIES, results, _balls(spec, inputs), strict=True):
        found = np.asarray(result, np.float64)
        assert np.isfinite([found, ball.mid, ball.rad]).all()
        _assert_inside(found, ball, inputs, f"native {what}")


def _used(spec: Specification, dtype: str) -> tuple[float, float]:
    """Greatest share of the radius that a machine uses: of the value's and of the gradient's."""
    rng = np.random.default_rng(2017)
    spec = replace(spec, dtype=dtype)
    used = np.zeros(2)
    for _ in range(2):
        inputs = draw_interior(spec, dtype, rng, (400, 3))
        numbers = _numbers(spec, inputs, Everything(dtype, rng))
        balls = _balls(spec, inputs)
        shares = [_shares(*pair).max() for pair in zip(numbers, balls, strict=True)]
        used = np.maximum(used, shares)
    return float(used[0]), float(used[1])


def _table(specs: tuple[Specification, ...]) -> np.ndarray:
    """Shares of (specifications, dtypes, quantities), also printed."""
    table = np.array([[_used(spec, dtype) for dtype in NAMES] for spec in specs])
    print("\nshare of the radius used, value and gradient:", *NAMES, sep="  ")
    for spec, of_dtype in zip(specs, table, strict=True):
        print(f"{name(spec):44}", *(f"{v:.2f} {g:.2f}" for v, g in of_dtype), sep="   ")
    return table


def test_enclosure_is_tight() -> None:
    """In float64 midpoints are rounded like the results, which doubles the radius for nothing."""
    value, gradient = np.moveaxis(_table(DIRECT), -1, 0)
    assert (value[:, :3] > 0.15).all()  # focal losses: 0.16
    assert (gradient[:, :3] > 0.15).all()
    assert (value[:, 3] > 0.1).all()


def test_enclosure_is_fairly_tight_through_an_activation() -> None:
    """Looser: a softmax and its gradient use the same numbers more than once."""
    value, gradient = np.moveaxis(_table(ACTIVATED), -1, 0)
    assert (value > 0.05).all()
    assert (gradient[:, :3] > 0.02).all()
