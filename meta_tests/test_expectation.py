"""What an expectation admits: a table by hand, and the two kinds of an infinite radius."""

from __future__ import annotations

import numpy as np
import pytest

from reference import history
from reference.arithmetic.formats import get_format
from reference.expectation import Expected, expect, in_native
from reference.history import Formula
from reference.reduction import Reduction
from reference.specification import Inputs, Specification

INF, NAN = np.inf, np.nan
HOLDS = {  # midpoint, radius, exact value: what agrees, and what does not
    "a number": ((1.0, 0.5, 1.25), (0.5, 1.0, 1.5), (0.25, 1.75, INF, -INF, NAN)),
    "near the largest": ((3.4e38, 1e37, 3.4e38), (3.4e38, INF), (-INF, NAN, 1.0)),
    "near the lowest": ((-3.4e38, 1e37, -3.4e38), (-3.4e38, -INF), (INF, NAN, 1.0)),
    "infinity": ((INF, INF, INF), (INF,), (-INF, NAN, 3.4e38)),
    "minus infinity": ((-INF, INF, -INF), (-INF,), (INF, NAN, -3.4e38)),
    "no number": ((NAN, INF, NAN), (NAN,), (INF, -INF, 0.0)),
    "unbounded": ((1.0, INF, 2.0), (-9.0, 0.0, 3e38), (INF, -INF, NAN)),
    "unbounded and huge": ((1.0, INF, 1e39), (-9.0, INF), (-INF, NAN)),
    "none by a hair": ((1.0, INF, NAN), (-9.0, 3e38, NAN), (INF, -INF)),
}


def _expected(mid: float, rad: float, high: float) -> Expected:
    parts = (np.array(part) for part in (mid, rad, high, 0.0))
    return Expected(*parts, np.array(str(high), object), get_format("float32"))


@pytest.mark.parametrize(("about", "right", "wrong"), HOLDS.values(), ids=HOLDS)
def test_what_agrees(about, right, wrong) -> None:
    expected = _expected(*about)
    assert [bool(expected.holds(np.array(number))) for number in right] == [True] * len(right)
    assert [bool(expected.holds(np.array(number))) for number in wrong] == [False] * len(wrong)


@pytest.mark.parametrize("about", HOLDS)
def test_what_is_claimed_of_nothing_is_unbounded(about: str) -> None:
    vague = ("unbounded", "unbounded and huge", "none by a hair")
    assert bool(_expected(*HOLDS[about][0]).unbounded) == (about in vague)


@pytest.mark.parametrize(
    ("p", "none_by_a_hair"), [(-(2.0**-24), True), (-(2.0**-4), False)], ids=["hair", "far"]
)
def test_root_of_less_than_zero_is_none_only_beyond_the_radius(p, none_by_a_hair) -> None:
    """float16 rounds 1 - (1 - p) to zero, which has a root."""
    parameters = (("gamma", 0.5),)
    spec = Specification(
        history.BINARY_FOCAL, "float16", reduction=Reduction.NONE, parameters=parameters
    )
    value, _ = expect(spec, Inputs(np.array([[0.0]]), np.array([[p]], np.float16)))
    assert np.isnan(value.exact_hi.item())
    assert value.unbounded.item() == value.holds(np.array([[2.3]])).item() == none_by_a_hair
    assert value.holds(np.array([[NAN]])).item()


def test_row_of_zeros_has_no_value() -> None:
    spec = Specification(history.CATEGORICAL, "float32")
    value, _ = expect(spec, Inputs(np.eye(2), np.zeros((2, 2))))
    assert np.isnan(value.exact_hi).all()
    assert not value.unbounded.any()


@pytest.mark.parametrize(("ulps", "output"), [(0, 0.5), (1, 0.5 + 2.0**-24), (-1, 0.5 - 2.0**-25)])
def test_what_is_one_ulp_away_is_the_prediction_or_what_an_activation_returns(
    ulps: int, output: float
) -> None:
    """Of a loss that is the prediction."""
    identity = Formula("identity", lambda target, output, a: output, "", elementwise=True)
    given, made = Specification(identity, "float32", "", Reduction.NONE), Specification(identity, "float32", "sigmoid", Reduction.NONE)  # fmt: skip
    labels = np.zeros((1, 1), np.float32)
    half, zero = (Inputs(labels, np.array([[x]], np.float32)) for x in (0.5, 0.0))
    assert in_native(given, half, ulps)[0].item() == output
    assert in_native(made, zero, ulps)[0].item() == output
    infinite = Inputs(labels, np.array([[INF]], np.float32))
    assert in_native(given, infinite, ulps)[0].item() == INF


def test_root_of_minus_infinity_is_none_for_any_class() -> None:
    """Though pow(-inf, -0.5) is 0 in C: no number on the way there has a root."""
    rows = Inputs(np.zeros(1, int), np.array([[-INF, 0.5]]))
    for expected in expect(Specification(history.GENERALISED, "float32"), rows):
        assert np.isnan(expected.exact_hi).all()
