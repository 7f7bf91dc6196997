"""What a bisection found, as data and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reports.bisect.halving import Step
from reports.compare.since.timeline import PACKAGES, Recorded, changed
from reports.compare.trace import difference
from reports.compare.words.step_text import answer_and_diagnosis
from reports.releases.environments import Environment
from reports.releases.package_index import Release


@dataclass(frozen=True)
class Part:
    """The releases of one package between two answers, and the steps in which these differ."""

    package: str
    before: Recorded
    after: Recorded
    between: tuple[Release, ...]
    steps: tuple[Step[Release, Recorded], ...]


@dataclass(frozen=True)
class Found:
    """The change from one environment to the next; `how` says how packages were separated."""

    before: Recorded
    after: Recorded
    how: str
    parts: tuple[Part, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether no release that could not be measured leaves a doubt."""
        return not any(step.skipped for part in self.parts for step in part.steps)


def lines(found: Found, case: str) -> Iterator[str]:
    """A paragraph for a terminal."""
    old, new = found.before.environment, found.after.environment
    yield f"{new.id} ({difference(found.before, found.after, case).drift}; {changed(old, new)}):"
    if found.how:
        yield f"  {found.how}"
    for part in found.parts:
        yield f"  {_between(part)}"
        for step in part.steps:
            yield from _step(step, part.package, case)


def _between(part: Part) -> str:
    ends = " and ".join(getattr(one.environment, part.package) for one in (part.before, part.after))
    where = f"between {PACKAGES[part.package]} {ends}"
    if not part.between:
        return f"no release lies {where}: the recordings leave no gap"
    return f"{where}: {', '.join(release.version for release in part.between)}"


def _step(step: Step[Release, Recorded], package: str, case: str) -> Iterator[str]:
    old, new = (_name(one.environment, package) for one in (step.before, step.after))
    yield f"  it changed between {old} and {new}" if step.skipped else f"  {new} changed it"
    for release, missing in step.skipped:
        yield f"    {release.version} not measured: {missing.reason}"
    was, now = answer_and_diagnosis(step.before, case), answer_and_diagnosis(step.after, case)
    yield from (f"    was {was}", f"    now {now}") if was != now else (f"    other bits of {was}",)


def _name(environment: Environment, package: str) -> str:
    """A package, and in which surroundings it was asked."""
    keras, tensorflow = (
        f"{PACKAGES[n]} {getattr(environment, n)}" for n in ("keras", "tensorflow")
    )
    if package == "keras":
        return f"{keras} (on {tensorflow})"
    return f"{tensorflow} (with {keras})" if environment.keras else tensorflow
