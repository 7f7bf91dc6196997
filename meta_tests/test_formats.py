"""What `formats` says of a format is what NumPy and ml_dtypes do in it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.arithmetic.formats import NAMES, get_format, ulp

every_format = pytest.mark.parametrize("name", NAMES)

# ULP of divide, exp, log, log1p and pow in the OpenCL C specification 3.0, "Relative Error as ULPs",
# for half, single and double precision. Where a table says "correctly rounded" an ULP is left for a
# division by a rounded reciprocal. bfloat16 has no table there and is taken for the other half.
OPENCL = {
    "float16": (1, 2, 2, 2, 4),
    "bfloat16": (1, 2, 2, 2, 4),
    "float32": (2.5, 3, 3, 2, 16),
    "float64": (1, 3, 3, 2, 16),
}
FLUSHES = {"float16": False, "bfloat16": True, "float32": True, "float64": True}


@every_format
def test_accuracies_are_those_of_opencl(name: str) -> None:
    format = get_format(name)
    functions = format.ulp_exp, format.ulp_log, format.ulp_log1p, format.ulp_pow
    assert (format.ulp_divide, *functions) == OPENCL[name]
    assert format.flushes == FLUSHES[name]


def _next(number: float, towards: float, name: str) -> float:
    dtype = get_format(name).dtype
    with np.errstate(over="ignore", under="ignore"):
        return float(np.nextafter(np.asarray(number, dtype), np.asarray(towards, dtype)))


@every_format
def test_two_unit_roundoffs_lead_from_one_to_the_next_number(name: str) -> None:
    assert 1 + 2 * get_format(name).unit_roundoff == _next(1, 2, name)


@every_format
def test_smallest_subnormal_follows_zero(name: str) -> None:
    assert get_format(name).smallest_subnormal == _next(0, 1, name)


@every_format
def test_smallest_normal_is_the_first_with_full_precision(name: str) -> None:
    format = get_format(name)
    smallest, subnormal = format.smallest_normal, format.smallest_subnormal
    assert subnormal / (2 * format.unit_roundoff) == smallest
    assert _next(smallest, 1, name) - smallest == subnormal
    assert _next(2 * smallest, 3, name) - 2 * smallest == 2 * subnormal


@every_format
def test_infinity_follows_the_largest(name: str) -> None:
    assert _next(get_format(name).largest, np.inf, name) == np.inf


@every_format
def test_dtype_has_the_name(name: str) -> None:
    assert get_format(name).dtype.name == name


@every_format
@given(bits=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=64))
def test_ulp_is_the_spacing_of_the_format(name: str, bits: list[int]) -> None:
    format = get_format(name)
    unsigned = np.dtype(f"u{format.dtype.itemsize}")
    numbers = np.array([b % 2 ** (8 * unsigned.itemsize) for b in bits], unsigned).view(
        format.dtype
    )
    with np.errstate(invalid="ignore"):  # a cast of a signalling NaN
        numbers = numbers[np.abs(numbers.astype(np.float64)) < format.largest]
    upwards = np.nextafter(np.abs(numbers), np.asarray(np.inf, format.dtype))
    distance = upwards.astype(np.float64) - np.abs(numbers).astype(np.float64)
    np.testing.assert_array_equal(ulp(numbers.astype(np.float64), format), distance)


@every_format
def test_ulp_of_zero_is_the_smallest_subnormal(name: str) -> None:
    format = get_format(name)
    smallest = [format.smallest_subnormal] * 2
    np.testing.assert_array_equal(ulp(np.array([0.0, -0.0]), format), smallest)


@every_format
def test_ulp_between_two_numbers_is_their_distance(name: str) -> None:
    format = get_format(name)
    between = np.array([1 + format.unit_roundoff / 3, -1.5 - format.unit_roundoff / 5])
    assert (ulp(between, format) == 2 * format.unit_roundoff).all()


def test_what_is_not_finite_has_no_ulp() -> None:
    assert np.isnan(ulp(np.array([np.inf, -np.inf, np.nan]), get_format("float32"))).all()


def test_unknown_name_is_refused_with_the_known_ones() -> None:
    known = "unknown dtype 'float8'; known: float16, bfloat16, float32, float64"
    with pytest.raises(ValueError, match=f"^{known}$"):
        get_format("float8")
