"""What a whole run adds to the rows of its items: what was not measured, and what has vanished."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import astuple
from functools import cached_property
from typing import Any

from suites import failure, upstream
from suites.cases import Case
from suites.ledger import Difference, mark_gone
from suites.run import Block, Run

SCRIPTS = 50  # stand-alone programs in one report

STOPPED = "the run stopped before it"
CRASHED = "the process died while it was measured"


class Outcome:
    """`blocks` of the items, with those of cases that have none, and vanished differences marked."""

    def __init__(self, run: Run, blocks: list[Block], asked: Set[str], crashed: Set[str]) -> None:
        self.run = run
        measured = {tuple(block["case"]) for block in blocks}
        cases = {astuple(case): case for group in run.groups.values() for case in group}
        self.measured = {cases[names] for names in measured}
        expected = [case for group in asked for case in run.groups[group]]
        self.missing = [case for case in expected if case not in self.measured]
        gaps = [_gap(case, CRASHED if case.group in crashed else STOPPED) for case in self.missing]
        self.blocks = [*blocks, *gaps]
        for entry in self.vanished:
            _mark_gone(entry, self.blocks)

    @cached_property
    def vanished(self) -> list[Difference]:
        shown = {name for block in self.blocks for name in block["known"] if name}
        return self.run.ledger.vanished(self.run.covered, self.measured, shown)

    def remarks(self) -> list[str]:
        """Lines for the terminal, beside the counts."""
        lines = [f"gone: {entry.id} shows nowhere: {entry.title}" for entry in self.vanished]
        if self.missing:
            lines.append(f"not measured: {len(self.missing)} cases, such as {self.missing[0].id}")
        return lines

    def differences(self) -> list[dict[str, Any]]:
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
                "causes": list(entry.causes),
            }
            for entry in self.run.ledger.entries
        ]

    def scripts(self) -> Mapping[str, str]:
        """Programs for the first cases that are new, and texts for what has no public report."""
        return {**self._programs(), **self._unreported()}

    def _unreported(self) -> Mapping[str, str]:
        """A text for an upstream issue for each known difference without a link, from one case."""
        found: dict[str, str] = {}
        unreported = {entry.id: entry for entry in self.run.ledger.entries if not entry.links}
        for block in sorted(self.blocks, key=lambda block: block["case"]):
            for name in unreported.keys() & set(block["known"]) - found.keys():
                about = unreported[name], Case(*block["case"]), block, block["known"].index(name)
                found[name] = upstream.text(*about, self.run.environment, self.run.seed)
        return {f"upstream-{name}.md": text for name, text in sorted(found.items())}

    def _programs(self) -> Mapping[str, str]:
        wrong: dict[tuple[str, ...], str] = {}
        for block in self.blocks:
            if "new" in block["verdict"]:
                place = block["verdict"].index("new")
                wrong.setdefault(tuple(block["case"]), f"{block['cause'][place]}")
        chosen = [(Case(*names), note) for names, note in sorted(wrong.items())[:SCRIPTS]]
        return {
            failure.script_name(case): failure.script(case, note, self.run.seed)
            for case, note in chosen
        }


def _gap(case: Case, reason: str) -> Block:
    """The one row of a case that was asked for and has no answer."""
    nan = [float("nan")]
    numbers = {name: nan for name in ("low", "high", "ulp_error", "radius_share")}
    texts = {
        name: [""] for name in ("index", "exact", "observed", "bits", "observed_dtype", "known")
    }
    words = {"quantity": ["call"], "verdict": ["not_measured"], "cause": [reason]}
    return {"case": astuple(case), **numbers, **texts, **words}


def _mark_gone(entry: Difference, blocks: Iterable[Block]) -> None:
    for block in blocks:
        if entry.may_show(Case(*block["case"]), block["quantity"][0]):
            block["verdict"], block["known"] = mark_gone(entry, block["verdict"], block["known"])
