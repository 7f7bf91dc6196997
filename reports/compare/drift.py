"""What became of an answer between two recordings.

Decided from files alone: the answers, and the judge's diagnosis of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from reports.compare.rounding import rounds
from reports.store.parsed import KINDS, QUANTITIES, Parsed, Part, parsed, relative, ulps
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

    `relative` is its change in parts of the old number, `ulps` that in the spacing of its dtype.
    """

    place: str = ""
    old: str = ""
    new: str = ""
    relative: float = 0.0
    ulps: float = 0.0
    numbers: int = 0


@dataclass(frozen=True)
class Change:
    """How an answer changed; `was` and `now` are the kinds of result, "" where they are one kind.

    `of_numbers`: both are numbers of one shape and dtype, with the same warnings.
    """

    drift: Drift
    mark: str = ""
    was: str = ""
    now: str = ""
    most: Example = Example()
    of_numbers: bool = True


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
    pairs = list(_differences(old, new))
    if not pairs:
        return None
    was, now = (" and ".join(side) for side in zip(*pairs, strict=True))
    most = _first_of_kind(old, new)
    return Change(Drift.KIND, was=was, now=now, most=most, of_numbers=_are_alike(old, new))


def _are_alike(old: Parsed, new: Parsed) -> bool:
    """Whether both are numbers of one shape and dtype, with the same warnings."""
    pairs = [(old.parts[quantity], new.parts[quantity]) for quantity in QUANTITIES]
    formats = ([part and (part.dtype, part.shape) for part in pair] for pair in pairs)
    same = all(was == now for was, now in formats)
    return same and not (old.error or new.error) and old.warnings == new.warnings


def _differences(old: Parsed, new: Parsed) -> Iterator[tuple[str, str]]:
    """What is not of one kind, in words for both sides, of which no two are the same."""
    if old.error != new.error:
        yield _result(old), _result(new)
    if old.warnings != new.warnings:
        yield _warned(old), _warned(new)
    if not (old.error or new.error):
        for quantity in QUANTITIES:
            yield from _differences_of(quantity, old.parts[quantity], new.parts[quantity])


def _result(answer: Parsed) -> str:
    return f"raised {answer.error}" if answer.error else "returned numbers"


def _warned(answer: Parsed) -> str:
    return f"warned of {', '.join(answer.warnings)}" if answer.warnings else "no warning"


def _differences_of(name: str, old: Part | None, new: Part | None) -> Iterator[tuple[str, str]]:
    if old is None or new is None:
        if old is not new:
            yield f"{'no' if old is None else 'a'} {name}", f"{'no' if new is None else 'a'} {name}"
        return
    if old.dtype != new.dtype:
        yield f"{name} in {old.dtype}", f"{name} in {new.dtype}"
    if old.shape != new.shape:
        yield f"{name} of shape {old.shape}", f"{name} of shape {new.shape}"
    elif (where := old.kinds != new.kinds).any():
        was, now = (" and ".join(_kinds(part.kinds[where])) for part in (old, new))
        yield f"{name} {was}", f"{name} {now}" + (" at other places" if was == now else "")


def _kinds(kinds: np.ndarray) -> list[str]:
    return [KINDS[kind] for kind in sorted(set(kinds.tolist()))]


def _first_of_kind(old: Parsed, new: Parsed) -> Example:
    """The first number that is of another kind, where the arrays can be laid side by side."""
    for quantity in QUANTITIES:
        was, now = old.parts[quantity], new.parts[quantity]
        if was and now and was.shape == now.shape and (where := was.kinds != now.kinds).any():
            return _example(quantity, was, now, int(where.argmax()), int(where.sum()))
    return Example()


def _example(quantity: Quantity, old: Part, new: Part, place: int, numbers: int) -> Example:
    was, now = old.numbers[place : place + 1], new.numbers[place : place + 1]
    texts = _texts(float(was[0]), float(now[0]))
    size = (float(relative(was, now)[0]), float(ulps(was, now, old.dtype)[0]))
    return Example(f"{quantity}{old.place(place)}", *texts, *size, numbers)


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
    return max(found, key=lambda one: (order.index(one.drift), one.most.relative), default=SAME)


def _of_quantity(
    quantity: Quantity, old: Part, new: Part, before: Diagnosis, after: Diagnosis, dtype: str
) -> Change:
    finite = (old.kinds == 0) & (old.numbers != new.numbers)
    size = np.zeros(len(finite))
    size[finite] = relative(old.numbers[finite], new.numbers[finite])
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
