"""Texts of other programs, such as messages of errors, in a log that a CI reads as well as people.

GitHub takes a line that begins with "::", or has "##[" in it, for a command to the runner.
"""

from __future__ import annotations

import re

from suites.observe.visible import visible

COMMAND = re.compile(r"^([^\S\n]*):(?=:)|##(?=\[)", re.MULTILINE)


def in_log(text: str) -> str:
    r"""The text with an escape for each character that can't be seen, and "\::", "##\[" for commands."""
    return COMMAND.sub(_inert, visible(text))


def _inert(found: re.Match[str]) -> str:
    return "##\\" if found[0] == "##" else f"{found[1]}\\:"
