"""Texts of other programs, such as messages of errors, made harmless to look at.

A control character can turn a terminal red, rename its window or erase a line, and a mark of
direction lets a line read backwards. Here each becomes the escape that Python has for it.
"""

from __future__ import annotations

import re
import unicodedata

KEPT = "\n\t"
HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control, format, half of a pair, ends of lines
PLAIN = re.compile(r"(?:[^\W_]++(?:_[^\W_]++)*+|[ ,.:;()=%+'\"-])*+")  # means nothing to Markdown
LINK = re.compile(r"\w+:/|www\.", re.IGNORECASE)


def visible(text: str) -> str:
    """The text with an escape, such as \\x1b, for each character that can't be seen."""
    if text.isprintable():
        return text
    return "".join(
        one.encode("unicode_escape").decode() if _is_hidden(one) else one for one in text
    )


def _is_hidden(one: str) -> bool:
    return one not in KEPT and unicodedata.category(one) in HIDDEN


def in_markdown(text: str, limit: int | None = None) -> str:
    """One line that Markdown shows as it is, as code where it would mean something else.

    A text of more than `limit` characters ends with "…". It fits a cell of a table.
    """
    line = " ".join(visible(text).split())
    if limit is not None and len(line) > limit:
        line = line[: limit - 1] + "…"
    if PLAIN.fullmatch(line.removesuffix("…")) and not LINK.search(line):
        return line
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{line}{space}{fence}".replace("|", "\\|")
