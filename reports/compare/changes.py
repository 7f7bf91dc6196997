"""Two recordings side by side: a row for each case whose answer changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from reports.compare.case_names import resolve
from reports.compare.drift import Change, Drift, change
from reports.compare.gravity import severity
from reports.store.recording import ABSENT
from reports.store.recordings import answers_and_diagnoses
from suites.cases.fields import FIELDS
from suites.judge.diagnosis_text import RIGHT, read

CAUSES = ("cause_before", "cause_after")
MOST = ("place", "old", "new", "relative", "ulps", "numbers")
COLUMNS = (*FIELDS, "mark", "severity", "drift", "was", "now", *CAUSES, *MOST, "before", "after")
DTYPE = FIELDS.index("dtype")
SILENT = (Drift.SAME, Drift.NOT_ASKED)


@dataclass(frozen=True)
class Side:
    """The answers of one environment by case; others are `missing`.

    `lines` are those of their diagnoses.
    """

    answers: Mapping[str, str]
    lines: Mapping[str, str]
    missing: str = ABSENT

    def answer(self, case: str) -> str:
        return self.answers.get(case, self.missing)

    def line(self, case: str) -> str:
        return self.lines.get(case, RIGHT)


@dataclass(frozen=True)
class Compared:
    """`frame` has a row for each change, in COLUMNS; `not_asked` counts cases of one side only."""

    frame: pd.DataFrame
    not_asked: int


def compare(
    folder: Path, before: str, after: str, chosen: Mapping[str, Iterable[str]] | None = None
) -> Compared:
    """The changes between two recordings, of the chosen names of some columns.

    Raises BadRecording, and BadUsage for a name that no case has.
    """
    answers, lines = answers_and_diagnoses(folder)
    old, new = (Side(answers.answers(name), lines.answers(name)) for name in (before, after))
    cases = old.answers.keys() | new.answers.keys()
    return rows(old, new, narrowed(cases, chosen or {}))


def narrowed(cases: Iterable[str], chosen: Mapping[str, Iterable[str]]) -> list[str]:
    """The cases that have these names. Raises BadUsage for a name that none has."""
    table = [case.split(",") for case in cases]
    for column, names in chosen.items():
        place = FIELDS.index(column)
        known = {fields[place] for fields in table}
        wanted = set().union(*(resolve(f"--{column}", name, known) for name in names))
        table = [fields for fields in table if fields[place] in wanted]
    return [",".join(fields) for fields in table]


def rows(before: Side, after: Side, cases: Iterable[str]) -> Compared:
    """The changes of these cases."""
    found, not_asked = [], 0
    for case in sorted(cases):
        old, new = before.answer(case), after.answer(case)
        if old == new:
            continue
        fields, lines = case.split(","), (before.line(case), after.line(case))
        one, causes = _change(old, new, lines, fields[DTYPE])
        not_asked += one.drift is Drift.NOT_ASKED
        if one.drift not in SILENT:
            grave = severity(fields, one).value
            words = (one.mark, grave, one.drift.value, one.was, one.now)
            found.append((*fields, *words, *causes, *vars(one.most).values(), old, new))
    return Compared(pd.DataFrame(found, columns=list(COLUMNS)), not_asked)


@lru_cache(maxsize=2**15)  # many forms of a loss return the same
def _change(old: str, new: str, lines: tuple[str, str], dtype: str) -> tuple[Change, list[str]]:
    """The change between two answers whose diagnoses have these lines, and the causes in them."""
    before, after = map(read, lines)
    return change(old, new, (before, after), dtype), [before.text(), after.text()]
