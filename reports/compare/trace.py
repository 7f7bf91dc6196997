"""One behaviour over all releases, and the release that changed it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from reports.compare import words
from reports.compare.case_names import ID, matches, pieces, short, suggestion
from reports.compare.drift import Change, Drift, change
from reports.compare.timeline import Recorded, Timeline, changed
from reports.run.summary import counted
from reports.store.answer_text import unpack
from reports.store.errors import BadUsage
from reports.store.parsed import numbers, parsed
from reports.store.recording import ABSENT, NOT_ASKED, UNANSWERED
from suites.cases.fields import FIELDS
from suites.judge.diagnosis import Diagnosis

ALL = "all"
OF_NO_NUMBER = "the sign of a zero, or the bits of a NaN"
FEW = 4  # numbers of an answer, and names of a field, that are shown


def find(timeline: Timeline, text: str) -> str:
    """The one case that a text means: all of it, its short id, a printed test id, or some names.

    Raises BadUsage for none or several, with the nearest or what tells them apart.
    """
    cases = timeline.cases()
    wanted = pieces(text)
    found = [case for case in cases if all(matches(one, case.split(",")) for one in wanted)]
    if ID.fullmatch(text):
        found = [case for case in cases if short(case.split(",")) == text]
    if text in cases or len(found) == 1:
        return text if text in cases else found[0]
    if not wanted or not found:
        near = "no case has this id" if ID.fullmatch(text) else _near(wanted, cases)
        raise BadUsage(f"no case matches {text!r}: {near}")
    tell = "; ".join(_varying(found))
    some = f"{len(found):,} cases match {text!r}, such as {found[0]}"
    raise BadUsage(f"{some}; they differ in {tell}")


def _near(wanted: Sequence[str], cases: Sequence[str]) -> str:
    """What may have been meant instead of pieces that no case has, or has together."""
    table = {case: case.split(",") for case in cases}
    for piece in wanted:
        if not any(matches(piece, fields) for fields in table.values()):
            losses = [fields[0] for fields in table.values()]
            every = {field for fields in table.values() for field in fields}
            near = suggestion(piece, every)
            return f"nothing is called {piece!r}; " + (
                near if near.endswith("?") else suggestion("", losses)
            )
    nearest = max(cases, key=lambda case: sum(matches(one, table[case]) for one in wanted))
    return f"no case has all of {', '.join(wanted)}; the nearest is {nearest}"


def _varying(found: Sequence[str]) -> Iterator[str]:
    """The fields in which cases are not the same, with some of their names."""
    for name, column in zip(
        FIELDS, zip(*(case.split(",") for case in found), strict=True), strict=True
    ):
        names = sorted(set(column), key=lambda name: (len(name), name))
        if len(names) > 1:
            yield f"{name} ({', '.join(names[:FEW])}{', ...' if len(names) > FEW else ''})"


@dataclass(frozen=True)
class Step:
    """An environment beside the nearest one before it that was asked, None for none."""

    before: Recorded | None
    after: Recorded
    change: Change


def steps(timeline: Timeline, case: str, backends: bool = False) -> Iterator[Step]:
    """All environments that were asked, line by line; other backends only if they are wanted."""
    for name, one in timeline.recorded.items():
        here = one.environment.backend == "tensorflow" or backends
        if here and one.answer(case) != NOT_ASKED:
            before = timeline.asked_before(name, case)
            yield Step(before, one, difference(before, one, case))


def difference(before: Recorded | None, after: Recorded, case: str) -> Change:
    """How an answer changed from one environment, or from nothing, to another."""
    old = before.answer(case) if before else ABSENT
    diagnoses = before.diagnosis(case) if before else Diagnosis(), after.diagnosis(case)
    dtype = case.split(",")[FIELDS.index("dtype")]
    return change(old, after.answer(case), diagnoses, dtype)


def lines(timeline: Timeline, case: str, backends: bool = False) -> Iterator[str]:
    """A line for each release that changed the answer, and how many left it as it was."""
    yield case
    for line, group in groupby(steps(timeline, case, backends), _line_of_releases):
        found = list(_of_line(group, case))
        yield from [f"{line}:", *found] if found else []


def _line_of_releases(step: Step) -> str:
    one = step.after.environment
    return f"{one.subject} on {'TensorFlow' if one.backend == 'tensorflow' else one.backend}"


def _of_line(group: Iterable[Step], case: str) -> Iterator[str]:
    kept: list[str] = []
    for step in group:
        if step.change.drift is Drift.SAME:
            kept += [] if step.after.answer(case) == ABSENT else [step.after.environment.id]
            continue
        yield from _unchanged(kept)
        kept = []
        yield _line(step, case)
    yield from _unchanged(kept)


def changes(
    timeline: Timeline, case: str, backends: bool = False
) -> list[tuple[Recorded, Recorded]]:
    """The environments with another answer than the one before them, each after that one."""
    return [
        (step.before, step.after)
        for step in steps(timeline, case, backends)
        if step.before and step.change.drift is not Drift.SAME
    ]


def chosen(
    found: Sequence[tuple[Recorded, Recorded]], names: str
) -> list[tuple[Recorded, Recorded]]:
    """The changes seen at these environments, with commas between: "all" for all, "" for the one.

    Raises BadUsage that says which there are.
    """
    known = [new.environment.id for _, new in found]
    wanted = names.split(",") if names else known
    if names == ALL:
        return list(found)
    if strange := [name for name in wanted if name not in known]:
        raise BadUsage(f"no change was seen at {', '.join(strange)}, but at {', '.join(known)}")
    if not names and len(known) != 1:
        text = f"{counted(len(known), 'change')}: name some of {', '.join(known)}, or {ALL}"
        raise BadUsage(text if known else "no release changed it: nothing to bisect")
    return [pair for pair in found if pair[1].environment.id in wanted]


def _unchanged(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield f"      {names[0]}{f' to {names[-1]}' if len(names) > 1 else ''}: the same"


def _line(step: Step, case: str) -> str:
    if step.before is None:
        return f"      {step.after.environment.id} (the first that was asked): {answer_and_diagnosis(step.after, case)}"
    found, since = step.change, changed(step.before.environment, step.after.environment)
    head = f"  {found.mark}   {step.after.environment.id} ({found.drift}; {since})"
    return f"{head}: {in_words(found, step.before, step.after, case)}"


def in_words(found: Change, before: Recorded, after: Recorded, case: str) -> str:
    """What changed: the kinds of result, the number that changed most, and the causes."""
    if found.drift in (Drift.ADDED, Drift.REMOVED):
        return answer_and_diagnosis(after, case)
    causes = [one.diagnosis(case).text() for one in (before, after)]
    parts = [f"{found.was} -> {found.now}"] if found.was else []
    parts += [_number(found)] if found.most.place else []
    parts += [OF_NO_NUMBER] if found.drift is Drift.ROUNDING and not found.most.place else []
    parts += [answer(after.answer(case))] if parsed(after.answer(case)).error else []
    parts.append(causes[1] if causes[0] == causes[1] else " -> ".join(causes))
    return "; ".join(parts)


def _number(found: Change) -> str:
    most = found.most
    others = f" and {counted(most.numbers - 1, 'other number')}" if most.numbers > 1 else ""
    return f"{words.number(most)}{others}"


def answer_and_diagnosis(one: Recorded, case: str) -> str:
    """An answer in numbers, and whether it is right."""
    text = one.answer(case)
    return text if text in UNANSWERED else f"{answer(text)}; {one.diagnosis(case).text()}"


def answer(text: str) -> str:
    """The value of an answer in decimal, or its error."""
    found = unpack(text)
    if "value" not in found:
        return str(found.get("error", text))
    values = numbers(found["value"])
    more = f" and {len(values) - FEW} more" if len(values) > FEW else ""
    return " ".join(f"{number:.9g}" for number in values[:FEW]) + more
