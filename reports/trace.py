"""One behaviour over all releases, and the release that changed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.answers import unpack
from reports.compare import MARKS, causes
from reports.drift import drift, numbers
from reports.recording import ABSENT, UNANSWERED
from reports.timeline import Recorded, Timeline, changed

ALL = "all"
FEW = 4  # numbers of an answer that are shown


def find(timeline: Timeline, pieces: str) -> str:
    """The one case of which all pieces are parts. Raises ValueError for none or several."""
    wanted = [piece.strip() for piece in pieces.split(",") if piece.strip()]
    cases = timeline.cases()
    if pieces in cases:
        return pieces
    found = [case for case in cases if set(wanted) <= set(case.split(","))]
    if len(found) == 1:
        return found[0]
    if not found:
        parts = {part for case in cases for part in case.split(",")}
        strange = [piece for piece in wanted if piece not in parts]
        why = f"nothing is called {', '.join(strange)}" if strange else "these never meet"
        raise ValueError(f"no case is {pieces!r}: {why}")
    some = "; ".join(found[:3])
    raise ValueError(f"{len(found):,} cases are {pieces!r}, such as {some}: name more of it")


def lines(timeline: Timeline, case: str) -> Iterator[str]:
    """A line for each release that changed the answer, and how many left it as it was."""
    yield case
    kept: list[str] = []
    line = ""
    for name, one in timeline.recorded.items():
        before = timeline.before(name)
        if line != (line := f"{one.environment.subject} on {one.environment.backend}"):
            yield from _unchanged(kept)
            kept = []
            yield f"{line}:"
        if kind(before, one, case) == "same":
            kept += [] if one.answer(case) in UNANSWERED else [name]
            continue
        yield from _unchanged(kept)
        kept = []
        yield _line(before, one, case)
    yield from _unchanged(kept)


def changes(timeline: Timeline, case: str) -> list[tuple[Recorded, Recorded]]:
    """The environments that answer otherwise than the one before them, each behind that."""
    pairs = ((timeline.before(name), one) for name, one in timeline.recorded.items())
    return [(old, new) for old, new in pairs if old and kind(old, new, case) != "same"]


def chosen(
    found: Sequence[tuple[Recorded, Recorded]], names: str
) -> list[tuple[Recorded, Recorded]]:
    """The changes seen at these environments, with commas between: "all" for all, "" for the one.

    Raises ValueError that says which there are.
    """
    known = [new.environment.id for _, new in found]
    wanted = names.split(",") if names else known
    if names == ALL:
        return list(found)
    if strange := [name for name in wanted if name not in known]:
        raise ValueError(f"no change was seen at {', '.join(strange)}, but at {', '.join(known)}")
    if not names and len(known) != 1:
        text = f"{len(known)} changes: name some of {', '.join(known)}, or {ALL}"
        raise ValueError(text if known else "no release changed it: nothing to bisect")
    return [pair for pair in found if pair[1].environment.id in wanted]


def kind(before: Recorded | None, after: Recorded, case: str) -> str:
    """What became of an answer, as `drift` calls it."""
    old, told = (before.answer(case), before.told(case)) if before else (ABSENT, "")
    return drift(old, after.answer(case), told, after.told(case))


def _unchanged(names: list[str]) -> Iterator[str]:
    if names:
        yield f"      {names[0]}{f' to {names[-1]}' if len(names) > 1 else ''}: as before"


def _line(before: Recorded | None, after: Recorded, case: str) -> str:
    found = kind(before, after, case)
    mark = MARKS.get(found, "!")
    since = changed(before.environment, after.environment) if before else "the first of its line"
    return f"  {mark}   {after.environment.id} ({found}; {since}): {told(after, case)}"


def told(one: Recorded, case: str) -> str:
    """An answer in numbers, and what is said of it."""
    text = one.answer(case)
    return "no answer" if text in UNANSWERED else f"{answer(text)}; {causes(one.told(case))}"


def answer(text: str) -> str:
    """The value of an answer in decimal, or its error."""
    found = unpack(text)
    if "value" not in found:
        return str(found.get("error", ABSENT))
    values = numbers(found["value"])
    more = f" and {len(values) - FEW} more" if len(values) > FEW else ""
    return " ".join(f"{number:.9g}" for number in values[:FEW]) + more
