"""How much of the radius the agreeing results use, as cumulative shares of each dtype."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from reports.run.plots.svg import FORMATS, SERIES, Plot, draw_svg, short

DASHES = ("-", (0, (5, 1.5)), (0, (2, 1.2)), (0, (6, 1.2, 1.2, 1.2)))
ENDS = np.logspace(-4, 0, 1601)  # of the steps in which shares are counted
DRAWN = slice(None, None, 20)  # those that the line goes through
Counts = NDArray[np.int64]
Shares = Mapping[
    tuple[str, str], Counts
]  # by quantity and dtype: results up to each end, and beyond


def shares(frame: pd.DataFrame) -> Shares:
    chosen = (frame["verdict"] == "agree") & frame["radius_share"].notna()
    rows = frame.loc[chosen, ["quantity", "dtype", "radius_share"]]
    return {
        (str(quantity), str(dtype)): _counts(group["radius_share"].to_numpy(np.float64))
        for (quantity, dtype), group in rows.groupby(["quantity", "dtype"], observed=True)
    }


def _counts(numbers: NDArray[np.float64]) -> Counts:
    return np.bincount(np.searchsorted(ENDS, numbers, side="left"), minlength=len(ENDS) + 1)


def added(one: Shares, other: Shares) -> Shares:
    """The shares of two batches together."""
    none = np.zeros(len(ENDS) + 1, np.int64)
    return {key: one.get(key, none) + other.get(key, none) for key in {**one, **other}}


def share_plots(found: Shares) -> list[Plot]:
    quantities = sorted({quantity for quantity, _ in found})
    return [_share_plot(quantity, found) for quantity in quantities]


def dtypes(found: Shares) -> list[str]:
    """Names of the series of `share_plots`, in the order of their colours."""
    return [name for name in FORMATS if name in {dtype for _, dtype in found}]


def _share_plot(quantity: str, found: Shares) -> Plot:
    of_quantity = {dtype: counts for (name, dtype), counts in found.items() if name == quantity}
    whole = np.cumsum(sum(of_quantity.values()))

    def draw(axes: Axes) -> None:
        axes.set(xlim=(-4, 0), ylim=(0, 1.02), xlabel="radius share")
        axes.set_title("share of results", loc="left")
        axes.set_xticks(range(-4, 1), ["≤ 10⁻⁴", "10⁻³", "0.01", "0.1", "1"])
        axes.set_yticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
        for number, name in enumerate(dtypes(found)):
            if name in of_quantity:
                part = np.cumsum(of_quantity[name]) / of_quantity[name].sum()
                x, y = np.log10(ENDS[DRAWN]), part[:-1][DRAWN]
                line = axes.plot(x, y, color=SERIES[number], clip_on=False)
                line[0].set(linestyle=DASHES[number], linewidth=1.6)

    half = ENDS[min(int(np.searchsorted(whole, whole[-1] / 2)), len(ENDS) - 1)]
    note = f"{whole[-1]:,} results; half of them use at most {short(half)} of the radius"
    return {"title": quantity, "note": note, "svg": draw_svg(draw, f"share-{quantity}")}
