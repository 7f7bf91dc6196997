"""What the reader of a failure gets: the numbers, the cause, a command, and the name of a script."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from reference.cause import Cause
from reference.cause_kinds import KINDS
from suites.cases.case import Case
from suites.cases.relations import BY_NAME
from suites.judge.comparison import (
    Comparisons,
    Numbers,
    OneRaised,
    Pairs,
    Whole,
    causes,
    own_causes,
)
from suites.plugin.short_id import short_id

FAILING = ("new", "gone", "missing")
FEW = 3  # of the numbers that differ, for each quantity of a case


def describe(
    case: Case,
    found: Comparisons,
    verdicts: list[str],
    file: str,
    same: Callable[[], str],
    more: str = "",
) -> str:
    """The text of one failing quantity of a case, its greatest errors first; "" if none fails.

    `file` is the script that shows it, `same` names, if it can, the releases that gave the same
    answer, `more` are options of the command that runs it again.
    """
    places = worst_first(found, verdicts)
    if not places:
        return ""
    blamed, head = case, [f"{case.id}", f"  call   {case.call}   [{_quantity(found)}]"]
    if isinstance(found, Pairs | OneRaised):
        relation = BY_NAME[found.relation]
        other = relation.case(case)
        head.append(f"  and    {other.call}   [{relation.sides[1]}]")
        blamed = other if own_causes(found)[places[0]][1] == "other" else case
    lines = [line for place in places[:FEW] for line in of_number(found, verdicts[place], place)]
    if len(places) > FEW:
        lines.append(f"  ... and {len(places) - FEW} more")
    lines += _about_cause(causes(found)[places[0]])
    if by := same():
        lines.append(f"  shown  by {by}")
    lines.append(f"  rerun  pytest -k {short_id(blamed.group)}{more}")
    lines.append(f"  script {file}")
    return "\n".join([*head, *lines])


def worst_first(found: Comparisons, verdicts: Sequence[str]) -> list[int]:
    """The places that fail, the greatest error first."""
    places = [place for place, verdict in enumerate(verdicts) if verdict in FAILING]
    return sorted(places, key=lambda place: (-_weight(found, place), place))


def _quantity(found: Comparisons) -> str:
    return found.relation if isinstance(found, Pairs | OneRaised) else found.quantity


def _weight(found: Comparisons, place: int) -> float:
    """How far off a number is; infinitely where there is none."""
    if isinstance(found, Numbers):
        error = found.ulp_error[place]
    else:
        error = found.distance[place] if isinstance(found, Pairs) else math.nan
    return math.inf if math.isnan(error) else abs(error)


def _about_cause(cause: Cause | None) -> list[str]:
    """What the worst cause means by its kind, and what to do."""
    if cause is None:
        return []
    about = KINDS[cause.advised]
    return [f"  means  {about.meaning}", f"  do     {about.advice}"]


def of_number(found: Comparisons, verdict: str, place: int) -> list[str]:
    """What was observed in a place, and what is expected there."""
    if verdict == "gone":
        index = found.index[place] if isinstance(found, Numbers | Pairs) else ""
        return [f"  [{index}] agrees, where a known difference was expected"]
    if isinstance(found, Pairs):
        return _pair(found, place)
    if isinstance(found, OneRaised):
        return _one_raised(found)
    if isinstance(found, Whole):
        return [f"  observed {found.observed}", f"  cause  {found.cause}"]
    return [
        f"  [{found.index[place]}] observed {found.observed[place]}"
        f" (0x{found.bits[place]}, {found.observed_dtype[place]})",
        f"      exact    {found.exact[place]}",
        f"      correct  from {found.low[place]!r} to {found.high[place]!r}",
        *_error(found.ulp_error[place], found.radius_share[place]),
        f"      cause    {found.cause[place]}",
    ]


def _error(ulps: float, share: float) -> list[str]:
    """Nothing where a number is NaN or infinite."""
    if math.isnan(ulps):
        return []
    of_radius = "" if math.isnan(share) else f", {share:.4g} of the radius"
    return [f"      error    {ulps:.4g} ULP{of_radius}"]


def _pair(found: Pairs, place: int) -> list[str]:
    """Two calls that should agree: neither is what the other is held to."""
    names = BY_NAME[found.relation].sides
    width = max(map(len, names))
    distance, bound = found.distance[place], found.bound[place]
    index = f"{found.quantity} {found.index[place]}".strip()
    lines = [
        f"  [{index}] {names[0]:{width}} returned {found.observed[place]}",
        f"      {names[1]:{width}} returned {found.other[place]}",
    ]
    if not math.isnan(distance):
        lines.append(f"      distance {distance:.4g}, where at most {bound:.4g} is rounding")
    return [*lines, f"      cause    {found.cause[place]}"]


def _one_raised(found: OneRaised) -> list[str]:
    names = BY_NAME[found.relation].sides
    wrong, right = names if found.blamed == "this" else names[::-1]
    return [
        f"  {wrong} raised {found.observed}",
        f"  {right} returned {found.other}",
        f"  cause  {found.cause}",
    ]
