"""What a whole run adds to the rows of its items: what was not measured, and what has vanished."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cached_property
from operator import attrgetter
from typing import TypedDict

from suites.cases.case import Case
from suites.judge.comparison import Whole
from suites.judge.diagnosis import Quantity
from suites.ledger.absences import not_measured
from suites.ledger.difference import Difference
from suites.ledger.ledger import Seen, mark_gone
from suites.plugin import script, upstream
from suites.plugin.blame import Subject, subject
from suites.plugin.block import Block, as_block
from suites.plugin.exits import Exit
from suites.plugin.run import Run

WHERE_MISSING = "suites/ledger/absences.toml lists what a release may lack"
SCRIPTS = 50  # stand-alone programs in one report

STOPPED = "the run stopped before this case"
CRASHED = "the process died while this case ran"
BROKEN = "an error in xentcheck itself, not in TensorFlow or Keras"
UNANSWERED = ("missing", "not_measured")


class Known(TypedDict):
    """A known difference for the report, with the number of comparisons that show it."""

    id: str
    title: str
    why: str
    links: list[str]
    span: str
    seen: str
    comparisons: int
    causes: list[str]


class Outcome:
    """`blocks` of the items, with those of cases that have none, and vanished differences marked."""

    def __init__(
        self,
        run: Run,
        blocks: list[Block],
        asked: Set[str],
        crashed: Set[str] = frozenset(),
        broken: Set[str] = frozenset(),
    ) -> None:
        self.run, self.broken = run, broken
        measured = {tuple(block["case"]) for block in blocks}
        cases = {case.names: case for group in run.groups.values() for case in group}
        self.measured = {cases[names] for names in measured}
        expected = [case for group in asked for case in run.groups[group]]
        self.missing = [case for case in expected if case not in self.measured]
        why = dict.fromkeys(crashed, CRASHED) | dict.fromkeys(broken, BROKEN)
        gaps = [_gap(case, why.get(case.group, STOPPED)) for case in self.missing]
        self.blocks = [*blocks, *gaps]
        self.absent = {
            cases[tuple(block["case"])]
            for block in blocks
            if not set(block["verdict"]).isdisjoint(UNANSWERED)
        }
        for entry in self.vanished:
            _mark_gone(entry, self.blocks)

    @cached_property
    def vanished(self) -> list[Difference]:
        seen = [
            Seen(
                Case.of_names(block["case"]),
                block["quantity"][0],
                set(block["verdict"]),
                {*block["known"]} - {""},
            )
            for block in self.blocks
        ]
        return self.run.ledger.vanished(self.run.covered, self.measured - self.absent, seen)

    @cached_property
    def unjustified(self) -> list[Case]:
        """Cases that have no answer although this release should have one."""
        found = {tuple(block["case"]) for block in self.blocks if "missing" in block["verdict"]}
        return [
            case for case in sorted(self.absent, key=attrgetter("names")) if case.names in found
        ]

    @property
    def is_empty(self) -> bool:
        """Whether cases were asked for, and nothing at all was measured."""
        return bool(self.measured) and self.measured == self.absent

    def exit_code(self, status: int, failed: Iterable[str]) -> int:
        """What the run ends with: `status` is that of pytest, `failed` the groups that failed.

        A difference weighs more than what is missing, and a mistake of ours more than both.
        """
        if self.broken:
            return Exit.MISTAKE
        failed = set(failed)
        lacking = {case.group for case in (*self.unjustified, *self.missing)} - self._differing
        if self.vanished or failed - lacking or (status and not failed):
            return status or Exit.DIFFERENT
        lacks = self.unjustified or self.missing or self.is_empty
        return Exit.CANNOT_MEASURE if failed or lacks else status

    @property
    def _differing(self) -> set[str]:
        """Groups with a difference that is new, or a known one that is gone."""
        wrong = (block for block in self.blocks if {"new", "gone"} & set(block["verdict"]))
        return {Case.of_names(block["case"]).group for block in wrong}

    def incomplete(self, stopped: str | bool) -> str:
        """Why answers that were asked for are missing, "" where none are."""
        if not (stopped or self.missing):
            return ""
        why = f"the run {'stopped early' if stopped else 'crashed'}"
        return f"{why}; {len(self.missing)} of the selected cases have no result"

    def remarks(self) -> list[str]:
        """Lines for the terminal, beside the counts."""
        lines = [
            f"gone: {entry.id} occurred in none of its cases: {entry.title}"
            for entry in self.vanished
        ]
        if self.broken:
            lines.append(f"{BROKEN}, such as {min(self.broken)}")
        if self.unjustified:
            lines.append(_named("missing", self.unjustified) + "; " + WHERE_MISSING)
        if self.missing:
            lines.append(_named("not measured", self.missing))
        if self.is_empty:
            lines.append("nothing was measured: this release has none of the selected APIs")
        return lines

    def differences(self) -> list[Known]:
        """The known differences, with the number of comparisons that show each."""
        counts: dict[str, int] = {}
        for block in self.blocks:
            for verdict, name in zip(block["verdict"], block["known"], strict=True):
                counts[name] = counts.get(name, 0) + (verdict == "known")
        return [
            {
                "id": entry.id,
                "title": entry.title,
                "why": entry.why,
                "links": list(entry.links),
                "span": entry.span,
                "seen": entry.seen,
                "comparisons": counts.get(entry.id, 0),
                "causes": list(map(str, entry.causes)),
            }
            for entry in self.run.ledger.entries
        ]

    def scripts(self) -> Mapping[str, str]:
        """Programs for the first cases that are new, and texts for what has no public report."""
        return {**self._programs(), **({} if self.run.own else self._unreported())}

    def _unreported(self) -> Mapping[str, str]:
        """A text for an upstream issue for each known difference without a link, from one case."""
        found: dict[str, str] = {}
        unreported = {entry.id: entry for entry in self.run.ledger.entries if not entry.links}
        for block in sorted(self.blocks, key=lambda block: block["case"]):
            for name in unreported.keys() & set(block["known"]) - found.keys():
                about = (
                    unreported[name],
                    Case.of_names(block["case"]),
                    block,
                    block["known"].index(name),
                )
                found[name] = upstream.text(*about, self.run.environment, self.run.seed)
        return {f"upstream-{name}.md": text for name, text in sorted(found.items())}

    def _programs(self) -> Mapping[str, str]:
        """Scripts by their names; a call that differs by itself goes before two that must agree."""
        found: dict[str, Subject] = {}
        for block in sorted(self.blocks, key=lambda block: block["case"]):
            if one := subject(block, self.run.seed):
                before = found.setdefault(one.file, one)
                if one.comparison.is_of_one_call and not before.comparison.is_of_one_call:
                    found[one.file] = one
        return {file: self._script(one) for file, one in [*found.items()][:SCRIPTS]}

    def _script(self, one: Subject) -> str:
        own = self.run.own.text if self.run.own else ""
        return script.script(one.case, one.comparison.cause, one.inputs, one.comparison, own)


def _named(what: str, cases: Sequence[Case]) -> str:
    number = "1 case" if len(cases) == 1 else f"{len(cases):,} cases"
    return f"{what}: {number}, such as {cases[0].id}"


def _gap(case: Case, reason: str) -> Block:
    """The one row of a case that was asked for and has no answer."""
    return as_block(case, Whole(Quantity.CALL, "", not_measured(reason)), ["not_measured"], [""])


def _mark_gone(entry: Difference, blocks: Iterable[Block]) -> None:
    for block in blocks:
        if entry.may_show(Case.of_names(block["case"]), block["quantity"][0]):
            block["verdict"], block["known"] = mark_gone(entry, block["verdict"], block["known"])
