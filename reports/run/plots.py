"""The plots of the comparisons as inline SVG, drawn with matplotlib."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from reports.run.svg import (
    BOUND,
    LINE,
    MINUS,
    SERIES,
    Floats,
    crosses,
    dots,
    draw_svg,
    patch,
    short,
)

Plot = dict[str, str]  # {"title": ..., "note": ..., "svg": ...}

DASHES = ("-", (0, (5, 1.5)), (0, (2, 1.2)), (0, (6, 1.2, 1.2, 1.2)))
LOSSES = ("categorical_crossentropy", "binary_crossentropy")
FORMATS = {
    "float64": (52, -1022),
    "float32": (23, -126),
    "bfloat16": (7, -126),
    "float16": (10, -14),
}
LEAST, MOST = -3, 20  # log10 of the smallest and greatest error that is distinguished, in ULP
ALONG = ("probabilities", "logits")
LOGITS = {-7: f"{MINUS}16", -3: f"{MINUS}7", 0: "0", 3: "7", 7: "16"}  # by the log10 of the odds
ODDS = {-7: "10⁻⁷", -3: "10⁻³", -1: "0.1", 0: "½", 1: "0.9", 7: f"1{MINUS}10⁻⁷"}
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def error_plots(frame: pd.DataFrame) -> list[Plot]:
    """|error| in ULP along p = exp(-loss), or along the logit of p: one plot for each loss and dtype
    that was measured.
    """
    chosen = frame["loss"].isin(LOSSES) & (frame["quantity"] == "value")
    return [
        _error_plot(loss, output, str(dtype), panel)
        for output in ALONG
        for rows in (_points(frame[chosen & (frame["output"] == output)]),)
        for loss in LOSSES
        for dtype, panel in rows[rows["loss"] == loss].groupby("dtype", observed=True)
        if len(panel)
    ]


def share_plots(frame: pd.DataFrame) -> list[Plot]:
    """How much of the radius the agreeing results use, as cumulative shares of each dtype."""
    chosen = (frame["verdict"] == "agree") & frame["radius_share"].notna()
    rows = frame.loc[chosen, ["quantity", "dtype", "radius_share"]]
    return [
        _share_plot(str(quantity), panel)
        for quantity, panel in rows.groupby("quantity", observed=True)
        if len(panel)
    ]


def executions(frame: pd.DataFrame) -> list[str]:
    """Names of the series of `error_plots`, in the order of their colours."""
    return sorted(map(str, frame["execution"].cat.categories))


def dtypes(frame: pd.DataFrame) -> list[str]:
    """Names of the series of `share_plots`, in the order of their colours."""
    return [name for name in FORMATS if name in set(frame["dtype"].cat.categories)]


def _points(rows: pd.DataFrame) -> pd.DataFrame:
    """Places of the results that have a p below 1; `bound` is the furthest that is inside."""
    exact = pd.to_numeric(rows["exact"], errors="coerce").to_numpy(np.float64)
    away = np.fmax(rows["high"] - exact, exact - rows["low"]).to_numpy(np.float64)
    with np.errstate(all="ignore"):
        size = np.where(exact > 30, exact / np.log(10), np.log10(np.expm1(np.clip(exact, 0, 30))))
        points = rows.assign(
            inside=rows["verdict"].isin(["agree", "gone"]),
            x=-np.arcsinh(np.clip(size, -8, 8)),
            y=_decades(rows["ulp_error"].abs().to_numpy(np.float64)),
            bound=_decades(away / _ulp(exact, rows["dtype"].astype(str).to_numpy())),
        )
    drawn = np.isfinite(exact) & (exact > 0) & (np.isfinite(away) | ~points["inside"])
    kept: pd.DataFrame = points[drawn]
    return kept


def _decades(errors: Floats) -> Floats:
    """log10 within the limits of the plot; inf where there is no number."""
    errors = np.where(np.isnan(errors), np.inf, errors)
    return np.where(np.isinf(errors), np.inf, np.clip(np.log10(errors), LEAST, MOST))


def _ulp(numbers: Floats, names: NDArray[np.object_]) -> Floats:
    limits = [FORMATS.get(name, FORMATS["float64"]) for name in names]
    bits, least = np.array(limits, np.int32).reshape(-1, 2).T
    exponent = np.maximum(np.frexp(numbers)[1] - 1, least)
    return np.asarray(np.ldexp(1.0, exponent - bits), np.float64)


def _error_plot(loss: str, output: str, dtype: str, rows: pd.DataFrame) -> Plot:
    inside = rows["inside"].to_numpy(bool)
    greatest = short(float(rows["ulp_error"].abs()[inside].max()))
    note = f"{len(rows):,} results, {(~inside).sum():,} outside"
    note += f"; inside up to {greatest} ULP" if inside.any() else ""

    def draw(axes: Axes) -> None:
        top = _top(rows)
        _scale_errors(axes, output, top)
        _draw_bounds(axes, rows, top)
        x, y = rows["x"].to_numpy(), np.minimum(rows["y"].to_numpy(), top + 1.0)
        for number, name in enumerate(executions(rows)):
            chosen = (rows["execution"] == name).to_numpy()
            dots(axes, x[chosen & inside], y[chosen & inside], number)
            crosses(axes, x[chosen & ~inside], y[chosen & ~inside], number)

    return {
        "title": str(dtype),
        "loss": loss,
        "output": output,
        "note": note,
        "svg": draw_svg(draw, f"{loss}-{output}-{dtype}"),
    }


def _top(rows: pd.DataFrame) -> int:
    """The decade that holds every finite error and bound."""
    numbers = rows[["x", "y", "bound"]].to_numpy(np.float64)[:, 1:]
    finite = numbers[np.isfinite(numbers)]
    return int(np.ceil(finite.max(initial=1.0)))


def _scale_errors(axes: Axes, output: str, top: int) -> None:
    axes.set(xlim=(-2.9, 3.0), ylim=(LEAST - 0.3, top + 1.4))
    ticks = ODDS if output == "probabilities" else LOGITS
    axes.set_xticks(np.arcsinh(list(ticks)), list(ticks.values()))
    step = max(1, round((top - LEAST) / 5))
    powers = [power for power in range(0, top + 1, step) if power <= top - step / 2] + [top + 1]
    names = [f"10{power}".translate(SUPERSCRIPTS).replace("¹⁰", "10", 1) for power in powers]
    axes.set_yticks([LEAST, *powers], ["0", *names[:-1], "∞, NaN"])
    axes.axhline(0.0, color=LINE, linewidth=1.0, zorder=0)
    axes.set(xlabel=f"p = exp({MINUS}loss)" if output == "probabilities" else "logit of p")
    axes.set_title("|error| in ULP", loc="left")


def _draw_bounds(axes: Axes, rows: pd.DataFrame, top: int) -> None:
    """A column at each p, as high as the widest enclosure there reaches."""
    bounded = rows[np.isfinite(rows["bound"])]
    highest = bounded["bound"].groupby((bounded["x"] * 12).round() / 12).max()
    left, height = highest.index.to_numpy(np.float64) - 1 / 24, highest.to_numpy(np.float64)
    base = np.full_like(left, LEAST - 0.3)
    right = left + 1 / 12
    corners = [(left, base), (left, height), (right, height), (right, base)]
    patch(axes, corners, facecolor=BOUND, linewidth=0, zorder=0.5)


def _share_plot(quantity: str, rows: pd.DataFrame) -> Plot:
    grid = np.logspace(-4, 0, 81)

    def draw(axes: Axes) -> None:
        axes.set(xlim=(-4, 0), ylim=(0, 1.02), xlabel="radius share")
        axes.set_title("share of results", loc="left")
        axes.set_xticks(range(-4, 1), ["≤ 10⁻⁴", "10⁻³", "0.01", "0.1", "1"])
        axes.set_yticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
        for number, name in enumerate(dtypes(rows)):
            shares = np.sort(rows["radius_share"][rows["dtype"] == name].to_numpy(np.float64))
            if len(shares):
                part = np.searchsorted(shares, grid, side="right") / len(shares)
                line = axes.plot(np.log10(grid), part, color=SERIES[number], clip_on=False)
                line[0].set(linestyle=DASHES[number], linewidth=1.6)

    median = rows["radius_share"].median()
    note = f"{len(rows):,} results; half of them use at most {short(median)} of the radius"
    return {"title": quantity, "note": note, "svg": draw_svg(draw, f"share-{quantity}")}
