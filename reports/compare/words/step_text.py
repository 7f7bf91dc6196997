"""What one release changed of one case, and what it answers, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator

from reports.compare.drift.drift import Drift
from reports.compare.grouping.groups import Group
from reports.compare.since.since import Since, Stop, since
from reports.compare.since.timeline import Recorded
from reports.compare.words import words
from reports.compare.words.words import paragraph
from reports.run.summary import counted
from reports.store.answer_text import unpack
from reports.store.parsed import numbers
from reports.store.recording import UNANSWERED

OF_NO_NUMBER = "the sign of a zero, or the bits of a NaN"
FEW = 4  # numbers of an answer that are shown


def changed_lines(group: Group, ends: tuple[Stop, Stop], after: Recorded) -> Iterator[str]:
    """The ledger's words, what changed and by how much, the causes, and the packages."""
    one, name = group.example, after.environment.id
    yield from paragraph(f"{name}: {_title(group, after)}", words.head(group))
    for text in (_numbers(group), words.causes(group)):
        yield from paragraph(text) if text else ()
    if group.drift is Drift.ADDED:
        yield from paragraph(answer_and_diagnosis(after, one.case))
    before = ends[0].environment
    assert before  # of a timeline
    yield from paragraph(f"since {since(ends, group) or Since(before, after.environment, '')}")


def _title(group: Group, after: Recorded) -> str:
    if group.drift in (Drift.ADDED, Drift.REMOVED, Drift.ROUNDING, Drift.ACCURACY):
        return words.WORDS[group.mark]
    error = unpack(after.answer(group.example.case)).get("error", "")
    entry = f" [{group.lead}]" if group.entry else ""
    return f"{words.title(group, with_word=True)}{entry}{f'; {error}' if error else ''}"


def _numbers(group: Group) -> str:
    change = group.example.change
    if group.drift in (Drift.ADDED, Drift.REMOVED):
        return ""
    others = change.most.numbers - 1
    more = f" and {counted(others, 'other number')}" if others > 0 else ""
    nothing = OF_NO_NUMBER if group.drift is Drift.ROUNDING else ""
    return f"{words.numbers(group)}{more}" or nothing


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
