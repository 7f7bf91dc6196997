"""The causes of a page, by the table of their kinds."""

from __future__ import annotations

from collections.abc import Iterable

from reference.cause import Cause, read
from reference.cause_kinds import KINDS, About, CauseKind


def kinds(text: str) -> tuple[CauseKind, ...]:
    """The kinds of all reasons of a cause; none of a text that is no cause."""
    found = _cause(text)
    return tuple(dict.fromkeys(reason.kind for reason in found.reasons)) if found else ()


def about(text: str) -> About | None:
    """What is written of the kind of a cause, None of a text that is no cause."""
    found = _cause(text)
    return KINDS[found.advised] if found else None


def is_unexplained(text: str) -> bool:
    """Whether something of it, if only of one side of a relation, has no known cause."""
    return CauseKind.UNEXPLAINED in kinds(text)


def legend(texts: Iterable[str]) -> dict[CauseKind, About]:
    """The rows of the table that these causes need, in its order."""
    needed = {kind for text in set(texts) for kind in kinds(text)}
    return {kind: row for kind, row in KINDS.items() if kind in needed}


def _cause(text: str) -> Cause | None:
    try:
        return read(text)
    except ValueError:
        return None
