"""A program that might have made the numbers of a call, and how well it does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.arithmetic.deviation import NONE, Deviation
from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.specification import Specification

FEW = 4.0  # ULP between two programs that take the same steps
ANOTHER_DTYPE = Reason(CauseKind.DTYPE, ("another dtype",))  # whichever it is
MANY = 3  # numbers that no other program gives by chance


@dataclass(frozen=True)
class Program:
    """A specification and an arithmetic: what may have been computed.

    `parts` are its departures from the right one but for the deviation, `reasons` the same in the
    order of its text and without the dtype; `departures` counts them, but not another dtype in which the
    result came. `loss_dtype` is that of the loss, where predictions are cast for it. `ulps` moves the
    predictions by an ULP; `elsewhere` says that another place in the row broke.
    """

    spec: Specification
    reasons: tuple[Reason, ...] = ()
    parts: frozenset[Reason] = frozenset()
    departures: int = 0
    deviation: Deviation = NONE
    loss_dtype: str = ""
    ulps: int = 0
    elsewhere: bool = False

    @property
    def computes_in(self) -> str:
        """The dtype of the loss."""
        return self.loss_dtype or self.spec.loss_dtype or self.spec.dtype

    @property
    def takes_other_steps(self) -> bool:
        """Whether its one departure is another formula, or another input of it."""
        kinds = {reason.kind for reason in self.reasons}
        return (
            self.departures == 1 and kinds <= {CauseKind.FORMULA, CauseKind.INPUT} and bool(kinds)
        )

    @property
    def is_of_own_loss(self) -> bool:
        """Whether it takes a step of a user's own loss in another way."""
        return any(reason.kind is CauseKind.STEP for reason in self.reasons)


@dataclass(frozen=True, eq=False)
class Match:
    """A program beside the numbers of a call, of which each array says where something holds.

    `hits`: a wrong number is reproduced; `special`: by native arithmetic alone, which leaves the
    enclosure of the program. `native`: a number, right or wrong, is what native arithmetic gives.
    `open`: a wrong number may be what rounding left of greater ones. `held`: the enclosure of the
    program holds a wrong number, however wide it is; `slight`: it does, and the number is a few ULP
    from both the right one and that of native arithmetic. `misses`: the program can't have made the
    number. `distance` is the greatest of a finite hit, in ULP, `numbers` how many of those there are.
    """

    program: Program
    hits: np.ndarray
    special: np.ndarray
    native: np.ndarray
    open: np.ndarray
    held: np.ndarray
    slight: np.ndarray
    misses: np.ndarray
    distance: float
    numbers: int

    @property
    def contradicted(self) -> bool:
        return bool(self.misses.any())

    @property
    def is_near(self) -> bool:
        """Whether the numbers leave no doubt: as near as programs come, or too many for chance."""
        return self.distance <= FEW or self.numbers >= MANY

    def gains_on(self, simpler: Match) -> bool:
        """Whether it gives a number that the simpler program does not."""
        hits = self.hits & ~simpler.hits
        return bool((hits | (self.native & simpler.misses)).any())
