"""How far a sweep is, and how fast it goes."""

from __future__ import annotations

import time

from reports.tasks.status_line import StatusLine


class Progress(StatusLine):
    """Tells of numbers that are done; its first call has those that were there."""

    there: int | None = None

    def tell(self, done: int, whole: int) -> None:
        self.there = done if self.there is None else self.there
        self.show(lambda: self._text(done, whole), last=done == whole)

    def _text(self, done: int, whole: int) -> str:
        rate = (done - (self.there or 0)) / max(time.monotonic() - self.begun, 1e-9)
        share = f"{100 * done / max(whole, 1):.1f} % of {whole:,} numbers"
        if not rate:
            return share
        return (
            f"{share}; {rate / 1e6:.2f} million a second; {(whole - done) / rate / 60:.0f} min left"
        )
