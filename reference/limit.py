"""What a specification comes to where predictions are infinite, or at an edge: the limit, if there is one.

An infinite prediction is no measurement; it means "as large as can be", as in a mask that adds
minus infinity to the logits of the classes that are out. What is right there is what numbers that
grow without bound lead to, each on its own, while labels, weights and finite predictions stay as
they are. So exp(-inf) is 0, and a class without a label costs nothing however unlikely it is: 0
times -log p is 0 for every p on the way. With a label it costs infinity. There is no limit, and NaN
is right, where it depends on which prediction grows faster: all logits of a row are -inf, two are
+inf. What is NaN in the first place has no limit either.

A probability of 0 or 1 is a number like others, and what a formula gives there is right. Where it
gives none, as for the slope of a root at 0, right is what probabilities between 0 and 1 lead to:
minus infinity for the class with the label, and 0 for the others, on which the loss does not depend
at all. So 0 times what has no value is 0 where the 0 is a label or a weight, which stays 0 on the
whole way; a row of zeros over its sum, 0 / 0, may lead anywhere and has no limit.

A limit is computed, whatever the formula, from exact values at numbers that are huge and then twice
and four times as huge (in the exponent, for what is no logit), on paths where equal infinities grow
at one rate, the later ones faster, and the later ones slower; an edge is approached alike. The
formulas are made of exp, log, powers and quotients, so a difference of values either shrinks by far
more than a half with every step, and the limit is finite, or it does not shrink. Paths that
disagree have no limit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from flint import arb, ctx

from reference.arithmetic import exact
from reference.evaluation import run
from reference.specification import Inputs, Specification

STEPS = (1, 2, 4)
PATHS = (0.0, 0.5, -0.5)  # by which part the last infinity grows faster than the first
BEYOND = 256  # the least of a huge logit, and of the exponent of another huge number
BITS = 24  # of precision for each unit of either: it is multiplied by 6, and a power by up to 3
SETTLED, SHRUNK = arb(2) ** -90, arb(2) ** -20


def evaluate(
    spec: Specification, inputs: Inputs, smallest: float, edges: bool = False
) -> tuple[np.ndarray, ...]:
    """Limits of value and gradient as exact numbers, infinities and NaN included.

    Predictions are not NaN; with `edges` those that are 0 or 1 come from between, too. What is
    smaller than a 1024th of `smallest` is zero.
    """
    output = np.asarray(inputs.output, np.float64)
    huge = _huge(spec, output)
    precisions = (320, 2560, min(BITS * huge, exact.PRECISIONS[-1]))
    moved = np.isinf(output) | (edges & ((output == 0) | (output == 1)))

    def near(path: float, step: int) -> tuple[np.ndarray, ...]:
        there = replace(inputs, output=_at(spec, output, moved, huge * step, path))
        return exact.evaluate(lambda: run(spec, there, exact.Exact()), smallest, precisions)

    with ctx.workprec(precisions[-1]):
        limits = [
            [_each(parts, smallest) for parts in zip(*(near(path, n) for n in STEPS), strict=True)]
            for path in PATHS[: _paths(spec, moved)]
        ]
        return tuple(_agreed(parts, smallest) for parts in zip(*limits, strict=True))


def _paths(spec: Specification, moved: np.ndarray) -> int:
    """How many are tried: one is enough where no number depends on two that move."""
    axis = None if spec.couples_rows else -1
    return len(PATHS) if moved.sum(axis=axis).max(initial=0) > 1 else 1


def _huge(spec: Specification, output: np.ndarray) -> int:
    """Far beyond the finite numbers beside it, however large; far below them, too, as an exponent."""
    finite = np.abs(output[np.isfinite(output) & (output != 0)])
    greatest, least = float(finite.max(initial=0.0)), float(finite.min(initial=1.0))
    if spec.of_logits:
        return max(BEYOND, 4 * math.ceil(greatest))
    return BEYOND + math.ceil(max(math.log2(greatest + 1), -math.log2(least)))


def _at(
    spec: Specification, output: np.ndarray, moved: np.ndarray, huge: int, path: float
) -> np.ndarray:
    """The predictions with huge numbers for infinite ones, and a huge exponent from an edge."""
    numbers = exact.Exact().array(np.where(moved, 0.0, output))
    rates = 1 + path * np.linspace(0, 1, int(moved.sum()))
    pairs = zip(output[moved].tolist(), map(float, rates), strict=True)
    numbers[moved] = [_moved(spec, start, huge, rate) for start, rate in pairs]
    return numbers


def _moved(spec: Specification, start: float, huge: int, rate: float) -> arb:
    if math.isfinite(start):
        less = arb(2) ** -(arb(huge) * rate)
        return 1 - less if start else less
    size = arb(huge) if spec.of_logits else arb(2) ** huge
    return size * arb(math.copysign(rate, start))


def _each(values: Sequence[np.ndarray], smallest: float) -> np.ndarray:
    """Limits of arrays of the values at three steps."""
    one = np.frompyfunc(lambda *steps: _limit(steps, smallest), len(STEPS), 1)
    return np.asarray(one(*values), dtype=object)


def _limit(values: Sequence[arb], smallest: float) -> arb:
    if not all(value.is_finite() for value in values):
        return arb("nan")
    before, last = (arb(value.mid()) for value in values[1:])
    first, second = (arb((later - earlier).mid()) for earlier, later in pairwise(values))
    if abs(last) <= abs(before) * SHRUNK or last == 0 == before:
        return arb(0)
    if _alike(before, last, smallest):
        return values[-1]
    rising, falling = first > 0 and second > 0, first < 0 and second < 0
    if not (rising or falling) or abs(second) < abs(first):
        return arb("nan")
    return arb("inf" if rising else "-inf")


def _alike(x: arb, y: arb, smallest: float) -> bool:
    least = abs(arb(y.mid())) * SETTLED + arb(smallest) / 1024
    return bool(abs(x.mid() - y.mid()) <= least)


def _agreed(limits: Sequence[np.ndarray], smallest: float) -> np.ndarray:
    """The limit along the first path where all others have the same."""
    one = np.frompyfunc(lambda *paths: _one(paths, smallest), len(limits), 1)
    return np.asarray(one(*limits), dtype=object)


def _one(limits: Sequence[arb], smallest: float) -> arb:
    first = limits[0]
    if all(limit.is_finite() for limit in limits):
        return first if all(_alike(first, limit, smallest) for limit in limits) else arb("nan")
    return first if all(limit == first for limit in limits) else arb("nan")
