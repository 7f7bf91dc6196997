"""The comparisons of one quantity of one case as plain data, which travels from a worker to the end of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:  # a report names the type, and needs neither the tables nor the reference
    from suites.cases.case import Case
    from suites.judge.judge import Columns


class Block(TypedDict):
    """`case` holds the fields of the case; every list has one entry for each comparison.

    What the columns mean is said in `reports/run/frame.py`.
    """

    case: tuple[str, ...]
    quantity: list[str]
    index: list[str]
    low: list[float]
    high: list[float]
    exact: list[str]
    observed: list[str]
    bits: list[str]
    observed_dtype: list[str]
    ulp_error: list[float]
    radius_share: list[float]
    other: list[str]
    distance: list[float]
    bound: list[float]
    cause: list[str]
    verdict: list[str]
    known: list[str]


def as_block(case: Case, columns: Columns, verdict: Sequence[str], known: Sequence[str]) -> Block:
    """The comparisons with their verdicts, and the ids of the entries that account for them."""
    return Block(
        case=case.names,
        quantity=[columns.quantity] * len(columns.index),
        index=columns.index,
        low=columns.low,
        high=columns.high,
        exact=columns.exact,
        observed=columns.observed,
        bits=columns.bits,
        observed_dtype=columns.observed_dtype,
        ulp_error=columns.ulp_error,
        radius_share=columns.radius_share,
        other=columns.other,
        distance=columns.distance,
        bound=columns.bound,
        cause=columns.cause,
        verdict=list(verdict),
        known=list(known),
    )
