"""How far a sweep is: which environments are done, and how far those are that are asked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import IO

from reports.releases.sweep import Result, Task
from reports.store import journal
from reports.tasks.status_line import StatusLine
from suites.observe.visible import visible


class Progress(StatusLine):
    """Tells of environments that are done and of those that are asked; `whole` counts requests."""

    def __init__(self, whole: int, stream: IO[str] | None = None) -> None:
        super().__init__(stream)
        self.whole = whole
        self.reported = 0
        self.there: dict[str, int] = {}  # answers from before, by which what is idle is known

    def tell(self, waiting: Sequence[Task], results: Sequence[Result]) -> None:
        for task in waiting:
            if task.environment.id not in self.there:
                self.there[task.environment.id] = journal.count(task.journal)
        for result in results[self.reported :]:
            self.add(visible(f"{result.environment}: {result.reason or 'recorded'}"))
        self.reported = len(results)
        self.show(lambda: visible(self._standing(waiting, results)))

    def _standing(self, waiting: Sequence[Task], results: Sequence[Result]) -> str:
        whole = len(waiting) + len(results)
        asked = {task.environment.id: journal.count(task.journal) for task in waiting}
        busy = {name: n for name, n in asked.items() if n > self.there[name]}
        open_ = [f"{name} {100 * n // self.whole} %" for name, n in busy.items()]
        minutes = (time.monotonic() - self.begun) / 60
        parts = (f"{len(results)} of {whole} environments", ", ".join(open_), f"{minutes:.0f} min")
        return "; ".join(part for part in parts if part)
