"""The tables of the page: group-bys over the whole frame, as lists and dicts for the template.

Nothing here walks over single rows of the frame, since a run has hundreds of thousands of them and
the page should take seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from reports.run.tables.causes import is_unexplained
from reports.run.tables.condensed import TEXTS, by_distance, counts
from suites.cases.fields import FIELDS
from suites.plugin.short_id import short_id

Record = dict[str, Any]  # plain data for the page, nested as its template has it

NAMES = {
    "agree": ("✓", "agree", "inside the enclosure"),
    "known": ("◆", "known", "a difference listed in the ledger, which occurs as expected"),
    "new": ("✗", "new", "a difference that is not in known_differences.toml"),
    "gone": ("◇", "gone", "a known difference that no longer occurs"),
    "missing": ("∅", "missing", "no result, although this release should have the API"),
    "not_tested": (
        "○",
        "not tested",
        "the error bound of this number is infinite, so any answer would pass",
    ),
    "not_measured": (
        "\N{EN DASH}",
        "not measured",
        "this release lacks the API, or the case did not run",
    ),
}
WORST_FIRST = ("new", "gone", "missing", "not_measured", "known", "not_tested", "agree")
TIGHT = ["loss", "output", "dtype", "labels", "inputs", "quantity"]
WORST = 20  # the most tight results that are shown


def groups(frame: pd.DataFrame, by: list[str], facets: Sequence[str] = ()) -> list[Record]:
    """Rows grouped by `by`: how many, the names in each facet, and the example furthest off.

    The gravest verdict comes first, then the gravest severity, what is unexplained, the greatest count.
    """
    if frame.empty:
        return []
    ordered = frame.loc[by_distance(frame).index]
    found = ordered.drop_duplicates(by).set_index(by, drop=False)
    found["count"] = counts(frame).groupby([frame[name] for name in by], observed=True).sum()
    found["severity"] = frame["severity"].astype(str).groupby([frame[name] for name in by]).min()
    for facet in facets:
        pairs = frame[[*by, facet]].astype(str).drop_duplicates().sort_values(facet)
        found[f"all_{facet}"] = pairs.groupby(by)[facet].agg(list)
    return sorted(map(_with_case, found.to_dict("records")), key=_gravity)


def _gravity(record: Record) -> tuple[int, str, bool, int, str]:
    place, is_explained = WORST_FIRST.index(record["verdict"]), not is_unexplained(record["cause"])
    return place, record["severity"], is_explained, -record["count"], record["case"]


# `Any`: a row of a frame, in which pandas types neither names nor cells.
def _with_case(record: Mapping[Any, Any]) -> Record:
    names = [f"{name}={record[name]}" for name in FIELDS]
    place = f"{record['quantity']}[{record['index'].replace(' ', ', ')}]"
    place = place if record["index"] else record["quantity"]
    test = ",".join(names[:-2])  # one test item has all labels and inputs
    about = {"case": ",".join(names), "test": test, "short": short_id(test), "place": place}
    return {**record, **about}


def tightness(agreeing: pd.DataFrame) -> Record:
    """Greatest radius share of the agreeing rows, by loss, quantity and dtype."""
    by = ["loss", "quantity", "dtype"]
    rows = agreeing.loc[agreeing["radius_share"].notna(), [*by, "radius_share"]]
    # `Any`: pandas has no type for the keys, a tuple of the names.
    table: dict[Any, float] = rows.groupby(by, observed=True)["radius_share"].max().to_dict()
    dtypes = sorted({dtype for *_, dtype in table})
    kinds = sorted({tuple(kind) for *kind, _ in table})
    shares = {", ".join(kind): [table.get((*kind, dtype)) for dtype in dtypes] for kind in kinds}
    return {"dtypes": dtypes, "rows": shares}


def tight(agreeing: pd.DataFrame) -> pd.DataFrame:
    """The agreeing results nearest to the end of their enclosure, one of each kind of case."""
    rows = agreeing.loc[agreeing["radius_share"].notna(), [*TIGHT, "radius_share"]]
    place = rows.groupby(TIGHT, observed=True)["radius_share"].idxmax().sort_values()
    return agreeing.loc[place].astype(TEXTS)


def tightest(agreeing: pd.DataFrame) -> list[Record]:
    """The tightest of all."""
    best = tight(agreeing).nlargest(WORST, "radius_share")
    return [*map(_with_case, best.to_dict("records"))]
