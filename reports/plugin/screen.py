"""The last lines of a run: they fit a terminal of 24 lines of 80 columns, whatever happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import TextWrapper

WIDTH = 80
ROOM = 22  # pytest adds the heading and its own last line
WRAPPER = TextWrapper(
    WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
)
LEAST = 2  # lines that are left of a part


@dataclass(frozen=True)
class Part:
    """Lines that belong together; `rest` says where those are that found no room.

    A line that is too long ends with "…" where it is not `wrapped`; a `whole` one has a path, which may
    have spaces and is to be copied, and is never left out.
    """

    lines: Sequence[str]
    rest: str = "in the report"
    wrapped: bool = True
    whole: bool = False


def screen(parts: Iterable[Part], room: int = ROOM) -> list[str]:
    """The lines of all parts, the longest of which are cut until all fit."""
    parts = [part for part in parts if part.lines]
    folded = [_folded(part) for part in parts]
    sizes = [len(lines) for lines in folded]
    longest = [0 if part.whole else size for part, size in zip(parts, sizes, strict=True)]
    while sum(sizes) > room and max(longest, default=0) > LEAST:
        place = longest.index(max(longest))
        sizes[place] = longest[place] = longest[place] - 1
    cut = zip(parts, folded, sizes, strict=True)
    return [line for part, lines, size in cut for line in _first(lines, size, part.rest)]


def _first(lines: list[str], size: int, rest: str) -> list[str]:
    if size == len(lines):
        return lines
    hidden = len(lines) - size + 1
    return [*lines[: size - 1], f"  ... and {hidden} more lines {rest}"]


def _folded(part: Part) -> list[str]:
    if part.whole:
        return [*part.lines]
    fold = _wrapped if part.wrapped else _cut
    return [line for text in part.lines for line in fold(text)]


def _wrapped(text: str) -> list[str]:
    """A path or an id that is longer than a line stays whole, so that it can be copied."""
    return WRAPPER.wrap(text) or [""]


def _cut(text: str) -> list[str]:
    return [text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"]
