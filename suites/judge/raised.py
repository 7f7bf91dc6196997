"""Errors that an installation raised."""

from __future__ import annotations

import re

from reference.cause import Cause, cause
from reference.cause_kinds import CauseKind

NODE = re.compile(r"\{\{[^}]*\}\}")  # the names of nodes in errors say what no user wrote


def error_type(error: str) -> str:
    """The type of an error, whose text is "type: message"."""
    return error.partition(":")[0]


def raised(error: str) -> Cause:
    """The cause of an error where a result is expected."""
    return cause(CauseKind.RAISED, error_type(error))
