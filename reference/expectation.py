"""What a specification gives in each arithmetic, and what may be observed where it is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from flint import arb

from reference import limit
from reference.arithmetic import exact
from reference.arithmetic.ball import Ball
from reference.arithmetic.deviation import NONE, Deviation
from reference.arithmetic.enclosure import Enclosure
from reference.arithmetic.formats import Format, get_format
from reference.arithmetic.native import Native
from reference.evaluation import run, run_cast, run_reduced
from reference.reduction import BY_ROW
from reference.specification import Inputs, Specification, shape_of_gradient, shape_of_value

_remembered = lru_cache(maxsize=None)  # a whole run asks for some thousands


def forget() -> None:
    """Give back the memory of all that was computed."""
    for one in (in_native, in_enclosure, expect):
        one.cache_clear()


HUGE = 1e200  # for infinity, in float64: its square overflows, and nothing asks for that


@dataclass(frozen=True)
class Expected:
    """What one quantity should be; arrays of one shape, float64 but for the decimal text.

    `mid` and `rad` bound what a correct evaluation may return; `exact_hi + exact_lo` is the exact value to
    106 bits, `decimal` its text. Where predictions are infinite, and where it has no value at an
    edge, it is the `limit`; where one is NaN, what IEEE arithmetic in float64 makes of it.
    """

    mid: np.ndarray
    rad: np.ndarray
    exact_hi: np.ndarray
    exact_lo: np.ndarray
    decimal: np.ndarray
    format: Format

    @property
    def unbounded(self) -> np.ndarray:
        """Where nothing is claimed of a finite number: the formula gives it no accuracy.

        So it is, too, where the exact value is none by a hair: the root of a number that is below
        zero by less than the error which a correct program may make of it.
        """
        reaches = np.isfinite(self.exact_hi) | (np.isnan(self.exact_hi) & np.isfinite(self.mid))
        return np.isinf(self.rad) & reaches

    def holds(self, observed: np.ndarray) -> np.ndarray:
        """Whether each observed number is a correct answer. `observed` is float64 of this shape.

        Where the radius is infinite any finite number is; an infinity only where the exact value
        overflows.
        """
        real, bounded = np.isfinite(self.exact_hi), np.isfinite(self.rad)
        vague = self.unbounded & np.isfinite(observed)
        reach = np.where(bounded, self.mid, self.exact_hi)
        inside = admits(observed, reach, np.where(bounded, self.rad, 0.0), self.format)
        same = (np.isnan(observed) & np.isnan(self.exact_hi)) | (observed == self.exact_hi)
        return vague | np.where(real, inside, same)


def admits(observed: np.ndarray, mid: np.ndarray, rad: np.ndarray, format: Format) -> np.ndarray:
    """Whether `observed` lies within a finite `rad` of `mid`, or overflows as those may."""
    with np.errstate(all="ignore"):
        inside = np.isfinite(observed) & (np.abs(observed - mid) <= rad)
        overflow = np.isinf(observed) & (np.abs(mid) + rad >= format.largest)
        return np.isfinite(rad) & (inside | (overflow & (np.sign(observed) == np.sign(mid))))


@_remembered
def in_native(
    spec: Specification,
    inputs: Inputs,
    ulps: int = 0,
    loss_dtype: str = "",
    deviation: Deviation = NONE,
) -> tuple[np.ndarray, np.ndarray]:
    """Value and gradient in the dtype itself, as float64.

    `ulps` (-1, 0 or 1) moves the predictions, given or made by the activation, by one ULP;
    `loss_dtype` is that of the loss, where predictions are cast for it.
    """
    if ulps and not spec.activation:
        towards = np.asarray(np.copysign(np.inf, ulps), inputs.output.dtype)
        moved = np.nextafter(inputs.output, towards)
        inputs = replace(inputs, output=np.where(np.isfinite(inputs.output), moved, inputs.output))
    loss_dtype = loss_dtype or spec.loss_dtype
    with np.errstate(all="ignore"):
        a = Native(spec.dtype, ulps, deviation)
        if deviation.reduces_in:
            value, gradient = run_reduced(spec, inputs, a, Native(deviation.reduces_in))
        elif loss_dtype:
            value, gradient = run_cast(spec, inputs, a, Native(loss_dtype, deviation=deviation))
        else:
            value, gradient = run(spec, inputs, a)
        value, gradient = np.asarray(value, np.float64), np.asarray(gradient, np.float64)
        if spec.stepped:
            gradient = _multiplied_by_rows(gradient)
    return (
        value.reshape(shape_of_value(spec, inputs)),
        gradient.reshape(shape_of_gradient(spec, inputs)),
    )


def _multiplied_by_rows(gradient: np.ndarray) -> np.ndarray:
    """What a layer makes of the gradient: 0 times NaN is NaN, so one row reaches the others."""
    broken = ~np.isfinite(gradient)
    rows = tuple(range(gradient.ndim - 1))
    elsewhere = broken.sum(axis=rows, keepdims=True) - broken > 0
    return np.where(elsewhere, np.nan, gradient)


@_remembered
def in_enclosure(
    spec: Specification,
    inputs: Inputs,
    deviation: Deviation = NONE,
    loss_dtype: str = "",
    infinity: float = np.inf,
) -> tuple[Ball, Ball]:
    """Value and gradient as midpoints and radii. Where there is no midpoint the radius is inf.

    `loss_dtype` is that of the loss, where predictions are cast for it; infinite ones are taken for
    `infinity`.
    """
    loss_dtype = loss_dtype or spec.loss_dtype
    with np.errstate(all="ignore"):
        a = Enclosure(spec.dtype, deviation, infinity)
        if deviation.reduces_in:
            value, gradient = run_reduced(spec, inputs, a, Enclosure(deviation.reduces_in))
        elif loss_dtype:
            value, gradient = run_cast(spec, inputs, a, Enclosure(loss_dtype, deviation))
        else:
            value, gradient = run(spec, inputs, a)
    return (
        _tidy(value, shape_of_value(spec, inputs)),
        _tidy(gradient, shape_of_gradient(spec, inputs)),
    )


def _tidy(ball: Ball, shape: tuple[int, ...]) -> Ball:
    bounded = np.isfinite(ball.mid) & np.isfinite(ball.rad)
    rad = np.where(bounded, ball.rad, np.inf)
    return Ball(ball.mid.reshape(shape), rad.reshape(shape), ball.format)


@_remembered
def expect(spec: Specification, inputs: Inputs) -> tuple[Expected, Expected]:
    """Value and gradient of the specification, to judge observations by."""
    format = get_format(spec.dtype)
    output = np.asarray(inputs.output, np.float64)
    nan = np.asarray(np.isnan(output).any(axis=-1, keepdims=True))
    safe = replace(inputs, output=np.where(nan, np.ones_like(inputs.output), inputs.output))
    infinite = np.asarray(np.isinf(output).any(axis=-1, keepdims=True) & ~nan)
    reals = _in_reals(spec, safe, bool(infinite.any()), format.smallest_subnormal)
    reals, led = _from_edges(spec, safe, reals, format.smallest_subnormal)
    balls = in_enclosure(spec, inputs)
    nothing = in_native(replace(spec, dtype="float64"), inputs)
    of_nan = _places(spec, inputs, nan)
    parts = [_expected(*part, format) for part in zip(balls, reals, nothing, of_nan, strict=True)]
    if infinite.any():
        huge = in_enclosure(spec, safe, infinity=HUGE)
        places = _places(spec, inputs, infinite)
        parts = [_at_limits(*part) for part in zip(parts, places, huge, strict=True)]
    value, gradient = (_at_limits(*part) for part in zip(parts, led, strict=True))
    return value, gradient


def _places(spec: Specification, inputs: Inputs, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where value and gradient depend on one of these rows, (..., 1)."""
    value, gradient = shape_of_value(spec, inputs), shape_of_gradient(spec, inputs)
    of_value = rows if len(value) == rows.ndim else rows[..., 0]
    return (
        np.broadcast_to(of_value if spec.reduction in BY_ROW else rows.any(), value),
        np.broadcast_to(rows if len(gradient) == rows.ndim else rows[..., 0], gradient),
    )


def _in_reals(
    spec: Specification, inputs: Inputs, infinite: bool, smallest: float
) -> tuple[np.ndarray, ...]:
    if infinite:
        return limit.evaluate(spec, inputs, smallest)
    return exact.evaluate(lambda: run(spec, inputs, exact.Exact()), smallest)


def _from_edges(
    spec: Specification, inputs: Inputs, reals: tuple[np.ndarray, ...], smallest: float
) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """The same with limits where probabilities of 0 or 1 give no value, and where those are."""
    none = tuple(_is_nan(part) for part in reals)
    output = np.asarray(inputs.output, np.float64)
    if spec.of_logits or not any(map(np.any, none)) or not np.isin(output, (0, 1)).any():
        return reals, tuple(np.zeros_like(part) for part in none)
    limits = limit.evaluate(spec, inputs, smallest, edges=True)
    led = tuple(part & ~_is_nan(to) for part, to in zip(none, limits, strict=True))
    return tuple(map(np.where, led, limits, reals)), led


def _is_nan(reals: np.ndarray) -> np.ndarray:
    return np.frompyfunc(arb.is_nan, 1, 1)(reals).astype(bool)


def _at_limits(expected: Expected, places: np.ndarray, *huge: Ball) -> Expected:
    """What steps lead to in these places, if the limit is in it; else what huge numbers lead to.

    Step by step there may be none: infinity less infinity. Where the limit is none or infinite,
    nothing else is right.
    """
    mid, rad, real = expected.mid, expected.rad, np.isfinite(expected.exact_hi)
    places = places.reshape(mid.shape)
    for ball in (*huge, Ball(np.ones_like(mid), np.full_like(rad, np.inf), expected.format)):
        with np.errstate(invalid="ignore"):
            lost = places & real & ~(np.abs(expected.exact_hi - mid) <= rad)
        mid, rad = np.where(lost, ball.mid, mid), np.where(lost, ball.rad, rad)
    return replace(expected, mid=np.where(places & ~real, np.nan, mid), rad=rad)


def _expected(
    ball: Ball, reals: np.ndarray, nothing: np.ndarray, nan: np.ndarray, format: Format
) -> Expected:
    reals = reals.reshape(ball.mid.shape)
    high, low = exact.split(reals)
    text = np.array([repr(float(number)) for number in nothing.flat], dtype=object)
    return Expected(
        mid=ball.mid,
        rad=ball.rad,
        exact_hi=np.where(nan, nothing, high),
        exact_lo=np.where(nan, 0.0, low),
        decimal=np.where(nan, text.reshape(nothing.shape), exact.decimal(reals)),
        format=format,
    )
