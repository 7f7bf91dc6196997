"""What changed, in the words of the ledger and in numbers: for upgrade, compare and trace alike."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from reference.cause import Cause, read
from reference.cause_kinds import KINDS, CauseKind
from reports.compare.drift.drift import Change, Drift, Example
from reports.compare.drift.kinds import Aspect
from reports.compare.grouping.groups import Group
from reports.run.summary import counted

INDENT = " " * 5
WIDTH = 79  # a terminal of 80 columns breaks a line of 80 in two
LITTLE, MUCH = 1e-4, 1.0  # in parts of the old number
MANY = 1e6  # ULP of which not each is written
FEW = 3  # names of a field that are shown
WORDS = {
    "+": "new",
    "!": "changed",
    "-": "mended",
    "x": "removed",
    "*": "added",
    "^": "accuracy",
    "~": "rounding",
}
MENDED = "Nothing, but losses that were logged before can't be compared with later ones."
NOTHING = "Nothing."
REMOVED = "Call another form of this loss."
OF_NO_OPTION = "Call the loss another way, or compute it yourself."
OF_ASPECT: Mapping[Aspect, str] = {  # the gravest first
    "error": "Read the error, or expect none; another form of this loss may take the call.",
    "quantity": "Use another form or execution of the loss to train with.",
    "shape": "Check what takes the result, and the reduction.",
    "dtype": "Check what takes the result, or cast it.",
    "warning": "Read the warning: it says what to change.",
    "finite": "Compute the loss in float32, or from logits.",
}
VARIED = ("output", "dtype", "execution", "inputs")


def title(group: Group, with_word: bool = False) -> str:
    """What a group is about: the ledger's words, or a cause, or the kinds of result."""
    return f"{WORDS[group.mark]}: {_title(group)}" if with_word else _title(group)


def _title(group: Group) -> str:
    one = group.example
    if group.drift in (Drift.ADDED, Drift.REMOVED):
        return one.fields[0]
    if group.drift in (Drift.ROUNDING, Drift.ACCURACY):
        return f"{one.fields[0]}, within what a correct result may be"
    if group.lead:
        return group.entry.title if group.entry else group.lead
    if one.change.was:
        return f"{one.change.was} -> {one.change.now}"
    before, after = one.causes
    return f"{before} before and now" if before == after else f"{before} -> {after}"


def numbers(group: Group) -> str:
    """What was there and what is, of the example."""
    change = group.example.change
    return in_numbers(change, with_kinds=title(group) != kinds(change))


def kinds(change: Change) -> str:
    return f"{change.was} -> {change.now}" if change.was else ""


def in_numbers(change: Change, with_kinds: bool = True) -> str:
    """The kinds of result, if they are others, and the number that changed most."""
    parts = [kinds(change)] if with_kinds and change.was else []
    parts += [number(change.most)] if change.most.place else []
    return "; ".join(parts)


def number(most: Example) -> str:
    return f"{most.place} {most.old} -> {most.new}{size(most.relative, most.ulps)}"


def in_brief(change: Change) -> str:
    """The number that changed most, or the kinds of result where none tells them apart."""
    most = change.most
    if not most.place:
        return kinds(change)
    return f"{most.place} {most.old} -> {most.new}{_by(most)}"


def apart_from_title(group: Group) -> str:
    """The change of the example, "" where the title says it."""
    found = in_brief(group.example.change)
    return "" if found == title(group) else found


def _by(most: Example) -> str:
    """How much, in ULP where that is less than can be seen; both numbers say it of much more."""
    if most.relative < LITTLE and most.ulps < MANY:
        return f" (by {most.ulps:,.0f} ULP)"
    return f" (by {100 * most.relative:.2g} %)" if most.relative < MUCH else ""


def size(relative: float, ulps: float) -> str:
    """The size of a change, "" where it is not finite on both sides."""
    if not math.isfinite(ulps):
        return ""
    parts = f"relative change {relative:.2g}, " if math.isfinite(relative) else ""
    return f" ({parts}{f'{ulps:,.0f}' if ulps < MANY else f'{ulps:.2g}'} ULP)"


def causes(group: Group) -> str:
    """The computed causes before and now of the example, where nothing else says them."""
    before, after = group.example.causes
    is_of_api = group.drift in (Drift.ADDED, Drift.REMOVED)
    if is_of_api or "error" in group.example.change.aspects:
        return ""
    return f"still: {after}" if before == after else f"{before} -> {after}"


def advice(group: Group) -> str:
    """What to do, "" for nothing."""
    if group.drift in (Drift.ADDED, Drift.ROUNDING, Drift.ACCURACY):
        return ""
    if group.drift is Drift.REMOVED:
        return REMOVED
    if group.is_mended:
        return MENDED if group.drift is Drift.VALUE else NOTHING
    if group.entry and group.entry.advice:
        return group.entry.advice
    if cause := _cause(group):
        of_none = cause.advised is CauseKind.OPTION and not group.options
        return OF_NO_OPTION if of_none else KINDS[cause.advised].advice
    found = (text for aspect, text in OF_ASPECT.items() if aspect in group.example.change.aspects)
    return next(found, "")


def _cause(group: Group) -> Cause | None:
    """What leads a group, or the cause of its entry that the example has now."""
    if group.lead and not group.entry:
        return read(group.lead)
    now = group.example.causes[1]
    known = group.entry.causes if group.entry else ()
    return next((cause for cause in known if str(cause) in now), None)


def few(names: Sequence[str], most: int = FEW) -> str:
    """Some names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def cases(group: Group) -> str:
    """How many cases changed so, those of everyday use first."""
    return ", ".join(counted(number, noun) for _, number, noun in _kinds_of_use(group))


def cases_and_forms(group: Group) -> str:
    """The same, each with its forms."""
    parts = (
        f"{counted(number, noun)} ({few(group.names('form', everyday))})"
        for everyday, number, noun in _kinds_of_use(group)
    )
    return ", ".join(parts)


def _kinds_of_use(group: Group) -> Iterator[tuple[bool, int, str]]:
    """Whether it is everyday use, of which there are so many cases, and what they are called."""
    others = len(group.changed) - group.everyday
    if group.everyday:
        yield True, group.everyday, "everyday case"
    if others:
        yield False, others, "other" if group.everyday else "case"


def where(group: Group) -> Iterator[str]:
    """The losses, and what the cases have in common or how they vary, but for their forms."""
    yield few(group.names("loss"))
    if group.options:
        yield f"with {', '.join(group.options)}"
    for name in VARIED:
        yield few(group.names(name))


def head(group: Group) -> str:
    return f" {group.mark} {group.severity or ' '} "


def paragraph(text: str, first: str = INDENT, rest: str = INDENT) -> list[str]:
    """Lines that a terminal of 80 columns does not break."""
    return wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
