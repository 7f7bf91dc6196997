"""One plot as an `<svg>` element that the page colours, and the marks to draw it with.

Colours are in the SVG as CSS variables, so that a plot follows light and dark mode. Marks that
fall on one another are drawn once, so that a plot does not grow with the number of comparisons.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Plot = dict[str, str]  # {"title": ..., "note": ..., "svg": ...}

COLOURS = {f"#0{number}0{number}0{number}": name for number, name in enumerate(
    ("card", "ink", "muted", "line", "bound", "series-1", "series-2", "series-3", "series-4")
)}  # fmt: skip
CARD, INK, MUTED, LINE, BOUND, *SERIES = COLOURS
# Bits behind the leading one, and the smallest exponent of a normal number, of each dtype.
FORMATS = {
    "float64": (52, -1022),
    "float32": (23, -126),
    "bfloat16": (7, -126),
    "float16": (10, -14),
}
DOTS = (4.2, 2.6, 1.2, 0.6)  # widths of the marks of each series, in points
STYLE: dict[Any, Any] = {  # matplotlib: names of settings, each with values of its own
    "svg.fonttype": "none",
    "path.simplify": False,
    "font.size": 8.5,
    "axes.titlesize": 8.5,
    "axes.titlecolor": MUTED,
    "axes.titlepad": 5.0,
}
STEPS = (20, 6)  # to a unit of x, and to one of y: nearer marks cover one another
MINUS, NONE = "\N{MINUS SIGN}", "\N{EN DASH}"


def short(number: float) -> str:
    """A number to three digits or a whole number, a dash where it does not apply."""
    if np.isnan(number):
        return NONE
    if np.isinf(number):
        return "∞" if number > 0 else f"{MINUS}∞"
    if 1000 <= abs(number) < 1e6:
        return f"{number:,.0f}".replace("-", MINUS)
    return f"{number:.3g}".replace("e+0", "e").replace("e+", "e").replace("-", MINUS)


def draw_svg(draw: Callable[[Axes], None], name: str) -> str:
    """The drawing as an `<svg>` element; `name` keeps its ids apart from those of the others."""
    with mpl.rc_context({**STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=(3.2, 2.3))
        axes = figure.add_axes((0.155, 0.18, 0.815, 0.73), facecolor="none")
        draw(axes)
        _plain(axes)
        text = StringIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(text, format="svg", transparent=True, metadata=nothing)
    return _compact(text.getvalue())


def _plain(axes: Axes) -> None:
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, colors=MUTED)
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.xaxis.label.set_color(MUTED)


def _compact(svg: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<defs>\s*<style.*?</defs>", "", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"/>|font-family: [^;]*; ', "", svg)
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)
    svg = re.sub(r' (?:xmlns(?::xlink)?|width|height|version)="[^"]*"', "", svg, count=5)
    svg = re.sub(r' d="[^"]*"', lambda match: re.sub(r"(\.\d)\d+", r"\1", match[0]), svg)
    svg = re.sub("|".join(COLOURS), lambda match: f"var(--{COLOURS[match[0]]})", svg)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def dots(axes: Axes, x: Floats, y: Floats, number: int) -> None:
    """Round marks, smaller for each further series, so that equal results show as rings."""
    x, y = _distinct(x, y)
    place = number % len(SERIES)
    style = {"edgecolor": SERIES[place], "linewidth": DOTS[place], "capstyle": "round"}
    patch(axes, [(x, y), (x, y)], facecolor="none", zorder=2 + number, **style)


def crosses(axes: Axes, x: Floats, y: Floats, number: int) -> None:
    x, y = _distinct(x, y)
    place, (bottom, top) = number % len(SERIES), axes.get_ylim()
    style = {"edgecolor": SERIES[place], "linewidth": 0.62 * DOTS[place], "zorder": 20 + number}
    across, along = 0.07, 0.016 * (top - bottom)
    for sign in (-1, 1):
        ends = [(x - across, y - sign * along), (x + across, y + sign * along)]
        patch(axes, ends, facecolor="none", **style)


def _distinct(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Points without those that would cover one another."""
    steps = np.unique(np.round(np.stack([x, y], axis=1) * STEPS), axis=0)
    return steps[:, 0] / STEPS[0], steps[:, 1] / STEPS[1]


def patch(axes: Axes, corners: list[tuple[Floats, Floats]], **style: Any) -> None:
    """One path of many strokes: `corners[k]` holds the k-th corner of every stroke.

    `style` is that of a PathPatch, which takes `Any`.
    """
    places = np.stack([np.stack(corner, axis=-1) for corner in corners], axis=1).reshape(-1, 2)
    codes = np.tile([Outline.MOVETO] + [Outline.LINETO] * (len(corners) - 1), len(corners[0][0]))
    if len(places):
        axes.add_artist(PathPatch(Outline(places, codes), clip_on=False, **style))
