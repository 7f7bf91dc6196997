"""The page that people read: `index.html`, one file that needs no network.

The template says how it looks; here the frame becomes what the template lists.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

import pandas as pd

from reports.run.findings import Findings
from reports.run.grade import DIFFERING
from reports.run.plots.clip import clip_plots
from reports.run.plots.errors import error_plots, executions
from reports.run.plots.shares import dtypes, share_plots
from reports.run.plots.svg import FORMATS, short
from reports.run.severity import MEANING
from reports.run.summary import Summary, gravest, headline, todo, verdict
from reports.run.tables.causes import about, legend
from reports.run.tables.entries import REACH, entries, names_in, reach
from reports.run.tables.matrix import matrix
from reports.run.tables.strip import Strip
from reports.run.tables.tables import NAMES, Record, groups, tightest, tightness
from reports.run.template import template
from suites.cases.case import Case
from suites.cases.fields import FIELDS
from suites.plugin import script
from suites.plugin.outcome import Known

Since = Callable[[Record], Strip | None]
NO_STRIPS: Mapping[str, Strip] = MappingProxyType({})
CARDS = 30  # the most groups of new and gone differences that are shown
ROWS = 500  # the most rows of the table of all
PLACE = ["verdict", "loss", "form", "output", "dtype", "execution", "cause"]
KIND = ["verdict", "known", "loss", "quantity", "cause"]
UNMEASURED = ["verdict", "cause", "loss", "device"]
VERSIONS = ("TensorFlow", "Keras", "Python")


def never(group: Record) -> None:
    """Nothing is recorded of a group."""


def render(
    found: Findings,
    summary: Summary,
    environment: dict[str, str],
    claims: list[dict[str, str]],
    differences: list[Known],
    scripts: Collection[str] = (),
    strips: Mapping[str, Strip] = NO_STRIPS,
    since: Since = never,
    changed: str = "",
) -> str:
    """The page as HTML, the same text for the same arguments.

    `found` is what the comparisons say, `summary` the counts of the run by verdict with its
    "cases", "comparisons" and "seconds", `environment` labels and texts, `claims` and
    `differences` one record each. `scripts` are the names of the files in `scripts/` beside it,
    `strips` say of the known differences which recorded releases show them, `since` says it of a
    group of new ones. `changed` says what makes the run red against a pin or a release.
    """
    known = entries(differences, found.differing, found.errors, strips)
    page: str = template("index.html.j2", short=short).render(
        names=NAMES,
        severities={letter: text for letter, text in MEANING.items() if letter},
        verdict=verdict(summary, gravest(found.differing), changed),
        headline=headline(summary),
        todo=todo(summary, changed),
        installed=", ".join(f"{n} {environment[n]}" for n in VERSIONS if n in environment),
        state="new" if changed else state(summary),
        summary=summary,
        environment=environment,
        claims=claims,
        entries=known,
        ledger=[item["id"] for item in known],
        silent=[one for one in differences if not one["comparisons"]],
        scripts=scripts,
        **_tables(found, scripts, since),
        **_pictures(found),
    )
    return page


def state(summary: Summary) -> str:
    """The verdict that the whole page carries, the gravest first."""
    for name in ("new", "gone", "missing", "not_measured"):
        if summary[name]:
            return name
    if not summary["comparisons"]:
        return "not_measured"
    return "agree" if summary["agree"] or summary["known"] else "not_tested"


def _tables(found: Findings, scripts: Collection[str], since: Since) -> Record:
    rows = found.differing
    differing = rows[rows["verdict"].isin(DIFFERING)]
    missing = rows[rows["verdict"].isin(["missing", "not_measured"])]
    every = groups(differing, KIND, ("form", "dtype", "execution"))
    return {
        **_differences(differing, scripts, since),
        "causes": legend(differing["cause"]),
        "matrix": matrix(found.calls),
        "disagreements": every[:ROWS],
        "more_disagreements": len(every[ROWS:]),
        "missing": groups(missing, UNMEASURED, ("form", "dtype", "execution")),
        "tightness": tightness(found.tight),
        "tightest": tightest(found.tight),
    }


def _differences(differing: pd.DataFrame, scripts: Collection[str], since: Since) -> Record:
    """What is new or gone, and by which loss, form, dtype and execution each entry is found."""
    changed = differing[differing["verdict"].isin(["new", "gone"])]
    cards = groups(changed, PLACE, ("quantity", "inputs", "known"))
    names = names_in(differing)
    of_cards = {
        str(place): [[names[name].index(card[name]) for name in REACH]]
        for place, card in enumerate(cards[:CARDS])
    }
    of_known = reach(differing[differing["verdict"] == "known"], names)
    return {
        "cards": [_card(card, scripts) | {"strip": since(card)} for card in cards[:CARDS]],
        "more_cards": cards[CARDS:],
        "reach_fields": REACH,
        "reach_names": names,
        "reach_places": {**of_known, **of_cards},
    }


def _card(card: Record, scripts: Collection[str]) -> Record:
    """A group with what is written of its cause, and its script, "" for one that was not written."""
    file = script.name(Case.of_names(tuple(card[name] for name in FIELDS)))
    return {**card, "about": about(card["cause"]), "script": file if file in scripts else ""}


def _pictures(found: Findings) -> Record:
    return {
        "clip_plots": clip_plots(found.clip),
        "error_plots": error_plots(found.marks),
        "share_plots": share_plots(found.shares),
        "executions": executions(found.marks),
        "dtypes": dtypes(found.shares),
        "formats": [*FORMATS],
    }
