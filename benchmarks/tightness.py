"""How much the enclosures could see, from the report of a run, and how much a recording beside them.

    python -m benchmarks.tightness [FOLDER] [--beside tf-2.21.0-keras-3.15.1]

Of every finite number that agrees, it asks whether the number would have been judged wrong with an
error of so many ULP more, away from the exact value. What has no bound could see nothing. `--beside` a
recording of what was judged it counts the numbers that came out as they were recorded: whatever is
added to one of those, `pytest --against` the recording `--drift bits` shows.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

import reports
from reference.arithmetic.formats import get_format, ulp
from reports.store.answer_text import unpack
from reports.store.parsed import ulps
from reports.store.recording import SHIPPED
from reports.store.recordings import Recordings
from suites.cases.case import Case
from suites.cases.fields import FIELDS
from suites.judge.judge import observed
from suites.observe.messages import array

MORE = (4, 16, 64, 256)  # ULP
NEAR = (0, 1, 4)  # ULP
BY = ["dtype", "quantity"]


def seen(frame: pd.DataFrame) -> pd.DataFrame:
    """The agreeing numbers of a report, with a column for each of `MORE`."""
    rows = frame[(frame["verdict"] == "agree") & frame["quantity"].isin(["value", "gradient"])]
    exact, observed = (
        pd.to_numeric(rows[name], errors="coerce").to_numpy(float) for name in ("exact", "observed")
    )
    finite = np.isfinite(exact) & np.isfinite(observed)
    rows, exact, observed = rows[finite], exact[finite], observed[finite]
    spacing = np.empty(len(rows))
    for dtype, places in rows.groupby("dtype", observed=True).indices.items():
        spacing[places] = ulp(exact[places], get_format(str(dtype)))
    away = np.where(rows["ulp_error"] >= 0, 1.0, -1.0)
    found = rows[BY].copy()
    for more in MORE:
        with np.errstate(over="ignore"):
            moved = observed + away * more * spacing
        outside = (moved < rows["low"].to_numpy()) | (moved > rows["high"].to_numpy())
        found[f"{more} ULP"] = outside
    return found


def moved(frame: pd.DataFrame, answers: Mapping[str, str]) -> pd.Series:
    """By how many ULP the agreeing numbers of a report differ from those that are recorded, by the names
    of their cases; NaN where there are none.
    """
    found = np.full(len(frame), np.nan)
    frame = frame.reset_index(drop=True)
    numbers = pd.to_numeric(frame["observed"], errors="coerce").to_numpy(float)
    for (*names, quantity), places in frame.groupby(
        [*FIELDS, "quantity"], observed=True
    ).groups.items():
        text = answers.get(",".join(names), "")
        packed = array(unpack(text), quantity) if text.startswith("value") else None
        if packed is None:
            continue
        recorded = observed(Case.of_names(names), packed, quantity).ravel()
        if len(recorded) == len(places):
            found[places] = ulps(recorded, numbers[places], packed["dtype"])
    return pd.Series(found)[(frame["verdict"] == "agree").to_numpy()].dropna()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=Path("reports/latest"))
    parser.add_argument("--beside", metavar="NAME", help="a recording of the same release")
    chosen = parser.parse_args()
    frame = reports.load(chosen.folder)
    found = seen(frame)
    columns = [f"{more} ULP" for more in MORE]
    table = found.groupby(BY, observed=True)[columns].mean()
    table.loc[("all", ""), :] = found[columns].mean()
    print((table * 100).round(1).to_string())
    print(f"in % of {len(found):,} numbers that agree: an error of so many ULP more would be seen")
    if chosen.beside:
        differ = moved(frame, Recordings(SHIPPED).answers(chosen.beside))
        shares = (f"{(differ <= near).mean():.2%} within {near} ULP" for near in NEAR)
        print(f"of {len(differ):,} numbers that {chosen.beside} has, too: {', '.join(shares)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
