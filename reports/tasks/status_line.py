"""How far long work is: a line that is written over on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import IO

PAUSE = 60.0  # seconds between two lines of a log
OVER = "\r\x1b[K"  # what writes over a line


class StatusLine:
    """What it shows is at most as old as `PAUSE`, and in a log no newer."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.begun = self.written = time.monotonic()

    def show(self, text: Callable[[], str], last: bool = False) -> None:
        """Write the line over, or add it to a log if it is time for one; the `last` one stays. The
        text is made only where it is shown.
        """
        now = time.monotonic()
        if self.stream.isatty():
            print(OVER + text(), end="\n" if last else "", file=self.stream, flush=True)
        elif now - self.written >= PAUSE:
            self.written = now
            self.add(text())

    def add(self, text: str) -> None:
        """Add a line that stays."""
        before = OVER if self.stream.isatty() else ""
        print(before + text, file=self.stream, flush=True)
