"""What a question gives in each arithmetic, and what may be observed where it is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from reference import exact
from reference.ball import Ball
from reference.enclosure import Enclosure
from reference.formats import Format, get_format
from reference.native import Native
from reference.question import (
    BY_ROW,
    Inputs,
    Question,
    run,
    run_cast,
    run_reduced,
    shape_of_gradient,
    shape_of_value,
)
from reference.quirk import NONE, Quirk

_remembered = lru_cache(maxsize=None)  # a whole run asks for some thousands


@dataclass(frozen=True)
class Expected:
    """What one quantity should be; arrays of one shape, float64 but for the decimal text.

    `mid` and `rad` bound what a correct evaluation may return; `high + low` is the exact value to
    106 bits, `decimal` its text. Where the inputs are not finite, `high` is what IEEE arithmetic in
    float64 gives, which decides between NaN and the infinities.
    """

    mid: np.ndarray
    rad: np.ndarray
    high: np.ndarray
    low: np.ndarray
    decimal: np.ndarray
    format: Format

    @property
    def unbounded(self) -> np.ndarray:
        """Where nothing is claimed of a finite number: the formula gives it no accuracy.

        So it is, too, where the exact value is none by a hair: the root of a number that is below
        zero by less than the error which a correct program may make of it.
        """
        reaches = np.isfinite(self.high) | (np.isnan(self.high) & np.isfinite(self.mid))
        return np.isinf(self.rad) & reaches

    def holds(self, observed: np.ndarray) -> np.ndarray:
        """Whether each observed number is a correct answer. `observed` is float64 of this shape.

        Where the radius is infinite any finite number is; an infinity only where the exact value
        overflows.
        """
        real, bounded = np.isfinite(self.high), np.isfinite(self.rad)
        vague = self.unbounded & np.isfinite(observed)
        reach = np.where(bounded, self.mid, self.high)
        inside = admits(observed, reach, np.where(bounded, self.rad, 0.0), self.format)
        same = (np.isnan(observed) & np.isnan(self.high)) | (observed == self.high)
        return vague | np.where(real, inside, same)


def admits(observed: np.ndarray, mid: np.ndarray, rad: np.ndarray, format: Format) -> np.ndarray:
    """Whether `observed` lies within a finite `rad` of `mid`, or overflows as those may."""
    with np.errstate(all="ignore"):
        inside = np.isfinite(observed) & (np.abs(observed - mid) <= rad)
        overflow = np.isinf(observed) & (np.abs(mid) + rad >= format.largest)
        return np.isfinite(rad) & (inside | (overflow & (np.sign(observed) == np.sign(mid))))


@_remembered
def in_native(
    question: Question,
    inputs: Inputs,
    ulps: int = 0,
    loss_dtype: str = "",
    quirk: Quirk = NONE,
) -> tuple[np.ndarray, np.ndarray]:
    """Value and gradient in the dtype itself, as float64.

    `ulps` (-1, 0 or 1) moves the predictions, given or made by the activation, by one ULP;
    `loss_dtype` is that of the loss, where predictions are cast for it.
    """
    if ulps and not question.activation:
        towards = np.asarray(np.copysign(np.inf, ulps), inputs.output.dtype)
        moved = np.nextafter(inputs.output, towards)
        inputs = replace(inputs, output=np.where(np.isfinite(inputs.output), moved, inputs.output))
    loss_dtype = loss_dtype or question.loss_dtype
    with np.errstate(all="ignore"):
        a = Native(question.dtype, ulps, quirk)
        if quirk.reduces_in:
            value, gradient = run_reduced(question, inputs, a, Native(quirk.reduces_in))
        elif loss_dtype:
            value, gradient = run_cast(question, inputs, a, Native(loss_dtype, quirk=quirk))
        else:
            value, gradient = run(question, inputs, a)
        value, gradient = np.asarray(value, np.float64), np.asarray(gradient, np.float64)
        if question.stepped:
            gradient = _multiplied_by_rows(gradient)
    return (
        value.reshape(shape_of_value(question, inputs)),
        gradient.reshape(shape_of_gradient(question, inputs)),
    )


def _multiplied_by_rows(gradient: np.ndarray) -> np.ndarray:
    """What a layer makes of the gradient: 0 times NaN is NaN, so one row reaches the others."""
    broken = ~np.isfinite(gradient)
    elsewhere = broken.sum(axis=0, keepdims=True) - broken > 0
    return np.where(elsewhere, np.nan, gradient)


@_remembered
def in_enclosure(
    question: Question, inputs: Inputs, quirk: Quirk = NONE, loss_dtype: str = ""
) -> tuple[Ball, Ball]:
    """Value and gradient as midpoints and radii. Where there is no midpoint the radius is inf.

    `loss_dtype` is that of the loss, where predictions are cast for it.
    """
    loss_dtype = loss_dtype or question.loss_dtype
    with np.errstate(all="ignore"):
        a = Enclosure(question.dtype, quirk)
        if quirk.reduces_in:
            value, gradient = run_reduced(question, inputs, a, Enclosure(quirk.reduces_in))
        elif loss_dtype:
            value, gradient = run_cast(question, inputs, a, Enclosure(loss_dtype, quirk))
        else:
            value, gradient = run(question, inputs, a)
    return (
        _tidy(value, shape_of_value(question, inputs)),
        _tidy(gradient, shape_of_gradient(question, inputs)),
    )


def _tidy(ball: Ball, shape: tuple[int, ...]) -> Ball:
    bounded = np.isfinite(ball.mid) & np.isfinite(ball.rad)
    rad = np.where(bounded, ball.rad, np.inf)
    return Ball(ball.mid.reshape(shape), rad.reshape(shape), ball.format)


@_remembered
def expect(question: Question, inputs: Inputs) -> tuple[Expected, Expected]:
    """Value and gradient of the question, to judge observations by."""
    format = get_format(question.dtype)
    finite = np.isfinite(np.asarray(inputs.output, np.float64))
    rows = finite.all(axis=-1, keepdims=True) & np.ones_like(finite)
    safe = replace(inputs, output=np.where(rows, inputs.output, np.ones_like(inputs.output)))
    balls = in_enclosure(question, inputs)
    reals = exact.evaluate(lambda: run(question, safe, exact.Exact()), format.smallest_subnormal)
    beyond = in_native(replace(question, dtype="float64"), inputs)
    real_rows = (
        _real_values(question, rows, balls[0].mid.shape),
        rows if question.by != "weight" else rows[..., 0],
    )
    parts = zip(balls, reals, beyond, real_rows, strict=True)
    value, gradient = (_expected(*part, format) for part in parts)
    return value, gradient


def _real_values(question: Question, rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if question.reduction not in BY_ROW:
        return np.asarray(rows.all())
    return rows if rows.shape == shape else rows[..., 0]


def _expected(
    ball: Ball, reals: np.ndarray, beyond: np.ndarray, real: np.ndarray, format: Format
) -> Expected:
    reals = reals.reshape(ball.mid.shape)
    high, low = exact.split(reals)
    text = np.array([repr(float(number)) for number in beyond.flat], dtype=object)
    return Expected(
        mid=ball.mid,
        rad=ball.rad,
        high=np.where(real, high, beyond),
        low=np.where(real, low, 0.0),
        decimal=np.where(real, exact.decimal(reals), text.reshape(beyond.shape)),
        format=format,
    )
