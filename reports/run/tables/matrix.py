"""How many calls differ, by loss, dtype and execution: in usual use, and apart from it at the fringe."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from suites.cases.everyday import is_everyday
from suites.cases.fields import FIELDS

DTYPE = FIELDS.index("dtype")
Place = tuple[str, str]
PLACE = ["loss", "dtype", "execution"]
WORST_FIRST = ("new", "gone", "missing", "known", "agree")


@dataclass(frozen=True)
class Cell:
    """Calls that were asked, and those of them that differ; `severity` is that of the gravest.

    `verdict` is the worst of the usual calls, or of all where none is usual; "" of an empty cell.
    """

    usual: int = 0
    differ: int = 0
    fringe: int = 0
    fringe_differ: int = 0
    severity: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Matrix:
    """Rows by loss; `heads` are the pairs of dtype and execution of the columns."""

    heads: list[Place] = field(default_factory=list)
    rows: dict[str, list[Cell]] = field(default_factory=dict)

    @property
    def dtypes(self) -> dict[str, int]:
        """Each dtype with the number of its columns."""
        names = [dtype for dtype, _ in self.heads]
        return {name: names.count(name) for name in dict.fromkeys(names)}


def matrix(found: pd.DataFrame) -> Matrix:
    """The matrix of some `calls`."""
    heads = sorted({*zip(found["dtype"], found["execution"], strict=True)})
    cells = {place: _cell(group) for place, group in found.groupby(PLACE)}
    losses = sorted({*found["loss"]})
    rows = {loss: [cells.get((loss, *head), Cell()) for head in heads] for loss in losses}
    return Matrix(heads, rows)


def calls(frame: pd.DataFrame) -> pd.DataFrame:
    """How many cases there are of each place, by use, worst verdict and gravest severity."""
    by = [*FIELDS, "verdict"]
    found = frame[[*by, "severity"]].drop_duplicates().astype(str)
    rank = {name: place for place, name in enumerate(WORST_FIRST)}
    found["rank"] = found["verdict"].map(rank).fillna(len(rank))
    found["severity"] = found["severity"].where(found["severity"] != "", "~")  # after all letters
    cases = found.groupby(list(FIELDS), sort=False)[["rank", "severity"]].min().reset_index()
    names = zip(*(cases[name] for name in FIELDS), strict=True)
    cases["usual"] = np.fromiter(map(_is_usual, names), bool, len(cases))
    return united_calls(cases.assign(count=1))


def united_calls(found: pd.DataFrame) -> pd.DataFrame:
    by = [*PLACE, "usual", "rank", "severity"]
    return found.groupby(by)["count"].sum().reset_index()


def _is_usual(case: tuple[str, ...]) -> bool:
    """Whether it would be everyday use, were it of float32."""
    return is_everyday((*case[:DTYPE], "float32", *case[DTYPE + 1 :])) or is_everyday(case)


def _cell(cases: pd.DataFrame) -> Cell:
    differs, usual = cases["severity"] != "~", cases["usual"]
    counted, number = cases[usual] if usual.any() else cases, cases["count"]
    grave = cases.loc[usual & differs, "severity"].min() if (usual & differs).any() else ""
    worst = int(counted["rank"].min())
    return Cell(
        usual=int(number[usual].sum()),
        differ=int(number[usual & differs].sum()),
        fringe=int(number[~usual].sum()),
        fringe_differ=int(number[~usual & differs].sum()),
        severity=grave,
        verdict=WORST_FIRST[worst] if worst < len(WORST_FIRST) else "not_measured",
    )
