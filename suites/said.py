"""What the judge says of an answer, as one line: where it is not what is due, and why.

    gradient 3,7-9 the formula itself fails in float16 <tab> value 3 computed in float32

Places are counted through the whole array; without one the cause is that of all of it. The empty
text says that everything is right.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from suites.cases import Case
from suites.judge import judge


def said(case: Case, answer: dict[str, Any], seed: int) -> str:
    """The text for one answer, "" where it is all right."""
    parts = []
    for columns in judge(case, answer, seed):
        for cause in sorted({cause for cause in columns.cause if cause}):
            places = [place for place, found in enumerate(columns.cause) if found == cause]
            whole = columns.index == [""]
            parts.append(f"{columns.quantity} {'' if whole else spans(places) + ' '}{cause}")
    return "\t".join(" ".join(part.split()) for part in sorted(parts))


def spans(places: Iterable[int]) -> str:
    """Ascending whole numbers, neighbours together: "3,7-9"."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1] = [runs[-1][0], place]
        else:
            runs.append([place])
    return ",".join("-".join(map(str, run)) for run in runs)
