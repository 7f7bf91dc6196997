"""How far a sweep is: a line that is written over on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import IO

from reports.releases.sweep import Result, Task
from reports.store import journal
from suites.observe.visible import visible

PAUSE = 60.0  # seconds between two lines of a log


class Progress:
    """Tells of environments that are done and of those that are asked; `whole` counts requests."""

    def __init__(self, whole: int, stream: IO[str] = sys.stderr) -> None:
        self.whole, self.stream = whole, stream
        self.begun = self.written = time.monotonic()
        self.reported = 0
        self.there: dict[str, int] = {}  # answers from before, by which what is idle is known

    def tell(self, waiting: Sequence[Task], results: Sequence[Result]) -> None:
        for task in waiting:
            if task.environment.id not in self.there:
                self.there[task.environment.id] = journal.count(task.journal)
        for result in results[self.reported :]:
            self._line(f"{result.environment}: {result.reason or 'recorded'}")
        self.reported = len(results)
        now = time.monotonic()
        if self.stream.isatty():
            self.stream.write("\r\x1b[K" + self._standing(waiting, results))
            self.stream.flush()
        elif now - self.written >= PAUSE:
            self.written = now
            self._line(self._standing(waiting, results))

    def _line(self, text: str) -> None:
        before = "\r\x1b[K" if self.stream.isatty() else ""
        print(before + visible(text), file=self.stream, flush=True)

    def _standing(self, waiting: Sequence[Task], results: Sequence[Result]) -> str:
        whole = len(waiting) + len(results)
        asked = {task.environment.id: journal.count(task.journal) for task in waiting}
        busy = {name: n for name, n in asked.items() if n > self.there[name]}
        open_ = [f"{name} {100 * n // self.whole} %" for name, n in busy.items()]
        minutes = (time.monotonic() - self.begun) / 60
        parts = (f"{len(results)} of {whole} environments", ", ".join(open_), f"{minutes:.0f} min")
        return "; ".join(part for part in parts if part)
