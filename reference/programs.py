"""The programs that compete for the numbers of a call, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from reference.arithmetic.deviation import KNOWN_DEVIATIONS, NONE, Deviation
from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.program import ANOTHER_DTYPE, Program
from reference.specification import Specification

FEW_STEPS = 2  # departures of a user's own loss, of which many more are tried


@dataclass(frozen=True)
class Candidate:
    """Another formula, or other options, that an implementation might compute.

    `reasons` are its departures from the specification of the call, in the order of their text.
    """

    spec: Specification
    reasons: tuple[Reason, ...]

    @property
    def departures(self) -> frozenset[Reason]:
        return frozenset(self.reasons)

    @property
    def is_of_own_loss(self) -> bool:
        """Whether it is a step of a user's own loss, which nothing is tried with but a dtype."""
        return any(reason.kind is CauseKind.STEP for reason in self.reasons)


@dataclass(frozen=True)
class Programs:
    """What makes programs of the right specification and of candidates.

    `dtypes` are those in which the call may have been computed beside its own; the result
    `came_in` the first of them, or in its own.
    """

    spec: Specification
    dtypes: tuple[str, ...]
    came_in: str

    def of(self, candidates: Iterable[Candidate], departures: int) -> Iterator[Program]:
        """Those with so many departures, the likeliest first."""
        every = (
            None,
            *(each for each in candidates if departures <= FEW_STEPS or not each.is_of_own_loss),
        )
        if departures == 1:
            yield from (Program(self.spec, departures=1, ulps=ulps) for ulps in (1, -1))
        for deviation in self._known():
            for candidate in every:
                if deviation == NONE or not (candidate and candidate.is_of_own_loss):
                    yield from self._in_all_dtypes(candidate, deviation, departures)
        if departures <= 2:
            deviations = self._known()[1:] if departures == 2 else (NONE,)
            right = Program(self.spec, departures=departures, elsewhere=True)
            yield from (replace(right, deviation=deviation) for deviation in deviations)

    def _known(self) -> tuple[Deviation, ...]:
        """A penalty has the dtype of what it is added to."""
        penalised = bool(self.spec.penalty)
        return tuple(each for each in KNOWN_DEVIATIONS if not (penalised and each.reduces_in))

    def _in_all_dtypes(
        self, candidate: Candidate | None, deviation: Deviation, departures: int
    ) -> Iterator[Program]:
        """In the dtype in which a result came, another formula does not depart by that."""
        spec, reasons = (candidate.spec, candidate.reasons) if candidate else (self.spec, ())
        parts = frozenset(reasons)
        program = Program(spec, reasons, parts, departures, deviation)
        left = departures - len(parts) - (deviation != NONE)
        for dtype in self.dtypes:
            if left == (not candidate or dtype != self.came_in):
                yield from _cast(program, dtype)
        if left == 0:
            yield program


def _cast(program: Program, dtype: str) -> Iterator[Program]:
    """All of it in the dtype, or the loss alone."""
    parts = program.parts | {ANOTHER_DTYPE}
    yield replace(program, spec=replace(program.spec, dtype=dtype), parts=parts)
    spec = program.spec
    if not (program.deviation.reduces_in or spec.loss_dtype or spec.penalty):
        yield replace(program, loss_dtype=dtype, parts=parts)
