"""The known differences of the page: each with its reach, its numbers, since when, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from reports.run.tables.causes import about
from reports.run.tables.condensed import counts
from reports.run.tables.strip import Strip
from reports.run.tables.tables import Record, groups
from suites.plugin.outcome import Known

FACETS = ("loss", "form", "output", "dtype", "execution", "device", "inputs")
REACH = ("loss", "form", "dtype", "execution")  # by which a reader finds what is theirs
# Ends of the columns of a picture of errors, in ULP; what has no number is beyond the last.
EDGES = (1.0, 1e2, 1e4, 1e6, 1e8, np.inf)
SIZES = (
    "up to 1 ULP",
    "10\u00b2",
    "10\u2074",
    "10\u2076",
    "10\u2078",
    "more",
    "an error, NaN, or two calls",
)
Errors = Mapping[tuple[str, int], int]  # comparisons by known difference and column of SIZES


def with_places(differences: Sequence[Known], frame: pd.DataFrame) -> list[Record]:
    """The known differences, the gravest first, each with the names of the cases in which it shows."""
    rows = frame[frame["verdict"] == "known"]
    places = {record["known"]: record for record in groups(rows, ["known"], FACETS)}
    records: list[Record] = [
        {
            **one,
            "severity": places[one["id"]]["severity"],
            "places": {name: places[one["id"]][f"all_{name}"] for name in FACETS},
        }
        if one["id"] in places
        else {**one, "severity": "", "places": {}}
        for one in differences
    ]
    return sorted(
        records, key=lambda one: (not one["severity"], one["severity"], -one["comparisons"])
    )


def entries(
    differences: Sequence[Known], frame: pd.DataFrame, found: Errors, strips: Mapping[str, Strip]
) -> list[Record]:
    """Those that show, with an example, the causes and errors they show with, and a strip."""
    rows = frame[frame["verdict"] == "known"]
    examples = {record["known"]: record for record in groups(_telling(rows), ["known"])}
    shown = {str(name): group for name, group in rows.groupby("known", observed=True)}
    return [
        {
            **one,
            "example": examples[one["id"]],
            "common": _in_common_use(shown[one["id"]]),
            "shown_causes": _causes(shown[one["id"]]),
            "advice": one["advice"] or _of_cause(shown[one["id"]]),
            "errors": _errors(found, one["id"]),
            "strip": strips.get(one["id"]),
        }
        for one in with_places(differences, frame)
        if one["severity"]
    ]


def _telling(rows: pd.DataFrame) -> pd.DataFrame:
    """Of each known difference the rows of its gravest severity, numbers where it has any."""
    grave = rows["severity"].astype(str)
    rows = rows[grave == grave.groupby(rows["known"]).transform("min")]
    number = rows["ulp_error"].notna()
    return rows[number | ~number.groupby(rows["known"]).transform("any")]


def _of_cause(rows: pd.DataFrame) -> str:
    """What to do about the most frequent cause, for an entry that says nothing of it."""
    of_kind = about(_causes(rows)[0][0])
    return of_kind.advice if of_kind else ""


def _causes(rows: pd.DataFrame) -> list[tuple[str, int]]:
    """The causes with their numbers of comparisons, the most frequent first."""
    of_rows = counts(rows).groupby(rows["cause"], observed=True).sum()
    return sorted(((str(cause), int(n)) for cause, n in of_rows.items()), key=lambda c: (-c[1], c))


def _in_common_use(rows: pd.DataFrame) -> int:
    return int(counts(rows)[rows["severity"] == "A"].sum())


def errors(rows: pd.DataFrame) -> Errors:
    """How many comparisons of each known difference have an error of which size."""
    sizes = rows["ulp_error"].abs()
    columns = np.searchsorted(EDGES, sizes.to_numpy(np.float64), side="left")
    columns[sizes.isna()] = len(EDGES)
    return Counter(zip(rows["known"].astype(str), columns.tolist(), strict=True))


def _errors(found: Errors, known: str) -> list[tuple[str, int, float]]:
    """The same by the names of the columns, with the share of the most frequent."""
    numbers = [found.get((known, column), 0) for column in range(len(SIZES))]
    most = max(1, *numbers)
    return [(name, n, n / most) for name, n in zip(SIZES, numbers, strict=True)]


def reach(rows: pd.DataFrame, names: Mapping[str, Sequence[str]]) -> dict[str, list[list[int]]]:
    """Of each known difference the combinations in which it shows, as places in `names`."""
    few = rows[["known", *REACH]].drop_duplicates().astype(str)
    found: dict[str, list[list[int]]] = {}
    for known, *place in few.sort_values(["known", *REACH]).itertuples(index=False):
        combined = [names[name].index(text) for name, text in zip(REACH, place, strict=True)]
        found.setdefault(known, []).append(combined)
    return found


def names_in(rows: pd.DataFrame) -> dict[str, list[str]]:
    """What can be chosen in the filter."""
    return {name: sorted({*rows[name].astype(str)}) for name in REACH}
