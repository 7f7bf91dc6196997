"""Find the release that changed an answer, where two recordings have others between them.

If TensorFlow and Keras both differ, they are separated first: the new Keras on the old
TensorFlow, or else the old Keras on the new one, shows which of them did it. Then the releases of
that one are halved, each in an environment that is built for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from reports.bisect import derived
from reports.bisect.halving import Narrow, NotMeasured
from reports.bisect.result import Found, Part
from reports.compare.drift.drift import Drift
from reports.compare.since.timeline import PACKAGES, Recorded
from reports.compare.trace import difference
from reports.compare.words.step_text import answer_and_diagnosis
from reports.releases import package_index
from reports.releases.environments import Environment
from reports.releases.interpreter import CannotBuild
from reports.releases.package_index import Release
from reports.releases.uv import CannotLock
from reports.store.errors import BadUsage
from reports.store.recording import ABSENT

Make = Callable[[Environment, str], Environment]
MAKE: dict[str, Make] = {"tensorflow": derived.with_tensorflow, "keras": derived.with_keras}
STRANGERS = "no answer, though both sides have one: these packages may not know each other"
NEAR = {Drift.SAME: 0, Drift.ROUNDING: 1, Drift.ACCURACY: 2}


def side(case: str, before: Recorded, after: Recorded, found: Recorded) -> int:
    """Whether an answer is like the one before, -1, like the one after, 1, or like neither, 0.

    The same bits are nearer than rounding, so a change that is rounding has two sides as well.
    """
    old, new = (NEAR.get(difference(one, found, case).drift, len(NEAR)) for one in (before, after))
    return (old > new) - (old < new)


@dataclass(frozen=True)
class Bisection:
    """Of one case; `ask` builds an environment and asks it."""

    case: str
    ask: Callable[[Environment], Recorded | NotMeasured]

    def find(self, before: Recorded, after: Recorded) -> Found:
        """What changed the answer between two environments.

        Raises BadUsage if an environment of the table that lies between has no recording, and
        NoIndex if the package index can't be asked.
        """
        old, new = before.environment, after.environment
        if old.id != new.parent:
            raise BadUsage(f"{new.parent} has no recording: python -m reports record {new.parent}")
        names = [name for name in MAKE if getattr(old, name) != getattr(new, name)]
        if old.backend != new.backend:
            return Found(before, after, "another backend, not another release: nothing to bisect")
        if not names:
            return Found(before, after, "the same TensorFlow and Keras: nothing to bisect")
        if len(names) == 1:
            return Found(before, after, "", (self._part(before, after, names[0]),))
        return self._apart(before, after)

    def _apart(self, before: Recorded, after: Recorded) -> Found:
        """Which of both packages did it; over TensorFlow's releases if that can't be known."""
        if inside := [one for one in (before, after) if not one.environment.keras]:
            which = f"TensorFlow {inside[0].environment.tensorflow}"
            return self._together(before, after, f"{which} has its Keras inside")
        reasons = []
        for base, other, first in ((before, after, "keras"), (after, before, "tensorflow")):
            row, keras = base.environment, other.environment.keras
            what = f"Keras {keras} on TensorFlow {row.tensorflow}"
            row = derived.joined(row, other.environment)
            found = self._asked(derived.with_keras, row, keras, (before, after))
            if isinstance(found, Recorded):
                return self._by(before, found, after, first, what)
            reasons.append(f"{what}: {found.reason}")
        return self._together(before, after, "; ".join(reasons))

    def _together(self, before: Recorded, after: Recorded, why: str) -> Found:
        how = f"Keras and TensorFlow can't be told apart ({why})"
        part = self._part(before, after, "tensorflow", derived.of_its_day)
        return Found(before, after, how, (part,))

    def _by(
        self, before: Recorded, found: Recorded, after: Recorded, first: str, what: str
    ) -> Found:
        """The change in parts, given the answer of a mixture in which only `first` is changed."""
        second = "tensorflow" if first == "keras" else "keras"
        where = side(self.case, before, after, found)
        parts = [self._part(before, found, first)] if where >= 0 else []
        parts += [self._part(found, after, second)] if where <= 0 else []
        by = {-1: (before, second), 1: (after, first)}
        how = f"has a third answer: {answer_and_diagnosis(found, self.case)}"
        if where:
            like, package = by[where]
            how = f"answers as {like.environment.id}: {PACKAGES[package]} did it"
        return Found(before, after, f"{what} {how}", tuple(parts))

    def _part(
        self, before: Recorded, after: Recorded, package: str, make: Make | None = None
    ) -> Part:
        """The steps of a change over the releases of a package, in the surroundings of `after`."""
        old, new = before.environment, after.environment
        base = derived.joined(new, old)
        ends = (getattr(old, package), getattr(new, package))
        between = package_index.between(package, *ends, (new.python, old.python))
        make = make or MAKE[package]

        def ask(release: Release) -> Recorded | NotMeasured:
            surroundings = replace(base, python=release.python)
            return self._asked(make, surroundings, release.version, (before, after))

        steps = Narrow(between, ask, partial(side, self.case)).steps(before, after)
        return Part(package, before, after, tuple(between), tuple(steps))

    def _asked(
        self, make: Make, base: Environment, version: str, ends: tuple[Recorded, Recorded]
    ) -> Recorded | NotMeasured:
        """What an environment answers, if it can do so, given the answers at both ends."""
        try:
            found = self.ask(make(base, version))
        except (CannotLock, CannotBuild) as error:
            return NotMeasured(str(error))
        absent = [one.answer(self.case) == ABSENT for one in ends]
        if isinstance(found, Recorded) and found.answer(self.case) == ABSENT and not any(absent):
            return NotMeasured(STRANGERS)
        return found
