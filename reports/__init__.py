"""What is written and compared: reports of a run, recordings of releases, and what changed between them.

Imports `reference` and `suites`. Rooms, each importing those before it: store, run, releases,
compare, bisect, explain, commands, plugin. Start at `commands/table.py`; `load` reads a report into pandas.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def load(folder: str | PathLike[str] = "reports/latest") -> pd.DataFrame:
    """The comparisons of the report in a folder: a row each, with the columns of docs/report.md.

    Raises ValueError, with one line that says why, if there is none.
    """
    from reports.run.frame import read
    from reports.run.place import COMPARISONS

    return read(Path(folder) / COMPARISONS)
