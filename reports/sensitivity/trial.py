"""Ask the groups of cases that reach a mistake, until one differs from what is usual."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from reports.sensitivity.bench import Bench, Difference, client, differences, digest, known
from reports.sensitivity.order import Order
from reports.sensitivity.reach import Usual
from reports.sensitivity.source import place, targets
from reports.sensitivity.source.mutation import Mutant
from suites.observe.client import CannotAsk, ObserverMistake
from suites.plugin.run import Run

AHEAD = 2  # groups that are answered while another one is judged
Verdict = Literal["caught", "survived", "open", "not reached", "not planted", "mistake"]


@dataclass(frozen=True)
class Trial:
    """What became of a mutant: `case`, `quantity` and `cause` of the first difference, or "".

    Of the `reached` groups `asked` were asked, in `seconds`; `changed` of them had other bits. A trial
    is open where its time ran out before all were asked. `key` names the cases, and how they are judged.
    """

    mutant: str
    file: str
    scope: str
    line: int
    kind: str
    change: str
    verdict: Verdict
    case: str = ""
    quantity: str = ""
    observed: str = ""
    exact: str = ""
    cause: str = ""
    reached: int = 0
    asked: int = 0
    changed: int = 0
    seconds: float = 0.0
    key: str = ""


@dataclass(frozen=True)
class Trials:
    """Tries mutants, one after the other; what caught one is asked first for the next."""

    bench: Bench
    usual: Mapping[str, Usual]
    order: Order
    limit: float
    key: str = ""

    def attempt(self, mutant: Mutant) -> Trial:
        """Plant a mutant, and ask what reaches it."""
        target, began = targets.find(mutant.file), time.monotonic()
        path = target.path()
        assert path
        lines = place.lines(mutant, path.read_bytes())
        reached = [one for one in self.usual.values() if one.reaches(target.module, lines)]
        trial = _untried(mutant, len(reached))
        if reached:
            trial = self._planted(mutant, target.module, reached, trial)
        return replace(trial, seconds=round(time.monotonic() - began, 2), key=self.key)

    def _planted(self, mutant: Mutant, module: str, reached: list[Usual], trial: Trial) -> Trial:
        text = {"module": module, "start": mutant.start, "end": mutant.end, "new": mutant.after}
        with client(self.bench.run, PLANTED=json.dumps(text)) as planted:
            try:
                planted.about()
            except CannotAsk as error:
                return replace(trial, verdict="not planted", cause=str(error))
            try:
                names = self.order.of(mutant.scope, module, reached)
                return self._until_wrong(self.bench.asking(planted), mutant, names, trial)
            except (CannotAsk, ObserverMistake) as error:
                last = (str(error).splitlines() or [""])[-1]
                return replace(trial, verdict="caught", cause=f"the observer fails: {last}")

    def _until_wrong(self, run: Run, mutant: Mutant, names: list[str], trial: Trial) -> Trial:
        end = time.monotonic() + self.limit
        shown: Counter[str] = Counter()
        changed = 0
        for count, name in enumerate(names):
            for ahead in names[count : count + AHEAD + 1]:
                run.send(ahead)
            usual = self.usual[name]
            if digest(run.answers(name)) == usual.digest:
                shown.update(usual.known)
                run.forget(name)
            else:
                changed += 1
                try:
                    blocks = run.check(name).blocks
                except ValueError as error:  # of ours; it must not cost the other trials
                    return replace(trial, verdict="mistake", case=name, cause=str(error))
                shown.update(known(blocks))
                if found := _first(differences(blocks), usual):
                    self.order.note(mutant.scope, name)
                    return replace(trial, asked=count + 1, changed=changed, **vars(found))
            if time.monotonic() > end and count + 1 < len(names):
                return replace(trial, verdict="open", asked=count + 1, changed=changed)
        trial = replace(trial, asked=len(names), changed=changed)
        if vanished := self._vanished(shown, set(names)):
            return replace(trial, cause=f"gone: {vanished}")
        return replace(trial, verdict="survived")

    def _vanished(self, shown: Counter[str], asked: set[str]) -> str:
        """A known difference that no case shows any more, "" where there is none."""
        every: Counter[str] = Counter()
        for usual in self.usual.values():
            every.update(usual.known)
            if usual.group not in asked:
                shown.update(usual.known)
        return next((name for name in sorted(every) if not shown[name]), "")


def _first(found: list[Difference], usual: Usual) -> Difference | None:
    """The first difference that the unchanged installation does not have."""
    return next((one for one in found if [one.case, one.quantity] not in usual.wrong), None)


def _untried(mutant: Mutant, reached: int) -> Trial:
    return Trial(
        mutant=mutant.id,
        file=mutant.file,
        scope=mutant.scope,
        line=mutant.line,
        kind=mutant.kind,
        change=mutant.shown(),
        verdict="caught" if reached else "not reached",
        reached=reached,
    )
