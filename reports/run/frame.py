"""The comparisons: one long frame, a row a comparison, from which every report is derived.

| column | dtype | meaning |
|---|---|---|
| loss, form, arguments, output, dtype, execution, device, labels, inputs | category | the case |
| quantity | category | "value", "gradient", "call" where there are no numbers, or a relation's name |
| index | category | place in the result, "3 1"; of a relation "value 3 1"; "" for all of the result |
| low, high | float64 | the enclosure |
| exact | str | exact value to 20 digits, what IEEE arithmetic gives where there is none, or "" |
| observed | str | what came back, in decimal, or the error that was raised |
| bits | str | the same in hexadecimal, "" of a relation |
| observed_dtype | category | dtype in which it came |
| ulp_error | float64 | (observed - exact) / ULP of the case's dtype at the exact value |
| radius_share | float64 | distance from the middle of low and high / the half of their distance |
| other | str | of a relation: what the other call returned |
| distance, bound | float64 | of a relation: how far both are apart, and how far they may be |
| verdict | category | agree, known, new, gone, missing, not_tested or not_measured |
| cause | str | why it differs, computed; or why it was not measured; else "" |
| known | str | id of the known difference that accounts for it, else "" |

Numbers that do not apply are NaN, and empty fields in the file. In texts an escape, such as
\\x1b, replaces each character that can't be seen. Everything else is data as it is: a program for
tables may take a text that begins with "=" or "-" for a formula, so import the columns as texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from suites.cases.fields import FIELDS
from suites.observe.visible import visible
from suites.plugin import block
from suites.plugin.block import NUMBERS, Block

NAMES = (*FIELDS, "quantity", "index", "observed_dtype", "verdict")  # of which there are few
COLUMNS = (*FIELDS, *block.COLUMNS)
VERDICTS = ("agree", "known", "new", "gone", "missing", "not_tested", "not_measured")


def from_blocks(blocks: Iterable[Block]) -> pd.DataFrame:
    """One frame of the blocks that the test items sent, in an order that is always the same."""
    columns: dict[str, list[str | float]] = {name: [] for name in COLUMNS}
    for one in sorted(blocks, key=lambda one: (one["case"], one["quantity"][0])):
        size = len(one["index"])
        for name, value in zip(FIELDS, one["case"], strict=True):
            columns[name] += [visible(value)] * size
        for name in block.COLUMNS:
            column = block.column(one, name)
            columns[name] += column if name in NUMBERS else map(visible, map(str, column))
    frame = pd.DataFrame(columns)
    for name in NAMES:
        frame[name] = frame[name].astype("category")
    return frame.astype(dict.fromkeys(NUMBERS, "float64"))


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """The same comparisons make the same bytes: there is no clock, and rows stay in their order."""
    frame.to_csv(path, index=False, lineterminator="\n")


def csv_text(frame: pd.DataFrame) -> str:
    """A table of any texts as CSV, an escape such as \\x1b for each character that can't be seen."""
    texts = frame.select_dtypes(include=["object", "string", "category"]).columns
    safe = {name: [visible(str(cell)) for cell in frame[name]] for name in texts}
    return frame.assign(**safe).to_csv(index=False, lineterminator="\n")


def read_csv(path: Path) -> pd.DataFrame:
    """The frame of `write_csv`, value for value.

    Raises ValueError if the file has other columns.
    """
    text = pd.read_csv(path, dtype=str, keep_default_na=False)
    if tuple(text.columns) != COLUMNS:
        raise ValueError(f"{path}: not a file of comparisons; its columns are {list(text.columns)}")
    for name in NUMBERS:
        text[name] = [float(value) if value else float("nan") for value in text[name]]
    for name in NAMES:
        text[name] = text[name].astype("category")
    return text
