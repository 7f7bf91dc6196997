"""How much the enclosures could see, from the report of a run.

    python -m benchmarks.tightness [FOLDER]

Of every finite number that agrees, it asks whether the number would have been judged wrong with an
error of so many ULP more, away from the exact value. What has no bound could see nothing.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import reports
from reference.arithmetic.formats import get_format, ulp

MORE = (4, 16, 64, 256)  # ULP
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


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=Path("reports/latest"))
    found = seen(reports.load(parser.parse_args().folder))
    columns = [f"{more} ULP" for more in MORE]
    table = found.groupby(BY, observed=True)[columns].mean()
    table.loc[("all", ""), :] = found[columns].mean()
    print((table * 100).round(1).to_string())
    print(f"in % of {len(found):,} numbers that agree: an error of so many ULP more would be seen")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
