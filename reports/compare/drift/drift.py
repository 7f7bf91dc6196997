"""What became of an answer between two recordings.

Decided from files alone: the answers, and the judge's diagnosis of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from reports.compare.drift.kinds import Aspect, differences
from reports.compare.drift.rounding import rounds
from reports.store.parsed import QUANTITIES, Parsed, Part, parsed, relative, ulps
from reports.store.recording import ABSENT, NOT_ASKED
from suites.judge.diagnosis import Diagnosis, Quantity

FACTOR = 3  # binary logarithm of how much an error must grow or shrink to be a change of accuracy


class Drift(StrEnum):
    """The kinds of change, the least first."""

    SAME = "same"
    ROUNDING = "rounding"
    ACCURACY = "accuracy"
    VALUE = "value"
    KIND = "kind"
    ADDED = "added"
    REMOVED = "removed"
    NOT_ASKED = "not asked"


MEANING = {
    Drift.SAME: "the same bits, or the same type of error",
    Drift.ROUNDING: "other bits of the same result: both inside the enclosure, or one cause explains both and they are near",
    Drift.ACCURACY: "both inside the enclosure, and the worst error in ULP is 8 times as large, or an eighth",
    Drift.VALUE: "another result: right on one side only, wrong for another reason, or too far apart for rounding",
    Drift.KIND: "NaN, infinity, dtype, shape, error or warning where there was something else",
    Drift.ADDED: "the old release has no such API or argument, the new one has",
    Drift.REMOVED: "the new release no longer has it",
    Drift.NOT_ASKED: "the suite did not ask one of both; never shown as a change",
}
# What fails a comparison, by the least drift that shall fail.
FAILING = {
    "value": frozenset({Drift.VALUE, Drift.KIND, Drift.REMOVED}),
    "accuracy": frozenset({Drift.VALUE, Drift.KIND, Drift.REMOVED, Drift.ACCURACY}),
    "bits": frozenset({Drift.VALUE, Drift.KIND, Drift.REMOVED, Drift.ACCURACY, Drift.ROUNDING}),
}
MARKS = {
    Drift.REMOVED: "x",
    Drift.ADDED: "*",
    Drift.ACCURACY: "^",
    Drift.ROUNDING: "~",
}


@dataclass(frozen=True)
class Example:
    """The number that changed most, and how many did.

    `relative` is its change in parts of the old number, `size` that of a value in parts of 1 nat
    where that is more, `ulps` that in the spacing of its dtype. `row` is that of the array, None
    of a scalar.
    """

    place: str = ""
    old: str = ""
    new: str = ""
    relative: float = 0.0
    size: float = 0.0
    ulps: float = 0.0
    numbers: int = 0
    row: int | None = None


@dataclass(frozen=True)
class Change:
    """How an answer changed; `was` and `now` are the kinds of result, "" where they are one kind,
    and `aspects` says in what they are not.
    """

    drift: Drift
    mark: str = ""
    was: str = ""
    now: str = ""
    most: Example = Example()
    aspects: frozenset[Aspect] = frozenset()

    @property
    def of_numbers(self) -> bool:
        """Whether both are numbers that can be laid side by side."""
        return self.aspects.isdisjoint(("error", "quantity", "shape"))


SAME = Change(Drift.SAME)


def change(
    before: str, after: str, diagnoses: tuple[Diagnosis, Diagnosis], dtype: str = ""
) -> Change:
    """How an answer changed, from the texts of both and their diagnoses.

    `dtype` is that of the case, which may be narrower than that of the result.
    """
    if before == after:
        return SAME
    if NOT_ASKED in (before, after):
        return Change(Drift.NOT_ASKED)
    if ABSENT in (before, after):
        drift = Drift.ADDED if before == ABSENT else Drift.REMOVED
        return Change(drift, MARKS[drift])
    old, new = parsed(before), parsed(after)
    found = _of_kind(old, new) or _of_numbers(old, new, *diagnoses, dtype)
    return replace(found, mark=_mark(found.drift, *diagnoses))


def _mark(drift: Drift, before: Diagnosis, after: Diagnosis) -> str:
    """One of LEGEND: `+` where causes only came, `-` where they only went, else `!`."""
    if drift in MARKS or drift is Drift.SAME:
        return MARKS.get(drift, "")
    came, went = after.causes - before.causes, before.causes - after.causes
    return "!" if bool(came) == bool(went) else "+" if came else "-"


def _of_kind(old: Parsed, new: Parsed) -> Change | None:
    """The change of kind, None where there is none."""
    found = list(differences(old, new))
    if not found:
        return None
    aspects, *sides = zip(*found, strict=True)
    was, now = (" and ".join(side) for side in sides)
    most = _first_of_kind(old, new) or _greatest(old, new) or Example()
    return Change(Drift.KIND, "", was, now, most, frozenset(aspects))


def _first_of_kind(old: Parsed, new: Parsed) -> Example | None:
    """The first number that is of another kind, where the arrays can be laid side by side."""
    for quantity, was, now in _side_by_side(old, new):
        if (where := was.kinds != now.kinds).any():
            return _example(quantity, was, now, int(where.argmax()), int(where.sum()))
    return None


def _greatest(old: Parsed, new: Parsed) -> Example | None:
    """The number that changed most, of all that are finite."""
    found = []
    for quantity, was, now in _side_by_side(old, new):
        others = (was.kinds == 0) & (was.numbers != now.numbers)
        if others.any():
            size = np.where(others, _size(quantity, was.numbers, now.numbers), -1.0)
            found.append(_example(quantity, was, now, int(size.argmax()), int(others.sum())))
    return max(found, key=lambda one: one.size, default=None)


def _side_by_side(old: Parsed, new: Parsed) -> Iterator[tuple[Quantity, Part, Part]]:
    for quantity in QUANTITIES:
        was, now = old.parts[quantity], new.parts[quantity]
        if was and now and was.shape == now.shape:
            yield quantity, was, now


def _example(quantity: Quantity, old: Part, new: Part, place: int, numbers: int) -> Example:
    was, now = old.numbers[place : place + 1], new.numbers[place : place + 1]
    texts = _texts(float(was[0]), float(now[0]))
    sizes = (relative(was, now), _size(quantity, was, now), ulps(was, now, old.dtype))
    share, size, distance = (float(one[0]) for one in sizes)
    row = place // int(np.prod(old.shape[1:], dtype=int)) if old.shape else None
    where = f"{quantity}{old.place(place)}"
    return Example(where, *texts, share, size, distance, numbers, row)


def _size(quantity: Quantity, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The change of numbers in parts of the old one; 1e-7 nat more of a loss of 0 are nothing."""
    return relative(old, new, 1.0 if quantity is Quantity.VALUE else 0.0)


def _texts(old: float, new: float) -> tuple[str, str]:
    """Both in decimal, with as many digits as it takes to tell them apart."""
    for digits in (6, 9, 17):
        was, now = f"{old:.{digits}g}", f"{new:.{digits}g}"
        if was != now:
            break
    return was, now


def _of_numbers(
    old: Parsed, new: Parsed, before: Diagnosis, after: Diagnosis, dtype: str
) -> Change:
    """The change of two answers of one kind: the worst of their quantities."""
    found = [
        _of_quantity(quantity, was, now, before, after, dtype)
        for quantity in QUANTITIES
        if (was := old.parts[quantity]) and (now := new.parts[quantity]) and was.bits != now.bits
    ]
    order = list(Drift)
    return max(found, key=lambda one: (order.index(one.drift), one.most.size), default=SAME)


def _of_quantity(
    quantity: Quantity, old: Part, new: Part, before: Diagnosis, after: Diagnosis, dtype: str
) -> Change:
    finite = (old.kinds == 0) & (old.numbers != new.numbers)
    size = np.zeros(len(finite))
    size[finite] = _size(quantity, old.numbers[finite], new.numbers[finite])
    is_rounding = np.ones(len(finite), bool)
    places = np.flatnonzero(finite)
    is_rounding[finite] = rounds(quantity, old, new, places, (before, after), dtype)
    if not finite.any():  # other signs of zero, or other NaN
        return Change(Drift.ROUNDING)
    candidates = finite if is_rounding.all() else ~is_rounding
    place = int(np.where(candidates, size, -1.0).argmax())
    most = _example(quantity, old, new, place, int(finite.sum()))
    if not is_rounding.all():
        return Change(Drift.VALUE, most=most)
    if _accuracy_changed(quantity, before, after):
        was, now = (_accuracy(one.error(quantity)) for one in (before, after))
        return Change(Drift.ACCURACY, was=was, now=now, most=most)
    return Change(Drift.ROUNDING, most=most)


def _accuracy_changed(quantity: Quantity, before: Diagnosis, after: Diagnosis) -> bool:
    all_right = not any(
        one.quantity in (quantity, Quantity.CALL) for one in (*before.wrong, *after.wrong)
    )
    return all_right and abs(before.error(quantity) - after.error(quantity)) >= FACTOR


def _accuracy(error: int) -> str:
    """In words."""
    return f"errors up to {2**error:,} ULP" if error < 50 else f"errors up to 2**{error} ULP"
