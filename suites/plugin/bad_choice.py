"""What a user chose and can't be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class BadChoice(Exception):
    """The user chose what can't be; the message is one line: what was wrong, what is allowed."""


def meant(text: str, known: Iterable[str]) -> str:
    """The name that is nearest, as a question with a space; "" where none is near."""
    near = get_close_matches(text, list(known), 1)
    return f"did you mean {near[0]!r}? " if near else ""
