"""A run of the suites inside this process, on the answers that are recorded of the newest release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from meta_tests.canned_observer import computed, digest
from meta_tests.door import SETTINGS, VERSIONS, asked, entry, recorded
from reports.store.answer_text import unpack
from suites.cases.case import Case
from suites.ledger import absences, ledger, ledger_file
from suites.ledger.installed import installed
from suites.observe import requests
from suites.plugin.run import Run

ENVIRONMENT = {
    **{"TensorFlow": "2.21.0", "Keras": "3.15.1", "NumPy": "2.4.2", "Python": "3.11.7"},
    **{"platform": "Linux x86_64, glibc", "tier": "quick"},
}


@cache
def _usual() -> dict[str, dict[str, Any]]:
    return {name: unpack(recorded()[requests.key(case)]) for case, name in asked().items()}


@dataclass
class Canned:
    """Answers at once: as the newest release, but for what is changed."""

    changed: dict[str, Any]

    def send(self, spec: dict[str, Any]) -> Canned.Sent:
        name = digest(spec)
        return Canned.Sent((_usual() | self.changed).get(name) or computed(spec))

    @dataclass
    class Sent:
        found: dict[str, Any]

        def answer(self) -> dict[str, Any]:
            return self.found


def run_of(
    *cases: Case,
    answers: Mapping[Case, dict[str, Any]] = {},
    entries: tuple[ledger.Difference, ...] = (),
) -> Run:
    """A run of these cases, with some answers changed, and with a ledger of these entries."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.group, []).append(case)
    return Run(
        client=Canned({asked()[one]: answer for one, answer in answers.items()}),
        versions=VERSIONS,
        installed=installed(VERSIONS),
        settings=SETTINGS,
        ledger=ledger.Ledger(entries),
        absences=absences.of(installed(VERSIONS), absences.load()),
        covered=ledger.covered(entries, asked()),
        groups=groups,
        executions=("eager",),
        environment=ENVIRONMENT,
        seed=requests.SEED,
        folder="my report",
        same_answer=lambda name, answer: (
            f"1 release, of {name.count(',')} commas and {len(answer)} part"
        ),
    )


def planted(
    folder: Path, always: Case | None = None, sometimes: Case | None = None
) -> tuple[ledger.Difference, ...]:
    """A ledger of one entry, "planted", for one case of each kind."""
    (folder / "known.toml").write_text(entry(always, sometimes))
    return ledger_file.load(folder / "known.toml")
