"""What the reader of a failure gets: the numbers, the cause, a command, and the name of a script."""

from __future__ import annotations

import math
from collections.abc import Callable

from suites.cases.case import Case
from suites.cases.relation import Relation
from suites.cases.relations import RELATIONS
from suites.judge.judge import Columns
from suites.plugin import script

FAILING = ("new", "gone", "missing")
SHOWN = 3  # of the numbers that differ, for each quantity of a case


def describe(
    case: Case, columns: Columns, verdicts: list[str], folder: str, shown: Callable[[], str]
) -> str:
    """The text of one failing quantity of a case, its greatest errors first; "" if none fails.

    `shown` says, if it can, which releases gave the same answer.
    """
    places = [place for place, verdict in enumerate(verdicts) if verdict in FAILING]
    if not places:
        return ""
    places.sort(key=lambda place: (-_weight(columns, place), place))
    relation = next((one for one in RELATIONS if one.name == columns.quantity), None)
    lines = [f"{case.id}", f"  call   {case.call}   [{columns.quantity}]"]
    blamed = case
    if relation:
        other = relation.case(case)
        lines.append(f"  and    {other.call}   [{relation.sides[1]}]")
        blamed = other if columns.blamed[places[0]] == "other" else case
    for place in places[:SHOWN]:
        lines += _number(columns, verdicts, place, relation)
    if len(places) > SHOWN:
        lines.append(f"  ... and {len(places) - SHOWN} more")
    if by := shown():
        lines.append(f"  shown  by {by}")
    lines.append(f"  rerun  pytest -k '{blamed.group}'")
    lines.append(f"  script {folder}/scripts/{script.name(case)}")
    return "\n".join(lines)


def _weight(columns: Columns, place: int) -> float:
    error = columns.distance[place] if columns.other[place] else columns.ulp_error[place]
    return math.inf if math.isnan(error) else abs(error)


def _number(
    columns: Columns, verdicts: list[str], place: int, relation: Relation | None
) -> list[str]:
    if verdicts[place] == "gone":
        return [f"  [{columns.index[place]}] agrees, where a known difference was expected"]
    if relation and columns.other[place]:
        return _pair(columns, place, relation.sides)
    if not columns.exact[place]:
        return [f"  observed {columns.observed[place]}", f"  cause  {columns.cause[place]}"]
    return [
        f"  [{columns.index[place]}] observed {columns.observed[place]}"
        f" (0x{columns.bits[place]}, {columns.observed_dtype[place]})",
        f"      exact    {columns.exact[place]}",
        f"      correct  from {columns.low[place]!r} to {columns.high[place]!r}",
        *_error(columns.ulp_error[place], columns.radius_share[place]),
        f"      cause    {columns.cause[place]}",
    ]


def _error(ulps: float, share: float) -> list[str]:
    """Nothing where a number is NaN or infinite."""
    if math.isnan(ulps):
        return []
    of_radius = "" if math.isnan(share) else f", {share:.4g} of the radius"
    return [f"      error    {ulps:.4g} ULP{of_radius}"]


def _pair(columns: Columns, place: int, names: tuple[str, str]) -> list[str]:
    """Two calls that should agree: neither is what the other is held to."""
    width = max(map(len, names))
    distance, bound = columns.distance[place], columns.bound[place]
    lines = [
        f"  [{columns.index[place]}] {names[0]:{width}} returned {columns.observed[place]}",
        f"      {names[1]:{width}} returned {columns.other[place]}",
    ]
    if not math.isnan(distance):
        lines.append(f"      distance {distance:.4g}, where at most {bound:.4g} is rounding")
    return [*lines, f"      cause    {columns.cause[place]}"]
