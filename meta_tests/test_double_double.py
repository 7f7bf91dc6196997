"""Double-double functions keep their promises: whatever the number, Arb agrees to 2^-80."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from reports.accuracy.exact import double_double as dd
from reports.accuracy.exact.double_double import RELATIVE, Double

OPERATIONS: dict[str, Callable[[Double, Double], Double]] = {
    "+": lambda x, y: x + y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
}
FUNCTIONS: dict[str, tuple[Callable[[np.ndarray], Double], Callable[[arb], arb], float, float]] = {
    "exp": (dd.exp, arb.exp, -600.0, 600.0),
    "log": (dd.log, arb.log, 1e-250, 1e250),
    "log near 1": (dd.log, arb.log, 0.5, 2.0),
    "log1p": (dd.log1p, lambda x: (1 + x).log(), -0.999, 1e250),
    "log1p near 0": (dd.log1p, lambda x: (1 + x).log(), -0.5, 0.5),
}
positive = st.floats(2.0**-200, 2.0**200)


def real(x: Double) -> arb:
    return arb(float(x.hi[0])) + arb(float(x.lo[0]))


def assert_near(found: Double, exact: arb) -> None:
    assert found.hi[0] == found.hi[0] + found.lo[0]
    assert abs(real(found) - exact) <= abs(exact) * arb(RELATIVE)


def pair(high: float, low: float) -> Double:
    return dd.two_sum(np.array([high]), np.array([low * high * 2.0**-54]))


@pytest.mark.parametrize("name", OPERATIONS)
@given(first=positive, second=positive, low=st.floats(-1, 1))
def test_operations(name: str, first: float, second: float, low: float) -> None:
    x, y = pair(first, low), pair(second, -low)
    with ctx.workprec(400):
        exact = OPERATIONS[name](real(x), real(y))  # type: ignore[arg-type]
        assert_near(OPERATIONS[name](x, y), exact)


@given(first=positive, second=positive)
def test_a_difference_is_exact_to_the_larger_one(first: float, second: float) -> None:
    x, y = pair(first, 0.5), pair(second, 0.25)
    with ctx.workprec(600):
        error = abs(real(x - y) - (real(x) - real(y)))
        assert error <= max(first, second) * arb(RELATIVE)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(data=st.data())
def test_functions(name: str, data: st.DataObject) -> None:
    function, exact, low, high = FUNCTIONS[name]
    x = data.draw(st.floats(low, high).filter(lambda x: abs(x) > 1e-200 and x != 1.0))
    with ctx.workprec(800):
        assert_near(function(np.array([x])), exact(arb(x)))


@given(first=st.integers(1, 2**52), second=st.integers(1, 2**52))
def test_a_product_of_two_float64_is_exact(first: int, second: int) -> None:
    found = dd.two_product(np.array([float(first)]), np.array([float(second)]))
    assert int(found.hi[0]) + int(found.lo[0]) == first * second


def test_a_library_that_is_wrong_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    logarithm = np.log
    monkeypatch.setattr(np, "log", lambda x: logarithm(x) * (1 + 2.0**-30))
    with pytest.raises(dd.Unsure):
        dd.log(np.array([3.0]))


def test_parts_of_an_array_are_computed_by_themselves() -> None:
    numbers = np.array([0.01, 0.9, 1.1, 50.0])
    together = dd.log(numbers)
    for place, number in enumerate(numbers):
        alone = dd.log(np.array([number]))
        assert (together.hi[place], together.lo[place]) == (alone.hi[0], alone.lo[0])
