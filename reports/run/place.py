"""Where a report goes: the files that its folder holds, and whether they can be written at all."""

from __future__ import annotations

from pathlib import Path

from reports.store import folder as folders

COMPARISONS = "comparisons.parquet"
FILES = (
    COMPARISONS,
    "environment.json",
    "summary.json",
    "badge.json",
    "summary.md",
    "index.html",
)
MORE = ("drift.csv", "drift.html")  # of a run that is compared with a pin or a release
SCRIPTS = "scripts"


def check_writable(folder: Path) -> None:
    """Find before a long run, and not after, what would prevent its report. Raises CannotWrite."""
    folders.prepare(folder, (*FILES, *MORE), SCRIPTS)
