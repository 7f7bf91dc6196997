"""One part of the numbers of a function, asked and counted: the task of a sweep.

All of it is plain data, and can travel to another process or machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from reference.arithmetic.formats import get_format
from reports.accuracy.ask import asking, numbers_of
from reports.accuracy.exact.bounds import check
from reports.accuracy.exact.families import FAMILIES
from reports.accuracy.measure import Key, measured
from reports.accuracy.tally import Region, Tally, Worst
from suites.cases.execution import Execution

SIZE = 2**24  # numbers of a block of float32
ASKED = 2**18  # at once: enough that a call costs little, few enough for the cache of a processor
COUNTED = 2**13
CHECKED = 16  # numbers of a block that Arb computes as well


@dataclass(frozen=True, order=True)
class Block:
    """`count` numbers from the one whose bits are `start`."""

    function: str
    dtype: str
    execution: Execution
    start: int
    count: int

    @property
    def name(self) -> str:
        return f"{self.function},{self.dtype},{self.execution},{self.start:#x}"

    def counted(self) -> Tallies:
        """Ask and count. Raises OracleMistake."""
        family, size = FAMILIES[self.function], min(ASKED, self.count)
        ask, tallies = asking(self.function, self.dtype, self.execution, size), Tallies({})
        check(family, self._sample())
        for start in range(self.start, self.start + self.count, size):
            results = ask(numbers_of(start, size, self.dtype))
            for first in range(0, size, COUNTED):
                tallies += Tallies(measured(family, results.part(slice(first, first + COUNTED))))
        return tallies

    def _sample(self) -> np.ndarray:
        """Some of its numbers, which are the same in every run."""
        places = np.random.default_rng(self.start).integers(0, self.count, CHECKED)
        kind = get_format(self.dtype).dtype
        bits = (places + self.start).astype(f"u{kind.itemsize}")
        numbers = bits.view(kind)
        with np.errstate(invalid="ignore"):
            return numbers[np.isfinite(numbers)]


@dataclass(frozen=True)
class Tallies:
    """A tally for each quantity and region that there is."""

    parts: Mapping[Key, Tally]

    def __add__(self, other: Tallies) -> Tallies:
        keys = {**self.parts, **other.parts}
        nothing = Tally()
        return Tallies(
            {key: self.parts.get(key, nothing) + other.parts.get(key, nothing) for key in keys}
        )

    def text(self) -> str:
        rows = [[*key, asdict(tally)] for key, tally in sorted(self.parts.items())]
        return json.dumps(rows)

    @classmethod
    def of_text(cls, text: str) -> Tallies:
        parts: dict[Key, Tally] = {}
        for quantity, region, fields in json.loads(text):
            worst = fields.pop("worst")
            histogram = tuple(fields.pop("histogram"))
            tally = Tally(**fields, histogram=histogram, worst=Worst(**worst) if worst else None)
            parts[quantity, Region(region)] = tally
        return cls(parts)


def blocks(
    functions: list[str], dtype: str, executions: list[Execution], most: int | None = None
) -> list[Block]:
    """All numbers of a dtype of 16 or 32 bits, or those of `most` blocks that are spread evenly."""
    whole = 2 ** (8 * get_format(dtype).dtype.itemsize)
    size = min(SIZE, whole)
    starts = range(0, whole, size)
    if most is not None and most < len(starts):
        starts = range(0, whole, size * -(-len(starts) // most))
    return [
        Block(function, dtype, execution, start, size)
        for function in functions
        for execution in executions
        for start in starts
    ]
