"""The numbers with the largest errors that `python -m reports accuracy` has found, as inputs.

`python -m reports.accuracy.worst_inputs` writes the table. Each number makes two rows of two classes, so that both
labels meet it: (p, 1 - p), or the logits (x, 0).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np

from reference.arithmetic.formats import Format

FILE = Path(__file__).with_suffix(".csv")
NUMBERS = 16  # of a dtype, probabilities or logits


@cache
def numbers(kind: str, dtype: str) -> tuple[int, ...]:
    """The bits of the worst, as often as it takes to have so many."""
    with FILE.open(encoding="utf-8", newline="") as file:
        found = [
            int(row["bits"], 16)
            for row in csv.DictReader(file)
            if (row["kind"], row["dtype"]) == (kind, dtype)
        ]
    return tuple(found[place % len(found)] for place in range(NUMBERS))


def rows(kind: str, format: Format) -> np.ndarray:
    """(2 NUMBERS, 2), as float64."""
    bits = np.array(numbers(kind, format.name), f"u{format.dtype.itemsize}")
    one = bits.view(format.dtype)
    other = np.zeros_like(one) if kind == "logits" else np.asarray(1, one.dtype) - one
    return np.repeat(np.stack([one, other], axis=-1), 2, axis=0).astype(np.float64)
