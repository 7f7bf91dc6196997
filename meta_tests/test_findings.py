"""A report that is gathered batch by batch says what one of all comparisons at once would."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest

from meta_tests.test_page_tables import KNOWN, NEW, frame
from reports.run import frame as frames
from reports.run.findings import Findings, findings
from reports.run.plots import errors, shares
from reports.run.summary import by_severity, causes_of, summarise
from reports.run.tables.condensed import condensed
from reports.run.tables.entries import entries
from reports.run.tables.matrix import calls, matrix
from reports.run.tables.tables import groups, tightest, tightness
from suites.plugin.block import COLUMNS, NUMBERS

MISSING = {"verdict": "missing", "cause": "not measured: it crashed"}
BY = (["verdict"], ["verdict", "cause"], ["verdict", "known", "loss", "quantity", "cause"])
FACETS = ("form", "dtype", "inputs")


def row(random: Random) -> dict[str, Any]:
    """A comparison of a few cases, of any verdict."""
    number = random.choice([float("nan"), 0.5, 3.0, -3.0, 1e9, float("inf")])
    names = {"form": ["class", "function"], "inputs": ["rails", "interior"], "index": ["0", "1 2"]}
    names |= {"quantity": ["value", "gradient"], "loss": ["binary_crossentropy", "other"]}
    exact = random.choice([0.25, 1.0, 3.0])
    return {
        **{name: random.choice(texts) for name, texts in names.items()},
        **random.choice([{}, {}, NEW, KNOWN, KNOWN | {"known": "B", "severity": "A"}, MISSING]),
        **{"ulp_error": number, "radius_share": random.choice([0.0, 1e-3, 0.2, 0.9])},
        **{"exact": str(exact), "low": exact - 0.1, "high": exact + 0.1},
    }


@pytest.fixture(params=range(5))
def batches(request: pytest.FixtureRequest) -> list[pd.DataFrame]:
    """Comparisons by case, a batch for each form: a batch holds whole cases."""
    random = Random(request.param)
    rows = [row(random) for _ in range(300)]
    return [frame(*(one for one in rows if one["form"] == form)) for form in ("class", "function")]


@pytest.fixture
def whole(batches: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([batch.astype(object) for batch in batches], ignore_index=True).astype(
        dict.fromkeys(NUMBERS, "float64")
    )


@pytest.mark.parametrize("by", BY, ids=",".join)
def test_condensed_rows_have_the_groups_of_all_rows(whole: pd.DataFrame, by: list[str]) -> None:
    rows = whole[whole["verdict"] != "agree"]
    few = condensed(whole)
    assert len(few) < len(rows) == few["count"].sum()
    shown = [{name: one[name] for name in ("count", "case", "place", "observed", "ulp_error", "severity", *(f"all_{name}" for name in FACETS))} for one in groups(rows, by, FACETS)]  # fmt: skip
    again = [{name: one[name] for name in shown[0]} for one in groups(few, by, FACETS)]
    pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(shown), check_dtype=False)
    assert by_severity(few) == by_severity(rows)
    assert sorted(causes_of(few)) == sorted(causes_of(rows))


def test_batches_say_what_the_whole_does(batches: list[pd.DataFrame], whole: pd.DataFrame) -> None:
    some, one = findings(batches), findings([whole])
    assert some.verdicts == one.verdicts == whole["verdict"].value_counts().to_dict()
    assert summarise(some, 1.0) == summarise(one, 1.0)
    assert matrix(some.calls) == matrix(one.calls) == matrix(calls(whole))
    agreeing = whole[whole["verdict"] == "agree"]
    assert tightness(some.tight) == tightness(agreeing)
    assert [e["radius_share"] for e in tightest(some.tight)] == [
        e["radius_share"] for e in tightest(agreeing)
    ]
    assert shares.share_plots(some.shares) == shares.share_plots(one.shares)
    assert errors.error_plots(some.marks) == errors.error_plots(one.marks)
    assert _entries(some) == _entries(one)


def _entries(found: Findings) -> list[Any]:
    about = dict.fromkeys(("title", "why", "advice", "span", "seen"), "")
    known = [{"id": name, **about, "links": [], "comparisons": 1, "causes": []} for name in "AB"]
    shown = entries(known, found.differing, found.errors, {})
    return [
        (e["id"], e["common"], e["shown_causes"], e["errors"], e["example"]["case"]) for e in shown
    ]


def block(case: int, rows: int) -> Any:
    random = Random(case)
    columns: dict[str, Any] = {name: [""] * rows for name in COLUMNS}
    columns |= {name: [random.random() for _ in range(rows)] for name in NUMBERS}
    names = ("binary_crossentropy", f"form {case}", "plain", "probabilities", "float32")
    return {
        **columns,
        "case": (*names, "eager", "CPU:0", "hard", "rails"),
        "quantity": ["value"] * rows,
        "verdict": [random.choice(["agree", "known"]) for _ in range(rows)],
        "cause": ["unexplained"] * rows,
        "exact": [random.choice(["0.25", "0.5"]) for _ in range(rows)],
        "blame": None,
    }


def peak(folder: Path, rows: int) -> int:
    """The most bytes in use while 100 cases of so many comparisons each are written and gathered."""
    blocks = (block(case, rows) for case in range(100))
    tracemalloc.start()
    try:
        findings(frames.written(blocks, folder / "comparisons.parquet"))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_comparisons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "BATCH", 2000)
    peak(tmp_path, 1)  # what is imported and kept the first time
    assert peak(tmp_path, 200) < 2 * peak(tmp_path, 20)
