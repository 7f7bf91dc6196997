"""What one process knows of a run: the subject, the cases chosen, and the known differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

import pytest

from suites import environment, failure, judge, ledger, options
from suites.cases import Case
from suites.given import asked
from suites.observer import Observer
from suites.selection import select

Block = dict[str, Any]
CHOICES = ("losses", "dtypes", "executions", "forms")


@dataclass(frozen=True)
class Run:
    """`groups` holds the cases that were chosen, by what is traced once; `possible` all there are."""

    observer: Observer
    ledger: ledger.Ledger
    possible: list[Case]
    groups: Mapping[str, list[Case]]
    environment: dict[str, str]
    seed: int
    folder: str

    def check(self, group: str) -> tuple[list[Block], str]:
        """Ask and judge a group: its comparisons as plain data, and a text of what is wrong."""
        blocks, texts = [], []
        for case in self.groups[group]:
            arrays = asked(case, self.seed)
            answer = self.observer.observe(case.call, arrays, case.execution, case.device)
            for columns in judge.judge(case, answer, self.seed):
                verdicts, known = self.ledger.verdicts(case, columns.quantity, columns.cause)
                whole = {"quantity": [columns.quantity] * len(verdicts), "case": astuple(case)}
                blocks.append(vars(columns) | whole | {"verdict": verdicts, "known": known})
                texts.append(failure.describe(case, columns, verdicts, self.folder))
        return blocks, "\n".join(text for text in texts if text)


def start(config: pytest.Config) -> Run:
    """Read the options and start TensorFlow.

    Raises ValueError for a choice that can't be made and environment.CannotMeasure.
    """
    known = {option.name: option.known or () for option in options.OPTIONS}
    chosen = {name: options.names(config, name, known[name]) for name in CHOICES}
    seed, tier = options.seed(config), options.tier(config)
    entries = ledger.load()
    observer = environment.start()
    working, _ = observer.devices()
    devices = options.names(config, "devices", tuple(working))
    ledger.check(entries, select(working))
    groups: dict[str, list[Case]] = {}
    for case in select(devices, tier=tier, **chosen):
        groups.setdefault(case.group, []).append(case)
    versions = observer.versions()
    return Run(
        observer=observer,
        ledger=ledger.Ledger(tuple(entry for entry in entries if entry.spans(versions))),
        possible=select(working, tier=tier),
        groups=groups,
        environment=environment.describe(observer, seed, tier),
        seed=seed,
        folder=options.value(config, "report-folder"),
    )
