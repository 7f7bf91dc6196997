"""The page that people read: `index.html`, one file that needs no network.

The template says how it looks; here the frame becomes what the template lists. Every table is a
group-by over the whole frame, since a run has 177,000 comparisons and the page should take seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports import plots
from reports.frame import CASE, NUMBERS, VERDICTS

Record = dict[str, Any]

NAMES = {
    "agree": ("✓", "agree", "inside the enclosure"),
    "known": ("◆", "known", "a known difference that shows, as it should"),
    "new": ("✗", "new", "a difference that nobody has written down"),
    "gone": ("◇", "gone", "a known difference that no longer shows"),
    "not_measured": (plots.NONE, "not measured", "asked, but there is no answer"),
}
WORST_FIRST = ("new", "gone", "not_measured", "known", "agree")
CARDS, WORST = 30, 20  # the most that are shown of new and gone groups, and of tight results

PLACE = ["verdict", "loss", "form", "output", "dtype", "execution", "cause"]
KIND = ["verdict", "known", "loss", "output", "form", "quantity", "cause"]
UNMEASURED = ["cause", "loss", "device"]


def render(
    frame: pd.DataFrame,
    summary: dict[str, Any],
    environment: dict[str, Any],
    claims: list[dict[str, str]],
    differences: list[dict[str, Any]],
) -> str:
    """The page as HTML, the same text for the same arguments.

    `frame` is a frame of comparisons, `summary` the counts of the run by verdict with its
    "cases", "comparisons" and "seconds", `environment` labels and texts, `claims` and
    `differences` one record each.
    """
    # An empty frame has no dtypes of its own, and one put together from parts no unique index.
    frame = frame.astype(dict.fromkeys(NUMBERS, "float64")).reset_index(drop=True)
    page: str = _template().render(
        names=NAMES,
        headline=headline(summary),
        state=state(summary),
        summary=summary,
        environment=environment,
        claims=claims,
        differences=_with_places(differences, frame),
        **_tables(frame),
        **_pictures(frame),
    )
    return page


def headline(summary: dict[str, Any]) -> str:
    """The verdict of the run in one sentence."""
    if not summary["comparisons"]:
        return "No comparisons: nothing was measured"
    parts = [f"{_count(summary['new'], 'new difference')}", f"{summary['known']:,} known"]
    if summary["gone"]:
        parts.append(f"{summary['gone']:,} gone")
    if summary["not_measured"]:
        parts.append(f"{summary['not_measured']:,} not measured")
    parts.append("all others agree" if summary["agree"] else "none agree")
    return f"{_count(summary['comparisons'], 'comparison')}: {', '.join(parts)}"


def state(summary: dict[str, Any]) -> str:
    """The verdict that the whole page carries, the gravest first."""
    for verdict in ("new", "gone", "not_measured"):
        if summary[verdict]:
            return verdict
    return "agree" if summary["comparisons"] else "not_measured"


def matrix(frame: pd.DataFrame, rows: list[str]) -> Record:
    """Share agreeing and worst verdict, by `rows` (the first is a heading), dtype and execution."""
    columns = ["dtype", "execution"]
    sizes = frame.groupby([*rows, *columns, "verdict"], observed=True).size()
    counts: dict[Any, int] = sizes.to_dict()
    cells: dict[tuple[str, ...], Record] = {}
    for place, size in counts.items():
        cells.setdefault(place[:-1], dict.fromkeys(VERDICTS, 0))[place[-1]] = size
    heads = sorted({place[-2:] for place in cells})
    lines: dict[str, list[Record]] = {}
    for name in sorted({place[:-2] for place in cells}):
        row = [_cell(cells.get(name + head), name + head) for head in heads]
        lines.setdefault(name[0], []).append({"name": ", ".join(name[1:]), "cells": row})
    by_dtype = {dtype: [head for head in heads if head[0] == dtype] for dtype, _ in heads}
    return {"dtypes": by_dtype, "groups": lines}


def _cell(counts: Record | None, place: tuple[str, ...]) -> Record:
    if counts is None:
        return {"verdict": "", "title": f"{', '.join(place)}: not asked"}
    total = sum(counts.values())
    parts = [f"{size:,} {NAMES[name][1]}" for name, size in counts.items() if size]
    return {
        "verdict": next(verdict for verdict in WORST_FIRST if counts[verdict]),
        "share": percent(counts["agree"], total),
        "title": f"{', '.join(place)}: {_count(total, 'comparison')}, {', '.join(parts)}",
    }


def groups(frame: pd.DataFrame, by: list[str], facets: Sequence[str] = ()) -> list[Record]:
    """Rows grouped by `by`: how many, the names in each facet, and the example furthest off.

    The gravest verdict comes first, then what is unexplained, then the greatest count.
    """
    if frame.empty:
        return []
    distance = frame["ulp_error"].abs().fillna(np.inf)
    ordered = frame.loc[distance.sort_values(ascending=False, kind="stable").index]
    found = ordered.drop_duplicates(by).set_index(by, drop=False)
    found["count"] = frame.groupby(by, observed=True).size()
    for facet in facets:
        pairs = frame[[*by, facet]].astype(str).drop_duplicates().sort_values(facet)
        found[f"all_{facet}"] = pairs.groupby(by)[facet].agg(list)
    return sorted(map(_with_case, found.to_dict("records")), key=_gravity)


def _gravity(record: Record) -> tuple[int, bool, int, str]:
    place = WORST_FIRST.index(record["verdict"])
    return place, "unexplained" not in record["cause"], -record["count"], record["case"]


def _with_case(record: Mapping[Any, Any]) -> Record:
    case = ",".join(f"{name}={record[name]}" for name in CASE)
    place = f"{record['quantity']}[{record['index'].replace(' ', ', ')}]"
    place = place if record["index"] else record["quantity"]
    return {**record, "case": case, "place": place}


def _tables(frame: pd.DataFrame) -> Record:
    changed = frame[frame["verdict"].isin(["new", "gone"])]
    differing = frame[frame["verdict"].isin(["new", "gone", "known"])]
    missing = frame[frame["verdict"] == "not_measured"]
    agreeing = frame[frame["verdict"] == "agree"]
    facets = ("dtype", "execution", "labels", "inputs")
    cards = groups(changed, PLACE, ("quantity", "inputs", "known"))
    return {
        "matrix": matrix(frame, ["loss", "output"]),
        "by_form": matrix(frame, ["loss", "output", "form"]),
        "cards": cards[:CARDS],
        "more_cards": cards[CARDS:],
        "disagreements": groups(differing, KIND, facets),
        "missing": groups(missing, UNMEASURED, ("form", "dtype", "execution")),
        "tightness": tightness(agreeing),
        "tightest": tightest(agreeing),
        "unbounded": int(np.isinf(agreeing["high"] - agreeing["low"]).sum()),
    }


def _pictures(frame: pd.DataFrame) -> Record:
    return {
        "error_plots": plots.error_plots(frame),
        "share_plots": plots.share_plots(frame),
        "executions": plots.executions(frame),
        "dtypes": plots.dtypes(frame),
    }


def tightness(agreeing: pd.DataFrame) -> Record:
    """Greatest radius share of the agreeing rows, by loss, quantity and dtype."""
    rows = agreeing[np.isfinite(agreeing["radius_share"])]
    by = ["loss", "quantity", "dtype"]
    table: dict[Any, float] = rows.groupby(by, observed=True)["radius_share"].max().to_dict()
    dtypes = sorted({dtype for *_, dtype in table})
    kinds = sorted({tuple(kind) for *kind, _ in table})
    shares = {", ".join(kind): [table.get((*kind, dtype)) for dtype in dtypes] for kind in kinds}
    return {"dtypes": dtypes, "rows": shares}


def tightest(agreeing: pd.DataFrame) -> list[Record]:
    """The agreeing results nearest to the end of their enclosure, one of each kind of case."""
    rows = agreeing[np.isfinite(agreeing["radius_share"])]
    kind = ["loss", "output", "dtype", "labels", "inputs", "quantity"]
    best = rows.loc[rows.groupby(kind, observed=True)["radius_share"].idxmax().sort_values()]
    return [*map(_with_case, best.nlargest(WORST, "radius_share").to_dict("records"))]


def _with_places(differences: list[dict[str, Any]], frame: pd.DataFrame) -> list[Record]:
    """The known differences, each with the names of the cases in which it shows."""
    rows = frame[frame["verdict"] == "known"]
    facets = ("loss", "form", "output", "dtype", "execution", "device")
    places = {record["known"]: record for record in groups(rows, ["known"], facets)}
    return [
        difference | {"places": {name: places[difference["id"]][f"all_{name}"] for name in facets}}
        if difference["id"] in places
        else difference | {"places": {}}
        for difference in differences
    ]


def percent(part: int, whole: int) -> str:
    """A share in per cent, rounded down, so that only all of them are 100 %."""
    if part == whole:
        return "100 %"
    return f"{part * 1000 // whole / 10:.1f} %"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"short": plots.short, "count": lambda number: f"{number:,}"}
    return environment.get_template("index.html.j2")
