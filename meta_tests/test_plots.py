"""What a plot draws, by places that were computed by hand: dots, crosses, columns, lines and ticks."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from reports.run.columns import COLUMNS
from reports.run.plots import clip, shares, svg
from reports.run.plots import errors as places

LOG_2, LOG_11 = 0.6931471805599453, 2.3978952727983707
ULP = 2.0**-24  # of float32, between 0.5 and 1
HALF = {
    "loss": "binary_crossentropy",
    "output": "probabilities",
    "dtype": "float32",
    "execution": "eager",
    "quantity": "value",
    "verdict": "agree",
    "exact": repr(LOG_2),
    "low": LOG_2 - 100 * ULP,
    "high": LOG_2 + 100 * ULP,
    "ulp_error": -10.0,
    "radius_share": 0.1,
}  # the loss of p = 1/2


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame([HALF | row for row in rows])
    return table.astype({one.name: one.dtype for one in COLUMNS if one.name in table})


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, Axes]:
    """The axes of each plot by its name, instead of its SVG."""
    found: dict[str, Axes] = {}

    def keep(draw: Callable[[Axes], None], name: str) -> str:
        found[name] = Figure().add_subplot()
        draw(found[name])
        return name

    for module in (places, shares, clip):
        monkeypatch.setattr(module, "draw_svg", keep)
    return found


def errors(drawn: dict[str, Axes], *rows: dict[str, Any]) -> Axes:
    places.error_plots(places.marks(frame(*rows)))
    (axes,) = drawn.values()
    return axes


def strokes(axes: Axes, colour: str) -> list[list[tuple[float, float]]]:
    """The corners of each stroke or area in a colour."""
    found: list[list[tuple[float, float]]] = []
    for patch in axes.patches:
        assert isinstance(patch, PathPatch)
        edge, face = to_hex(patch.get_edgecolor()), to_hex(patch.get_facecolor())
        if colour not in (edge if patch.get_linewidth() else "", face):
            continue
        for corner, code in zip(patch.get_path().vertices, patch.get_path().codes, strict=True):
            if code == 1:
                found.append([])
            found[-1].append((round(float(corner[0]), 3), round(float(corner[1]), 3)))
    return found


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({}, (0.0, 1.0)),
        ({"ulp_error": 100.0}, (0.0, 2.0)),
        ({"ulp_error": 0.0}, (0.0, -3.0)),  # the least that is told apart
        ({"exact": repr(LOG_11), "low": 2.0, "high": 3.0}, (-0.9, 1.0)),  # p / (1 - p) = 1 / 10
        ({"exact": "40", "low": 39.0, "high": 41.0}, (-2.8, 1.0)),  # furthest left: 10 ** -8
        ({"exact": "1e-9", "low": 0.0, "high": 1e-8}, (2.8, 1.0)),  # furthest right
    ],
)
def test_a_dot_stands_at_its_probability_and_error(
    drawn: dict[str, Axes], row: dict[str, Any], place: tuple[float, float]
) -> None:
    axes = errors(drawn, row)
    assert strokes(axes, svg.SERIES[0]) == [[place, place]]


@pytest.mark.parametrize(
    ("high", "dtype", "top"),
    [
        (LOG_2 + 100 * ULP, "float32", 2.0),
        (LOG_2 + 1000 * ULP, "float32", 3.0),
        (LOG_2 + 10 * 2.0**-11, "float16", 1.0),
        (LOG_2 + 10 * 2.0**-8, "bfloat16", 1.0),
        (LOG_2 + 64 * 2.0**-53, "float64", 1.806),
    ],
)
def test_a_column_reaches_from_the_ground_to_the_furthest_that_is_inside(
    drawn: dict[str, Axes], high: float, dtype: str, top: float
) -> None:
    axes = errors(drawn, {"high": high, "low": LOG_2, "dtype": dtype})
    left, right, ground = -0.042, 0.042, -3.3
    column = [(left, ground), (left, top), (right, top), (right, ground)]
    assert strokes(axes, svg.BOUND) == [column]


@pytest.mark.parametrize(
    ("dtype", "bits"), [("float16", 24), ("bfloat16", 133), ("float32", 149), ("float64", 1074)]
)
def test_subnormal_numbers_have_the_spacing_of_the_smallest(
    drawn: dict[str, Axes], dtype: str, bits: int
) -> None:
    """A loss of 16 spacings, and a bound of 1000 more."""
    low, exact, high = (n * 2.0**-bits for n in (0, 16, 1016))
    axes = errors(drawn, {"exact": repr(exact), "low": low, "high": high, "dtype": dtype})
    ((_, top, _, _),) = strokes(axes, svg.BOUND)
    assert top[1] == 3.0


def test_a_column_is_as_high_as_the_widest_of_its_place(drawn: dict[str, Axes]) -> None:
    axes = errors(drawn, {}, {"high": LOG_2 + 1000 * ULP}, {"exact": repr(LOG_11), "high": 3.0})
    assert [column[1] for column in strokes(axes, svg.BOUND)] == [(-0.958, 6.854), (-0.042, 3.0)]


def test_what_is_outside_is_a_cross_and_no_number_lies_above_all(drawn: dict[str, Axes]) -> None:
    nan = {"verdict": "new", "ulp_error": float("nan"), "execution": "xla"}
    axes = errors(drawn, {}, nan)
    assert strokes(axes, svg.SERIES[0]) == [[(0.0, 1.0), (0.0, 1.0)]]
    (low, high) = axes.get_ylim()
    assert (low, high) == (-3.3, 3.4)
    along = round(0.016 * 6.7, 3)
    x, y = 0.07, 3.0
    assert strokes(axes, svg.SERIES[1]) == [
        [(-x, y + along), (x, y - along)],
        [(-x, y - along), (x, y + along)],
    ]


def test_each_execution_has_its_colour_and_its_width(drawn: dict[str, Axes]) -> None:
    axes = errors(drawn, {"execution": "xla"}, {"execution": "graph"}, {"execution": "eager"})
    widths = {
        to_hex(patch.get_edgecolor()): patch.get_linewidth()
        for patch in axes.patches
        if to_hex(patch.get_edgecolor()) in svg.SERIES
    }
    assert widths == dict(zip(svg.SERIES[:3], (4.2, 2.6, 1.2), strict=True))
    assert places.executions(places.marks(frame({"execution": "xla"}, {"execution": "eager"}))) == [
        "eager",
        "xla",
    ]


def test_dots_on_one_another_are_drawn_once(drawn: dict[str, Axes]) -> None:
    axes = errors(drawn, {}, {}, {"ulp_error": 10.1}, {"ulp_error": 1000.0})
    assert [dot[0] for dot in strokes(axes, svg.SERIES[0])] == [(0.0, 1.0), (0.0, 3.0)]


@pytest.mark.parametrize(
    ("error", "places", "names"),
    [
        (10.0, [-3, 0, 1, 3], ["0", "10⁰", "10¹", "∞, NaN"]),
        (1e12, [-3, 0, 3, 6, 9, 13], ["0", "10⁰", "10³", "10⁶", "10⁹", "∞, NaN"]),
    ],
)
def test_the_scale_holds_every_number_and_one_place_for_none(
    drawn: dict[str, Axes], error: float, places: list[int], names: list[str]
) -> None:
    axes = errors(drawn, {"ulp_error": error, "verdict": "new"})
    assert axes.get_yticks().tolist() == places
    assert [label.get_text() for label in axes.get_yticklabels()] == names
    assert np.round(axes.get_xticks(), 3).tolist() == [-2.644, -1.818, -0.881, 0, 0.881, 2.644]


@pytest.mark.parametrize(
    "row",
    [
        {"loss": "binary_focal_crossentropy"},
        {"quantity": "gradient"},
        {"output": "tf.nn.softmax"},
        {"exact": "0"},
        {"exact": "nan"},
        {"high": float("inf")},
    ],
    ids=lambda row: next(iter(row)),
)
def test_what_has_no_place_is_not_drawn(drawn: dict[str, Axes], row: dict[str, Any]) -> None:
    found = places.error_plots(places.marks(frame({}, row, {"loss": "categorical_crossentropy"})))
    assert [(one["loss"], one["title"], one["note"]) for one in found] == [
        ("categorical_crossentropy", "float32", "1 results, 0 outside; inside up to 10 ULP"),
        ("binary_crossentropy", "float32", "1 results, 0 outside; inside up to 10 ULP"),
    ]


def test_results_of_logits_are_drawn_along_the_logit(drawn: dict[str, Axes]) -> None:
    (found,) = places.error_plots(places.marks(frame({"output": "logits"})))
    assert (found["output"], found["title"]) == ("logits", "float32")
    axes = drawn["binary_crossentropy-logits-float32"]
    assert axes.get_xlabel() == "logit of p"
    names = [text.get_text() for text in axes.get_xticklabels()]
    assert names == ["\N{MINUS SIGN}16", "\N{MINUS SIGN}7", "0", "7", "16"]
    # The logit is ln(10) times the decimal logarithm of the odds, by which a mark is placed.
    logits = np.sinh(axes.get_xticks()) * np.log(10)
    assert np.round(logits).tolist() == [-16, -7, 0, 7, 16]


def test_what_is_outside_needs_no_finite_bound(drawn: dict[str, Axes]) -> None:
    (found,) = places.error_plots(places.marks(frame({"high": float("inf"), "verdict": "new"})))
    assert found["note"] == "1 results, 1 outside"


def test_shares_accumulate_by_dtype(drawn: dict[str, Axes]) -> None:
    rows = [{"radius_share": share} for share in (0.0, 0.01, 0.1, 1.0)]
    other = [{"verdict": "known", "radius_share": 9.0}, {"radius_share": float("nan")}]
    found = shares.share_plots(
        shares.shares(frame(*rows, *other, {"dtype": "float16", "radius_share": 0.5}))
    )
    assert [one["title"] for one in found] == ["value"]
    assert found[0]["note"] == "5 results; half of them use at most 0.1 of the radius"
    single, half = drawn["share-value"].lines
    x, y = (np.round(np.asarray(part, float), 6).tolist() for part in single.get_data())
    assert (x[0], x[40], x[80]) == (-4.0, -2.0, 0.0)
    assert (y[0], y[39], y[40], y[59], y[60], y[79], y[80]) == (0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1.0)  # fmt: skip
    assert set(half.get_data()[1]) == {0.0, 1.0}
    assert shares.dtypes(shares.shares(frame({"dtype": "float16"}, {"dtype": "float64"}))) == [
        "float64",
        "float16",
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (float("nan"), "\N{EN DASH}"),
        (float("inf"), "∞"),
        (-float("inf"), "\N{MINUS SIGN}∞"),
        (0.0, "0"),
        (1.0, "1"),
        (-2.5, "\N{MINUS SIGN}2.5"),
        (0.12345, "0.123"),
        (999.9, "1e3"),
        (1000.0, "1,000"),
        (-123456.0, "\N{MINUS SIGN}123,456"),
        (1e6, "1e6"),
        (1.5e17, "1.5e17"),
        (2e-9, "2e\N{MINUS SIGN}09"),
    ],
)
def test_a_number_is_short(number: float, text: str) -> None:
    assert svg.short(number) == text


def test_a_plot_has_no_frame_and_no_ticks_but_quiet_lines_across() -> None:
    axes = Figure().add_subplot()
    axes.plot([0, 1], [0, 1])
    svg._plain(axes)
    assert not any(spine.get_visible() for spine in axes.spines.values())
    for axis, lines in ((axes.xaxis, False), (axes.yaxis, True)):
        ticks = axis.get_major_ticks()
        assert {tick.tick1line.get_markersize() for tick in ticks} == {0}
        assert {to_hex(tick.label1.get_color()) for tick in ticks} == {svg.MUTED}
        assert {tick.gridline.get_visible() for tick in ticks} == {lines}
    across = axes.yaxis.get_gridlines()
    assert {(to_hex(line.get_color()), line.get_linewidth()) for line in across} == {
        (svg.LINE, 0.5)
    }
    assert to_hex(axes.xaxis.label.get_color()) == svg.MUTED
    assert axes.get_axisbelow() is True


def test_the_text_of_a_plot_is_short_and_has_the_colours_of_the_page() -> None:
    def draw(axes: Axes) -> None:
        axes.plot([0, 1 / 3], [0, 1 / 7], color=svg.SERIES[1])
        axes.set_title("a title")
        box = axes.get_position()
        assert 0.1 < box.x0 < box.x1 < 1
        assert 0.1 < box.y0 < box.y1 < 0.95

    first, second = svg.draw_svg(draw, "one"), svg.draw_svg(draw, "one")
    assert first == second
    assert first.startswith('<svg aria-hidden="true" focusable="false" viewBox="0 0 230.4 165.6">')
    assert first.rstrip().endswith("</svg>")
    for colour in ("series-2", "muted", "line"):
        assert f"var(--{colour})" in first
    assert "a title</text>" in first
    for waste in ("#fff", "#0", "<metadata", "<style", "xmlns", "font-family", '<g id="'):
        assert waste not in first
    places = re.findall(r' d="([^"]*)"', first)
    assert places
    assert not [place for place in places if re.search(r"\.\d\d", place)]


def test_the_scales_of_both_plots(drawn: dict[str, Axes]) -> None:
    shares.share_plots(shares.shares(frame({})))
    places.error_plots(places.marks(frame({})))
    of_shares, of_errors = drawn["share-value"], drawn["binary_crossentropy-probabilities-float32"]
    assert (of_shares.get_xlim(), of_shares.get_ylim()) == ((-4, 0), (0, 1.02))
    assert of_shares.get_xlabel() == "radius share"
    assert of_shares.get_title("left") == "share of results"
    names = [text.get_text() for text in of_shares.get_xticklabels()]
    assert (of_shares.get_xticks().tolist(), names) == ([-4, -3, -2, -1, 0], ["≤ 10⁻⁴", "10⁻³", "0.01", "0.1", "1"])  # fmt: skip
    names = [text.get_text() for text in of_shares.get_yticklabels()]
    assert (of_shares.get_yticks().tolist(), names) == ([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    assert of_errors.get_xlim() == (-2.9, 3.0)
    assert of_errors.get_xlabel() == "p = exp(\N{MINUS SIGN}loss)"
    assert of_errors.get_title("left") == "|error| in ULP"
    assert [line.get_ydata()[0] for line in of_errors.lines] == [0.0]  # an error of one ULP
    assert to_hex(of_errors.lines[0].get_color()) == svg.LINE
    (line,) = of_shares.lines
    assert (to_hex(line.get_color()), line.get_linewidth()) == (svg.SERIES[0], 1.6)
    assert not line.get_clip_on()


def clip_rows(p: float, loss: str, gradient: str, **more: Any) -> list[dict[str, Any]]:
    """The two rows of the label of a batch of one."""
    call = {"loss": "categorical_crossentropy", "form": "function", "arguments": "plain"}
    call |= {"output": "probabilities", "execution": "eager", "device": "CPU:0"}
    call |= {"labels": "one-hot", "inputs": "near-epsilon"} | more
    value = {**call, "quantity": "value", "index": "0", "observed": loss}
    return [value, {**value, "quantity": "gradient", "index": "0 0", "observed": gradient}]


def test_below_epsilon_the_gradient_is_drawn_at_zero(
    drawn: dict[str, Axes], monkeypatch: pytest.MonkeyPatch
) -> None:
    output = np.array([[5e-8, 1.0]])
    given = SimpleNamespace(target=np.array([[1.0, 0.0]]), output=output)
    monkeypatch.setattr(clip, "arrays", lambda case, seed: given)
    rows = [*clip_rows(5e-8, "16", "-0.0"), *clip_rows(0.5, "1", "1", output="logits")]
    loss, gradient = clip.clip_plots(clip.clip_points(frame(*rows), 2017))
    assert (loss["title"], gradient["title"]) == ("loss", "|gradient|")
    assert loss["note"].startswith("1 rows; ")
    assert gradient["note"].endswith("1 with p < ½ have the gradient 0")
    (mark,) = drawn["clip-|gradient|"].patches
    assert np.round(mark.get_path().vertices[0], 1).tolist() == [np.round(np.log10(5e-8), 1), -2.0]
    (mark,) = drawn["clip-loss"].patches
    assert np.round(mark.get_path().vertices[0], 1).tolist() == [np.round(np.log10(5e-8), 1), 16.0]


def test_without_such_calls_nothing_is_drawn_near_the_clip() -> None:
    rows = clip_rows(0.5, "1", "1", output="logits")
    assert clip.clip_plots(clip.clip_points(frame(*rows), 2017)) == []
