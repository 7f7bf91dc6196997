"""Which recorded releases gave the very answer that a run got."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from reports.compare.since import timeline
from reports.store import answer_text
from reports.store.recording import SHIPPED, BadRecording
from reports.store.recordings import Recordings
from suites.observe.messages import Answer

NOBODY = "no release that is recorded"


class SameAnswer:
    """Looks answers up; the recordings are read when the first is asked for.

    `requests` gives the digest of what is asked now: recordings of other requests are left out.
    """

    def __init__(self, requests: Callable[[], str], folder: Path = SHIPPED) -> None:
        self.requests, self.folder = requests, folder

    def by(self, case: str, answer: Answer) -> str:
        """The environments that answered so, neighbours together; "" where none can be compared."""
        found, text = [], answer_text.pack(answer)
        for line in self.lines:
            run: list[str] = []
            for name, recorded in [*line.items(), ("", None)]:
                if recorded is not None and recorded.answer(case) == text:
                    run.append(name)
                elif run:
                    found.append(run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}")
                    run = []
        return ", ".join(found) or (NOBODY if self.lines else "")

    @cached_property
    def lines(self) -> list[dict[str, timeline.Recorded]]:
        """What is recorded of all environments by line: TensorFlow's own Keras, the package, others."""
        try:
            recorded = timeline.load(self.folder).recorded
        except BadRecording:
            return []
        digest = self.requests()
        lines: dict[tuple[str, str], dict[str, timeline.Recorded]] = {}
        for name, one in recorded.items():
            if Recordings(self.folder).read(name).requests == digest:
                place = one.environment.subject, one.environment.backend
                lines.setdefault(place, {})[name] = one
        return list(lines.values())
