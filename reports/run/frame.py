"""The comparisons: one long frame, a row a comparison, from which every report is derived.

Its columns are in `columns`. Numbers that do not apply are NaN, texts empty. In texts an escape, such
as \\x1b, replaces each character that can't be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]  # without it no run begins
from pyarrow import parquet

from reports.run.columns import COLUMNS, NAMES
from reports.run.grade import severities
from suites.cases.fields import FIELDS
from suites.observe.visible import visible
from suites.plugin import block
from suites.plugin.block import NUMBERS, Block

BATCH = 50_000  # rows, and those of one case more, that are in memory at once
TYPES = {
    "category": pa.dictionary(pa.int32(), pa.large_string()),
    "str": pa.large_string(),
    "float64": pa.float64(),
}
SCHEMA = pa.schema([(column.name, TYPES[column.dtype]) for column in COLUMNS])
FORMULA = ("=", "+", "-", "@")  # how OWASP says that a formula begins
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|[-+]inf", re.IGNORECASE)
CATEGORIES = tuple(column.name for column in COLUMNS if column.dtype == "category")
VERDICTS = ("agree", "known", "new", "gone", "missing", "not_tested", "not_measured")


def from_blocks(blocks: Iterable[Block]) -> pd.DataFrame:
    """One frame of the blocks that the test items sent, in an order that is always the same."""
    columns: dict[str, list[str | float]] = {name: [] for name in (*FIELDS, *block.COLUMNS)}
    shown = cache(visible)  # most texts come again
    for one in sorted(blocks, key=lambda one: (one["case"], one["quantity"][0])):
        size = len(one["index"])
        for name, value in zip(FIELDS, one["case"], strict=True):
            columns[name] += [shown(value)] * size
        for name in block.COLUMNS:
            column = block.column(one, name)
            columns[name] += column if name in NUMBERS else map(shown, column)
    frame = pd.DataFrame(columns)
    frame["severity"] = severities(frame)
    return frame.astype({column.name: column.dtype for column in COLUMNS})


def write(blocks: Iterable[Block], path: Path) -> None:
    """Write them; `blocks` are in their order."""
    for _ in written(blocks, path):
        pass


def written(blocks: Iterable[Block], path: Path) -> Iterator[pd.DataFrame]:
    """The batches as they are written, of whole cases each.

    The same comparisons make the same bytes: there is no clock.
    """
    with (
        path.open("wb") as file,  # whose errors are those of the system, and have its words
        parquet.ParquetWriter(file, SCHEMA, compression="zstd") as writer,
    ):
        for batch in _batches(blocks):
            frame = from_blocks(batch)
            writer.write_table(_table(frame))
            yield frame


def _batches(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    batch: list[Block] = []
    rows = 0
    for one in blocks:
        if rows >= BATCH and one["case"] != batch[-1]["case"]:
            yield batch
            batch, rows = [], 0
        batch.append(one)
        rows += len(one["index"])
    if batch:
        yield batch


def _table(frame: pd.DataFrame) -> pa.Table:
    """A category of pandas counts in as few bits as its names need, which differs by batch."""
    return pa.Table.from_pandas(frame, preserve_index=False).cast(SCHEMA)


def read(path: Path) -> pd.DataFrame:
    """The frame of `write`, value for value.

    Raises ValueError if there is no such file, or if it is another.
    """
    if not path.is_file():
        raise ValueError(f"there is no {path}; a run of pytest writes it into its report folder")
    try:
        file = parquet.ParquetFile(path)
    except pa.ArrowInvalid:
        raise ValueError(f"{path} is no Parquet file; run pytest again") from None
    with file:
        if (names := tuple(file.schema_arrow.names)) != NAMES:
            raise ValueError(f"{path} has other columns than a report: {', '.join(names)}")
        # One at a time: a table of Arrow beside that of pandas would take the memory of both.
        frame = pd.DataFrame({name: file.read([name]).column(0).to_pandas() for name in NAMES})
    return frame.assign(**{name: _sorted(frame[name]) for name in CATEGORIES})


def _sorted(column: pd.Series) -> pd.Series:
    """The categories of all batches, as if there had been one."""
    return column.cat.set_categories(sorted(column.cat.categories))


def csv_text(frame: pd.DataFrame) -> str:
    """A table of any texts as CSV, an escape such as \\x1b for each character that can't be seen.

    A text that a program for tables would compute begins with an apostrophe, which it takes for one.
    """
    texts = frame.select_dtypes(include=["object", "string", "category"]).columns
    safe = {name: [_inert(visible(str(cell))) for cell in frame[name]] for name in texts}
    return frame.assign(**safe).to_csv(index=False, lineterminator="\n")


def _inert(cell: str) -> str:
    is_formula = cell.lstrip().startswith(FORMULA) and not NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell
