"""Tables of accuracy as CSV: written from tallies, read for the documents and the suites."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from reference.arithmetic.formats import get_format
from reports.accuracy.block import Tallies
from reports.accuracy.row import ALL, COLUMNS, PART, SEARCH, Asked, Row, row
from reports.accuracy.sweep import Task
from reports.accuracy.tally import Region
from reports.store.files import write_out
from suites.cases.execution import Execution

SHIPPED = Path(__file__).with_name("accuracy.csv")


def rows(found: Mapping[Task, Tallies], installed: Mapping[str, str]) -> list[Row]:
    """A row for each function, dtype, execution, quantity and region."""
    whole: dict[tuple[str, str, Execution], Tallies] = defaultdict(lambda: Tallies({}))
    inputs: dict[tuple[str, str, Execution], int] = defaultdict(int)
    for task in sorted(found, key=lambda task: task.name):
        key = (task.function, task.dtype, task.execution)
        whole[key] += found[task]
        inputs[key] += task.count
    return [
        row(Asked(*key, *part), tally, _coverage(key[1], inputs[key]), installed)
        for key, tallies in whole.items()
        for part, tally in sorted(tallies.parts.items())
    ]


def _coverage(dtype: str, inputs: int) -> str:
    if dtype == "float64":
        return SEARCH
    return ALL if inputs == 2 ** (8 * get_format(dtype).dtype.itemsize) else PART


def text(rows: Iterable[Row]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([getattr(row, name) for name in COLUMNS] for row in rows)
    return written.getvalue()


def write(path: Path, rows: Sequence[Row], installed: Mapping[str, str]) -> None:
    """The table, and beside it what was installed. Raises CannotWrite."""
    write_out(path, text(rows))
    if path.suffix == ".csv":
        write_out(path.with_suffix(".json"), json.dumps(installed, indent=1, sort_keys=True) + "\n")


def read(path: Path = SHIPPED) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Row(**line) for line in csv.DictReader(file)]


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """The largest errors of normal numbers, for the terminal."""
    heads = ("function", "dtype", "execution", "quantity")
    yield f"{'right':>9} {'largest':>10}  {'at':<24} of"
    for one in rows:
        if one.ulps and one.region == Region.NORMAL:
            name = ", ".join(getattr(one, head) for head in heads)
            yield f"{float(one.right):>7.3f} % {one.ulps:>6} ULP  {one.input:<24} {name}"
