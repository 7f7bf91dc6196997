"""Two recordings side by side: a row for each case whose answer changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

import pandas as pd

from reports.compare.drift import known
from reports.compare.drift.drift import Change, Drift, change
from reports.compare.drift.gravity import severity
from reports.compare.drift.known import Known, Names
from reports.compare.grouping.case_names import OPTION, has_option, options_of, resolve
from reports.run.severity import Severity
from reports.store.recording import ABSENT, NOT_ASKED
from suites.cases.everyday import is_everyday
from suites.cases.fields import FIELDS
from suites.judge.diagnosis_text import RIGHT, read

DTYPE = FIELDS.index("dtype")
SILENT = (Drift.SAME, Drift.NOT_ASKED)
COLUMNS = (
    *(
        *FIELDS,
        "mark",
        "severity",
        "everyday",
        "drift",
        "was",
        "now",
        "cause_before",
        "cause_after",
    ),
    *("known_before", "known_after", "place", "old", "new", "relative", "size", "ulps", "numbers"),
    *("before", "after"),
)


class Changed(NamedTuple):
    """A case whose answer changed, with both answers and what is known of each."""

    fields: tuple[str, ...]
    change: Change
    severity: Severity
    everyday: bool
    causes: tuple[str, str]
    known: tuple[Names, Names]
    answers: tuple[str, str]

    @property
    def case(self) -> str:
        return ",".join(self.fields)

    def row(self) -> tuple[str | float | bool, ...]:
        """Its texts and numbers, in COLUMNS."""
        one = self.change
        words = (one.mark, self.severity.value, self.everyday, one.drift.value, one.was, one.now)
        ids = (", ".join(sorted(names & known.by_id().keys())) for names in self.known)
        most = one.most
        texts, sizes = (most.place, most.old, most.new), (most.relative, most.size, most.ulps)
        numbers = (*texts, *sizes, most.numbers)
        return (*self.fields, *words, *self.causes, *ids, *numbers, *self.answers)


@dataclass(frozen=True)
class Side:
    """The answers of one environment by case; others are `missing`.

    `lines` are those of their diagnoses, `known` the differences that they may show.
    """

    answers: Mapping[str, str]
    lines: Mapping[str, str]
    missing: str = ABSENT
    known: Callable[[], Known] = field(default=known.of_any, repr=False)

    def answer(self, case: str) -> str:
        return self.answers.get(case, self.missing)

    def line(self, case: str) -> str:
        return self.lines.get(case, RIGHT)


@dataclass(frozen=True)
class Compared:
    """`not_asked` counts the cases of one side only, `same` those whose answers are the same."""

    changed: tuple[Changed, ...]
    not_asked: int = 0
    same: int = 0

    @cached_property
    def frame(self) -> pd.DataFrame:
        """A row for each change."""
        return pd.DataFrame([one.row() for one in self.changed], columns=list(COLUMNS))


def compare(
    before: Side, after: Side, chosen: Mapping[str, Iterable[str]] | None = None
) -> Compared:
    """The changes between two recordings, of the chosen names of some columns.

    Raises BadUsage for a name that no case has.
    """
    cases = before.answers.keys() | after.answers.keys()
    return rows(before, after, narrowed(cases, chosen or {}))


def narrowed(cases: Iterable[str], chosen: Mapping[str, Iterable[str]]) -> list[str]:
    """The cases that have these names. Raises BadUsage for a name that none has."""
    table = [case.split(",") for case in cases]
    for column, names in chosen.items():
        if column == OPTION:
            table = _having(table, names)
            continue
        place = FIELDS.index(column)
        there = {fields[place] for fields in table}
        wanted = set().union(*(resolve(f"--{column}", name, there) for name in names))
        table = [fields for fields in table if fields[place] in wanted]
    return [",".join(fields) for fields in table]


def _having(table: list[list[str]], names: Iterable[str]) -> list[list[str]]:
    """The cases with one of these options, which may have a value: "axis", "axis=0"."""
    place = FIELDS.index("arguments")
    there = set().union(*(options_of(fields[place]) for fields in table))
    wanted = set().union(*(resolve(f"--{OPTION}", name.replace("=", ":"), there) for name in names))
    return [fields for fields in table if has_option(fields[place], wanted)]


def rows(before: Side, after: Side, cases: Iterable[str]) -> Compared:
    """The changes of these cases."""
    found, not_asked, same = [], 0, 0
    for case in sorted(cases):
        sides = before.answer(case), after.answer(case)
        if sides == (NOT_ASKED, NOT_ASKED):
            continue
        if NOT_ASKED in sides:
            not_asked += 1
        elif one := between(before, after, case):
            found.append(one)
        else:
            same += 1
    return Compared(tuple(found), not_asked, same)


def between(before: Side, after: Side, case: str) -> Changed | None:
    """How the answer to one case changed, None where it did not or was not asked of both."""
    old, new = before.answer(case), after.answer(case)
    if old == new:
        return None
    fields, lines = tuple(case.split(",")), (before.line(case), after.line(case))
    one, causes = _change(old, new, lines, fields[DTYPE])
    if one.drift in SILENT:
        return None
    first, second = (
        side.known().names(fields, line) for side, line in zip((before, after), lines, strict=True)
    )
    often, grave = is_everyday(fields), severity(fields, one)
    return Changed(fields, one, grave, often, causes, (first, second), (old, new))


@lru_cache(maxsize=2**15)  # many forms of a loss return the same
def _change(
    old: str, new: str, lines: tuple[str, str], dtype: str
) -> tuple[Change, tuple[str, str]]:
    """The change between two answers whose diagnoses have these lines, and the causes in them."""
    before, after = map(read, lines)
    return change(old, new, (before, after), dtype), (before.text(), after.text())
