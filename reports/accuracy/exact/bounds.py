"""The project's own arithmetics for functions of one number: Arb, and the derived enclosure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from flint import arb

from reference.arithmetic import exact
from reference.arithmetic.enclosure import Enclosure
from reference.arithmetic.formats import get_format
from reference.evaluation import run
from reference.expectation import admits
from reports.accuracy.exact.double_double import RELATIVE, Double
from reports.accuracy.exact.families import Family
from reports.accuracy.exact.oracle import FLOAT64_BOUND

KNOWN, NEGLIGIBLE = arb(2) ** -110, arb(2) ** -40


class OracleMistake(Exception):
    """An exact value is wrong by more than is proven: nothing that was counted can be believed."""


def in_arb(family: Family, numbers: np.ndarray) -> tuple[Double, Double]:
    """Value and gradient to 106 bits, by the project's own formulas in Arb."""
    smallest = _smallest(numbers)
    spec, inputs = family.specification(numbers.dtype.name), family.inputs(numbers)
    parts: tuple[np.ndarray, ...] = ()
    for first in range(1, len(exact.PRECISIONS)):
        bits = exact.PRECISIONS[first:]
        parts = exact.evaluate(lambda: run(spec, inputs, exact.Exact()), smallest, bits)
        if all(_is_known(x, smallest) for part in parts for x in part.flat):
            break
    value, gradient = (Double(*exact.split(part.reshape(len(numbers), -1)[:, 0])) for part in parts)
    return value, gradient


def _is_known(x: arb, smallest: float) -> bool:
    """Whether a number is as well known as two float64 can say, or none at all."""
    if not x.is_finite():
        return True
    size = abs(arb(x.mid()))
    return bool(x.rad() <= size * KNOWN or x.rad() <= arb(smallest) * NEGLIGIBLE)


def check(family: Family, numbers: np.ndarray) -> None:
    """Compare the oracle with Arb at a few finite numbers. Raises OracleMistake.

    What is far below the smallest subnormal number is known to Arb by its size alone.
    """
    found, smallest = family.exact(family.predictions(numbers)), _smallest(numbers)
    for reals, real in zip((found.value, found.gradient), in_arb(family, numbers), strict=True):
        if isinstance(reals, Double):
            error, bound = (reals.hi - real.hi) + (reals.lo - real.lo), RELATIVE
        else:
            error, bound = (reals - real.hi) - real.lo, FLOAT64_BOUND
        sure = ~found.doubt & np.isfinite(real.hi)
        wrong = sure & (np.abs(error) > bound * np.abs(real.hi) + smallest / 512)
        if wrong.any():
            raise OracleMistake(
                f"{family.name} at {numbers[wrong][0]!r} is not {real.hi[wrong][0]!r}"
            )


def _smallest(numbers: np.ndarray) -> float:
    return get_format(numbers.dtype.name).smallest_subnormal


def outside(
    family: Family, numbers: np.ndarray, value: np.ndarray, gradient: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where value and gradient lie outside of the derived enclosure, if that is bounded."""
    found = [
        bounded
        & ~admits(returned, mid, np.where(bounded, rad, 0.0), get_format(numbers.dtype.name))
        for returned, (mid, rad, bounded) in zip(
            (value, gradient), _enclosures(family, numbers), strict=True
        )
    ]
    return found[0], found[1]


def _enclosures(
    family: Family, numbers: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Midpoint and radius of value and gradient, and where they are finite."""
    spec, inputs = family.specification(numbers.dtype.name), family.inputs(numbers)
    with np.errstate(all="ignore"):
        balls = run(spec, inputs, Enclosure(spec.dtype))
    for ball in balls:
        mid, rad = (np.broadcast_to(x, ball.shape)[:, 0] for x in (ball.mid, ball.rad))
        yield mid, rad, np.isfinite(mid) & np.isfinite(rad)


def share_of_radius(family: Family, numbers: np.ndarray, returned: np.ndarray) -> list[float]:
    """By which part of the radius one result misses the midpoint, were it a value, or a gradient."""
    with np.errstate(all="ignore"):
        return [
            float((np.abs(returned - mid) / rad)[0]) if bounded[0] else np.inf
            for mid, rad, bounded in _enclosures(family, numbers)
        ]
