"""One behaviour over all releases, and the release that changed it."""

from __future__ import annotations

from collections.abc import Iterator

from reports.answers import unpack
from reports.compare import MARKS, causes
from reports.drift import drift, numbers
from reports.recording import ABSENT
from reports.timeline import Recorded, Timeline, changed

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
        if _kind(before, one, case) == "same":
            kept += [] if one.answer(case) == ABSENT else [name]
            continue
        yield from _unchanged(kept)
        kept = []
        yield _line(before, one, case)
    yield from _unchanged(kept)


def _kind(before: Recorded | None, after: Recorded, case: str) -> str:
    old, told = (before.answer(case), before.told(case)) if before else (ABSENT, "")
    return drift(old, after.answer(case), told, after.told(case))


def _unchanged(names: list[str]) -> Iterator[str]:
    if names:
        yield f"      {names[0]}{f' to {names[-1]}' if len(names) > 1 else ''}: as before"


def _line(before: Recorded | None, after: Recorded, case: str) -> str:
    kind = _kind(before, after, case)
    mark = MARKS.get(kind, "!")
    since = changed(before.environment, after.environment) if before else "the first of its line"
    told = "no answer" if kind == "gone" else f"{answer(after.answer(case))}; {_said(after, case)}"
    return f"  {mark}   {after.environment.id} ({kind}; {since}): {told}"


def _said(one: Recorded, case: str) -> str:
    return causes(one.told(case))


def answer(text: str) -> str:
    """The value of an answer in decimal, or its error."""
    found = unpack(text)
    if "value" not in found:
        return str(found.get("error", ABSENT))
    values = numbers(found["value"])
    more = f" and {len(values) - FEW} more" if len(values) > FEW else ""
    return " ".join(f"{number:.9g}" for number in values[:FEW]) + more
