"""Causes in tests, by their texts."""

from __future__ import annotations

from collections.abc import Iterable

from reference.cause import Cause, Reason, read


def reasons(text: str) -> tuple[Reason, ...]:
    """The reasons of the cause with this text."""
    return read(text).reasons


def texts(causes: Iterable[Cause | None]) -> list[str]:
    """The texts of causes, "" for none."""
    return [str(one or "") for one in causes]
