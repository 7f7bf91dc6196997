"""The worst errors of float64 that can be found: random numbers first, then the neighbours of the worst.

2^64 numbers can't all be asked. The first numbers are spread over all exponents in which the function says
something; their errors are counted. Around the worst of them, numbers at distances from one ULP to a part
of their size are asked, and where one is worse the search goes on from there, until none is. The
generator is seeded by the name of the task, so that it is the same search every time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np

from reports.accuracy.ask import Ask, asking
from reports.accuracy.block import Tallies
from reports.accuracy.exact.bounds import check
from reports.accuracy.exact.families import FAMILIES, Family
from reports.accuracy.measure import Key, measured
from reports.accuracy.tally import Region, Tally
from suites.cases.execution import Execution

SIZE = 2**12  # numbers that are asked at once
ROUNDS = 12  # of the search beside the worst, in which no worse one is found
FARTHEST = 2**45  # ULP from the worst: a part of its size
LOGITS = (2.0**-60, 600.0)  # sizes beside which nothing is lost, see `double_double`
PROBABILITIES = (2.0**-24, 1.0)
CHECKED = 16


@dataclass(frozen=True, order=True)
class Search:
    """`count` random numbers, and the search that begins with them."""

    function: str
    execution: Execution
    seed: int
    count: int = 2**16
    dtype: str = "float64"

    @property
    def name(self) -> str:
        return f"{self.function},{self.dtype},{self.execution},seed={self.seed}"

    def counted(self) -> Tallies:
        """Ask and count, then search. Raises OracleMistake."""
        family, generator = (
            FAMILIES[self.function],
            np.random.default_rng(crc32(self.name.encode())),
        )
        ask, tallies = asking(self.function, self.dtype, self.execution, SIZE), Tallies({})
        check(family, spread(family, generator, CHECKED))
        for _ in range(self.count // SIZE):
            numbers = spread(family, generator, SIZE)
            tallies += Tallies(measured(family, ask(numbers)))
        worst = [key for key, tally in tallies.parts.items() if _is_searched(key, tally)]
        parts = dict(tallies.parts)
        for key in worst:
            parts[key] = _climbed(family, ask, generator, key, parts[key])
        return Tallies(parts)


def _is_searched(key: Key, tally: Tally) -> bool:
    return key[1] is Region.NORMAL and tally.worst is not None


def spread(family: Family, generator: np.random.Generator, count: int) -> np.ndarray:
    """Numbers of all sizes: logits of both signs, probabilities near 0 and near 1."""
    low, high = np.log2(LOGITS if family.of_logits else PROBABILITIES)
    sizes = np.exp2(generator.uniform(low, high, count))
    other = generator.integers(0, 2, count).astype(bool)
    return np.where(other, -sizes if family.of_logits else 1 - sizes, sizes)


def _climbed(
    family: Family, ask: Ask, generator: np.random.Generator, key: Key, tally: Tally
) -> Tally:
    """The tally with the worst that is found beside its worst."""
    idle = 0
    while idle < ROUNDS:
        assert tally.worst
        numbers = beside(tally.worst.input, generator)
        found = measured(family, ask(numbers)).get(key, Tally()).worst
        better = replace(tally, worst=(tally + Tally(worst=found)).worst)
        idle, tally = (idle + 1, tally) if better == tally else (0, better)
    return tally


def beside(bits: int, generator: np.random.Generator) -> np.ndarray:
    """Numbers at distances of one ULP to FARTHEST, each size of distance alike."""
    distances = np.exp2(generator.uniform(0, np.log2(FARTHEST), SIZE)).astype(np.int64)
    signs = generator.choice([-1, 1], SIZE)
    return (np.int64(np.uint64(bits).view(np.int64)) + signs * distances).view(np.float64)
