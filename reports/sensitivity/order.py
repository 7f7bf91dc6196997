"""In which order groups of cases are asked: the first few should catch most mistakes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from reports.sensitivity.reach import Usual
from suites.cases.case import Case

FIRST = 6  # groups that caught a mistake of the same function, which go before all others
Traits = Callable[[Usual], Set[Hashable]]


@dataclass
class Order:
    """`cases` are those of each group; `caught` counts what each group has caught, by function."""

    cases: Mapping[str, list[Case]]
    caught: dict[str, Counter[str]] = field(default_factory=dict)

    def of(self, scope: str, module: str, reached: Iterable[Usual]) -> list[str]:
        """Groups with a good record, then those that execute another line of the module. After them
        those that ask with another value of an option or a field, execute another line anywhere, and
        the rest: a group that comes in the next of these may take half the time to be asked as early.
        """
        quickest = sorted(reached, key=self._cost)
        known = {usual.group for usual in quickest}
        record = self.caught.get(scope, Counter()).most_common()
        first = [group for group, _ in record if group in known][:FIRST]
        passes: tuple[Traits, ...] = (
            lambda usual: set(usual.lines[module]),
            lambda usual: self._values(usual),
            lambda usual: {(self._case(usual).loss, one) for one in self._values(usual)},
            lambda usual: {(name, one) for name, lines in usual.lines.items() for one in lines},
            lambda usual: {(self._case(usual).form, one) for one in self._values(usual)},
        )
        weights: dict[str, tuple[bool, float]] = {}
        for number, traits in enumerate((*passes, _alone)):
            for usual in _various(quickest, traits):
                weight = number > 0, 2.0**number * self._cost(usual)
                weights.setdefault(usual.group, weight)
        return list(dict.fromkeys([*first, *sorted(weights, key=lambda name: weights[name])]))

    def note(self, scope: str, group: str) -> None:
        """Remember that a group caught a mistake of a function."""
        self.caught.setdefault(scope, Counter())[group] += 1

    def _cost(self, usual: Usual) -> float:
        """Its time, less where that is spent on many batches, each of which may tell more."""
        return usual.seconds / math.sqrt(len(self.cases[usual.group]))

    def _case(self, usual: Usual) -> Case:
        return self.cases[usual.group][0]

    def _values(self, usual: Usual) -> set[Hashable]:
        case = self._case(usual)
        contract = [case.inputs] if case.is_contract else []
        fields = (case.form, case.output, case.dtype, case.execution)
        return {*fields, *case.arguments.split("+"), *contract}


def _alone(usual: Usual) -> set[Hashable]:
    return {usual.group}


def _various(quickest: Iterable[Usual], traits: Traits) -> Iterator[Usual]:
    """Those groups that have a trait which none before has."""
    seen: set[Hashable] = set()
    for usual in quickest:
        found = traits(usual)
        if not found <= seen:
            seen |= found
            yield usual
