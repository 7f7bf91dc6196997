"""The comparisons: one long frame, a row a comparison, from which every report is derived.

Its columns are in `columns`. Numbers that do not apply are NaN, texts empty. In texts an escape, such
as \\x1b, replaces each character that can't be seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]  # without it no run begins

from reports.run.columns import COLUMNS, NAMES
from reports.run.grade import severities
from suites.cases.fields import FIELDS
from suites.observe.visible import visible
from suites.plugin import block
from suites.plugin.block import NUMBERS, Block

VERDICTS = ("agree", "known", "new", "gone", "missing", "not_tested", "not_measured")


def from_blocks(blocks: Iterable[Block]) -> pd.DataFrame:
    """One frame of the blocks that the test items sent, in an order that is always the same."""
    columns: dict[str, list[str | float]] = {name: [] for name in (*FIELDS, *block.COLUMNS)}
    for one in sorted(blocks, key=lambda one: (one["case"], one["quantity"][0])):
        size = len(one["index"])
        for name, value in zip(FIELDS, one["case"], strict=True):
            columns[name] += [visible(value)] * size
        for name in block.COLUMNS:
            column = block.column(one, name)
            columns[name] += column if name in NUMBERS else map(visible, map(str, column))
    frame = pd.DataFrame(columns)
    frame["severity"] = severities(frame)
    return frame.astype({column.name: column.dtype for column in COLUMNS})


def write(frame: pd.DataFrame, path: Path) -> None:
    """The same comparisons make the same bytes: there is no clock, and rows stay in their order."""
    path.write_bytes(frame.to_parquet(None, engine="pyarrow", compression="zstd", index=False))


def read(path: Path) -> pd.DataFrame:
    """The frame of `write`, value for value.

    Raises ValueError if there is no such file, or if it is another.
    """
    if not path.is_file():
        raise ValueError(f"there is no {path}; a run of pytest writes it into its report folder")
    try:
        frame = pd.read_parquet(path, engine="pyarrow")
    except pa.ArrowInvalid:
        raise ValueError(f"{path} is no Parquet file; run pytest again") from None
    if tuple(frame.columns) != NAMES:
        raise ValueError(f"{path} has other columns than a report: {', '.join(frame.columns)}")
    return frame


def csv_text(frame: pd.DataFrame) -> str:
    """A table of any texts as CSV, an escape such as \\x1b for each character that can't be seen."""
    texts = frame.select_dtypes(include=["object", "string", "category"]).columns
    safe = {name: [visible(str(cell)) for cell in frame[name]] for name in texts}
    return frame.assign(**safe).to_csv(index=False, lineterminator="\n")
