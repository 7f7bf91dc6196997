"""A group of changes with all that is said of it: since when it is so, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reports.compare.grouping.case_names import short
from reports.compare.grouping.groups import Group
from reports.compare.since.since import Since, Stop, mended, since
from reports.compare.words import words
from reports.compare.words.pasted import pasted
from reports.compare.words.words import INDENT, paragraph


@dataclass(frozen=True)
class Described:
    """A group, since which release it is so, and by which later one it is mended, "" for none."""

    group: Group
    since: Since | None = None
    mended: str = ""

    @property
    def to_do(self) -> str:
        parts = (self.mended and f"{self.mended} mends it.", words.advice(self.group))
        return " ".join(filter(None, parts))

    def brief(self) -> Iterator[str]:
        """Few lines: what changed, how much, by what, and a case to look at."""
        group, since = self.group, self.since
        yield from paragraph(words.title(group, with_word=True), words.head(group))
        option = f" with {', '.join(group.options)}" if group.options else ""
        parts = [f"{words.apart_from_title(group)}{option}".strip()]
        parts += [f"since {since.brief}"] if since else []
        parts += [words.cases(group), f"trace {short(group.example.fields)}"]
        yield from paragraph("; ".join(filter(None, parts)))
        if what := self._what_first:
            yield from paragraph(f"do: {what}")

    @property
    def _what_first(self) -> str:
        """What to do in few words; a release that mends it is enough."""
        if self.group.is_mended:
            return ""
        return f"{self.mended} mends it" if self.mended else self.to_do

    def compared(self) -> Iterator[str]:
        """Beside the numbers the losses and forms, and the whole case."""
        group = self.group
        name = f" [{group.lead}]" if group.entry else ""
        yield from paragraph(words.title(group, with_word=True) + name, words.head(group))
        for text in (words.numbers(group), words.causes(group)):
            yield from paragraph(text) if text else ()
        yield from paragraph(f"{words.cases_and_forms(group)}: {'; '.join(words.where(group))}")
        if self.since:
            yield from paragraph(f"since {self.since}")
        if self.to_do:
            yield from paragraph(f"do: {self.to_do}")
        yield f"{INDENT}python -m reports trace {short(group.example.fields)}"

    def full(self) -> Iterator[str]:
        """All that is known of it."""
        yield from self.compared()
        yield f"{INDENT}{self.group.example.case}"
        yield from (f"{INDENT}{line}" for line in pasted(self.group.example))
        if entry := self.group.entry:
            yield from paragraph(f"why: {entry.why}")
            yield from (f"{INDENT}{link}" for link in entry.links)


def described(way: Sequence[Stop], found: Iterable[Group]) -> Iterator[Described]:
    """Each group with what the releases between two recordings, and later ones, tell of it."""
    for group in found:
        later = mended(way[-1].environment, group) if way else None
        yield Described(group, since(way, group), later.brief if later else "")
