"""Known differences, two-sided: inside its version span a difference must show, outside it must not.

The entries are in `known_differences.toml`. Each says in `advice` what to do instead, and lists the
computed causes that are known, word for word but for `{dtype}`, the name of any format, and in which
cases: `always` and `sometimes` are lists of tables from a field of `Case`, or "quantity", or "argument" (one of `arguments`, as "axis:0"),
"without" (none of them), to the names it may have; what is left out may have any. A table with
`fused` is only for TensorFlow's fused operations (true), or for the deterministic ones that do
without (false). Every case of `always` must show the difference, of `sometimes` (where the numbers
decide) none need, but in all its cases together an entry must show at least once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path

import numpy as np

from reference.cause import Cause
from suites.cases.case import Case
from suites.judge.comparison import Causes
from suites.judge.table import BadTable
from suites.ledger.coverage import Index
from suites.ledger.difference import OF_NO_CASE, Difference
from suites.ledger.ledger_file import FILE, QUANTITIES

MAIN = ("loss", "form", "dtype", "output", "execution")  # fields of a case
Covered = Mapping[Difference, Mapping[Case, frozenset[str]]]


def covered(entries: Iterable[Difference], cases: Iterable[Case], file: Path = FILE) -> Covered:
    """Of each entry the cases it covers, with the quantities that may show it.

    Raises BadTable for an entry that covers none, and for two that claim the same difference.
    """
    index = Index(cases)
    found: dict[Difference, dict[Case, frozenset[str]]] = {}
    for entry in entries:
        found[entry] = _covered(entry, index)
        if not found[entry]:
            raise BadTable(f"{file.name}: {entry.id} matches no case; correct or remove it")
    for first, second in combinations(found, 2):
        if not _claim_alike(first, second):
            continue
        for case in found[first].keys() & found[second].keys():
            if found[first][case] & found[second][case]:
                raise BadTable(
                    f"{file.name}: {first.id} and {second.id} overlap, for example in {case.id}"
                )
    return found


def _covered(entry: Difference, index: Index) -> dict[Case, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    for box in (*entry.always, *entry.sometimes):
        quantities = frozenset(box.get("quantity", QUANTITIES))
        for place in np.flatnonzero(index.inside(box, OF_NO_CASE)).tolist():
            found[place] = found.get(place, frozenset()) | quantities
    return {index.cases[place]: names for place, names in sorted(found.items())}


def _claim_alike(first: Difference, second: Difference) -> bool:
    return not set(first.causes).isdisjoint(second.causes)


@dataclass(frozen=True)
class Seen:
    """What was found of one quantity of a case: the verdicts, and the ids of entries."""

    case: Case
    quantity: str
    verdicts: Set[str]
    known: Set[str]

    def tests(self, entry: Difference) -> bool:
        """Whether the difference could have shown, and something was claimed of a number."""
        return self.verdicts != {"not_tested"} and entry.may_show(self.case, self.quantity)


@dataclass(frozen=True)
class Ledger:
    """The entries that hold for the versions installed."""

    entries: tuple[Difference, ...]

    @cached_property
    def _found(self) -> dict[tuple[str, ...], tuple[Difference, ...]]:
        """Entries by the main fields of the cases that were asked about."""
        return {}

    def _about(self, case: Case) -> tuple[Difference, ...]:
        """Entries that may be about a case, by its main fields."""
        names = tuple(getattr(case, name) for name in MAIN)
        if names not in self._found:
            fields = dict(zip(MAIN, names, strict=True))
            self._found[names] = tuple(e for e in self.entries if e.may_be_about(fields))
        return self._found[names]

    def verdicts(
        self, case: Case, quantity: str, causes: Causes, tested: Sequence[bool] = ()
    ) -> tuple[list[str], list[str]]:
        """A verdict and the id of an entry for each computed cause (None for none).

        `tested` says of which numbers the reference claims anything; without it, of all.
        """
        names = {quantity, "call"} if quantity == "value" else {quantity}  # it was no error
        covering = [e for e in self._about(case) if any(e.may_show(case, name) for name in names)]
        known_by = {cause: _name(covering, case, quantity, cause) for cause in set(causes)}
        known = [known_by[cause] for cause in causes]
        whether = tested or [True] * len(causes)
        verdicts = [verdict(*row) for row in zip(causes, known, whether, strict=True)]
        for entry in covering:
            must = any(entry.must_show(case, name) for name in names)
            if entry.id not in known and must:
                verdicts, known = mark_gone(entry, verdicts, known)
        return verdicts, known

    def known(self, case: Case, quantity: str, cause: Cause | None) -> str:
        """The id of the entry that accounts for a cause; "" if none does."""
        return _name(self._about(case), case, quantity, cause)

    def known_between(
        self, case: Case, relation: str, cause: Cause | None, wrong: tuple[Case, str, Cause] | None
    ) -> str:
        """The same of two cases that differ: of the one that is `wrong`, or of the relation.

        `wrong` is that case, the quantity and its own cause, None where neither is.
        """
        return (self.known(*wrong) if wrong else "") or self.known(case, relation, cause)

    def vanished(
        self, covered: Covered, measured: Set[Case], seen: Collection[Seen]
    ) -> list[Difference]:
        """Entries that no row names, not even as gone, although all their cases were measured.

        What was nowhere tested may still be there.
        """
        named = {name for one in seen for name in one.known}
        whole = (e for e in self.entries if covered[e].keys() <= measured and e.id not in named)
        return [entry for entry in whole if any(one.tests(entry) for one in seen)]


def _name(entries: Iterable[Difference], case: Case, quantity: str, cause: Cause | None) -> str:
    found = (e.id for e in entries if cause and e.accounts_for(case, quantity, cause))
    return next(found, "")


def mark_gone(
    entry: Difference, verdicts: list[str], known: list[str]
) -> tuple[list[str], list[str]]:
    """Turn agreement into "gone", with the entry that was expected to show."""
    pairs = list(zip(verdicts, known, strict=True))
    names = [entry.id if verdict == "agree" else name for verdict, name in pairs]
    return ["gone" if verdict == "agree" else verdict for verdict in verdicts], names


def verdict(cause: Cause | None, name: str, tested: bool = True) -> str:
    """What a computed cause and the id of a known difference make of a comparison.

    A right number of which nothing is claimed is no agreement: it was not tested.
    """
    if not cause:
        return "agree" if tested else "not_tested"
    return "known" if name else "new"
