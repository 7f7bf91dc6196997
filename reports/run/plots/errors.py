"""Errors along the probability and along the logit, with the widest enclosure at each place."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from reports.run.plots.svg import (
    BOUND,
    FORMATS,
    LINE,
    MINUS,
    STEPS,
    Floats,
    Plot,
    crosses,
    dots,
    draw_svg,
    patch,
    short,
)

LOSSES = ("categorical_crossentropy", "binary_crossentropy")
LEAST, MOST = -3, 20  # log10 of the smallest and greatest error that is distinguished, in ULP
ALONG = ("probabilities", "logits")
COLUMNS = 12  # to a unit of x
MARK = ["loss", "output", "dtype", "execution", "inside", "x", "y", "column"]
LOGITS = {-7: f"{MINUS}16", -3: f"{MINUS}7", 0: "0", 3: "7", 7: "16"}  # by the log10 of the odds
ODDS = {-7: "10⁻⁷", -3: "10⁻³", -1: "0.1", 0: "½", 1: "0.9", 7: f"1{MINUS}10⁻⁷"}
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def marks(frame: pd.DataFrame) -> pd.DataFrame:
    """The marks of comparisons: of each place how many there are, and their greatest error and bound."""
    chosen = frame["loss"].isin(LOSSES) & (frame["quantity"] == "value")
    return united(_points(frame[chosen & frame["output"].isin(ALONG)]))


def united(found: pd.DataFrame) -> pd.DataFrame:
    """Marks, of which those that fall on one another have become one."""
    of_one = found.groupby(MARK, as_index=False)
    return of_one.agg({"count": "sum", "error": "max", "bound": "max"})


def error_plots(found: pd.DataFrame) -> list[Plot]:
    """|error| in ULP along p = exp(-loss), or along the logit of p: one plot for each loss and dtype
    that was measured.
    """
    names = executions(found)
    return [
        _error_plot(loss, output, str(dtype), panel, names)
        for output in ALONG
        for loss in LOSSES
        for dtype, panel in found[(found["output"] == output) & (found["loss"] == loss)].groupby(
            "dtype"
        )
    ]


def executions(found: pd.DataFrame) -> list[str]:
    """Names of the series of `error_plots`, in the order of their colours."""
    return sorted({*found["execution"]})


def _points(rows: pd.DataFrame) -> pd.DataFrame:
    """The places of the results that have a p below 1; `bound` is the furthest that is inside."""
    exact = pd.to_numeric(rows["exact"], errors="coerce").to_numpy(np.float64)
    away = np.fmax(rows["high"] - exact, exact - rows["low"]).to_numpy(np.float64)
    error = rows["ulp_error"].abs()
    with np.errstate(all="ignore"):
        size = np.where(exact > 30, exact / np.log(10), np.log10(np.expm1(np.clip(exact, 0, 30))))
        x = -np.arcsinh(np.clip(size, -8, 8))
        points = rows[["loss", "output", "dtype", "execution"]].astype(str)
        points = points.assign(
            inside=rows["verdict"].isin(["agree", "gone"]),
            x=np.round(x * STEPS[0]),
            y=np.round(_decades(error.to_numpy(np.float64)) * STEPS[1]),
            column=np.round(x * COLUMNS),
            count=1,
            error=error,
            bound=_decades(away / _ulp(exact, rows["dtype"].astype(str).to_numpy())),
        )
    drawn = np.isfinite(exact) & (exact > 0) & (np.isfinite(away) | ~points["inside"])
    kept: pd.DataFrame = points[drawn]
    return kept


def _decades(errors: Floats) -> Floats:
    """log10 within the limits of the plot; inf where there is no number."""
    errors = np.where(np.isnan(errors), np.inf, errors)
    with np.errstate(divide="ignore"):
        return np.where(np.isinf(errors), np.inf, np.clip(np.log10(errors), LEAST, MOST))


def _ulp(numbers: Floats, names: NDArray[np.object_]) -> Floats:
    limits = [FORMATS.get(name, FORMATS["float64"]) for name in names]
    bits, least = np.array(limits, np.int32).reshape(-1, 2).T
    exponent = np.maximum(np.frexp(numbers)[1] - 1, least)
    return np.asarray(np.ldexp(1.0, exponent - bits), np.float64)


def _error_plot(loss: str, output: str, dtype: str, rows: pd.DataFrame, names: list[str]) -> Plot:
    inside = rows["inside"].to_numpy(bool)
    number = rows["count"].to_numpy()
    greatest = short(float(rows["error"][inside].max()))
    note = f"{number.sum():,} results, {number[~inside].sum():,} outside"
    note += f"; inside up to {greatest} ULP" if inside.any() else ""

    def draw(axes: Axes) -> None:
        top = _top(rows)
        _scale_errors(axes, output, top)
        _draw_bounds(axes, rows, top)
        x, y = rows["x"].to_numpy() / STEPS[0], rows["y"].to_numpy() / STEPS[1]
        y = np.minimum(y, top + 1.0)
        for place, name in enumerate(names):
            chosen = (rows["execution"] == name).to_numpy()
            dots(axes, x[chosen & inside], y[chosen & inside], place)
            crosses(axes, x[chosen & ~inside], y[chosen & ~inside], place)

    return {
        "title": dtype,
        "loss": loss,
        "output": output,
        "note": note,
        "svg": draw_svg(draw, f"{loss}-{output}-{dtype}"),
    }


def _top(rows: pd.DataFrame) -> int:
    """The decade that holds every finite error and bound."""
    numbers = np.concatenate([_decades(rows["error"].to_numpy(np.float64)), rows["bound"]])
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
    highest = bounded.groupby("column")["bound"].max()
    left = (highest.index.to_numpy(np.float64) - 0.5) / COLUMNS
    height = highest.to_numpy(np.float64)
    base, right = np.full_like(left, LEAST - 0.3), left + 1 / COLUMNS
    corners = [(left, base), (left, height), (right, height), (right, base)]
    patch(axes, corners, facecolor=BOUND, linewidth=0, zorder=0.5)
