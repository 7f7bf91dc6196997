"""What the reader of a failure gets: the numbers, the cause, a command, and the name of a script."""

from __future__ import annotations

import math
from collections.abc import Callable

from suites import script
from suites.cases import Case
from suites.judge import Columns

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
    places.sort(key=lambda place: (-_weight(columns.ulp_error[place]), place))
    lines = [f"{case.id}", f"  call   {case.call}   [{columns.quantity}]"]
    for place in places[:SHOWN]:
        lines += _number(columns, verdicts, place)
    if len(places) > SHOWN:
        lines.append(f"  ... and {len(places) - SHOWN} more")
    if by := shown():
        lines.append(f"  shown  by {by}")
    lines.append(f"  rerun  pytest -k '{case.group}'")
    lines.append(f"  script {folder}/scripts/{script.name(case)}")
    return "\n".join(lines)


def _weight(error: float) -> float:
    return math.inf if math.isnan(error) else abs(error)


def _number(columns: Columns, verdicts: list[str], place: int) -> list[str]:
    if verdicts[place] == "gone":
        return [f"  [{columns.index[place]}] agrees, where a known difference was expected"]
    if not columns.exact[place]:
        return [f"  observed {columns.observed[place]}", f"  cause  {columns.cause[place]}"]
    return [
        f"  [{columns.index[place]}] observed {columns.observed[place]}"
        f" (0x{columns.bits[place]}, {columns.observed_dtype[place]})",
        f"      exact    {columns.exact[place]}",
        f"      correct  from {columns.low[place]!r} to {columns.high[place]!r}",
        f"      error    {columns.ulp_error[place]:.4g} ULP,"
        f" {columns.radius_share[place]:.4g} of the radius",
        f"      cause    {columns.cause[place]}",
    ]
