"""The rules of the enclosure one by one, each with a number by hand that it must just hold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from reference.arithmetic.ball import Ball, rounded
from reference.arithmetic.enclosure import Enclosure
from reference.arithmetic.formats import NAMES, get_format

INF, NAN = float("inf"), float("nan")
every_dtype = pytest.mark.parametrize("dtype", NAMES)


def _ball(dtype: str, mid: object, rad: object) -> Ball:
    return Ball(*np.broadcast_arrays(np.array(mid, float), np.array(rad, float)), get_format(dtype))


def _holds(ball: Ball, *numbers: float) -> bool:
    return all((np.abs(ball.mid - number) <= ball.rad).all() for number in numbers)


@every_dtype
def test_what_operands_bring_is_rounded_too(dtype: str) -> None:
    """A number at the end of the set, and the one that it may be rounded to."""
    u = get_format(dtype).unit_roundoff
    assert _holds(rounded(np.zeros(1), np.ones(1), get_format(dtype)), 1 + u, -1 - u)


@every_dtype
def test_sum_rounds_the_ends_of_its_terms(dtype: str) -> None:
    """Nine ones at the ends of sets around zero: eight additions, each off by u of nine."""
    u = get_format(dtype).unit_roundoff
    total = Enclosure(dtype).reduce_sum(_ball(dtype, np.zeros((1, 9)), 1.0))
    assert _holds(total, 9 * (1 + 8 * u), -9 * (1 + 8 * u))


@every_dtype
def test_exp_holds_the_powers_of_both_ends(dtype: str) -> None:
    result = Enclosure(dtype).exp(_ball(dtype, [0.0], 1.0))
    assert _holds(result, np.exp(1.0), np.exp(-1.0))
    assert (result.rad < 1.8).all()


@every_dtype
def test_every_addition_may_flush(dtype: str) -> None:
    """(1.5 - 1) s is lost, and then (1.5 - 1) s again; s is the smallest normal number."""
    s = get_format(dtype).smallest_normal
    total = Enclosure(dtype).reduce_sum(_ball(dtype, [[1.5 * s, -s, 1.5 * s, -s]], 0.0))
    assert _holds(total, 0.0, s) == (dtype != "float16")


@every_dtype
def test_exp_is_flushed_an_octave_sooner(dtype: str) -> None:
    s = get_format(dtype).smallest_normal
    lost, kept = (Enclosure(dtype).exp(_ball(dtype, [np.log(s) + by], 0.0)) for by in (0.6, 0.8))
    assert _holds(lost, 0.0) == (dtype != "float16")
    assert not _holds(kept, 0.0)


@every_dtype
def test_exp_of_minus_infinity_is_zero(dtype: str) -> None:
    result = Enclosure(dtype).exp(_ball(dtype, [-np.inf], 0.0))
    assert result.exactly_zero.all()


@pytest.mark.parametrize(("exponent", "less"), [(0.9, 0), (0.3415, 1), (5.9, 1)])
@every_dtype
def test_power_holds_those_of_the_exponent_as_the_format_rounds_it(dtype, exponent, less) -> None:
    format, x = get_format(dtype), 2.0**-100
    by = np.asarray(exponent, format.dtype)
    by = (by - np.asarray(less, format.dtype)).astype(np.float64)
    result = Enclosure(dtype).power(_ball(dtype, [x], 0.0), exponent, less)
    assert _holds(result, x ** float(by), x ** (exponent - less))


@every_dtype
def test_power_is_no_wider_where_the_format_has_the_exponent(dtype: str) -> None:
    format, x = get_format(dtype), 2.0**-3
    for exponent in (0.5, 0.25, 2.0):
        result = Enclosure(dtype).power(_ball(dtype, [x], 0.0), exponent)
        assert (result.rad <= 2.5 * format.ulp_pow * format.unit_roundoff * result.mid).all()


@every_dtype
def test_constant_is_off_only_if_the_format_has_it_not(dtype: str) -> None:
    a = Enclosure(dtype)
    assert (a.constant(0.5, 0.25, 3.0).rad == 0).all()
    assert (a.constant(0.1, 1e-7).rad > 0).all()


# A step, its operands as (mid, rad), and the set that it makes of them where rounding is nothing.
SETS: dict[str, tuple[Callable[..., Ball], list[tuple[float, float]], tuple[float, float]]] = {
    "sum": (lambda a, x, y: x + y, [(1, 0.5), (2, 0.25)], (3, 0.75)),
    "difference": (lambda a, x, y: x - y, [(1, 0.5), (2, 0.25)], (-1, 0.75)),
    "difference from a number": (lambda a, x: 5.0 - x, [(2, 0.25)], (3, 0.25)),
    "product": (lambda a, x, y: x * y, [(2, 0.5), (-3, 0.25)], (-6, 2.125)),
    "quotient": (lambda a, x, y: x / y, [(1, 0.25), (2, 0.5)], (0.5, 1 / 3)),
    "quotient of a number": (lambda a, x: 3.0 / x, [(-2, 0.5)], (-1.5, 0.5)),
    "quotient by a set with 0": (lambda a, x, y: x / y, [(1, 0), (1, 2)], (1, INF)),
    "0 by a set around 0": (lambda a, x, y: x / y, [(0, 0), (0, 0.5)], (0, 0)),
    "a set around 0 by another": (lambda a, x, y: x / y, [(0, 0.1), (0, 0.5)], (0, INF)),
    "0 by 0": (lambda a, x, y: x / y, [(0, 0), (0, 0)], (NAN, 0)),
    "1 by 0": (lambda a, x, y: x / y, [(1, 0), (0, 0)], (INF, 0)),
    "a set by 0": (lambda a, x, y: x / y, [(1, 0.5), (0, 0)], (INF, INF)),
    "log": (lambda a, x: a.log(x), [(1, 0.5)], (0, np.log(2))),
    "log of a set with 0": (lambda a, x: a.log(x), [(1, 1)], (0, INF)),
    "log of a set around 0": (lambda a, x: a.log(x), [(-0.25, 0.5)], (0, INF)),
    "log of a set below 0": (lambda a, x: a.log(x), [(-2, 0.5)], (NAN, NAN)),
    "log1p": (lambda a, x: a.log1p(x), [(0, 0.5)], (0, np.log(2))),
    "log1p of a set with -1": (lambda a, x: a.log1p(x), [(0, 1)], (0, INF)),
    "log1p of a set around -1": (lambda a, x: a.log1p(x), [(-1.25, 0.5)], (0, INF)),
    "log1p of a set below -1": (lambda a, x: a.log1p(x), [(-3, 0.5)], (NAN, NAN)),
    "exp": (lambda a, x: a.exp(x), [(np.log(2), 1)], (2, 2 * (np.e - 1))),
    "root": (lambda a, x: a.power(x, 0.5), [(5, 4)], (2, 1)),
    "root of a set around 0": (lambda a, x: a.power(x, 0.5), [(-0.25, 0.5)], (1, INF)),
    "root of a set below 0": (lambda a, x: a.power(x, 0.5), [(-2, 0.5)], (NAN, NAN)),
    "square around 0": (lambda a, x: a.power(x, 2.0), [(0.5, 1.5)], (2, 2)),
    "square below 0": (lambda a, x: a.power(x, 2.0), [(-3, 1)], (10, 6)),
    "cube around 0": (lambda a, x: a.power(x, 3.0), [(0.5, 1.5)], (3.5, 4.5)),
    "cube as a power less one": (lambda a, x: a.power(x, 4.0, 1), [(0.5, 1.5)], (3.5, 4.5)),
    "inverse": (lambda a, x: a.power(x, -1.0), [(2.5, 1.5)], (0.625, 0.375)),
    "inverse of a set around 0": (lambda a, x: a.power(x, -1.0), [(0.5, 1)], (2, INF)),
    "power of 0": (lambda a, x: a.power(x, 1.0, 1), [(7, 3)], (1, 0)),
    "sigmoid": (lambda a, x: a.sigmoid(x), [(0, 0)], (0.5, 0)),
    "clip of a part": (lambda a, x: a.clip_by_value(x, a.constant(0.25), a.constant(0.75)), [(0.25, 0.25)], (0.375, 0.125)),
    "clip of the middle": (lambda a, x: a.clip_by_value(x, a.constant(0.25), a.constant(0.75)), [(0.5, 0.125)], (0.5, 0.125)),
    "clip of NaN": (lambda a, x: a.clip_by_value(x, a.constant(0.25), a.constant(0.75)), [(NAN, 0)], (NAN, INF)),
    "choice, sure": (lambda a, x, y, z: a.where_nonnegative(x, y, z), [(1, 1), (3, 0.5), (1, 0.25)], (3, 0.5)),
    "choice, never": (lambda a, x, y, z: a.where_nonnegative(x, y, z), [(-2, 1), (3, 0.5), (1, 0.25)], (1, 0.25)),
    "choice of both": (lambda a, x, y, z: a.where_nonnegative(x, y, z), [(-1, 1), (3, 0.5), (1, 0.25)], (2.125, 1.375)),
    "choice by NaN": (lambda a, x, y, z: a.where_nonnegative(x, y, z), [(NAN, 0), (3, 0.5), (1, 0.25)], (NAN, INF)),
    "either": (lambda a, x, y: a.either(x, y), [(0, 0), (1, 0.5)], (0.75, 0.75)),
}  # fmt: skip


@pytest.mark.parametrize(("step", "operands", "expected"), SETS.values(), ids=SETS)
def test_a_step_makes_the_least_set_that_holds_its_results(step, operands, expected) -> None:
    with np.errstate(all="ignore"):
        found = step(Enclosure("float64"), *(_ball("float64", [m], r) for m, r in operands))
    pair = np.array([found.mid.item(), found.rad.item()])
    np.testing.assert_array_equal(np.round(pair, 9) + 0.0, np.round(expected, 9))


def test_a_row_adds_midpoints_and_radii_and_its_maximum_has_the_widest() -> None:
    a, row = Enclosure("float64"), _ball("float64", [[1.0, -2.5]], [[0.5, 0.25]])
    for found, expected in ((a.reduce_sum(row), (-1.5, 0.75)), (a.reduce_max(row), (1.0, 0.5))):
        assert (round(found.mid.item(), 9), round(found.rad.item(), 9)) == expected
    picked = a.gather(row, np.array([1]))
    assert (picked.mid.tolist(), picked.rad.tolist()) == ([[-2.5]], [[0.25]])


# Steps after which nothing is rounded, in any format.
EXACT: dict[str, tuple[Callable[..., Ball], list[float]]] = {
    "sum of small integers": (lambda a, x, y: x + y, [100, 156]),
    "sum with 0": (lambda a, x, y: x + y, [0.375, 0]),
    "0 with a sum": (lambda a, x, y: x + y, [0, 0.375]),
    "what cancels": (lambda a, x, y: x - y, [0.375, 0.375]),
    "product with 1": (lambda a, x, y: x * y, [0.375, 1]),
    "product of 1": (lambda a, x, y: x * y, [-1, 0.375]),
    "product with 0": (lambda a, x, y: x * y, [0.375, 0]),
    "0 times infinity": (lambda a, x, y: x * y, [0, INF]),
    "product of small integers": (lambda a, x, y: x * y, [16, -16]),
    "quotient of 0": (lambda a, x, y: x / y, [0, 0.375]),
    "log of 1": (lambda a, x: a.log(x), [1]),
    "log1p of 0": (lambda a, x: a.log1p(x), [0]),
    "exp of 0": (lambda a, x: a.exp(x), [0]),
    "power of 0": (lambda a, x: a.power(x, 0.7), [0]),
    "power of 1": (lambda a, x: a.power(x, 0.7), [1]),
    "infinity": (lambda a, x: a.once_more(x), [INF]),
    "0 once more": (lambda a, x: a.once_more(x), [0]),
    "a number of the format": (lambda a, x: a.array(x.mid), [-0.375]),
    "infinity as it came": (lambda a, x: a.array(x.mid), [-INF]),
}  # fmt: skip


@every_dtype
@pytest.mark.parametrize(("step", "operands"), EXACT.values(), ids=EXACT)
def test_what_is_exact_has_no_radius(step, operands, dtype: str) -> None:
    with np.errstate(all="ignore"):
        assert step(Enclosure(dtype), *(_ball(dtype, [x], 0.0) for x in operands)).rad == [0.0]


@every_dtype
def test_a_quotient_by_1_is_exact_where_division_is_rounded_once(dtype: str) -> None:
    """In float32, of 2.5 ULP, one of x86-64's reciprocals, approximate and refined, is 0.99999994."""
    quotient = _ball(dtype, [1.0], 0.0) / _ball(dtype, [-1.0], 0.0)
    if dtype == "float32":
        assert quotient.low < -1
        assert quotient.high >= -np.float64(np.float32(0.99999994))
    else:
        assert (quotient.mid, quotient.rad) == ([-1.0], [0.0])


# Steps that are rounded, and by how many u of the result: in half precision, float32 and float64.
ROUNDED: dict[str, tuple[Callable[..., Ball], list[float], tuple[float, float, float]]] = {
    "sum": (lambda a, x, y: x + y, [0.375, 1], (1, 1, 1)),
    "sum of integers that is not small": (lambda a, x, y: x + y, [256, 1], (1, 1, 1)),
    "product": (lambda a, x, y: x * y, [0.375, 3], (1, 1, 1)),
    "product of integers that is not small": (lambda a, x, y: x * y, [16, 17], (1, 1, 1)),
    "quotient": (lambda a, x, y: x / y, [1, 3], (2, 5, 2)),
    "log": (lambda a, x: a.log(x), [3], (4, 6, 6)),
    "log1p": (lambda a, x: a.log1p(x), [3], (4, 4, 4)),
    "exp": (lambda a, x: a.exp(x), [1], (4, 6, 6)),
    "power": (lambda a, x: a.power(x, 0.5), [2], (8, 32, 32)),
    "once more": (lambda a, x: a.once_more(x), [3], (1, 1, 1)),
}


@every_dtype
@pytest.mark.parametrize(("step", "operands", "times"), ROUNDED.values(), ids=ROUNDED)
def test_a_step_is_off_by_no_more_than_its_accuracy(step, operands, times, dtype: str) -> None:
    by = dict(zip(("float32", "float64"), times[1:], strict=True)).get(dtype, times[0])
    with np.errstate(all="ignore"):
        found = step(Enclosure(dtype), *(_ball(dtype, [x], 0.0) for x in operands))
    own = {"float64": 2}.get(dtype, 0)  # beside what our own float64 arithmetic adds
    share = (found.rad / (np.abs(found.mid) * get_format(dtype).unit_roundoff)).item()
    assert by <= share <= 1.001 * (by + own)


@every_dtype
@pytest.mark.parametrize(("terms", "additions"), [([3.5, 1, 1, 1], 3), ([3.5, 0, 0, 1], 1), ([3.5, 0], 0)])  # fmt: skip
def test_a_sum_is_off_by_its_additions(terms: list[float], additions: int, dtype: str) -> None:
    found = Enclosure(dtype).reduce_sum(_ball(dtype, [terms], 0.0))
    share = (found.rad / (sum(terms) * get_format(dtype).unit_roundoff)).item()
    assert (
        additions <= share <= 1.001 * additions + (2.0**-53 / get_format(dtype).unit_roundoff) * 4
    )


@every_dtype
def test_a_sum_of_small_integers_is_exact_as_long_as_it_is_small(dtype: str) -> None:
    a = Enclosure(dtype)
    assert a.reduce_sum(_ball(dtype, [[200.0, -55.0, 1.0]], 0.0)).rad == 0
    assert a.reduce_sum(_ball(dtype, [[200.0, 56.0, 1.0]], 0.0)).rad > 0
    assert a.reduce_sum(_ball(dtype, [[200.0, 0.5]], 0.0)).rad > 0


@every_dtype
def test_a_subnormal_number_may_be_taken_for_zero_where_formats_are_flushed(dtype: str) -> None:
    s = get_format(dtype).smallest_normal
    found = Enclosure(dtype).array(np.array([s, s / 2, -s / 2]))
    assert found.rad.tolist() == ([0, 0, 0] if dtype == "float16" else [0, s / 2, s / 2])
