"""What a user can mend: each message is one line that says what was wrong, and what to do."""

from __future__ import annotations

import errno
from pathlib import Path

OUTSIDE = frozenset(
    getattr(errno, name)
    for name in (
        *("EACCES", "EDQUOT", "EFBIG", "EIO", "EISDIR", "ELOOP", "ENAMETOOLONG", "ENOENT"),
        *("ENOLCK", "ENOSPC", "ENOTDIR", "ENOTEMPTY", "ENOTSUP", "ENXIO", "EEXIST", "EPERM"),
        *("EROFS", "ESTALE", "ETXTBSY"),
    )
)


class BadUsage(ValueError):
    """Something that was asked for, or a table that was changed by hand, can't be used."""


class CannotWrite(Exception):
    """A file or a report can't be written; what was there before is as it was."""


def is_outside(error: OSError) -> bool:
    """Whether the file system refused: an error of its own, and not one that a library made up."""
    return error.errno in OUTSIDE


def why(error: OSError, place: Path) -> str:
    """The refusal in one line; `place` is what was being written, where the error names no file."""
    return f"can't write {error.filename or place}: {error.strerror}"
