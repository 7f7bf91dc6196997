"""What a hypothesis gives for the rows and for all of them together, and whether that was observed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from reference.reduction import Reduction
from reports.explain.hypotheses import Hypothesis, Total, totals
from reports.explain.losses import Losses, first, in_rows
from reports.explain.observed import Observed

MANY = 4096  # rows of which each is compared; of more only what they give together
FAR = 8.0  # times the mean radius of the first rows, by which that of all may be greater
CHANCE = 0.1  # rows that would have the observed number by chance


@dataclass(frozen=True)
class Computed:
    """A number that a hypothesis gives, with the interval of its correct evaluations, in nats.

    It is the loss of the row at a `place`, and of `alike` more rows, unless it is a `total` of all
    rows. `by_chance` says that so many rows have losses near it that some would have any number.
    """

    hypothesis: Hypothesis
    value: float
    lower: float
    upper: float
    place: tuple[int, ...] = ()
    total: Total | None = None
    alike: int = 0
    by_chance: bool = False

    @property
    def departures(self) -> int:
        return self.hypothesis.departures + (self.total.departures if self.total else 0)

    @property
    def is_row(self) -> bool:
        """Whether it is one of several losses."""
        return bool(self.place)

    @property
    def where(self) -> str:
        return self.total.label if self.total else row_name(self.place)

    @property
    def width(self) -> float:
        return self.upper - self.lower


def row_name(place: tuple[int, ...]) -> str:
    """What a loss is called by its place among those of all rows."""
    return " ".join(["row", *map(str, place)]) if place else "loss"


def of_rows(hypothesis: Hypothesis) -> Iterator[Computed]:
    """The loss of each row."""
    values, (low, high) = (
        hypothesis.losses.value(Reduction.ROW),
        hypothesis.losses.interval(Reduction.ROW),
    )
    places = np.ndindex(hypothesis.rows)
    for place, value, lower, upper in zip(places, values, low, high, strict=True):
        yield Computed(hypothesis, float(value), float(lower), float(upper), place)


def of_totals(hypothesis: Hypothesis) -> Iterator[Computed]:
    """What all rows give together, in each way; nothing where there is one row."""
    return (_of_total(hypothesis, total) for total in totals(hypothesis.inputs))


def reproducing(hypothesis: Hypothesis, seen: Observed) -> Iterator[Computed]:
    """What of it may be the observed number."""
    few = math.prod(hypothesis.rows) <= MANY
    if few:
        yield from _of_fitting_row(hypothesis, seen)
    error = math.inf if few else _relative_error(hypothesis)
    for total in totals(hypothesis.inputs):
        if few or _in_reach(_value(hypothesis, total), error, seen):
            found = _of_total(hypothesis, total)
            if _fits(found, seen):
                yield found


def _fits(found: Computed, seen: Observed) -> bool:
    """Whether its interval meets the observed number, and is so narrow that this says something.

    NaN or infinity is right where the set has no other number, and else what rounding may make of
    any other hypothesis.
    """
    if found.departures and not math.isfinite(seen.value):
        return seen.is_same(found.value)
    middle = found.lower / 2 + found.upper / 2
    vague = math.isfinite(seen.value) and not found.width < max(abs(middle), 1.0)
    return not vague and seen.meets(found.lower, found.upper)


def _of_total(hypothesis: Hypothesis, total: Total) -> Computed:
    size = total.size(hypothesis.inputs)
    low, high = hypothesis.losses.interval(total.reduction)
    value = _value(hypothesis, total)
    return Computed(hypothesis, value, float(low[0]) / size, float(high[0]) / size, total=total)


def _value(hypothesis: Hypothesis, total: Total) -> float:
    return float(hypothesis.losses.value(total.reduction)[0]) / total.size(hypothesis.inputs)


def _of_fitting_row(hypothesis: Hypothesis, seen: Observed) -> Iterator[Computed]:
    """The first row that has the observed loss."""
    every = list(of_rows(hypothesis))
    fitting = [one for one in every if _fits(one, seen)]
    if fitting:
        near = sum(abs(one.value - seen.value) <= 100 * seen.half for one in every)
        yield replace(fitting[0], alike=len(fitting) - 1, by_chance=near / 100 > CHANCE)


def _in_reach(value: float, error: float, seen: Observed) -> bool:
    """Whether the observed number may be in the interval, so that it is worth computing."""
    if not math.isfinite(seen.value):
        return seen.is_same(value)
    return not abs(value - seen.value) > seen.half + error * abs(value)


def _relative_error(hypothesis: Hypothesis) -> float:
    """That of a total of many rows, estimated from the first ones, and by n u for their sum."""
    some = first(in_rows(hypothesis.inputs), MANY)
    ball = Losses(hypothesis.spec, some).enclosure(Reduction.ROW)
    size = float(np.mean(np.abs(ball.mid)))
    of_rows = FAR * float(np.mean(ball.rad)) / size if size else math.inf
    return of_rows + 2 * math.prod(hypothesis.rows) * ball.format.unit_roundoff
