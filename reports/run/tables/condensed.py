"""What does not agree, in few rows: of comparisons alike in all but their numbers the one furthest off.

It grows with the cases that differ, not with their comparisons; `count` says how many a row stands for.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from reports.run.columns import COLUMNS
from suites.cases.fields import FIELDS

ALIKE = [*FIELDS, "quantity", "verdict", "cause", "known", "severity"]
TEXTS = {column.name: "str" for column in COLUMNS if column.dtype == "category"}


def condensed(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that do not agree, condensed, in their order; a row with a number stands for such alone."""
    rows = frame[frame["verdict"] != "agree"].astype(TEXTS)
    has_number = rows["ulp_error"].notna().rename("has number")
    kind = rows.groupby([*(rows[name] for name in ALIKE), has_number], sort=False).ngroup()
    furthest = kind.loc[by_distance(rows).index].drop_duplicates().sort_index()
    return rows.loc[furthest.index].assign(count=furthest.map(kind.value_counts()))


def by_distance(rows: pd.DataFrame) -> pd.Series:
    """How far off each row is, the furthest first; without a number it is further than any."""
    distance = rows["ulp_error"].abs().fillna(np.inf)
    return distance.sort_values(ascending=False, kind="stable")


def counts(rows: pd.DataFrame) -> pd.Series:
    """How many comparisons each row stands for: one, unless they are condensed."""
    return rows["count"] if "count" in rows else pd.Series(1, rows.index)
