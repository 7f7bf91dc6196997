"""Step by step, whatever a correct evaluation returns lies inside the enclosure.

Inputs, choices of the machines and programs are drawn; what is held is every register of a program.
"""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from meta_tests import rows
from meta_tests.arithmetics import MACHINES, Machine
from meta_tests.programs import STEPS, Instruction, execute
from reference.arithmetic.ball import Ball
from reference.arithmetic.enclosure import Enclosure
from reference.arithmetic.exact import Exact, Uncertain
from reference.arithmetic.formats import NAMES, get_format

KINDS = rows.PROBABILITIES | rows.LOGITS
SHAPE = (8, 4)
every_dtype = pytest.mark.parametrize("dtype", NAMES)
every_step = pytest.mark.parametrize("step", STEPS)
seeds = st.integers(0, 2**32 - 1)
machines = st.sampled_from(MACHINES)
registers = st.integers(0, 5)
instructions = st.tuples(st.sampled_from(list(STEPS)), registers, registers)
programs = st.lists(instructions, max_size=4)


def _inputs(dtype: str, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    return tuple(rows.mixed(KINDS, rng, get_format(dtype), SHAPE) for _ in range(2))


def _balls(program: list[Instruction], dtype: str, inputs: tuple[np.ndarray, ...]) -> list[Ball]:
    with np.errstate(all="ignore"):
        return execute(program, Enclosure(dtype), inputs)


def _assert_inside(found: np.ndarray, ball: Ball, what: str) -> None:
    __tracebackhide__ = True
    with np.errstate(all="ignore"):
        outside = np.isfinite(found) & np.isfinite(ball.rad) & (np.abs(found - ball.mid) > ball.rad)
    for place in np.argwhere(outside):
        here = tuple(place)
        pytest.fail(f"{what}: {found[here]!r} is not in {ball.mid[here]!r} +- {ball.rad[here]!r}")


@every_dtype
@every_step
@given(before=programs, x=registers, y=registers, machine=machines, seed=seeds)
def test_step_holds_what_machines_return(
    step: str,
    dtype: str,
    before: list[Instruction],
    x: int,
    y: int,
    machine: type[Machine],
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    inputs, program = _inputs(dtype, rng), [*before, (step, x, y)]
    balls = _balls(program, dtype, inputs)
    with np.errstate(all="ignore"):
        numbers = execute(program, machine(dtype, rng), inputs)
    for k, (ball, number) in enumerate(zip(balls, numbers, strict=True)):
        _assert_inside(number.data, ball, f"{machine.__name__}, register {k}")


@every_dtype
@every_step
@given(before=programs, x=registers, y=registers, seed=seeds)
def test_step_holds_the_real_number(
    step: str, dtype: str, before: list[Instruction], x: int, y: int, seed: int
) -> None:
    """In rows that have one in every register: log 0 and what follows from it are none."""
    inputs = tuple(part[:3] for part in _inputs(dtype, np.random.default_rng(seed)))
    program = [*before, (step, x, y)]
    ball = _balls(program, dtype, inputs)[-1]
    try:
        reals = execute(program, Exact(), inputs)
    except Uncertain:
        return
    finite = np.array([[real.is_finite() for real in register.flat] for register in reals])
    rows_of_reals = finite.reshape(-1, *inputs[0].shape).all(axis=(0, 2))
    claimed = rows_of_reals[:, None] & np.isfinite(ball.mid) & np.isfinite(ball.rad)
    for place in np.argwhere(claimed):
        real, mid, rad = (part[tuple(place)] for part in (reals[-1], ball.mid, ball.rad))
        assert not abs(real - arb(mid)) > arb(rad), f"{real} is not in {mid!r} +- {rad!r}"


def test_exp_reaches_as_far_as_the_radius_where_its_midpoint_vanishes():
    wide = Ball(np.array([-2000.0]), np.array([2000.0]), get_format("float32"))
    with np.errstate(all="ignore"):
        found = Enclosure("float32").exp(wide)
    assert found.mid + found.rad >= 1.0
