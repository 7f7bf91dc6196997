"""The known differences of a user's own loss, written from what a run shows: `--accept REASON`.

Each computed cause becomes one entry. Its boxes hold the very cases that show it, no more, so that
the next change of the loss is new, or gone. A relation that fails since one side differs belongs to
the entry of that side's cause. What is gone leaves its entry; what was not measured stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from reference.cause import OF_A_SIDE, Cause, read
from suites.cases.case import Case
from suites.cases.fields import FIELDS
from suites.cases.relations import BY_NAME
from suites.ledger.difference import Box, Difference
from suites.ledger.ledger import Covered

HEAD = """\
# Known differences of a loss of our own, for pytest --subject ... --known THIS_FILE.
# Written by --accept, which writes the whole file and keeps no comments. docs/own-loss.md explains it.
"""
ID_LENGTH = 48
MEASURED = ("agree", "known", "new", "gone")
IN_BOX = (*(name for name in FIELDS if name != "loss"), "quantity")


@dataclass(frozen=True)
class Point:
    """A quantity of a case, which an entry may cover."""

    case: Case
    quantity: str

    @property
    def answers(self) -> set[Point]:
        """What says whether it shows: a call that raised is a value where it no longer does."""
        return {self, replace(self, quantity="value")} if self.quantity == "call" else {self}

    @property
    def fields(self) -> dict[str, frozenset[str]]:
        names = dict(zip(FIELDS, self.case.names, strict=True)) | {"quantity": self.quantity}
        return {name: frozenset({names[name]}) for name in IN_BOX}


@dataclass(frozen=True)
class Row:
    """A number of a run: its verdict, its cause ("" for none) and the id of what is known."""

    case: Case
    quantity: str
    cause: str
    verdict: str
    known: str

    @property
    def point(self) -> Point:
        return Point(self.case, self.quantity)


def entries(
    before: Iterable[Difference], rows: Iterable[Row], covered: Covered, reason: str, today: str
) -> list[Difference]:
    """What is known after a run: entries without what is gone, and new ones for what is new."""
    rows = list(rows)
    shown = {(row.known, row.point) for row in rows if row.verdict == "known"}
    measured = {row.point for row in rows if row.verdict in MEASURED}
    kept = [_still_shown(entry, shown, measured, covered) for entry in before]
    left = [entry for entry in kept if entry.always or entry.sometimes]
    new = _new([row for row in rows if row.verdict == "new"], reason, today)
    taken = {entry.id for entry in left}
    return [*left, *(replace(entry, id=_free(entry.id, taken)) for entry in new)]


def _still_shown(
    entry: Difference, shown: set[tuple[str, Point]], measured: set[Point], covered: Covered
) -> Difference:
    """The entry without what was measured and does not show it; as it is where all does."""
    points = [
        Point(case, quantity)
        for case, quantities in covered.get(entry, {}).items()
        for quantity in sorted(quantities)
    ]
    lost = {
        point
        for point in points
        if (entry.id, point) not in shown and not measured.isdisjoint(point.answers)
    }
    if not lost:
        return entry
    left = [point for point in points if point not in lost]
    must = [point for point in left if entry.must_show(point.case, point.quantity)]
    may = [point for point in left if not entry.must_show(point.case, point.quantity)]
    return replace(entry, always=boxes(must), sometimes=boxes(may))


def _new(rows: list[Row], reason: str, today: str) -> list[Difference]:
    """An entry for each cause; that of a side takes the relations which it explains."""
    own = {read(row.cause) for row in rows if row.quantity not in BY_NAME}
    found: dict[Cause, list[Row]] = {}
    for row in rows:
        found.setdefault(_root(read(row.cause), own), []).append(row)
    taken: set[str] = set()
    return [_entry(cause, found[cause], reason, today, taken) for cause in sorted(found, key=str)]


def _root(cause: Cause, own: set[Cause]) -> Cause:
    of_side = Cause(cause.reasons[1:]) if cause.kind in OF_A_SIDE and cause.reasons[1:] else cause
    return of_side if of_side in own else cause


def _entry(cause: Cause, rows: list[Row], reason: str, today: str, taken: set[str]) -> Difference:
    numbers = dict.fromkeys(r.point for r in rows if r.quantity not in BY_NAME)
    related = dict.fromkeys(r.point for r in rows if r.quantity in BY_NAME)
    causes = dict.fromkeys((cause, *sorted((read(row.cause) for row in rows), key=str)))
    return Difference(
        id=_free(re.sub(r"[^a-z0-9]+", "-", str(cause).lower())[:ID_LENGTH].strip("-"), taken),
        title=str(cause),
        why=reason,
        seen=today,
        tensorflow="",
        keras="",
        links=(),
        causes=tuple(causes),
        always=boxes(numbers),
        sometimes=boxes(related),
    )


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number where it is taken; it is taken then."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(free)
    return free


def boxes(points: Iterable[Point]) -> tuple[Box, ...]:
    """The points as few products of names, which hold them and nothing else."""
    found = [point.fields for point in points]
    size = -1
    while len(found) != size:
        size = len(found)
        for name in IN_BOX:
            found = _united(found, name)
    return tuple({name: tuple(sorted(names)) for name, names in box.items()} for box in found)


def _united(found: list[dict[str, frozenset[str]]], name: str) -> list[dict[str, frozenset[str]]]:
    """Boxes that are one but for a field become one."""
    groups: dict[tuple[frozenset[str], ...], frozenset[str]] = {}
    for box in found:
        rest = tuple(names for key, names in box.items() if key != name)
        groups[rest] = groups.get(rest, frozenset()) | box[name]
    others = [key for key in IN_BOX if key != name]
    united = (
        {**dict(zip(others, rest, strict=True)), name: names} for rest, names in groups.items()
    )
    return [{key: box[key] for key in IN_BOX} for box in united]


def text(found: Iterable[Difference]) -> str:
    """The file of these entries."""
    return HEAD + "".join(map(written, found))


def written(entry: Difference) -> str:
    """The entry as it stands in a ledger."""
    plain = {
        "id": entry.id,
        "title": entry.title,
        "why": entry.why,
        **({"advice": entry.advice} if entry.advice else {}),
        "seen": entry.seen,
        "tensorflow": entry.tensorflow,
        "keras": entry.keras,
    }
    lines = ["", "[[difference]]", *(f"{name} = {_text(value)}" for name, value in plain.items())]
    lines.append(f"links = {_list(entry.links)}")
    lines.append(f"causes = {_list(tuple(map(str, entry.causes)))}")
    for name, of_name in (("always", entry.always), ("sometimes", entry.sometimes)):
        lines += [f"{name} = [", *(f"  {_box(box)}," for box in of_name), "]"]
    return "\n".join(lines) + "\n"


def _box(box: Mapping[str, tuple[str, ...]]) -> str:
    return "{ " + ", ".join(f"{name} = {_list(names)}" for name, names in box.items()) + " }"


def _list(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]"


def _text(text: str) -> str:
    """A text of TOML, which takes the escapes of JSON."""
    return json.dumps(text)
