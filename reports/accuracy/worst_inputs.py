"""Writes the numbers with the largest errors where the suites ask for them: `python -m reports.accuracy.worst_inputs`.

Of each dtype, and of probabilities and logits, as many as the regime has place for: first the worst
of each function, quantity and execution, then what is next.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from reports.accuracy import table
from reports.accuracy.exact.families import FAMILIES
from reports.accuracy.row import Row
from reports.accuracy.tally import Region
from reports.store.files import write_whole
from suites.cases import worst_inputs

FIELDS = ("dtype", "kind", "bits", "function", "execution", "quantity", "ulps")


def lines(rows: list[Row]) -> Iterator[tuple[str, ...]]:
    """A line for each number, the largest error first; a number stands there once."""
    worst = [row for row in rows if row.region == Region.NORMAL and row.input_bits]
    there: set[tuple[str, ...]] = set()
    for row in sorted(worst, key=lambda row: (row.dtype, -float(row.ulps), row.key)):
        kind = FAMILIES[row.function].output
        if (number := (row.dtype, kind, row.input_bits)) not in there:
            there.add(number)
            yield *number, row.function, row.execution, row.quantity, row.ulps


def text(rows: list[Row]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([FIELDS, *lines(rows)])
    return written.getvalue()


def main() -> None:
    write_whole(worst_inputs.FILE, text(table.read()))
    print(f"written: {worst_inputs.FILE}")


if __name__ == "__main__":
    main()
