"""Which exit code an error has."""

from __future__ import annotations

import errno

from suites.observe.requirement import missing
from suites.plugin.exits import Exit

NO_ROOM = frozenset(
    getattr(errno, name)
    for name in ("EACCES", "EDQUOT", "EFBIG", "EIO", "ENOSPC", "EPERM", "EROFS")
)


def refusal(error: Exception) -> tuple[Exit, str] | None:
    """The exit code and the line for an error that is not ours; None for a mistake of our own."""
    if isinstance(error, ImportError) and (line := missing(error)):
        return Exit.CANNOT_MEASURE, line  # before what follows, which may need the same package

    from reports.releases.interpreter import CannotBuild
    from reports.releases.uv import CannotLock, NoIndex
    from reports.store.errors import BadUsage, CannotWrite
    from reports.store.recording import BadRecording
    from suites.judge.table import BadTable
    from suites.observe.client import CannotAsk
    from suites.observe.environment import CannotMeasure

    if isinstance(error, (BadUsage, BadRecording, CannotWrite, BadTable)):
        return Exit.UNUSABLE, str(error)
    if isinstance(error, (CannotBuild, CannotLock, NoIndex, CannotAsk, CannotMeasure)):
        return Exit.CANNOT_MEASURE, str(error)
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return Exit.UNUSABLE, f"{error.filename or 'output'}: {error.strerror}"
    return None
