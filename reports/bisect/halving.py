"""Find by halving where in a row of releases the answer changes. Nothing here knows what is asked.

The two ends are known. What lies between is asked only where it matters: n releases take at most
ceil(log2(n + 1)) answers as long as there are two sides, plus one try for each that can't be
measured; those are gone around. An answer that is like neither end is a change on either side of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class NotMeasured:
    """In place of an answer: one line that says why there is none."""

    reason: str


@dataclass(frozen=True)
class Step(Generic[Item, Answer]):
    """Two answers that are not alike, and what lies between them: all that can't be measured."""

    before: Answer
    after: Answer
    skipped: tuple[tuple[Item, NotMeasured], ...] = ()


@dataclass
class Narrow(Generic[Item, Answer]):
    """The search in `items`, oldest first.

    `side(before, after, found)` says which of two answers a third is like: -1 the one before, 1 the
    one after, 0 neither.
    """

    items: Sequence[Item]
    ask: Callable[[Item], Answer | NotMeasured]
    side: Callable[[Answer, Answer, Answer], int]
    skipped: dict[int, NotMeasured] = field(default_factory=dict)

    def steps(self, before: Answer, after: Answer) -> list[Step[Item, Answer]]:
        """The changes between two answers that are not alike: one, or more with a third answer."""
        return self._within(-1, before, len(self.items), after)

    def _within(
        self, low: int, before: Answer, high: int, after: Answer
    ) -> list[Step[Item, Answer]]:
        while left := [n for n in range(low + 1, high) if n not in self.skipped]:
            middle = left[len(left) // 2]
            found = self.ask(self.items[middle])
            if isinstance(found, NotMeasured):
                self.skipped[middle] = found
                continue
            side = self.side(before, after, found)
            if side == 0:
                first = self._within(low, before, middle, found)
                return first + self._within(middle, found, high, after)
            low, before = (middle, found) if side < 0 else (low, before)
            high, after = (middle, found) if side > 0 else (high, after)
        between = [n for n in range(low + 1, high)]
        return [Step(before, after, tuple((self.items[n], self.skipped[n]) for n in between))]
