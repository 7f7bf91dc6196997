"""What accuracy is measured by is right: the project's formulas in Arb say the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.arithmetic.formats import NAMES, get_format
from reference.expectation import expect
from reports.accuracy.exact import bounds, families, oracle
from reports.accuracy.exact.double_double import Double
from reports.accuracy.exact.families import FAMILIES
from reports.accuracy.row import number
from reports.accuracy.search import LOGITS, PROBABILITIES
from reports.store.errors import BadUsage

SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, 2.0, -1.0, 1e-7, 1 - 1e-7, 3e38]
every_family = pytest.mark.parametrize("name", FAMILIES)


@every_family
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@given(bits=st.integers(0, 2**32 - 1))
def test_any_number_of_a_dtype(name: str, dtype: str, bits: int) -> None:
    numbers = number(bits >> (32 - 8 * get_format(dtype).dtype.itemsize), dtype)
    if np.isfinite(numbers).all():
        bounds.check(FAMILIES[name], numbers)


@every_family
@given(size=st.floats(0, 1), from_one=st.booleans())
def test_numbers_of_float64(name: str, size: float, from_one: bool) -> None:
    low, high = np.log2(LOGITS if FAMILIES[name].of_logits else PROBABILITIES)
    x = 2.0 ** (low + size * (high - low))
    x = (-x if FAMILIES[name].of_logits else 1 - x) if from_one else x
    bounds.check(FAMILIES[name], np.array([x]))


@every_family
@pytest.mark.parametrize("dtype", NAMES)
def test_special_numbers_are_as_the_reference_has_them(name: str, dtype: str) -> None:
    family = FAMILIES[name]
    with np.errstate(all="ignore"):
        numbers = np.array(SPECIAL).astype(get_format(dtype).dtype)
    if dtype == "float64" and family.of_logits:  # others are not searched
        numbers = numbers[~(np.abs(numbers) > LOGITS[1])]
    found, inputs = family.exact(family.predictions(numbers)), family.inputs(numbers)
    expected = expect(family.specification(dtype), inputs)
    for reals, one in zip((found.value, found.gradient), expected, strict=True):
        high = reals.hi if isinstance(reals, Double) else reals
        exact = one.exact_hi.reshape(len(numbers), -1)[:, 0]
        both = (np.isnan(high) & np.isnan(exact)) | (high == exact)
        error = np.abs(np.where(both, 0.0, high) - np.where(both, 0.0, exact))
        near = error <= oracle.FLOAT64_BOUND * np.abs(exact)
        assert (both | near).all(), numbers[~(both | near)]


@given(distance=st.integers(-(2**20), 2**20), upper=st.booleans())
def test_the_side_of_the_clip_is_that_of_the_decimal_epsilon(distance: int, upper: bool) -> None:
    start = np.array([1 - 1e-7 if upper else 1e-7])
    numbers = (start.view(np.int64) + distance).view(np.float64)
    exact = bounds.in_arb(FAMILIES["bce-of-1"], numbers)[1]
    found = FAMILIES["bce-of-1"].exact(numbers[:, None])
    assert found.clipped[0] == (exact.hi[0] == 0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_wrong_oracle_is_noticed(dtype: str) -> None:
    right = FAMILIES["bce-of-0"]
    wrong = replace(right, formula=oracle.probability_of_one)
    numbers = np.array([0.25], dtype)
    bounds.check(right, numbers)
    with pytest.raises(bounds.OracleMistake, match=r"bce-of-0 at .*0\.25"):
        bounds.check(wrong, numbers)


def test_functions_are_chosen_by_name() -> None:
    assert families.chosen(None) == list(FAMILIES.values())
    assert families.chosen(["cce-of-two"]) == [FAMILIES["cce-of-two"]]
    with pytest.raises(BadUsage, match="no function 'x'; known: bce-of-1, "):
        families.chosen(["x"])
