"""What comparisons consist of: one type for each kind, with the columns that it really has.

Every list has one entry for each number. A cause is None where a result is what is expected;
`tested` says whether anything is claimed of a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reference.cause import Cause
from suites.judge.diagnosis import Quantity

Causes = list[Cause | None]
SideName = Literal["this", "other"]
Blamed = Literal["this", "other", "both", ""]


@dataclass(frozen=True)
class Numbers:
    """A value or a gradient against its enclosure; of a contract as of any other case.

    `low` and `high` are the ends of the enclosure, `exact` the exact value in decimal, `observed`
    what came back, `bits` the same in hexadecimal. `ulp_error` is in ULP of the case's dtype,
    `radius_share` in radii of the enclosure.
    """

    quantity: Quantity
    index: list[str]
    low: list[float]
    high: list[float]
    exact: list[str]
    observed: list[str]
    bits: list[str]
    observed_dtype: list[str]
    ulp_error: list[float]
    radius_share: list[float]
    tested: list[bool]
    cause: Causes


@dataclass(frozen=True)
class Whole:
    """All of a call, a value or a gradient, where there are no numbers to compare.

    `observed` is the error, the shape or the dtype that came.
    """

    quantity: Quantity
    observed: str
    cause: Cause | None


@dataclass(frozen=True)
class Pairs:
    """Numbers of one quantity of two calls that must agree.

    `distance` is how far they are apart, `bound` how far they may be. `blamed` is the side that the
    reference calls wrong, "" for none, and `own` are the causes of that side.
    """

    relation: str
    quantity: Quantity
    index: list[str]
    observed: list[str]
    observed_dtype: list[str]
    other: list[str]
    distance: list[float]
    bound: list[float]
    tested: list[bool]
    cause: Causes
    blamed: list[Blamed]
    own: list[tuple[Cause, ...]]


@dataclass(frozen=True)
class OneRaised:
    """Two calls that must agree, of which the one that is `blamed` raised the error `observed`.

    `other` is what the other one returned.
    """

    relation: str
    observed: str
    other: str
    cause: Cause
    blamed: SideName
    own: Cause


OfCase = Numbers | Whole
OfRelation = Pairs | OneRaised
Comparisons = OfCase | OfRelation


def causes(found: Comparisons) -> Causes:
    """The cause of each comparison."""
    return found.cause if isinstance(found, Numbers | Pairs) else [found.cause]


def tested(found: Comparisons) -> list[bool]:
    """Of each comparison whether the reference claims anything."""
    return found.tested if isinstance(found, Numbers | Pairs) else [True]


def own_causes(
    found: OfRelation,
) -> list[tuple[Cause | None, Blamed, Quantity, Cause | None]]:
    """Of each comparison its cause, the side that is wrong, and quantity and cause of that side.

    The own cause is None where none or several explain it.
    """
    if isinstance(found, OneRaised):
        return [(found.cause, found.blamed, Quantity.CALL, found.own)]
    rows = zip(found.cause, found.blamed, found.own, strict=True)
    return [
        (cause, blamed, found.quantity, own[0] if len(own) == 1 else None)
        for cause, blamed, own in rows
    ]
