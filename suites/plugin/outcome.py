"""What a whole run adds to the rows of its items: what was not measured, and what has vanished."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
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
from suites.plugin.spool import Glance, Spool

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
    advice: str
    links: list[str]
    span: str
    seen: str
    comparisons: int
    causes: list[str]


class Outcome:
    """What the blocks of `spool` say of a whole run; those of cases that have none are added to it."""

    def __init__(
        self,
        run: Run,
        spool: Spool,
        asked: Set[str],
        crashed: Set[str] = frozenset(),
        broken: Set[str] = frozenset(),
    ) -> None:
        self.run, self.spool, self.broken = run, spool, broken
        measured = {glance.case for glance in spool.glances}
        cases = {case.names: case for group in run.groups.values() for case in group}
        self.absent = {
            cases[glance.case]
            for glance in spool.glances
            if not glance.verdicts.isdisjoint(UNANSWERED)
        }
        self.measured = {cases[names] for names in measured}
        expected = [case for group in asked for case in run.groups[group]]
        self.missing = [case for case in expected if case not in self.measured]
        why = dict.fromkeys(crashed, CRASHED) | dict.fromkeys(broken, BROKEN)
        for case in self.missing:
            spool.add(_gap(case, why.get(case.group, STOPPED)))

    @property
    def blocks(self) -> Iterator[Block]:
        """All blocks, in an order that is always the same, with vanished differences marked."""
        return map(self._read, self.spool.ordered())

    def _read(self, glance: Glance) -> Block:
        block = self.spool.read(glance)
        for entry in self.vanished:
            _mark_gone(entry, block)
        return block

    @cached_property
    def vanished(self) -> list[Difference]:
        seen = [
            Seen(Case.of_names(one.case), one.quantity, one.verdicts, one.known.keys())
            for one in self.spool.glances
        ]
        return self.run.ledger.vanished(self.run.covered, self.measured - self.absent, seen)

    @cached_property
    def unjustified(self) -> list[Case]:
        """Cases that have no answer although this release should have one."""
        found = {one.case for one in self.spool.glances if "missing" in one.verdicts}
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
        wrong = (one for one in self.spool.glances if {"new", "gone"} & one.verdicts)
        return {Case.of_names(one.case).group for one in wrong}

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
        counts: Counter[str] = Counter()
        for one in self.spool.glances:
            counts.update(one.known)
        return [
            {
                "id": entry.id,
                "title": entry.title,
                "why": entry.why,
                "advice": entry.advice,
                "links": list(entry.links),
                "span": entry.span,
                "seen": entry.seen,
                "comparisons": counts[entry.id],
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
        for glance in self.spool.ordered():
            for name in unreported.keys() & glance.known.keys() - found.keys():
                block = self.spool.read(glance)
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
        new = (glance for glance in self.spool.ordered() if "new" in glance.verdicts)
        for block in map(self.spool.read, new):
            one = subject(block, self.run.seed)
            if one is None or (one.file not in found and len(found) == SCRIPTS):
                continue
            before = found.setdefault(one.file, one)
            if one.comparison.is_of_one_call and not before.comparison.is_of_one_call:
                found[one.file] = one
        return {file: self._script(one) for file, one in found.items()}

    def _script(self, one: Subject) -> str:
        own = self.run.own.text if self.run.own else ""
        return script.script(one.case, one.comparison.cause, one.inputs, one.comparison, own)


def _named(what: str, cases: Sequence[Case]) -> str:
    number = "1 case" if len(cases) == 1 else f"{len(cases):,} cases"
    return f"{what}: {number}, such as {cases[0].id}"


def _gap(case: Case, reason: str) -> Block:
    """The one row of a case that was asked for and has no answer."""
    return as_block(case, Whole(Quantity.CALL, "", not_measured(reason)), ["not_measured"], [""])


def _mark_gone(entry: Difference, block: Block) -> None:
    if entry.may_show(Case.of_names(block["case"]), block["quantity"][0]):
        block["verdict"], block["known"] = mark_gone(entry, block["verdict"], block["known"])
