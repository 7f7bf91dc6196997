"""The one place where `python -m reports` writes to the terminal."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO

from suites.observe.visible import visible


def say(*lines: str, stream: IO[str] | None = None) -> None:
    """Print texts, without what a terminal would obey; nothing where there is no output."""
    stream = sys.stdout if stream is None else stream
    if stream is not None:
        print(*map(visible, lines), sep="\n", file=stream, flush=True)


def complain(text: str) -> None:
    """Print what went wrong, beside the results."""
    if sys.stderr is not None:
        say(f"xentcheck: {text}", stream=sys.stderr)


def be_quiet() -> None:
    """Let go of an output that nobody reads, so that Python does not complain of it at its end."""
    with suppress(AttributeError, OSError):  # there is none, or none of the system's
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
