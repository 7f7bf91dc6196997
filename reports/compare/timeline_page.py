"""All releases: what each changed, and how much of each form differs, as a page and in lines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from reports.compare.drift.gravity import MEANING
from reports.compare.drift.marks import LEGEND
from reports.compare.since.matrix import matrix
from reports.compare.since.release_steps import ReleaseStep
from reports.compare.since.timeline import Timeline
from reports.compare.words import words
from reports.compare.words.on_page import StepOnPage, on_page
from reports.compare.words.words import WIDTH
from reports.run.severity import Severity
from reports.run.summary import counted
from reports.run.template import template

GRAVE = (Severity.COMMON, Severity.RARE)
LINES = 18  # of a terminal
HEAD = f"{'release':22} {' A':>2} {' B':>2} {' C':>2} {' D':>2}  the gravest"


def newest_first(steps: Sequence[ReleaseStep]) -> list[ReleaseStep]:
    """Line by line, as a timeline has them, with the newest release of each line first."""
    by_line = groupby(steps, lambda step: (step.environment.subject, step.environment.backend))
    return [step for _, of_line in by_line for step in reversed(list(of_line))]


def lines(steps: Sequence[ReleaseStep]) -> Iterator[str]:
    """The newest releases that changed numbers, with in how many ways, and the gravest of them."""
    found = [step for step in newest_first(steps) if any(map(step.count, GRAVE))]
    if not found:
        yield "no release changed a number by more than half of its digits"
        return
    yield HEAD
    for step in found[:LINES]:
        counts = " ".join(f"{step.count(one) or '':>2}" for one in MEANING)
        gravest = step.groups[0]
        text = f"{step.environment.id:22} {counts}  {gravest.mark} {words.title(gravest)}"
        yield text if len(text) <= WIDTH else f"{text[: WIDTH - 3]}..."
    if len(found) > LINES:
        yield f"and {counted(len(found) - LINES, 'more release')}"


def page(
    timeline: Timeline, steps: Sequence[ReleaseStep], cases: Collection[str], scope: str
) -> str:
    """One HTML page that needs no network."""
    made: str = template("timeline.html.j2").render(
        scope=scope,
        cases=len(cases),
        names=list(timeline.recorded),
        steps=[_step(step) for step in newest_first(steps)],
        rows=list(matrix(timeline, cases)),
        meaning={str(one): text for one, text in MEANING.items()},
        legend=LEGEND,
    )
    return made


def _step(step: ReleaseStep) -> StepOnPage:
    one = step.environment
    return {
        "id": one.id,
        "released": one.released,
        "packages": str(step.since),
        "counts": [step.count(severity) for severity in MEANING],
        "cases": len(step.changed),
        "groups": [on_page(group) for group in step.shown],
    }
