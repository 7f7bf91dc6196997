"""One behaviour over all releases, and the release that changed it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from reports.compare.drift.drift import Change, Drift, change
from reports.compare.grouping.case_names import short
from reports.compare.grouping.changes import DTYPE, between
from reports.compare.grouping.groups import groups
from reports.compare.since.since import stop
from reports.compare.since.timeline import Recorded, Timeline
from reports.compare.words.pasted import pasted
from reports.compare.words.step_text import answer_and_diagnosis, changed_lines
from reports.compare.words.words import INDENT, paragraph
from reports.run.summary import counted
from reports.store.errors import BadUsage
from reports.store.recording import ABSENT, NOT_ASKED
from suites.cases.case import Case
from suites.cases.forms import FORMS
from suites.cases.inputs import LOGITS, PROBABILITIES
from suites.cases.outputs import OUTPUTS
from suites.judge.diagnosis import Diagnosis

ALL = "all"
REGIMES = (*PROBABILITIES, *LOGITS)


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
    return change(old, after.answer(case), diagnoses, case.split(",")[DTYPE])


def lines(
    timeline: Timeline, case: str, backends: bool = False, rounding: bool = False
) -> Iterator[str]:
    """What is right now, each release that changed the answer, and how many left it as it was.

    Rounding counts as the same unless it is wanted.
    """
    yield case
    found = list(steps(timeline, case, backends))
    yield from paragraph(f"{short(case.split(','))}: {_summary(found, case)}", "", "  ")
    if call := _call(case):
        yield from paragraph(f"call: {call}", "", "  ")
    yield from _pasted(found, case)
    for line, group in groupby(found, _line_of_releases):
        of_line = list(_of_line(group, case, rounding))
        yield from [f"{line}:", *of_line] if of_line else []


def _summary(found: Sequence[Step], case: str) -> str:
    """What the newest release of the first line answers, and since when."""
    first = [step.after for step in found if _line_of_releases(step) == _line_of_releases(found[0])]
    if not first:
        return "no release was asked"
    now, since = _state(first[-1], case), first[-1]
    for one in reversed(first):
        if _state(one, case) != now:
            break
        since = one
    names = dict.fromkeys((since.environment.id, first[-1].environment.id))
    return f"{now} in {' to '.join(names)}"


def _state(one: Recorded, case: str) -> str:
    if one.answer(case) == ABSENT:
        return ABSENT
    return "right" if one.diagnosis(case).is_right else "differs"


def _call(case: str) -> str:
    """The Python text of a case that the tables still have."""
    one = Case.of_names(case.split(","))
    known = (one.loss, one.form) in FORMS and one.output in OUTPUTS
    return one.call if known and (one.is_contract or one.inputs in REGIMES) else ""


def _pasted(found: Sequence[Step], case: str) -> Sequence[str]:
    """A call to paste of the number that the newest change is about."""
    for step in reversed(found):
        if step.before and step.change.drift not in (Drift.SAME, Drift.ROUNDING):
            one = between(stop(step.before).side, stop(step.after).side, case)
            if one and (lines := pasted(one)):
                return lines
    return ()


def _line_of_releases(step: Step) -> str:
    one = step.after.environment
    return f"{one.subject} on {'TensorFlow' if one.backend == 'tensorflow' else one.backend}"


def _of_line(group: Iterable[Step], case: str, rounding: bool) -> Iterator[str]:
    kept: list[str] = []
    rounded = False
    for step in group:
        is_rounding = step.change.drift is Drift.ROUNDING and not rounding
        if step.change.drift is Drift.SAME or is_rounding:
            kept += [] if step.after.answer(case) == ABSENT else [step.after.environment.id]
            rounded |= is_rounding
            continue
        yield from _unchanged(kept, rounded)
        kept, rounded = [], False
        yield from _lines(step, case)
    yield from _unchanged(kept, rounded)


def _unchanged(names: Sequence[str], rounded: bool) -> Iterator[str]:
    if names:
        ends = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
        yield f"{INDENT}{ends}: the same{', but for rounding' if rounded else ''}"


def _lines(step: Step, case: str) -> Iterator[str]:
    one = step.after
    if step.before is None:
        text = f"{one.environment.id} (the first that was asked): {answer_and_diagnosis(one, case)}"
        yield from paragraph(text)
        return
    ends = stop(step.before), stop(one)
    found = between(ends[0].side, ends[1].side, case)
    assert found  # it is no step that left the answer as it was
    (group,) = groups([found])
    yield from changed_lines(group, ends, one)


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
