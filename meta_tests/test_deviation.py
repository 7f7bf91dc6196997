"""Deviations of libraries: what they do to a formula, and that they explain what was seen of them.

The observed numbers are what the releases in the ids were seen to return.
"""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from mpmath import mp, mpf

from meta_tests.causes import reasons, texts
from meta_tests.formulas import DIRECT, draw_inputs, name
from reference import history
from reference.arithmetic.deviation import KNOWN_DEVIATIONS, NONE, Deviation
from reference.arithmetic.formats import NAMES, get_format
from reference.evidence import Evidence
from reference.expectation import admits, expect, in_enclosure, in_native
from reference.explain import explain
from reference.programs import Candidate
from reference.reduction import Reduction
from reference.specification import Inputs, Specification

NAN = float("nan")
UNEXPLAINED = "unexplained"


def _texts(
    spec: Specification,
    inputs: Inputs,
    observed: object,
    quantity: int = 0,
    candidates: tuple[Candidate, ...] = (),
) -> list[str]:
    numbers = np.asarray(observed, np.float64)
    with np.errstate(all="ignore"):
        expected = expect(spec, inputs)[quantity]
        evidence = Evidence(numbers, expected, quantity, inputs, spec.dtype)
        causes = explain(evidence, None, spec, candidates, spec.dtype)
    return texts(causes.flat)


@pytest.mark.parametrize("dtype", NAMES)
@pytest.mark.parametrize("spec", DIRECT, ids=name)
def test_enclosure_with_a_deviation_holds_what_native_arithmetic_does(
    spec: Specification, dtype: str
) -> None:
    inputs = draw_inputs(spec, dtype, np.random.default_rng(5), (8, 3))
    inputs.output[3] = np.nan
    spec = replace(spec, dtype=dtype, reduction=Reduction.NONE)
    for deviation in KNOWN_DEVIATIONS:
        parts = in_native(spec, inputs, deviation=deviation), in_enclosure(spec, inputs, deviation)
        for found, ball in zip(*parts, strict=True):
            finite = np.isfinite(found) & np.isfinite(ball.rad)
            missed = finite & ~admits(found, ball.mid, ball.rad, get_format(dtype))
            assert not missed.any(), (deviation.label, found[missed], ball.mid[missed])


def test_every_kind_of_deviation_is_tried_and_has_words_of_its_own() -> None:
    kinds = {field.name for field in fields(Deviation)} - {"label"}
    tried = {kind for deviation in KNOWN_DEVIATIONS for kind in kinds if getattr(deviation, kind)}
    assert tried == kinds
    assert len({deviation.label for deviation in KNOWN_DEVIATIONS}) == len(KNOWN_DEVIATIONS)
    assert KNOWN_DEVIATIONS[0] is NONE


ROW = np.array([[0.25, NAN, 0.5]])
SEEN = {
    "tf-2.20.0 in XLA": (
        Specification(history.CATEGORICAL, "float32"),
        Inputs(np.eye(3)[:1], ROW),
        [16.118095],
        "deviation: NaN was lost in the clip",
    ),
    "tf-2.1.4 in XLA": (
        Specification(history.BINARY_DIRECT, "float32", reduction=Reduction.NONE),
        Inputs(np.array([[1.0, 1.0, 0.0]]), ROW),
        [[1.3862944, 1.1920929e-07, 0.6931472]],
        "deviation: NaN became the upper bound of the clip",
    ),
    "keras-3.15.1-openvino": (
        Specification(history.SIGMOID, "float32", reduction=Reduction.NONE),
        Inputs(np.array([[0.0]]), np.array([[-17.0]])),
        [[0.0]],
        "deviation: log1p(x) was computed as log(1 + x)",
    ),
    "keras-3.15.1-openvino in bfloat16": (
        Specification(history.SIGMOID, "bfloat16", reduction=Reduction.NONE),
        Inputs(np.array([[0.0]]), np.array([[2.78125]])),
        [[2.828125]],  # of 2.84136, between 2.828125 and 2.84375
        "computed in float32; deviation: the result was cut off, not rounded",
    ),
    "tf-2.1.4 in XLA, with fused multiply-add": (
        Specification(history.CATEGORICAL, "float32", "sigmoid"),
        Inputs(
            np.array([[0.125, 0.625, 0.25]]),
            np.array([[8.758541107177734, -10.962087631225586, -10.997453689575195]], np.float32),
        ),
        [9.602091789245605],
        "deviation: the sigmoid was computed as (1 + tanh(x / 2)) / 2",
    ),
}
THIRD = float(np.float32(1 / 3))


@pytest.mark.parametrize(("spec", "inputs", "seen", "cause"), SEEN.values(), ids=SEEN)
def test_deviation_explains_what_was_seen(
    spec: Specification, inputs: Inputs, seen: object, cause: str
) -> None:
    assert cause in _texts(spec, inputs, seen)


def test_mean_in_float32_is_recognised_by_its_third() -> None:
    """Keras 3.15 on PyTorch: 1 / 3 of float32 times a derivative in float64."""
    spec = Specification(history.BINARY_DIRECT, "float64")
    inputs = Inputs(np.zeros((1, 3)), np.array([[0.5, 0.25, 0.9375]]))
    seen = [[THIRD / 0.5, THIRD / 0.75, THIRD / 0.0625]]
    assert _texts(spec, inputs, seen, 1) == ["the losses rounded to float32"] * 3


def test_deviation_explains_no_number_that_it_does_not_make() -> None:
    spec = Specification(history.CATEGORICAL, "float32")
    assert _texts(spec, Inputs(np.eye(3)[:1], ROW), [15.0]) == [UNEXPLAINED]


@pytest.mark.parametrize(
    ("loss_dtype", "value"), [("", 16.11809565095832), ("float32", 16.118095397949219)]
)
def test_a_deviation_shows_in_whatever_dtype_the_loss_has(loss_dtype: str, value: float) -> None:
    """NaN becomes epsilon in the clip, and -log 1e-7 is the loss."""
    spec, inputs = Specification(history.CATEGORICAL, "float64"), Inputs(np.eye(3)[1:2], ROW)
    lost = Deviation(exp_loses_nan=True, clip_of_nan="lower")
    found, _ = in_native(spec, inputs, loss_dtype=loss_dtype, deviation=lost)
    assert found.tolist() == [value]
    ball, _ = in_enclosure(spec, inputs, lost, loss_dtype)
    assert abs(ball.mid - value) <= ball.rad
    assert ball.rad < 1e-4
    plain, _ = in_native(spec, inputs, loss_dtype=loss_dtype)
    assert np.isnan(plain).all()


def test_quotient_by_a_square_is_recognised_by_what_it_leaves_of_zero() -> None:
    """Keras 3.15 on JAX: of x / x, one class that is normalised, half a gradient of 1 at the clip."""
    spec = Specification(history.SPARSE_CLIP_LOG_SOFTMAX, "float16")
    candidates = (
        Candidate(
            replace(spec, formula=history.SPARSE_NORMALISE_CLIP),
            reasons("another formula: normalised"),
        ),
    )
    inputs = Inputs(np.zeros(1, int), np.array([[2.658203125]], np.float16))
    (found,) = _texts(spec, inputs, [[-(2.0**-13)]], 1, candidates)
    assert found == (
        "another formula: normalised; deviation: the gradients of the quotient by 1 / y^2,"
        " and of the clip halved at its bounds"
    )
    assert _texts(spec, inputs, [[2.0**-9]], 1, candidates) == [UNEXPLAINED]


@pytest.mark.parametrize("p", ["0.125", "1e-31"])
def test_exponent_of_float32_is_told_from_an_option_of_float32(p: str) -> None:
    """Keras 3.15 on PyTorch: p to the power of a float32 0.7, over a float64 0.7."""
    spec = Specification(history.GENERALISED, "float64", parameters=(("q", 0.7),))
    inputs = Inputs(np.zeros(1, int), np.array([[float(p)]]))
    q, rounded = mpf("0.7"), mpf(float(np.float32(0.7)))
    with mp.workdps(30):
        value = (1 - mpf(float(p)) ** rounded) / q
        slope = -(rounded / q) * mpf(float(p)) ** (rounded - 1)
    expected = ["the exponent rounded to float32"]
    if value < 1 / q - mpf(10) ** -9:
        assert _texts(spec, inputs, [float(value)]) == expected
    assert _texts(spec, inputs, [[float(slope)]], 1) == expected


def test_no_two_deviations_do_the_same() -> None:
    acts = [replace(deviation, label="") for deviation in KNOWN_DEVIATIONS]
    assert len(set(acts)) == len(acts)
