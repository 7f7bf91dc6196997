"""What a default run on a recorded release would find, from its recording alone.

`python -m meta_tests.forecast tf-2.20.0` prints it, without TensorFlow; without names for all that
are judged. A run asks some relations for numbers that no recording holds: those are left out.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from math import prod
from typing import Any

from reference.cause import Cause
from reference.specification import QUANTITIES
from reports.compare.since import timeline
from reports.compare.since.timeline import Recorded
from reports.store import provenance
from reports.store.answer_text import unpack
from reports.store.recording import SHIPPED
from suites.cases.case import Case
from suites.cases.relations import NAMES as RELATION_NAMES
from suites.cases.relations import RELATIONS
from suites.cases.selection import select
from suites.judge import contract_judge, judge
from suites.judge.comparison import own_causes
from suites.judge.diagnosis import Diagnosis
from suites.judge.relation_judge import Side, compare
from suites.ledger import absences, ledger, ledger_file
from suites.ledger.absences import Absences
from suites.ledger.difference import Difference
from suites.ledger.installed import Installed, installed
from suites.ledger.ledger import Ledger, Seen
from suites.ledger.ledger import verdict as verdict_of
from suites.observe import requests
from suites.observe.arrays import arrays
from suites.plugin.outcome import UNANSWERED

Counts = Counter[tuple[Cause | None, bool]]  # of numbers, by cause ("" for none) and whether tested
ENTRIES = tuple(entry for entry in ledger_file.load() if not entry.rare)


@dataclass(frozen=True)
class Row:
    """Comparisons of a case that are alike: `entry` is the known difference, "" for none."""

    verdict: str
    case: Case
    quantity: str
    cause: str
    entry: str
    number: int = 1

    @property
    def kind(self) -> str:
        where = self.case.inputs if self.case.is_contract else self.quantity
        parts = (self.verdict, f"{self.case.loss}, {where}", self.cause, self.entry)
        return "; ".join(filter(None, parts))


@dataclass(frozen=True)
class Forecast:
    rows: tuple[Row, ...]
    vanished: tuple[str, ...]

    @property
    def wrong(self) -> list[Row]:
        return [row for row in self.rows if row.verdict in ("new", "gone", "missing")]

    def __str__(self) -> str:
        """A line for what is alike, with the first case of it."""
        counts: Counter[str] = Counter()
        first: dict[str, str] = {}
        for row in self.wrong:
            counts[row.kind] += row.number
            first.setdefault(row.kind, row.case.id)
        lines = [f"{number:6} {kind}\n       {first[kind]}" for kind, number in counts.items()]
        return "\n".join([*sorted(lines), *(f"gone: {id} shows nowhere" for id in self.vanished)])


@cache
def judged() -> dict[str, Recorded]:
    """The recordings of all releases."""
    return timeline.load(SHIPPED).recorded


def installed_in(recorded: Recorded) -> Installed:
    """What a run would find installed in the environment of a recording."""
    row = recorded.environment
    about = provenance.read(SHIPPED / f"{row.id}.json")
    assert about
    return installed(about.versions, row.backend, row.subject)


@cache
def cases() -> Mapping[str, Case]:
    return {requests.key(case): case for case in select(requests.DEVICES)}


NOTHING_KNOWN = Ledger(())


@dataclass(frozen=True)
class Known:
    """A ledger and the table of absences, for a release."""

    entries: tuple[Difference, ...]
    installed: Installed

    def of(self, case: Case) -> Ledger:
        return self._about.get(case, NOTHING_KNOWN)

    def covers(self, case: Case) -> bool:
        return case in self._about

    @cached_property
    def whole(self) -> Ledger:
        return Ledger(tuple(entry for entry in self.entries if entry.spans(self.installed)))

    @cached_property
    def covered(self) -> ledger.Covered:
        return ledger.covered(self.whole.entries, cases().values())

    @cached_property
    def _about(self) -> Mapping[Case, Ledger]:
        """The entries that cover a case; cases with the same ones share a ledger."""
        found: dict[Case, list[Difference]] = {}
        for entry, those in self.covered.items():
            for case in those:
                found.setdefault(case, []).append(entry)
        made: dict[tuple[int, ...], Ledger] = {}
        for entries in found.values():
            made.setdefault(tuple(map(id, entries)), Ledger(tuple(entries)))
        return {case: made[tuple(map(id, entries))] for case, entries in found.items()}

    @cached_property
    def lacking(self) -> Absences:
        return absences.of(self.installed, absences.load())


def forecast(recorded: Recorded, entries: tuple[Difference, ...] = ENTRIES) -> Forecast:
    known = Known(entries, installed_in(recorded))
    found = (*_of_answers(known, recorded), *_of_relations(known, recorded))
    measured = set(cases().values()) - {one.case for one in found if one.verdict in UNANSWERED}
    seen = [Seen(row.case, row.quantity, {row.verdict}, {row.entry}) for row in found]
    gone = known.whole.vanished(known.covered, measured, seen)
    return Forecast(found, tuple(entry.id for entry in gone if not _is_of_relations(entry)))


def _is_of_relations(entry: Difference) -> bool:
    """Whether it shows between observations alone, of which a recording may lack one side."""
    boxes = (*entry.always, *entry.sometimes)
    return all(set(box.get("quantity", ())) & set(RELATION_NAMES) for box in boxes)


_answer = cache(unpack)


def _of_answers(known: Known, recorded: Recorded) -> Iterator[Row]:
    for name, case in cases().items():
        answer, diagnosis = recorded.answer(name), recorded.diagnosis(name)
        if none := known.lacking.unanswered(case, _answer(answer)):
            yield Row(none[0], case, "call", str(none[1]), "")
        elif not diagnosis.is_right or known.covers(case):
            for quantity, causes in _causes(case, answer, diagnosis):
                texts, tested = map(list, zip(*causes, strict=True)) if causes else ([], [])
                found = known.of(case).verdicts(case, quantity, texts, tested)
                for verdict, entry, one in zip(*found, causes, strict=True):
                    yield Row(verdict, case, quantity, str(one[0] or ""), entry, causes[one])


@cache
def _causes(case: Case, text: str, diagnosis: Diagnosis) -> list[tuple[str, Counts]]:
    """Of each quantity that is judged how many numbers have which cause, and were tested."""
    answer = _answer(text)
    whole = "value" not in answer or (
        case.is_contract and contract_judge.whole(case.contract, answer) is not None
    )
    names = ("call",) if whole else QUANTITIES[: 1 + judge._has_gradient(case)]
    return [(name, _counted(name, answer, diagnosis)) for name in names]


def _counted(quantity: str, answer: dict[str, Any], diagnosis: Diagnosis) -> Counts:
    wrong = [one for one in diagnosis.wrong if one.quantity == quantity]
    if any(one.places is None for one in wrong):
        return Counter({(one.cause, True): 1 for one in wrong})
    causes: Counts = Counter({(one.cause, True): len(one.places or ()) for one in wrong})
    unbounded = [one for one in diagnosis.unbounded if one.quantity == quantity]
    causes[None, False] = sum(len(one.places) for one in unbounded)
    size = prod((answer.get(quantity) or {"shape": ()})["shape"])
    return causes + Counter({(None, True): size - causes.total()})


def _of_relations(known: Known, recorded: Recorded) -> Iterator[Row]:
    for case, number, other in _related():
        relation = RELATIONS[number]
        texts = recorded.answer(requests.key(case)), recorded.answer(requests.key(other))
        for quantity, cause, blamed, own in _compared(case, number, other, *texts):
            ledger = Ledger((*known.of(blamed).entries, *known.of(case).entries))
            wrong = (blamed, quantity, own) if own else None
            entry = ledger.known_between(case, relation.name, cause, wrong)
            yield Row(verdict_of(cause, entry), case, relation.name, str(cause), entry)


@cache
def _related() -> tuple[tuple[Case, int, Case], ...]:
    """Both sides of all relations whose numbers a recording holds."""
    every = set(cases().values())
    return tuple(
        (case, number, other)
        for case in every
        for number, relation in enumerate(RELATIONS)
        if relation.holds_for(case) and (other := relation.case(case)) in every
        if relation.both(given := arrays(case, requests.SEED)) is given
        if relation.change(others := arrays(other, requests.SEED)) is others
    )


@cache
def _compared(
    case: Case, number: int, other: Case, *texts: str
) -> tuple[tuple[str, Cause, Case, Cause | None], ...]:
    """Of each place in which a relation fails the quantity, the cause, and who is wrong why."""
    relation = RELATIONS[number]
    this, that = (
        Side(one, arrays(one, requests.SEED), unpack(text))
        for one, text in zip((case, other), texts, strict=True)
    )
    return tuple(
        (quantity, cause, other if blamed == "other" else case, own)
        for found in compare(relation, this, that)
        for cause, blamed, quantity, own in own_causes(found)
        if cause
    )


def main(names: Iterable[str]) -> None:
    every = judged()
    for name in names or every:
        found = forecast(every[name])
        number = sum(row.number for row in found.wrong)
        print(f"{name}: {number} new, gone or missing, {len(found.vanished)} vanished")
        print(found)


if __name__ == "__main__":
    main(sys.argv[1:])
