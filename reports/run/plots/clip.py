"""The loss and its gradient near the clip: below epsilon the one stops to grow, and the other is 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from reports.run.plots.svg import FORMATS, LINE, Floats, Plot, crosses, dots, draw_svg
from suites.cases.case import Case
from suites.cases.fields import FIELDS
from suites.observe.arrays import arrays
from suites.plugin.block import NAN

# The calls whose inputs go from the middle to the ends.
CALLS: Mapping[str, tuple[str, ...]] = {
    "loss": ("categorical_crossentropy",),
    "form": ("function",),
    "arguments": ("plain",),
    "output": ("probabilities",),
    "execution": ("eager", "graph"),
    "device": ("CPU:0",),
    "labels": ("one-hot",),
    "inputs": ("interior", "nearly-normalised", "near-epsilon", "rails"),
}
LEAST = -9.0  # log10 of p, where p = 0 is drawn
NONE = -2.0  # log10 of the gradient, where 0 is drawn


def clip_plots(points: pd.DataFrame) -> list[Plot]:
    """The loss and the gradient along the predicted probability of the label, of each dtype."""
    return [
        {"title": title, "note": note, "svg": draw_svg(draw, f"clip-{title}")}
        for title, note, draw in _pictures(points)
        if len(points)
    ]


def clip_points(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """A row for each row of a batch: dtype, p of its label, loss, and gradient by that p."""
    chosen = frame["quantity"].isin(["value", "gradient"])
    for name, values in CALLS.items():
        chosen &= frame[name].isin(values)
    rows = frame.loc[chosen, [*FIELDS, "quantity", "index", "observed"]].astype(str)
    found: list[tuple[str, float, float, float]] = []
    for _, case in rows.groupby(list(FIELDS)):
        found += _of(case, seed)
    return distinct(pd.DataFrame(found, columns=["dtype", "p", "loss", "gradient"]))


def distinct(points: pd.DataFrame) -> pd.DataFrame:
    """One point for each p of a dtype."""
    return points.drop_duplicates(["dtype", "p"])


def _of(rows: pd.DataFrame, seed: int) -> Iterator[tuple[str, float, float, float]]:
    """What the rows of one case hold."""
    case = Case.of_names(tuple(rows[name].iloc[0] for name in FIELDS))
    given = arrays(case, seed)
    target, output = (np.asarray(one, np.float64) for one in (given.target, given.output))
    numbers = pd.to_numeric(rows["observed"], errors="coerce")
    seen = dict(zip(zip(rows["quantity"], rows["index"], strict=True), numbers, strict=True))
    for row, column in enumerate(target.argmax(axis=-1)):
        loss = seen.get(("value", f"{row}"), NAN)
        yield case.dtype, output[row, column], loss, seen.get(("gradient", f"{row} {column}"), NAN)


def _pictures(points: pd.DataFrame) -> Iterator[tuple[str, str, Callable[[Axes], None]]]:
    p = points["p"].to_numpy(np.float64)
    gradient = points["gradient"].to_numpy(np.float64)
    x = np.where(p > 0, np.log10(np.where(p > 0, p, 1.0)), LEAST)
    size = np.where(gradient == 0, NONE, np.log10(np.where(gradient == 0, 1.0, np.abs(gradient))))
    line = np.linspace(LEAST, 0, 50)
    stuck = int(((gradient == 0) & (p < 0.5)).sum())
    yield (
        "loss",
        f"{len(points):,} rows; the line is \N{MINUS SIGN}log p",
        lambda axes: _draw(
            axes, points, x, points["loss"].to_numpy(np.float64), -line * np.log(10)
        ),
    )
    yield (
        "|gradient|",
        f"{len(points):,} rows; the line is 1/p; {stuck:,} with p < ½ have the gradient 0",
        lambda axes: _draw_gradient(axes, points, x, size, -line),
    )


def _draw(axes: Axes, points: pd.DataFrame, x: Floats, y: Floats, line: Floats) -> None:
    axes.set(xlim=(LEAST - 0.4, 0.3), ylim=(-1.0, 22.0))
    axes.set_yticks([0, 5, 10, 15, 20])
    _marks(axes, points, x, y, line)


def _draw_gradient(axes: Axes, points: pd.DataFrame, x: Floats, y: Floats, line: Floats) -> None:
    axes.set(xlim=(LEAST - 0.4, 0.3), ylim=(NONE - 0.4, 9.4))
    axes.set_yticks([NONE, 0, 3, 6, 9], ["0", "1", "10³", "10⁶", "10⁹"])
    _marks(axes, points, x, y, line)


def _marks(axes: Axes, points: pd.DataFrame, x: Floats, y: Floats, line: Floats) -> None:
    axes.set_xticks([LEAST, -7, -5, -3, -1, 0], ["0", "10⁻⁷", "10⁻⁵", "10⁻³", "0.1", "1"])
    axes.set(xlabel="p of the label")
    axes.plot(np.linspace(LEAST, 0, len(line)), line, color=LINE, linewidth=1.2, zorder=0)
    top = axes.get_ylim()[1]
    for number, name in enumerate(FORMATS):
        chosen = (points["dtype"] == name).to_numpy()
        finite = np.isfinite(y)
        dots(axes, x[chosen & finite], y[chosen & finite], number)
        missing = chosen & ~finite
        crosses(axes, x[missing], np.full(int(missing.sum()), top), number)
