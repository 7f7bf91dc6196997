"""A run keeps its blocks in a file: memory does not grow with their rows."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from reports.run import frame
from suites.plugin import spool
from suites.plugin.block import COLUMNS, NUMBERS
from suites.plugin.spool import Spool

SIDES = ("value", "gradient")


def block(form: str, quantity: str = "value", size: int = 2, known: str = "") -> Any:
    columns: dict[str, Any] = {
        name: [float(place) if name in NUMBERS else f"{name} {place}" for place in range(size)]
        for name in COLUMNS
    }
    verdicts = ["known" if known else "agree"] + ["new"] * (size - 1)
    case = ("bce", form, "plain", "logits", "float32", "eager", "CPU:0", "hard", "rails")
    of_rows = {"quantity": [quantity] * size, "verdict": verdicts, "known": [known] * size}
    return {"case": case, **columns, **of_rows, "blame": None}


BLOCKS = [block(form, side) for form in ("nn", "class", "function") for side in SIDES]


def test_blocks_come_back_whole_in_an_order_that_is_always_the_same() -> None:
    ordered = sorted(BLOCKS, key=lambda one: (one["case"], one["quantity"][0]))
    assert list(Spool(BLOCKS)) == list(Spool(BLOCKS[::-1])) == ordered


def test_a_glance_tells_what_a_block_holds() -> None:
    (one,) = Spool([block("nn", size=3, known="a")]).glances
    assert (one.case[1], one.quantity) == ("nn", "value")
    assert one.verdicts == {"known", "new"}
    assert one.known == {"a": 1}  # a row that is "gone" names its entry, too
    (other,) = Spool([block("nn")]).glances
    assert other.known == {}


def kept(rows: int) -> int:
    """Bytes that are kept of 50 blocks with this many rows."""
    whole = Spool()
    tracemalloc.start()
    try:
        for number in range(50):
            whole.add(block(f"form {number}", size=rows))
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "IN_MEMORY", 1)
    assert kept(400) < 1.5 * kept(4)


def test_batches_make_the_frame_that_one_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "comparisons.parquet"
    ordered = list(Spool(BLOCKS))
    monkeypatch.setattr(frame, "BATCH", 3)
    assert [len(batch) for batch in frame._batches(ordered)] == [2, 2, 2]
    frame.write(ordered, path)
    pd.testing.assert_frame_equal(frame.read(path), frame.from_blocks(BLOCKS), check_exact=True)
