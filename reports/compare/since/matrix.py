"""How much of each form differs in each release, everyday use apart from all other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reports.compare.since.timeline import Recorded, Timeline
from reports.store.recording import UNANSWERED
from suites.cases.everyday import is_everyday
from suites.cases.forms import FORM_NAMES
from suites.cases.losses import LOSSES
from suites.judge.diagnosis_text import read

State = Literal["none", "right", "rarer", "everyday"]


@dataclass
class Cell:
    """How many cases of a form a release has, and how many of them differ."""

    everyday: int = 0
    everyday_differ: int = 0
    rarer: int = 0
    rarer_differ: int = 0

    def add(self, everyday: bool, differs: bool) -> None:
        if everyday:
            self.everyday += 1
            self.everyday_differ += differs
        else:
            self.rarer += 1
            self.rarer_differ += differs

    @property
    def state(self) -> State:
        if not self.everyday and not self.rarer:
            return "none"
        if self.everyday_differ:
            return "everyday"
        return "rarer" if self.rarer_differ else "right"

    @property
    def text(self) -> str:
        if self.state == "none":
            return "no such form, or not asked"
        parts = []
        if self.everyday:
            parts.append(f"everyday use: {self.everyday_differ:,} of {self.everyday:,} differ")
        if self.rarer:
            parts.append(f"rarer use: {self.rarer_differ:,} of {self.rarer:,} differ")
        return "; ".join(parts)


@dataclass(frozen=True)
class Row:
    """One form of a loss over all releases."""

    loss: str
    form: str
    cells: tuple[Cell, ...]


def matrix(timeline: Timeline, cases: Collection[str]) -> Iterator[Row]:
    """A row for each form, losses and forms in the order of their tables."""
    wanted = {case: tuple(case.split(",")) for case in cases}
    columns = [_column(one, wanted) for one in timeline.recorded.values()]
    names = {(fields[0], fields[1]) for fields in wanted.values()}
    for loss, form in sorted(names, key=_place):
        yield Row(loss, form, tuple(column.get((loss, form), Cell()) for column in columns))


def _place(names: tuple[str, str]) -> tuple[int, int, tuple[str, str]]:
    loss, form = names
    return _in_order(loss, tuple(LOSSES)), _in_order(form, FORM_NAMES), names


def _in_order(name: str, table: Sequence[str]) -> int:
    return table.index(name) if name in table else len(table)


def _column(one: Recorded, wanted: dict[str, tuple[str, ...]]) -> dict[tuple[str, str], Cell]:
    found: dict[tuple[str, str], Cell] = defaultdict(Cell)
    for case, text in one.answers.items():
        if case in wanted and text not in UNANSWERED:
            fields, line = wanted[case], one.lines.get(case, "")
            differs = bool(line) and not read(line).is_right
            found[fields[0], fields[1]].add(is_everyday(fields), differs)
    return found
