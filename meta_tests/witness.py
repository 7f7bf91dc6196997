"""The losses written a second time, in mpmath and from the formulas rather than from the steps.

A row of labels and one of predictions give one loss, or one for each class. They hold at mpmath's
working precision, which the caller sets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise

from mpmath import mp, mpf

from reference import history
from reference.history import Formula

Row = list[mpf]


def _clip(p: mpf) -> mpf:
    return min(max(p, mpf("1e-7")), 1 - mpf("1e-7"))


def _softmax_loss(target: Row, z: Row) -> Iterator[mpf]:
    yield mp.fsum(t * (mp.log(mp.fsum(map(mp.exp, z))) - x) for t, x in zip(target, z, strict=True))


def _normalised(target: Row, p: Row, epsilon: str = "1e-7") -> Iterator[mpf]:
    low, high = mpf(epsilon), 1 - mpf(epsilon)
    total = mp.fsum(p)
    q = [min(max(x / total, low), high) for x in p]
    yield -mp.fsum(t * mp.log(x) for t, x in zip(target, q, strict=True))


def _clipped_softmax(target: Row, p: Row) -> Iterator[mpf]:
    return _softmax_loss(target, [mp.log(_clip(x)) for x in p])


def _sigmoid_loss(t: mpf, x: mpf) -> mpf:
    return t * mp.log(1 + mp.exp(-x)) + (1 - t) * mp.log(1 + mp.exp(x))


def _double_epsilon(t: mpf, p: mpf) -> mpf:
    q, epsilon = _clip(p), mpf("1e-7")
    return -t * mp.log(q + epsilon) - (1 - t) * mp.log(1 - q + epsilon)


def _direct(t: mpf, p: mpf) -> mpf:
    return -t * mp.log(_clip(p)) - (1 - t) * mp.log(1 - _clip(p))


def _categorical_focal(target: Row, p: Row) -> Iterator[mpf]:
    total = mp.fsum(p)
    q = [_clip(x / total) for x in p]
    terms = zip(target, q, strict=True)
    yield -mp.fsum(mpf("0.25") * (1 - x) ** 2 * t * mp.log(x) for t, x in terms)


def _softmax_focal(target: Row, z: Row) -> Iterator[mpf]:
    total = mp.fsum(map(mp.exp, z))
    terms = [(t, x, mp.exp(x) / total) for t, x in zip(target, z, strict=True)]
    yield mp.fsum(mpf("0.25") * (1 - p) ** 2 * t * (mp.log(total) - x) for t, x, p in terms)


def _softmax_slope(target: Row, z: Row) -> Iterator[mpf]:
    total, mass = mp.fsum(map(mp.exp, z)), mp.fsum(target)
    yield from ((mass * mp.exp(x) / total - t) ** 2 for t, x in zip(target, z, strict=True))


def _fused_softmax_slope(target: Row, z: Row) -> Iterator[mpf]:
    total = mp.fsum(map(mp.exp, z))
    yield from ((mp.exp(x) / total - t) ** 2 for t, x in zip(target, z, strict=True))


def _focal(t: mpf, p: mpf, loss: mpf) -> mpf:
    return (t * (1 - p) + (1 - t) * p) ** 2 * loss


def _sigmoid(x: mpf) -> mpf:
    return 1 / (1 + mp.exp(-x))


def _focal_of_softmax(target: Row, z: Row) -> Iterator[mpf]:
    total = mp.fsum(map(mp.exp, z))
    for t, x in zip(target, z, strict=True):
        yield _focal(t, mp.exp(x) / total, _sigmoid_loss(t, x))


def _root(x: mpf) -> mpf:
    if x < 0:
        raise ArithmeticError("no real root")
    return mp.sqrt(x)


def _each(loss: Callable[[mpf, mpf], mpf]) -> Callable[[Row, Row], Iterator[mpf]]:
    return lambda target, output: map(loss, target, output)


WITNESSES: dict[Formula, Callable[[Row, Row], Iterator[mpf]]] = {
    history.CATEGORICAL: _normalised,
    history.CATEGORICAL_FLOAT32_EPSILON: lambda t, p: _normalised(t, p, "1.0000000116860974e-07"),
    history.SOFTMAX: _softmax_loss,
    history.FUSED_SOFTMAX: _softmax_loss,
    history.SPARSE_SOFTMAX: _softmax_loss,
    history.SPARSE_CLIP_LOG_SOFTMAX: _clipped_softmax,
    history.SPARSE_NORMALISE_CLIP: _normalised,
    history.BINARY_THROUGH_LOGITS: _each(_direct),  # the same in real numbers
    history.BINARY_DOUBLE_EPSILON: _each(_double_epsilon),
    history.BINARY_DOUBLE_EPSILON_FOLDED: _each(_double_epsilon),
    history.BINARY_DIRECT: _each(_direct),
    history.BINARY_FLOORED: _each(lambda t, p: min(_direct(t, p), mpf(100))),
    history.SIGMOID_BY_SOFTPLUS: _each(_sigmoid_loss),
    history.SIGMOID_SHIFTED: _each(_sigmoid_loss),
    history.SIGMOID_BY_LOG_SIGMOID: _each(_sigmoid_loss),
    history.BINARY_FOCAL_FLOORED: _each(lambda t, p: _focal(t, p, _direct(t, p))),
    history.WEIGHTED_SIGMOID_EXPANDED: _each(_sigmoid_loss),
    history.SIGMOID: _each(_sigmoid_loss),
    history.CATEGORICAL_FOCAL: _categorical_focal,
    history.CATEGORICAL_FOCAL_LOGITS: _softmax_focal,
    history.BINARY_FOCAL: _each(lambda t, p: _focal(t, p, _direct(t, p))),
    history.BINARY_FOCAL_DOUBLE_EPSILON: _each(
        lambda t, p: _focal(t, p, _double_epsilon(t, p)),
    ),
    history.BINARY_FOCAL_DOUBLE_EPSILON_FOLDED: _each(
        lambda t, p: _focal(t, p, _double_epsilon(t, p)),
    ),
    history.BINARY_FOCAL_LOGITS: _each(lambda t, x: _focal(t, _sigmoid(x), _sigmoid_loss(t, x))),
    history.BINARY_FOCAL_OF_SOFTMAX: _focal_of_softmax,
    history.GENERALISED: lambda t, p: iter([2 * (1 - _root(mp.fdot(t, p)))]),
    history.GENERALISED_GATHERED: lambda t, p: iter([2 * (1 - _root(mp.fdot(t, p)))]),
    history.SOFTMAX_SLOPE: _softmax_slope,
    history.FUSED_SOFTMAX_SLOPE: _fused_softmax_slope,
    history.SIGMOID_SLOPE: _each(lambda t, x: (_sigmoid(x) - t) ** 2),
    history.WEIGHTED_SIGMOID: _each(_sigmoid_loss),
    history.WEIGHTED_SIGMOID_KINKED: _each(_sigmoid_loss),
    history.WEIGHTED_SIGMOID_REORDERED: _each(_sigmoid_loss),
    history.WEIGHTED_SIGMOID_KINKED_AND_REORDERED: _each(_sigmoid_loss),
    history.WEIGHTED_SIGMOID_LINEAR_LAST: _each(_sigmoid_loss),
    history.BOTH_TERMS_SUMMED: lambda t, p: iter([mp.fsum(map(_direct, t, p))]),
}


def led_to(numbers: list[mpf]) -> float:
    """What values at three points on a way lead to; NaN where they neither settle nor run away."""
    first, second = (later - earlier for earlier, later in pairwise(numbers))
    if abs(second) <= max(abs(numbers[-1]), 1) * mpf(10) ** -40:
        return float(numbers[-1]) if abs(numbers[-1]) > mpf(10) ** -40 else 0.0
    if abs(second) >= abs(first) and (second > 0) == (first > 0):
        return float(mp.sign(second)) * math.inf
    return math.nan


def settled(paths: list[float]) -> float:
    """The limit where all paths have the same; NaN where two disagree."""
    same = all(math.isclose(path, paths[0], rel_tol=1e-14) for path in paths)
    return paths[0] if same else math.nan


WAYS = [[mpf(rate) / 8 for rate in rates] for rates in ((8,) * 4, (8, 11, 13, 15), (15, 13, 11, 8))]


def inside(row: Row, rates: Row, size: int) -> tuple[Row, Row]:
    """A row with numbers a little above each 0 and below each 1, and how far each is from there."""
    off = [
        mpf(2) ** (-size * rate) if x in (0, 1) else x for x, rate in zip(row, rates, strict=True)
    ]
    return [1 - o if x == 1 else o for x, o in zip(row, off, strict=True)], off


def loss_from_inside(formula: Formula, labels: Row, row: Row) -> float:
    """The limit of a loss of probabilities where the formula has no value at 0 or 1; NaN for none."""

    def loss(rates: Row, size: int) -> mpf:
        (found,) = WITNESSES[formula](labels, inside(row, rates[: len(row)], size)[0])
        return found

    return settled([led_to([loss(rates, size) for size in (100, 200, 400)]) for rates in WAYS])


def slope_from_inside(formula: Formula, labels: Row, row: Row, place: int) -> float:
    """The limit of a slope of the losses of probabilities; NaN for none."""
    less = mpf(10) ** -90

    def slope(rates: Row, size: int) -> mpf:
        at, off = inside(row, rates[: len(row)], size)
        ends = (
            [*at[:place], at[place] + by, *at[place + 1 :]]
            for by in (off[place] * less, -off[place] * less)
        )
        high, low = (mp.fsum(WITNESSES[formula](labels, end)) for end in ends)
        return (high - low) / (2 * less * off[place])

    return settled([led_to([slope(rates, size) for size in (100, 200, 400)]) for rates in WAYS])
