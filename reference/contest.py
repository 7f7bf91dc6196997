"""The contest of programs for the numbers of a call: which one reproduces them.

It is computed for each call; nobody types a cause in. Programs compete for the numbers of a call:

1. A program departs from the right one in its formula, in options that are read wrongly, in its
   dtype, or by a deviation of a library. All subsets are tried, those with fewer departures first.
2. It reproduces a wrong number if its native arithmetic comes within `FEW` ULP or gives the same NaN
   or infinity, or if its enclosure holds the number, and lies nearer than the right value does: one
   that is wider than the error explains nothing.
   A number pays for one departure, or for two if it lies within those ULP; each departure must
   give a number that the program would not give without it.
   Another step of a user's own loss must change what native arithmetic gives, and give what none
   does that is tried before it; but where that fails, enclosures tell more than it does.
3. It falls out if a number of the call, right or wrong, contradicts it: such a number lies outside
   its enclosure, and native arithmetic does not give it. What computes nothing else than the right
   program does is no cause.
4. The one that reproduces all wrong numbers wins. Of several it is the nearest, if few numbers are
   all there is; then the one with fewer departures, the one that the other quantity of the call does
   not contradict, the one that gives numbers and not only NaN, the first in its table.
5. Where no program reproduces all, as few as possible share the numbers. An error of a few ULP that
   is left is what other steps make: another formula, or another input of it, is its cause where its
   enclosure holds the number and no number of the call contradicts it. What is left is unexplained.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby

import numpy as np

from reference.arithmetic.deviation import FLUSHED, NONE, Deviation
from reference.arithmetic.formats import get_format
from reference.cause import Reason
from reference.evidence import Evidence
from reference.program import ANOTHER_DTYPE, FEW, MANY, Match, Program
from reference.programs import FEW_STEPS, Candidate, Programs
from reference.specification import Specification

DEPARTURES = 2  # the place of their number in a key
DEEPEST = 4  # departures in one program


@dataclass(frozen=True, eq=False)
class Contest:
    """Programs that compete for the numbers of one quantity; `beside` is the other quantity.

    `candidates` come with fewer departures first.
    """

    programs: Programs
    candidates: Iterable[Candidate]
    evidence: Evidence
    beside: Evidence | None
    tried: dict[Hashable, Match] = field(default_factory=dict)
    bits: set[Hashable] = field(default_factory=set)

    @property
    def spec(self) -> Specification:
        return self.programs.spec

    def levels(self) -> Iterator[list[Match]]:
        """What gives a wrong number at least, by the number of departures."""
        yield list(filter(None, [self._tried(Program(self.spec))]))
        known: list[Candidate] = []
        candidates = groupby(self.candidates, key=lambda candidate: len(candidate.departures))
        following = next(candidates, None)
        for depth in range(1, DEEPEST + 1):
            while following and following[0] <= depth:
                known += following[1]
                following = next(candidates, None)
            yield self._level(known, depth)

    def _level(self, candidates: list[Candidate], depth: int) -> list[Match]:
        """Of so many departures, up to one that none of them can surpass."""
        found = []
        for program in filter(self._may_matter, self.programs.of(candidates, depth)):
            match = self._tried(program)
            if match and self._earns(match):
                found.append(match)
                if self._is_perfect(match):
                    break
        return found

    def _is_perfect(self, match: Match) -> bool:
        """Whether nothing of as many departures can have a better key."""
        rest = (part for place, part in enumerate(self.key(match)) if place != DEPARTURES)
        return self._explains_all(match) and not any(rest)

    def _may_matter(self, program: Program) -> bool:
        """Whether it may change anything, which is cheaper to ask: its deviation, or another step."""
        deviation = program.deviation
        if program.is_of_own_loss:
            is_new = self.evidence.bits(program) not in self.bits - {None}
            return is_new and not any(
                map(partial(self._fails_with, program), self._simpler(program))
            )
        if program.ulps or program.elsewhere:
            return self.evidence.is_broken
        if deviation == NONE:
            return True
        if deviation.is_of_nan and not self.evidence.is_broken:
            plain = replace(program, deviation=NONE)
            if self.evidence.is_finite(plain):
                return False
        matters = deviation.matters(program.computes_in, self.evidence.quantity, program.spec.dtype)
        return matters and all(map(self.evidence.changes, _with_each_part(program)))

    def _fails_with(self, program: Program, simpler: Match) -> bool:
        """Whether a number contradicts both: one for which native arithmetic gives the same in both.

        Asked of programs on which no other builds, and which therefore matter only if none does.
        """
        if len(program.parts) < FEW_STEPS:
            return False
        native = self.evidence.native(program)
        same = (native == self.evidence.native(simpler.program)) & (native != 0)
        return bool((same & simpler.misses).any())

    def _tried(self, program: Program) -> Match | None:
        match = self.evidence.match(program)
        if not (program.ulps or program.elsewhere):
            self.bits.add(self.evidence.bits(program))
        if match:
            self.tried[_name(program, program.parts, program.deviation)] = match
        return match

    def _earns(self, match: Match) -> bool:
        """Whether it gives wrong numbers, and each departure some that it would not give without."""
        if not match.hits.any():
            return bool(match.open.any()) and self._shows_beside(match.program)
        simpler = self._simpler(match.program)
        return self._is_worth(match) and all(match.gains_on(each) for each in simpler)

    def _simpler(self, program: Program) -> Iterator[Match]:
        """What was tried with a departure less."""
        parts = program.parts
        without = [_name(program, parts - {part}, program.deviation) for part in parts]
        if program.deviation != NONE:
            without.append(_name(program, parts, NONE))
        return filter(None, map(self.tried.get, without))

    def _is_worth(self, match: Match) -> bool:
        """Whether there is a number for each departure; what it gives to a few ULP counts twice."""
        found = int(match.hits.sum()) + (match.distance <= FEW)
        if match.program.departures <= max(found, 1):
            return True
        beside = self.beside.match(match.program) if self.beside else None
        return beside is not None and match.program.departures <= found + int(beside.hits.sum())

    def _shows_beside(self, program: Program) -> bool:
        """Whether it makes numbers of the other quantity, of which it is the program as well."""
        beside = self.beside
        return beside is not None and beside.shows(program) and not beside.contradicts(program)

    def _explains_all(self, match: Match) -> bool:
        return not match.contradicted and not (self.evidence.wrong & ~self.explained(match)).any()

    def explained(self, match: Match) -> np.ndarray:
        """The numbers that a program accounts for: if many show that it is the one, all it holds."""
        found = match.hits | match.open
        return found | match.held if self._is_proven(match) else found

    def _is_proven(self, match: Match) -> bool:
        beside = self.beside.match(match.program) if self.beside else None
        # an approximation of the sigmoid has too many variants to reproduce each of its numbers
        enough = 1 if match.program.deviation.coarse_sigmoid else MANY
        return match.numbers > 0 and match.numbers + (beside.numbers if beside else 0) >= enough

    def key(self, match: Match) -> tuple[float, ...]:
        """The less, the better, whatever the order of the tables is."""
        program, kinds = match.program, not match.numbers
        return (
            match.contradicted,
            not match.is_near,
            program.departures,
            self._is_contradicted_beside(program),
            kinds,
            kinds * self._doubt(program),
            _magnitude(match.distance) if np.isfinite(match.distance) else math.inf,
        )

    def _is_contradicted_beside(self, program: Program) -> bool:
        return self.beside is not None and self.beside.contradicts(program)

    def _doubt(self, program: Program) -> int:
        """How little it says that a program gives NaN or infinity, and nothing else."""
        flushes = program.deviation == FLUSHED and get_format(program.computes_in).flushes
        if program.elsewhere:
            return 3
        if not program.parts:
            return 0 if flushes or program.deviation == NONE else 2
        return 1

    def winner(self) -> list[Match]:
        """Those that share the numbers, the best first: one where it reproduces all, or nearly so."""
        best = self._best()
        if len(best) == 1:
            best = [replace(best[0], hits=self.explained(best[0]))]
        left = self.evidence.wrong & ~self._together(best)
        return [*best, *self._of_rounding(left)] if left.any() else best

    def _of_rounding(self, left: np.ndarray) -> list[Match]:
        """What may well round as the call did, and is contradicted by no number of it."""
        may = [match for match in self.tried.values() if self._may_round(match, left)]
        best = min(
            may, key=lambda match: (-(match.slight & left).sum(), self.key(match)), default=None
        )
        return [replace(best, hits=best.slight & left)] if best else []

    def _may_round(self, match: Match, left: np.ndarray) -> bool:
        may = bool((match.slight & left).any()) and not match.contradicted
        return may and not self._is_contradicted_beside(match.program)

    def _best(self) -> list[Match]:
        """The one that reproduces all numbers, or those that share them, the best first."""
        found: list[Match] = []
        whole: list[Match] = []
        shared: list[Match] = []
        for depth, matches in enumerate(self.levels()):
            found += matches
            last, whole = bool(whole), [*whole, *filter(self._explains_all, matches)]
            if last or any(match.is_near for match in whole):
                break
            if not whole and not shared and self._is_enough(found):
                shared = self._shared(found)
            if shared and not whole and depth >= sum(m.program.departures for m in shared):
                break
        return [min(whole, key=self.key)] if whole else shared or self._shared(found)

    def _is_enough(self, matches: list[Match]) -> bool:
        together = self._together(filter(self._may_share, matches))
        return not (self.evidence.wrong & ~together).any()

    def _together(self, matches: Iterable[Match]) -> np.ndarray:
        hits = [match.hits for match in matches]
        return np.logical_or.reduce([np.zeros_like(self.evidence.wrong), *hits])

    def _may_share(self, match: Match) -> bool:
        """Whether nothing contradicts it, or it is the right formula, failing in a row of many."""
        return not match.contradicted or not match.program.parts

    def _shared(self, matches: list[Match]) -> list[Match]:
        """As few as explain as much as all do."""
        matches = list(filter(self._may_share, matches))
        left, chosen = self.evidence.wrong & self._together(matches), []
        while left.any():
            best = min(matches, key=lambda match: (-(match.hits & left).sum(), self.key(match)))
            chosen.append(best)
            left = left & ~best.hits
        return chosen

    def in_own_dtype(self, match: Match) -> Match | None:
        """The right formula in its own dtype, where nothing but the dtype is another one."""
        own = self.tried.get(_name(Program(self.spec), frozenset(), NONE))
        return own if match.program.parts == {ANOTHER_DTYPE} else None

    def without_deviation(self, match: Match) -> Match | None:
        program = match.program
        return self.tried.get(_name(program, program.parts, NONE))


def _magnitude(distance: float) -> int:
    """0 for a few ULP; then how many times sixteen it is, which is what rounding may do."""
    return 0 if distance <= FEW else 1 + math.floor(math.log2(distance / FEW) / 4)


def _name(program: Program, parts: frozenset[Reason], deviation: Deviation) -> Hashable:
    return parts, deviation, program.loss_dtype, program.ulps, program.elsewhere


def _with_each_part(program: Program) -> Iterator[Program]:
    """The program, and where its deviation is a sigmoid and a lost NaN, that with the sigmoid alone."""
    yield program
    if program.deviation.coarse_sigmoid and program.deviation.clip_of_nan:
        yield replace(program, deviation=replace(program.deviation, clip_of_nan=""))
