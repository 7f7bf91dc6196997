"""Errors in ULP counted over arrays: how many, how large, and which is the worst.

Tallies of parts add up to that of the whole, in any order, so that blocks can be counted anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np


class Region(StrEnum):
    """What is exact there."""

    NORMAL = "normal"
    SUBNORMAL = "subnormal"
    CLIPPED = "clipped"
    NO_NUMBER = "no number"
    UNDEFINED = "undefined"


MEANING = {
    Region.NORMAL: "the exact result is a normal number of the dtype, and no clip decides it",
    Region.SUBNORMAL: "it is nearer to 0, where processors may flush it to 0",
    Region.CLIPPED: "the clip at epsilon decides it: the gradient is 0",
    Region.NO_NUMBER: "NaN, or too large for the dtype; compared by kind",
    Region.UNDEFINED: "the formula has no real value for a finite input; not judged",
}


BINS = 62  # bin 0 holds errors below one ULP, bin k those from 2^(k-1) to 2^k

BELOW_ONE = 1022  # the exponent, as float64 holds it, of numbers from 1/2 to 1


@dataclass(frozen=True, order=True)
class Worst:
    """The largest error, in ULP, with the bits of its input and of what was returned."""

    ulps: float
    input: int
    returned: int


@dataclass(frozen=True)
class Tally:
    """`right` results are correctly rounded; `of_other_kind` are infinite, NaN or not 0 where the
    exact one is not so, or the other way, which `example` is the input of first; the other errors
    are in `histogram`. `decided` were so near to a half that Arb had to say how they are rounded, and `outside`
    of the derived enclosure, where that was asked.
    """

    inputs: int = 0
    right: int = 0
    of_other_kind: int = 0
    decided: int = 0
    outside: int = 0
    histogram: tuple[int, ...] = (0,) * BINS
    worst: Worst | None = None
    example: int | None = None

    def __add__(self, other: Tally) -> Tally:
        pairs = zip(self.histogram, other.histogram, strict=True)
        return Tally(
            self.inputs + other.inputs,
            self.right + other.right,
            self.of_other_kind + other.of_other_kind,
            self.decided + other.decided,
            self.outside + other.outside,
            tuple(one + more for one, more in pairs),
            _worse(self.worst, other.worst),
            _first(self.example, other.example),
        )

    def __mul__(self, times: int) -> Tally:
        """That of so many results like those."""
        return replace(
            self,
            inputs=self.inputs * times,
            right=self.right * times,
            of_other_kind=self.of_other_kind * times,
            decided=self.decided * times,
            outside=self.outside * times,
            histogram=tuple(number * times for number in self.histogram),
        )


def _worse(one: Worst | None, other: Worst | None) -> Worst | None:
    """The larger error; of equal ones that of the smaller input, so that the order does not matter."""
    there = [each for each in (one, other) if each is not None]
    return max(there, key=lambda each: (each.ulps, -each.input), default=None)


def _first(one: int | None, other: int | None) -> int | None:
    return min((each for each in (one, other) if each is not None), default=None)


def total(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())


def counted(errors: np.ndarray) -> tuple[int, ...]:
    """The histogram of finite errors: a bin for each power of two, by their exponents."""
    exponents = np.bincount(errors.view(np.int64) >> 52, minlength=BELOW_ONE + BINS)
    below, above = exponents[: BELOW_ONE + 1], exponents[BELOW_ONE + BINS - 1 :]
    between = exponents[BELOW_ONE + 1 : BELOW_ONE + BINS - 1]
    return (int(below.sum()), *between.tolist(), int(above.sum()))
