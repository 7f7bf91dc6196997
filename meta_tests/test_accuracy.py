"""Errors are measured as they are: one of a known size is found, with its size, at its number."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.arithmetic.formats import NAMES, get_format
from reports.accuracy.ask import numbers_of
from reports.accuracy.block import Tallies
from reports.accuracy.exact.bounds import in_arb
from reports.accuracy.exact.errors import decided, errors, overflow, rounded
from reports.accuracy.exact.families import FAMILIES
from reports.accuracy.measure import Results, bits, measured
from reports.accuracy.tally import BINS, Region, Tally, Worst, counted, total

LOGISTIC = FAMILIES["bce-logits-of-1"]
START = {"float16": 0x3800, "bfloat16": 0x3F00, "float32": 0x3F000000, "float64": 0x3FE << 52}
tallies = st.builds(
    Tally,
    *(st.integers(0, 9) for _ in range(5)),
    st.lists(st.integers(0, 9), min_size=BINS, max_size=BINS).map(tuple),
    st.none() | st.builds(Worst, st.floats(0, 9), st.integers(0, 9), st.just(0)),
    st.none() | st.integers(0, 9),
)


def right_results(numbers: np.ndarray) -> Results:
    """Correctly rounded results, by Arb."""
    kind = numbers.dtype
    value, gradient = in_arb(LOGISTIC, numbers)
    return Results(numbers, *(x.hi.astype(kind).astype(np.float64) for x in (value, gradient)))


def moved(results: Results, place: int, steps: int) -> Results:
    """With one value that is so many numbers of the dtype farther from 0."""
    kind = results.numbers.dtype
    value = results.value.astype(kind)
    bits(value)[place] += steps
    return Results(results.numbers, value.astype(np.float64), results.gradient)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_right_results_have_no_error(dtype: str) -> None:
    found = measured(LOGISTIC, right_results(numbers_of(START[dtype], 64, dtype)))
    assert set(found) == {("value", Region.NORMAL), ("gradient", Region.NORMAL)}
    for tally in found.values():
        assert tally.worst is not None
        assert (tally.inputs, tally.right, tally.of_other_kind) == (64, 64, 0)
        assert tally.worst.ulps <= 0.5


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@given(place=st.integers(0, 63), steps=st.integers(1, 100))
def test_a_planted_error_is_found_at_its_number(dtype: str, place: int, steps: int) -> None:
    numbers = numbers_of(START[dtype], 64, dtype)
    planted = moved(right_results(numbers), place, steps)
    tally = measured(LOGISTIC, planted)["value", Region.NORMAL]
    assert tally.worst is not None
    assert abs(tally.worst.ulps - steps) <= 0.5
    assert tally.worst.input == int(bits(numbers)[place])
    assert tally.right == 63
    assert sum(tally.histogram) == 64


def test_a_result_of_another_kind_is_no_error_in_ulp() -> None:
    results = right_results(numbers_of(START["float32"], 8, "float32"))
    results.value[3], results.value[5] = np.nan, np.inf
    tally = measured(LOGISTIC, results)["value", Region.NORMAL]
    assert (tally.right, tally.of_other_kind, sum(tally.histogram)) == (6, 2, 6)
    assert tally.example == START["float32"] + 3


def test_a_gradient_outside_of_the_clip_is_0_or_of_another_kind() -> None:
    numbers = np.array([2.0, 3.0, -1.0], np.float32)
    family = FAMILIES["bce-of-1"]
    value = family.exact(numbers[:, None]).value.astype(np.float32).astype(np.float64)
    results = Results(numbers, value, np.array([0.0, -0.5, -0.0]))
    found = measured(family, results)
    assert found["value", Region.CLIPPED].right == 3
    gradient = found["gradient", Region.CLIPPED]
    assert (gradient.right, gradient.of_other_kind, gradient.worst) == (2, 1, None)


def test_nan_and_infinity_are_compared_by_kind() -> None:
    numbers = np.array([np.nan, -np.inf, -np.inf, np.nan], np.float32)
    results = Results(numbers, np.array([np.nan, np.inf, 1.0, 0.0]), np.zeros(4))
    tally = measured(LOGISTIC, results)["value", Region.NO_NUMBER]
    assert (tally.inputs, tally.right, tally.of_other_kind) == (4, 2, 2)


@given(count=st.integers(2, 40), wrong=st.integers(-3, 3))
def test_one_result_of_many_numbers_is_counted_as_often(count: int, wrong: int) -> None:
    numbers = numbers_of(START["float32"] + 2**25, count, "float32")  # above 1 - epsilon
    family = FAMILIES["bce-of-0"]
    value = family.exact(numbers[:, None]).value.astype(np.float32)
    bits(value)[:] += np.uint32(wrong % 2**32)
    whole = measured(family, Results(numbers, value.astype(np.float64), np.zeros(count)))
    results = Results(numbers, value.astype(np.float64), np.zeros(count))
    parts = [Tallies(measured(family, results.part(slice(k, k + 1)))) for k in range(count)]
    assert Tallies(whole) == sum(parts, Tallies({}))


@pytest.mark.parametrize("dtype", NAMES)
@given(numerator=st.integers(10**3, 10**6), power=st.integers(-10, 10))
def test_rounding_to_a_dtype_is_that_of_the_dtype(dtype: str, numerator: int, power: int) -> None:
    format = get_format(dtype)
    exact = Fraction(numerator, 999_983) * Fraction(2) ** power
    high = np.array([float(exact)])
    low = np.array([float(exact - Fraction(float(high[0])))])
    found = rounded(high, low, format)[0]
    there = bits(np.array([found]).astype(format.dtype))[0]
    near = [numbers_of(int(there) + step, 1, dtype)[0] for step in (0, -1, 1)]
    distances = [abs(Fraction(float(x)) - exact) for x in near]
    assert min(distances) == distances[0]


@pytest.mark.parametrize(("rest", "expected"), [(-1e-20, 1.0), (0.0, 1.0), (1e-20, 1 + 2.0**-10)])
def test_halves_are_decided_by_what_is_left(rest: float, expected: float) -> None:
    format = get_format("float16")
    high, returned = np.array([1 + 2.0**-11]), np.array([1.0])
    assert errors(high, returned, format).undecided.all()
    found = decided(high, np.array([rest]), returned, format)
    assert found.right[0] == (expected == 1.0)
    assert rounded(high, np.array([rest]), format)[0] == expected


@given(st.lists(tallies, max_size=6), st.randoms())
def test_tallies_add_up_in_any_order(parts: list[Tally], random: object) -> None:
    shuffled = list(parts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found, other = total(parts), total(shuffled)
    assert (found.inputs, found.histogram) == (other.inputs, other.histogram)
    assert (found.worst, found.example) == (other.worst, other.example)


@given(st.lists(st.floats(0, 1e15), min_size=1, max_size=50))
def test_the_histogram_is_by_powers_of_two(numbers: list[float]) -> None:
    found = counted(np.array(numbers))
    for bin, count in enumerate(found):
        low, high = (0.0 if bin == 0 else 2.0 ** (bin - 1)), 2.0**bin
        assert count == sum(low <= number < high for number in numbers)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_overflow_begins_half_an_ulp_above_the_largest(dtype: str) -> None:
    format = get_format(dtype)
    start = overflow(format)
    zero = np.zeros(1)
    assert rounded(np.array([start]), zero, format)[0] == np.inf
    assert rounded(np.array([np.nextafter(start, 0)]), zero, format)[0] == format.largest
    with np.errstate(over="ignore"):
        assert np.array([start]).astype(dtype)[0] == np.inf
