"""Which recorded releases show a difference: a strip of cells, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class Cell:
    """A release of a line of releases, and whether it shows the difference."""

    line: str
    release: str
    shows: bool


@dataclass(frozen=True)
class Strip:
    cells: Sequence[Cell]

    @property
    def path(self) -> str:
        """The cells that show it as the path of an SVG, one unit a release."""
        runs = (run for run in self._runs() if run[0].shows)
        places = {id(cell): place for place, cell in enumerate(self.cells)}
        return "".join(f"M{places[id(run[0])]} 0h{len(run)}v1h-{len(run)}z" for run in runs)

    @property
    def words(self) -> str:
        """The releases that show it, neighbours together."""
        runs = (run for run in self._runs() if run[0].shows)
        names = (
            run[0].release if len(run) == 1 else f"{run[0].release} to {run[-1].release}"
            for run in runs
        )
        return ", ".join(names) or "none of the recorded releases"

    @property
    def mended(self) -> str:
        """The first release of the first line that no longer shows it, "" where the newest does."""
        first = [cell for cell in self.cells if cell.line == self.cells[0].line]
        last = max((place for place, cell in enumerate(first) if cell.shows), default=len(first))
        return first[last + 1].release if last + 1 < len(first) else ""

    def _runs(self) -> Iterator[list[Cell]]:
        for _, run in groupby(self.cells, lambda cell: (cell.line, cell.shows)):
            yield list(run)
