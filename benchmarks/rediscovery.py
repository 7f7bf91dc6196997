"""How many of the known differences of a loss a hunt finds again.

Hunts as if the ledger had no entry, and counts the entries that its finds would have been known by:

    python -m benchmarks.rediscovery [--loss categorical_crossentropy] [--minutes 60] [--seed 1]

What a drawn call can't show is counted apart: a hunt draws usual calls of unusual numbers, no names,
configurations or warnings, no mistakes that a call should refuse, and no second process.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from reports.plugin.hunting import errors, scope_of
from reports.tasks import executors
from suites.cases.case import Case
from suites.cases.contract import NUMBER, Contract, as_it_is
from suites.cases.drawn import TRACED
from suites.cases.losses import LOSSES
from suites.hunt.campaign import Task, campaign
from suites.hunt.draw import Scope
from suites.hunt.look import Key, Oddity, is_known
from suites.judge.diagnosis import Quantity
from suites.ledger.difference import Difference
from suites.ledger.ledger import Covered
from suites.plugin import options
from suites.plugin.run import Run, start

OF_ONE_CALL = frozenset(map(str, Quantity))


@dataclass
class Count:
    """Known differences of a loss, `drawable` those that a drawn call may show, by the number of finds
    that each would account for; `others` are finds that no entry accounts for.
    """

    known: Mapping[str, list[Difference]]
    drawable: frozenset[str]
    found: Counter[str] = field(default_factory=Counter)
    others: list[Oddity] = field(default_factory=list)

    def add(self, find: Oddity, ids: Collection[str]) -> None:
        self.found.update(ids)
        if not ids:
            self.others.append(find)

    @property
    def line(self) -> str:
        again = self.drawable & self.found.keys()
        share = len(again) / max(1, len(self.drawable))
        return (
            f"{len(again)} of {len(self.drawable)} ({share:.0%}) that a drawn call may show, "
            f"{len(self.found)} of all {len(self.known)}; {len(self.others)} other finds"
        )


def accounting(
    find: Oddity, known: Mapping[str, list[Difference]], covered: Covered, raised: frozenset[Case]
) -> list[str]:
    """The ids of the entries that would have known a find; `raised` are the cases with its error."""
    return [
        id
        for id, entries in known.items()
        if is_known(find, entries)
        or any(case in raised for entry in entries for case in covered.get(entry, {}))
    ]


def may_be_drawn(case: Case, quantities: Iterable[str], scope: Scope) -> bool:
    """Whether a drawn call may show what this case shows: a number, its gradient, or an error in their
    place; of a contract, if nothing but the numbers is unusual.
    """
    if case.is_contract and not _is_usual(case.contract):
        return False
    is_drawn = case.form in _forms_drawn(case.loss, scope)
    return is_drawn and not OF_ONE_CALL.isdisjoint(quantities)


@cache
def _forms_drawn(loss: str, scope: Scope) -> frozenset[str]:
    return frozenset(form.name for model in (False, True) for form in scope.forms_of(loss, model))


def _is_usual(contract: Contract) -> bool:
    """Whether the text of the call is that of any other, and a number is expected."""
    texts = (contract.target, contract.output, contract.weight)
    more = contract.arguments or contract.settings or contract.look_up
    wrapped = contract.wrapper not in (as_it_is, *TRACED.values())
    is_other = more or wrapped or texts != ("target", "output", "weight")
    return contract.expected == NUMBER and not is_other


def count_of(run: Run, scope: Scope) -> Count:
    """The entries of the ledger that hold here and cover a case of the loss."""
    known: dict[str, list[Difference]] = {}
    drawable = set[str]()
    for entry, cases in run.covered.items():
        of_loss = {case: names for case, names in cases.items() if case.loss in scope.losses}
        if of_loss:
            known.setdefault(entry.id, []).append(entry)
        if any(may_be_drawn(case, names, scope) for case, names in of_loss.items()):
            drawable.add(entry.id)
    return Count(known, frozenset(drawable))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--loss", choices=LOSSES, default="categorical_crossentropy")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="print the entries, and hunt nothing")
    asked = parser.parse_args()
    chosen = options.choices({"tier": "everything", "losses": asked.loss}, os.environ)
    run = start(chosen, lambda case, answer: "")
    drawn_from = scope_of(chosen, ("CPU:0",))
    with run.client:
        count, raised = count_of(run, drawn_from), errors(run)
    if not asked.list:
        hunt(count, Task(drawn_from, asked.seed, asked.minutes * 60), run.covered, raised)
    for id in sorted(count.known):
        apart = "" if id in count.drawable else "   no drawn call"
        print(f"{count.found[id]:6}  {id}{apart}")
    for find in count.others:
        print(f"other   {find.cause}: {find.case.call}")
    print(count.line)
    return 0


def hunt(count: Count, task: Task, covered: Covered, raised: Mapping[Key, frozenset[Case]]) -> None:
    """Hunt, and print what was found again after each piece."""
    asked = 0
    with executors.processes(executors.cores()) as executor:
        for piece in campaign(executor, executors.cores(), task):
            asked += piece.asked
            for find in piece.finds:
                cases = raised.get(find.key, frozenset())
                count.add(find, accounting(find, count.known, covered, cases))
            print(f"{asked:,} calls: {count.line}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
