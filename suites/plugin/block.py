"""The comparisons of one quantity of one case as plain data, which travels from a worker to the end of a run."""

# Without `from __future__ import annotations`: the types of columns are read from `Block`.
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict, cast

if TYPE_CHECKING:  # a report names the type, and needs neither the tables nor the reference
    from suites.cases.case import Case
    from suites.judge.comparison import Comparisons, SideName

NAN = float("nan")
Column = list[str] | list[float]


class Blame(TypedDict):
    """A comparison of a side against the reference: `comparison` holds what is in
    `script.Comparison`, in its order.
    """

    side: "SideName"
    comparison: tuple[str, str, float, float, str]


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
    verdict: list[str]
    cause: list[str]
    known: list[str]
    blame: Blame | None


COLUMNS = tuple(
    name for name, kind in Block.__annotations__.items() if kind in (list[str], list[float])
)
NUMBERS = tuple(name for name in COLUMNS if Block.__annotations__[name] == list[float])


def column(block: Block, name: str) -> Column:
    """A column by its name."""
    return cast(dict[str, Column], block)[name]


def as_block(
    case: "Case", found: "Comparisons", verdict: Sequence[str], known: Sequence[str]
) -> Block:
    """The comparisons with their verdicts, and the ids of the entries that account for them."""
    from suites.judge.comparison import OneRaised, Pairs, causes

    cause = [str(one or "") for one in causes(found)]
    size = len(cause)
    quantity = found.relation if isinstance(found, Pairs | OneRaised) else str(found.quantity)
    own = {name: value for name, value in vars(found).items() if name in COLUMNS}
    columns: dict[str, Column] = {
        **{name: [NAN] * size if name in NUMBERS else [""] * size for name in COLUMNS},
        **{name: value if isinstance(value, list) else [value] for name, value in own.items()},
        "quantity": [quantity] * size,
        "index": _index(found, size),
        "cause": cause,
        "verdict": list(verdict),
        "known": list(known),
    }
    return cast(Block, {"case": case.names, **columns, "blame": None})


def _index(found: "Comparisons", size: int) -> list[str]:
    """Where each number is: in a result, or in the results of two calls."""
    from suites.judge.comparison import Numbers, OneRaised, Pairs

    if isinstance(found, Numbers):
        return found.index
    if isinstance(found, Pairs):
        return [f"{found.quantity} {index}".strip() for index in found.index]
    return ["call" if isinstance(found, OneRaised) else ""] * size
