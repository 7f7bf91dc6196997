"""The page that people read: `index.html`, one file that needs no network.

The template says how it looks; here the frame becomes what the template lists.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from reports.run import plots
from reports.run.causes import about, legend
from reports.run.grade import DIFFERING
from reports.run.severity import MEANING
from reports.run.summary import Summary, headline
from reports.run.svg import short
from reports.run.tables import NAMES, Record, groups, matrix, tightest, tightness, with_places
from reports.run.template import template
from suites.plugin.block import NUMBERS
from suites.plugin.outcome import Known

CARDS = 30  # the most groups of new and gone differences that are shown
PLACE = ["verdict", "loss", "form", "output", "dtype", "execution", "cause"]
KIND = ["verdict", "known", "loss", "output", "form", "quantity", "cause"]
UNMEASURED = ["verdict", "cause", "loss", "device"]


def render(
    frame: pd.DataFrame,
    summary: Summary,
    environment: dict[str, str],
    claims: list[dict[str, str]],
    differences: list[Known],
    scripts: Collection[str] = (),
) -> str:
    """The page as HTML, the same text for the same arguments.

    `frame` is a frame of comparisons, `summary` the counts of the run by verdict with its
    "cases", "comparisons" and "seconds", `environment` labels and texts, `claims` and
    `differences` one record each. `scripts` are the names of the files in `scripts/` beside it.
    """
    # An empty frame has no dtypes of its own, and one put together from parts no unique index.
    frame = frame.astype(dict.fromkeys(NUMBERS, "float64")).reset_index(drop=True)
    page: str = template("index.html.j2", short=short).render(
        names=NAMES,
        severities=MEANING,
        headline=headline(summary),
        state=state(summary),
        summary=summary,
        environment=environment,
        claims=claims,
        differences=with_places(differences, frame),
        scripts=scripts,
        **_tables(frame),
        **_pictures(frame),
    )
    return page


def state(summary: Summary) -> str:
    """The verdict that the whole page carries, the gravest first."""
    for verdict in ("new", "gone", "missing", "not_measured"):
        if summary[verdict]:
            return verdict
    if not summary["comparisons"]:
        return "not_measured"
    return "agree" if summary["agree"] or summary["known"] else "not_tested"


def _tables(frame: pd.DataFrame) -> Record:
    changed = frame[frame["verdict"].isin(["new", "gone"])]
    differing = frame[frame["verdict"].isin(DIFFERING)]
    missing = frame[frame["verdict"].isin(["missing", "not_measured"])]
    agreeing = frame[frame["verdict"] == "agree"]
    facets = ("dtype", "execution", "labels", "inputs")
    cards = groups(changed, PLACE, ("quantity", "inputs", "known"))
    return {
        "causes": legend(differing["cause"]),
        "matrix": matrix(frame, ["loss", "output"]),
        "by_form": matrix(frame, ["loss", "output", "form"]),
        "cards": [{**card, "about": about(card["cause"])} for card in cards[:CARDS]],
        "more_cards": cards[CARDS:],
        "disagreements": groups(differing, KIND, facets),
        "missing": groups(missing, UNMEASURED, ("form", "dtype", "execution")),
        "tightness": tightness(agreeing),
        "tightest": tightest(agreeing),
    }


def _pictures(frame: pd.DataFrame) -> Record:
    return {
        "error_plots": plots.error_plots(frame),
        "share_plots": plots.share_plots(frame),
        "executions": plots.executions(frame),
        "dtypes": plots.dtypes(frame),
    }
