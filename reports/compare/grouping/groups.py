"""What changed alike between two recordings: by the known difference that came or went."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from reports.compare.drift import known
from reports.compare.drift.drift import Drift
from reports.compare.drift.known import Names
from reports.compare.drift.marks import LEGEND
from reports.compare.grouping.changes import Changed
from reports.run.severity import Severity
from suites.cases.fields import FIELDS
from suites.cases.loss_options import PLAIN
from suites.judge.diagnosis import Quantity
from suites.ledger.difference import Difference

WITHOUT_SIZE = (Drift.ADDED, Drift.REMOVED)
OF_NUMBERS = frozenset({"dtype", "warning"})  # beside which the numbers say how much changed
OF_ONE_LOSS = (Drift.ADDED, Drift.REMOVED, Drift.ROUNDING, Drift.ACCURACY)
ORDER = {one: place for place, one in enumerate(Severity)}
MARKS = {mark: place for place, mark in enumerate(LEGEND)}
FORM, ARGUMENTS = FIELDS.index("form"), FIELDS.index("arguments")
FEW_FORMS = 2
Key = tuple[str | bool, ...]


@dataclass(frozen=True)
class Group:
    """Cases that changed alike, the gravest and greatest change first.

    `lead` is the known difference that all show, or a cause that is not known, "" for none; it
    `came` or went where it `turned`, else it is on both sides.
    """

    changed: tuple[Changed, ...]
    lead: str = ""
    came: bool = False
    turned: bool = False

    @property
    def example(self) -> Changed:
        return self.changed[0]

    @property
    def severity(self) -> Severity:
        return self.example.severity

    @property
    def drift(self) -> Drift:
        return self.example.change.drift

    @property
    def entry(self) -> Difference | None:
        return known.by_id().get(self.lead)

    @property
    def is_mended(self) -> bool:
        return self.turned and not self.came

    @cached_property
    def mark(self) -> str:
        """The one of most, unless what came or went is plain in some."""
        marks = Counter(one.change.mark for one in self.changed)
        plain = ("+" if self.came else "-") if self.turned else ""
        return plain if plain in marks else marks.most_common(1)[0][0]

    @cached_property
    def everyday(self) -> int:
        return sum(one.everyday for one in self.changed)

    @cached_property
    def is_wide(self) -> bool:
        """Whether many ways of everyday use show it."""
        return len({one.fields[FORM] for one in self.changed if one.everyday}) > FEW_FORMS

    def names(self, field: str, everyday: bool | None = None) -> list[str]:
        """What the cases have in a field, the most frequent first; of everyday use, or of other."""
        place = FIELDS.index(field)
        counts = Counter(
            one.fields[place] for one in self.changed if everyday in (None, one.everyday)
        )
        return sorted(counts, key=lambda name: (-counts[name], name))

    @cached_property
    def options(self) -> list[str]:
        """Those that all cases have, as "axis", or "axis=0" where all have one value.

        Where the known difference is about some of them, these alone.
        """
        found = [dict(_parts(one.fields[ARGUMENTS])) for one in self.changed]
        shared = [name for name in found[0] if all(name in one for one in found)]
        about = [name for name in shared if name in known.options_of(self.lead)]
        values = {name: {one[name] for one in found} for name in shared}
        return [f"{n}={found[0][n]}" if len(values[n]) == 1 else n for n in about or shared]


def _parts(arguments: str) -> Iterable[tuple[str, str]]:
    for part in arguments.split("+") if arguments != PLAIN else ():
        name, _, value = part.partition(":")
        yield name, value


def groups(changed: Sequence[Changed]) -> list[Group]:
    """The gravest first; of one severity in the order of the legend, and the greatest first."""
    gathered: dict[Key, list[Changed]] = defaultdict(list)
    often = Counter(name for one in changed if _turns(one) for name in _turned(one)[0])
    for one in changed:
        gathered[_key(one, often)].append(one)
    found = [_group(key, rows) for key, rows in gathered.items()]
    return sorted(found, key=_order)


def _order(group: Group) -> tuple[int, bool, int, float, int, str]:
    one = group.example
    first = ORDER[group.severity], not group.is_wide, MARKS[group.mark]
    return *first, -_size(one), -len(group.changed), one.case


def _group(key: Key, rows: list[Changed]) -> Group:
    kind, lead, *_ = key
    first = sorted(rows, key=_place)
    return Group(tuple(first), str(lead), kind == "came", kind in ("came", "went"))


def _place(one: Changed) -> tuple[int, bool, float, str]:
    """The gravest first; a loss that people read before a gradient."""
    of_gradient = one.change.most.place.startswith(Quantity.GRADIENT)
    return ORDER[one.severity], of_gradient, -float(f"{_size(one):.1e}"), one.case


def _size(one: Changed) -> float:
    """Its change, infinite where that is no number."""
    change, size = one.change, one.change.most.size
    is_number = change.drift not in WITHOUT_SIZE and not change.aspects - OF_NUMBERS
    return size if is_number and not math.isnan(size) else math.inf


def _key(one: Changed, often: Counter[str]) -> Key:
    """What a case has in common with those of its group: the kind, what leads it, more."""
    drift = one.change.drift
    if not _turns(one):
        return drift.value, "", one.fields[0]
    names, came = _turned(one)
    if names:
        lead = max(sorted(names), key=lambda name: often[name])
        return "came" if came else "went", lead
    if one.change.aspects:
        return drift.value, "", *sorted(one.change.aspects)
    both = min(one.known[0], default="")
    return drift.value, both, "" if both else one.fields[0]


def _turns(one: Changed) -> bool:
    """Whether what is known of it counts."""
    return one.change.drift not in OF_ONE_LOSS


def _turned(one: Changed) -> tuple[Names, bool]:
    """What came, or else what went."""
    before, after = one.known
    return (after - before, True) if after - before else (before - after, False)
