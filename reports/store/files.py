"""Files that are there as a whole, or not at all; and files that a user names."""

from __future__ import annotations

import glob
import os
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from reports.store.errors import CannotWrite, is_outside, why

_one_at_a_time = threading.Lock()  # of the threads of a process, which share a draft


def write_whole(path: Path, text: str) -> None:
    """Write beside the place, then replace: whoever reads sees the old file or the new one.

    What a writer that was killed has left beside it is removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{glob.escape(path.name)}.*"):
        if left.is_file() and not _is_running(left.suffix[1:]):
            with suppress(OSError):
                left.unlink()
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with _one_at_a_time:
        draft.unlink(missing_ok=True)
        try:
            with draft.open("x", encoding="utf-8") as file:
                file.write(text)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def check_folder(folder: Path) -> None:
    """Make a folder that a user named, and a file in it, before long work. Raises CannotWrite."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise CannotWrite(why(error, folder)) from error


def write_out(path: Path, text: str) -> None:
    """Write a file that a user named. Raises CannotWrite.

    A file is written as a whole, at the place that a link leads to. What is no file, such as a
    device or a pipe, is written to as it is.
    """
    try:
        if (stream := _stream(path)) is not None:
            _write_through(stream, text)
        elif path.exists() and not path.is_file():
            _write_through(path, text)
        else:
            write_whole(Path(os.path.realpath(path)), text)
    except BrokenPipeError:
        raise
    except OSError as error:
        if not is_outside(error):
            raise
        raise CannotWrite(why(error, path)) from error


def _write_through(place: Path | int, text: str) -> None:
    with open(place, "w", encoding="utf-8", closefd=isinstance(place, Path)) as file:
        file.write(text)


def _stream(path: Path) -> int | None:
    """The number of this program's own output, if the path leads there, as /dev/stdout does."""
    with suppress(OSError):
        there = path.stat()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and os.path.samestat(there, os.fstat(stream.fileno())):
                stream.flush()
                return stream.fileno()
    return None


def _is_running(process: str) -> bool:
    """Whether there is a process of this number; where that can't be known, there is."""
    if not process.isdecimal():
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):  # another user's, and the number of no process
        pass
    return True
