"""Which exit code an error has. Those of pytest, where it has them."""

from __future__ import annotations

import errno
from enum import IntEnum

from suites.observe.requirement import missing

NO_ROOM = frozenset(
    getattr(errno, name)
    for name in ("EACCES", "EDQUOT", "EFBIG", "EIO", "ENOSPC", "EPERM", "EROFS")
)


class Exit(IntEnum):
    """`meaning` is what the help and the README say of it."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> Exit:
        one = int.__new__(cls, code)
        one._value_, one.meaning = code, meaning
        return one

    DONE = 0, "done; no difference"
    DIFFERENT = (
        1,
        "`compare`, `verify`: results differ by more than rounding, or `verify` got no result",
    )
    INTERRUPTED = 2, "interrupted"
    MISTAKE = 3, "an error in xentcheck itself, with its traceback: please report it"
    UNUSABLE = 4, "usage: a wrong argument, recording or table, or a file that can't be written"
    CANNOT_MEASURE = 6, "not measured: a package, an interpreter or the network is missing"


def refusal(error: Exception) -> tuple[Exit, str] | None:
    """The exit code and the line for an error that is not ours; None for a mistake of our own."""
    from reports.releases.interpreter import CannotBuild
    from reports.releases.uv import CannotLock, NoIndex
    from reports.store.errors import BadUsage, CannotWrite
    from reports.store.recording import BadRecording
    from suites.judge.table import BadTable
    from suites.observe.client import CannotAsk

    if isinstance(error, ImportError) and (line := missing(error)):
        return Exit.CANNOT_MEASURE, line
    if isinstance(error, (BadUsage, BadRecording, CannotWrite, BadTable)):
        return Exit.UNUSABLE, str(error)
    if isinstance(error, (CannotBuild, CannotLock, NoIndex, CannotAsk)):
        return Exit.CANNOT_MEASURE, str(error)
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return Exit.UNUSABLE, f"{error.filename or 'output'}: {error.strerror}"
    return None
