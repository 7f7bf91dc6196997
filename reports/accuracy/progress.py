"""How far a sweep is: a line that is written over on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from typing import IO

PAUSE = 60.0  # seconds between two lines of a log


class Progress:
    """Tells of numbers that are done; its first call has those that were there."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.begun = self.written = time.monotonic()
        self.there: int | None = None

    def tell(self, done: int, whole: int) -> None:
        self.there = done if self.there is None else self.there
        now = time.monotonic()
        if self.stream.isatty():
            end = "\n" if done == whole else ""
            print(f"\r\x1b[K{self._line(done, whole, now)}", end=end, file=self.stream, flush=True)
        elif now - self.written >= PAUSE:
            self.written = now
            print(self._line(done, whole, now), file=self.stream, flush=True)

    def _line(self, done: int, whole: int, now: float) -> str:
        rate = (done - (self.there or 0)) / max(now - self.begun, 1e-9)
        share = f"{100 * done / max(whole, 1):.1f} % of {whole:,} numbers"
        if not rate:
            return share
        return (
            f"{share}; {rate / 1e6:.2f} million a second; {(whole - done) / rate / 60:.0f} min left"
        )
