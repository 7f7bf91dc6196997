"""The rules of the enclosure one by one, each with a number by hand that it must just hold."""

from __future__ import annotations

import numpy as np
import pytest

from reference.ball import Ball, rounded
from reference.enclosure import Enclosure
from reference.formats import NAMES, get_format

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
