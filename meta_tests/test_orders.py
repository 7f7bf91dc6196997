"""Whatever order a program takes: weights and divisions early or late, options as they are rounded.

Specifications have options that no format has, weights of any sign and size, all reductions, and up to a
thousand rows. The program works on one of the machines; where it is early, each loss is divided and
weighted before any sum is taken.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta_tests.arithmetics import MACHINES, Machine
from meta_tests.formulas import DIRECT, draw_inputs, draw_interior, name
from reference import history
from reference.arithmetic.formats import NAMES, get_format
from reference.evaluation import run
from reference.expectation import expect, in_enclosure
from reference.reduction import Reduction
from reference.specification import Inputs, Specification

ROWS = (1, 2, 3, 8, 33, 100, 1000)
REDUCTIONS = (Reduction.ROW, Reduction.SUM, Reduction.MEAN, Reduction.WEIGHTED_MEAN)
GAMMA = {"gamma": (0.05, 6.0)}
OPTIONS: dict[str, dict[str, tuple[float, float]]] = {
    "categorical_focal": GAMMA | {"alpha": (0.0, 1.0)},
    "categorical_focal_with_logits": GAMMA | {"alpha": (0.0, 1.0)},
    "binary_focal": GAMMA | {"alpha": (0.0, 1.0)},
    "binary_focal_with_logits": GAMMA | {"alpha": (0.0, 1.0)},
    "generalised_crossentropy": {"q": (0.05, 0.999)},
    "generalised_crossentropy_gathered": {"q": (0.05, 0.999)},
    "weighted_sigmoid_crossentropy_with_logits": {"pos_weight": (0.1, 9.0)},
}
every_spec = pytest.mark.parametrize("spec", DIRECT, ids=name)
every_dtype = pytest.mark.parametrize("dtype", NAMES)
seeds = st.integers(0, 2**32 - 1)
machines = st.sampled_from(MACHINES)


def _options(spec: Specification, rng: np.random.Generator) -> Specification:
    ranges = OPTIONS.get(getattr(spec.formula.steps, "__name__", ""), {})
    drawn = tuple((name, float(rng.uniform(*ends))) for name, ends in ranges.items())
    smoothing = 0.0 if spec.formula.sparse else float(rng.choice([0.0, rng.uniform(0, 1)]))
    return replace(spec, parameters=drawn, smoothing=smoothing)


def _weights(dtype: str, rows: int, rng: np.random.Generator) -> np.ndarray:
    drawn = np.stack(
        [
            rng.uniform(-1, 1, rows),
            rng.uniform(0, 1, rows),
            rng.choice([-1.0, 1.0], rows) * 2 ** rng.uniform(-8, 8, rows),
            rng.integers(0, 2, rows) * rng.uniform(0, 2, rows),
            np.ones(rows),
        ]
    )
    kind = rng.integers(0, len(drawn))
    return drawn[kind].astype(get_format(dtype).dtype).astype(np.float64)


def _early(spec: Specification, inputs: Inputs) -> Specification:
    """The same number, of losses that are divided and weighted before any sum is taken."""
    formula, weights = spec.formula, inputs.weight[:, None]
    classes = float(inputs.output.shape[-1])

    def steps(target: Any, output: Any, a: Any, **parameters: Any) -> Any:
        losses = formula.steps(target, output, a, **parameters)
        factor = a.array(weights)
        if spec.reduction is Reduction.WEIGHTED_MEAN:
            factor = factor / a.reduce_sum(factor, None)
        if spec.reduction is Reduction.MEAN:
            factor = factor / float(len(weights))
        if not formula.elementwise:
            return losses * factor
        return a.reduce_sum((losses / classes) * factor)

    reduction = Reduction.ROW if spec.reduction is Reduction.ROW else Reduction.SUM
    once = replace(formula, steps=steps, elementwise=False)
    classes_of = 2 if formula.elementwise else None  # for smoothing
    return replace(spec, formula=once, reduction=reduction, classes=classes_of)


@every_dtype
@every_spec
@given(machine=machines, seed=seeds, early=st.booleans(), rows=st.sampled_from(ROWS))
def test_no_order_leaves_the_enclosure(
    spec: Specification, dtype: str, machine: type[Machine], seed: int, early: bool, rows: int
) -> None:
    rng = np.random.default_rng(seed)
    spec = _options(
        replace(spec, dtype=dtype, reduction=REDUCTIONS[int(rng.choice(len(REDUCTIONS)))]), rng
    )
    draw = draw_inputs if rng.random() < 0.5 else draw_interior
    inputs = replace(draw(spec, dtype, rng, (rows, 2)), weight=_weights(dtype, rows, rng))
    asked = _early(spec, inputs) if early else spec
    given_to = replace(inputs, weight=None) if early else inputs
    with np.errstate(all="ignore"):
        numbers = run(asked, given_to, machine(dtype, rng))
    for found, ball in zip(numbers, in_enclosure(spec, inputs), strict=True):
        data = found.data.reshape(ball.mid.shape)
        claimed = np.isfinite(data) & np.isfinite(ball.rad)
        with np.errstate(all="ignore"):
            outside = claimed & (np.abs(data - ball.mid) > ball.rad)
        assert not outside.any(), (data[outside], ball.mid[outside], ball.rad[outside])


# What TensorFlow 2.21 returned, on inputs that random calls found.
RETURNED = {
    "fused, float32": (
        Specification(history.SPARSE_SOFTMAX, "float32", reduction=Reduction.SUM),
        (1, [0, -9.375255584716797], 1.001407504081726),
        (1, -1.0013225078582764),
    ),
    "fused, bfloat16": (
        Specification(history.SPARSE_SOFTMAX, "bfloat16", reduction=Reduction.SUM),
        (1, [0, -6.21875], 1.0078125),
        (1, -1.0),
    ),
    "an exponent, bfloat16": (
        Specification(history.GENERALISED, "bfloat16", parameters=(("q", 0.9),)),
        (0, [4.525653250665807e-37, 0.5], 1.0),
        (0, -4864.0),
    ),
    "an exponent, float32": (
        Specification(history.GENERALISED, "float32", parameters=(("q", 0.3415),)),
        (0, [1.2e-38, 0.5], 1.0),
        (0, -9.350987188817451e24),
    ),
}


@pytest.mark.parametrize(("spec", "given", "returned"), RETURNED.values(), ids=RETURNED)
def test_gradients_of_tensorflow_are_inside(spec, given, returned) -> None:
    (label, row, weight), (place, number) = given, returned
    output = np.array([row]).astype(get_format(spec.dtype).dtype)
    gradient = expect(spec, Inputs(np.array([label]), output, np.array([weight])))[1]
    assert abs(number - gradient.mid[0, place]) <= gradient.rad[0, place] < abs(number)


def test_divisor_is_a_sum_that_may_cancel() -> None:
    """By 4 u of 4, beside 0.0005: some ten thousand times what the sum of one sign is off."""
    weights = np.array([1.0, -1.0, 1.0, -1.0, 0.0005])
    inputs = Inputs(np.zeros(5, int), np.zeros((5, 2), np.float32), weights)
    value, _ = expect(
        Specification(history.SPARSE_SOFTMAX, "float32", reduction=Reduction.WEIGHTED_MEAN), inputs
    )
    relative = value.rad / value.mid
    assert 3e4 * 2.0**-24 < relative < 3e5 * 2.0**-24
