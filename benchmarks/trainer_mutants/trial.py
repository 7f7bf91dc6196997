"""Ask the cases of models and metrics of a Keras with a mistake, until one of them differs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from benchmarks.trainer_mutants.mutation import Mutation
from reports.sensitivity.bench import Difference, client, differences
from suites.cases.case import Case
from suites.cases.forms import FORMS
from suites.observe.client import CannotAsk
from suites.plugin import options
from suites.plugin.block import Block
from suites.plugin.outcome import Outcome
from suites.plugin.run import Run, start
from suites.plugin.spool import Spool

ORDER = ("eager", "graph", "xla")  # the quickest first
Verdict = Literal["caught", "survived", "open", "not planted"]


@dataclass(frozen=True)
class Trial:
    """What became of a mutation: `case`, `quantity` and `cause` of the first difference, or "".

    `groups` were asked in `seconds`, at the commit `suite` of this project. A trial is open where not
    all groups were asked.
    """

    mutation: str
    digest: str
    verdict: Verdict
    case: str = ""
    quantity: str = ""
    observed: str = ""
    exact: str = ""
    cause: str = ""
    groups: int = 0
    seconds: float = 0.0
    suite: str = ""


@dataclass(frozen=True)
class Bench:
    """A run without an observer of models and metrics, whose `clean` twin asks the Keras that is
    installed; `unmutated` holds the differences that it has of its own.
    """

    run: Run
    clean: Run
    unmutated: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def end(self) -> None:
        self.clean.client.end()

    def is_of_its_own(self, group: str, found: Difference) -> bool:
        """Whether Keras without a mistake has a difference in the same place of a group."""
        if group not in self.unmutated:
            blocks = self.clean.check(group).blocks
            self.unmutated[group] = {(one.case, one.quantity) for one in differences(blocks)}
        return (found.case, found.quantity) in self.unmutated[group]

    def order(self, near: Iterable[str]) -> list[str]:
        """The groups, those that hold most of the words first."""
        words = tuple(near)

        def key(group: str) -> tuple[int, int]:
            cases = self.run.groups[group]
            names = " ".join(case.id for case in cases)
            return -sum(word in names for word in words), ORDER.index(cases[0].execution)

        return sorted(self.run.groups, key=key)


def prepare() -> Bench:
    """The models and metrics of the default tier, on one device."""
    chosen = options.choices({"devices": "CPU:0"}, os.environ)
    run = start(chosen, lambda case, answer: "")
    run.client.end()
    groups = {name: cases for name, cases in run.groups.items() if _is_trained(cases[0])}
    run = replace(run, groups=groups)
    return Bench(run, replace(run, client=client(run)))


def _is_trained(case: Case) -> bool:
    form = FORMS[case.loss, case.form]
    return form.model or (form.metric and case.dtype == "float32")


def attempt(bench: Bench, mutation: Mutation, near: int | None = None) -> Trial:
    """Plant a mutation, and ask all groups, or the `near` first of them, until a case differs."""
    began = time.monotonic()
    suite = bench.run.environment["suite"]
    if mutation.places() != 1:
        why = f"{mutation.qualified} does not have the text once that is to be replaced"
        return Trial(mutation.name, mutation.digest, "not planted", cause=why)
    with client(bench.run, PLANTED=mutation.planted) as asked:
        try:
            asked.about()
        except CannotAsk as error:
            trial = Trial(mutation.name, mutation.digest, "not planted", cause=str(error))
        else:
            planted = replace(bench.run, client=asked)
            trial = _until_wrong(bench, planted, mutation, near)
    seconds = round(time.monotonic() - began, 1)
    return replace(trial, seconds=seconds, suite=suite)


def _until_wrong(bench: Bench, planted: Run, mutation: Mutation, near: int | None) -> Trial:
    """Of the groups, nearest first, the next is asked while one is judged."""
    every = bench.order(mutation.near)
    groups = every[:near]
    blocks: list[Block] = []
    trial = Trial(mutation.name, mutation.digest, "caught")
    for count, (group, after) in enumerate(zip(groups, [*groups[1:], ""], strict=True), 1):
        planted.send(group)
        if after:
            planted.send(after)
        blocks += (found := planted.check(group).blocks)
        for one in differences(found):
            if not bench.is_of_its_own(group, one):
                return replace(trial, groups=count, **vars(one))
    trial = replace(trial, groups=len(groups))
    if len(groups) < len(every):
        return replace(trial, verdict="open")
    for entry in Outcome(planted, Spool(blocks), set(groups)).vanished:
        return replace(trial, cause=f"gone: {entry.id}")
    return replace(trial, verdict="survived")
