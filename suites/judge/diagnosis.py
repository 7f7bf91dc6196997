"""What the judge found in one answer: the record that is kept beside it in a recording.

How it is written there is in `diagnosis_text`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from reference.cause import Cause

USUAL = 4  # an error of at most 2**USUAL ULP is not written down
RIGHT, RIGHT_WHERE_BOUNDED = "right", "right where it is bounded"


class Quantity(StrEnum):
    CALL = "call"  # the answer as a whole
    VALUE = "value"
    GRADIENT = "gradient"


@dataclass(frozen=True)
class Wrong:
    """Numbers outside their enclosure, or no numbers at all, for one cause.

    `places` count through the whole array and ascend; None means all of the quantity, of which
    no number was compared.
    """

    quantity: Quantity
    places: tuple[int, ...] | None
    cause: Cause


@dataclass(frozen=True)
class Unbounded:
    """Finite numbers of whose accuracy nothing is known."""

    quantity: Quantity
    places: tuple[int, ...]


@dataclass(frozen=True)
class Inaccurate:
    """All numbers inside their enclosure, the worst up to 2**`error` ULP from exact."""

    quantity: Quantity
    error: int


Finding = Wrong | Unbounded | Inaccurate


@dataclass(frozen=True)
class Diagnosis:
    """All findings of one answer; without one it is right, as accurate as usual, or no answer."""

    findings: tuple[Finding, ...] = ()

    @cached_property
    def wrong(self) -> tuple[Wrong, ...]:
        return tuple(one for one in self.findings if isinstance(one, Wrong))

    @cached_property
    def unbounded(self) -> tuple[Unbounded, ...]:
        return tuple(one for one in self.findings if isinstance(one, Unbounded))

    @cached_property
    def causes(self) -> frozenset[tuple[Quantity, Cause]]:
        """What is wrong, and why, wherever it is."""
        return frozenset((one.quantity, one.cause) for one in self.wrong)

    @property
    def is_right(self) -> bool:
        return not self.wrong

    def error(self, quantity: Quantity) -> int:
        """The binary logarithm of the worst error in ULP of a quantity that is all right."""
        found = (one for one in self.findings if isinstance(one, Inaccurate))
        return max((one.error for one in found if one.quantity is quantity), default=USUAL)

    def is_whole(self, quantity: Quantity) -> bool:
        """Whether one cause covers the whole quantity, so that no number of it was compared."""
        of = (quantity, Quantity.CALL)
        return any(one.places is None and one.quantity in of for one in self.wrong)

    def text(self) -> str:
        """The causes for people, each once, with the quantities that they are of."""
        return self._text

    @cached_property
    def _text(self) -> str:
        if self.is_right:
            return RIGHT_WHERE_BOUNDED if self.unbounded else RIGHT
        found: dict[str, list[str]] = {}
        for quantity, cause in self.causes:
            found.setdefault(str(cause), []).append(quantity)
        parts = (f"{cause} ({' and '.join(sorted(of))})" for cause, of in sorted(found.items()))
        return "; ".join(parts)
