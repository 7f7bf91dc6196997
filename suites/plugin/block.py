"""The comparisons of one quantity of one case as plain data, which travels from a worker to the end of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:  # a report names the type, and needs neither the tables nor the reference
    from reference.cause import Cause
    from suites.cases.case import Case
    from suites.judge.comparison import Comparisons, SideName

NAN = float("nan")


class Blame(TypedDict):
    """Plain data: one comparison of a side against the reference."""

    side: SideName
    quantity: str
    index: str
    low: float
    high: float
    cause: str


class Block(TypedDict):
    """`case` holds the fields of the case; every list has one entry for each comparison.

    What the columns mean is in `reports/run/frame.py`; what a kind of comparison does not have is
    empty or NaN. `blame` is there where a relation fails for one of its sides.
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
    blame: Blame | None


def as_block(case: Case, found: Comparisons, verdict: Sequence[str], known: Sequence[str]) -> Block:
    """The comparisons with their verdicts, and the ids of the entries that account for them."""
    from suites.judge.comparison import Numbers, OneRaised, Pairs, causes

    block = _empty(case, list(verdict), list(known), list(map(_text, causes(found))))
    if isinstance(found, Pairs | OneRaised):
        block["quantity"] = [found.relation] * len(block["cause"])
    else:
        block["quantity"] = [str(found.quantity)] * len(block["cause"])
    if isinstance(found, Numbers):
        block |= {
            "index": found.index,
            "low": found.low,
            "high": found.high,
            "exact": found.exact,
            "observed": found.observed,
            "bits": found.bits,
            "observed_dtype": found.observed_dtype,
            "ulp_error": found.ulp_error,
            "radius_share": found.radius_share,
        }
    elif isinstance(found, Pairs):
        block |= {
            "index": [f"{found.quantity} {index}".strip() for index in found.index],
            "observed": found.observed,
            "observed_dtype": found.observed_dtype,
            "other": found.other,
            "distance": found.distance,
            "bound": found.bound,
        }
    elif isinstance(found, OneRaised):
        block |= {"index": ["call"], "observed": [found.observed], "other": [found.other]}
    else:
        block["observed"] = [found.observed]
    return block


def _empty(case: Case, verdict: list[str], known: list[str], cause: list[str]) -> Block:
    """Comparisons without any column of their own."""
    size = len(cause)
    no_texts, no_numbers = [""] * size, [NAN] * size
    return Block(
        case=case.names,
        quantity=no_texts,
        index=no_texts,
        low=no_numbers,
        high=no_numbers,
        exact=no_texts,
        observed=no_texts,
        bits=no_texts,
        observed_dtype=no_texts,
        ulp_error=no_numbers,
        radius_share=no_numbers,
        other=no_texts,
        distance=no_numbers,
        bound=no_numbers,
        cause=cause,
        verdict=verdict,
        known=known,
        blame=None,
    )


def _text(cause: Cause | None) -> str:
    return str(cause or "")
