"""A report is exact, the same for the same comparisons, and never half-written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from reports import frame, write
from reports.summary import headline, markdown, summarise

CASE = (
    *("binary_crossentropy", "function", "plain", "logits", "float32"),
    *("eager", "CPU:0", "hard", "rails"),
)
ENVIRONMENT = {"TensorFlow": "2.21.0", "Keras": "3.15.1", "Python": "3.11"}


def block(verdicts: list[str], execution: str = "eager") -> dict[str, Any]:
    size = len(verdicts)
    return {
        "case": tuple(execution if name == "eager" else name for name in CASE),
        "quantity": ["value"] * size,
        "index": [str(place) for place in range(size)],
        "low": [0.1] * size,
        "high": [0.1 + 2**-54] * size,
        "exact": ["0.10000000000000000001"] * size,
        "observed": ["2.10", "None", "nan"][:size],
        "bits": ["00ff"] * size,
        "observed_dtype": ["float32"] * size,
        "ulp_error": [float("nan")] * size,
        "radius_share": [float("inf")] * size,
        "verdict": verdicts,
        "cause": ["a|b" if verdict == "new" else "" for verdict in verdicts],
        "known": [""] * size,
    }


BLOCKS = [
    block(["agree", "new", "known"]),
    block(["gone"], "xla"),
    block(["not_measured"], "graph"),
]


def test_the_order_of_arrival_does_not_matter():
    there, back = frame.from_blocks(BLOCKS), frame.from_blocks(BLOCKS[::-1])
    pd.testing.assert_frame_equal(there, back, check_exact=True)


def test_a_file_gives_back_every_value(tmp_path):
    comparisons = frame.from_blocks(BLOCKS)
    frame.write_csv(comparisons, tmp_path / "c.csv")
    pd.testing.assert_frame_equal(
        frame.read_csv(tmp_path / "c.csv"), comparisons, check_exact=True, check_categorical=False
    )


def test_another_file_is_refused(tmp_path):
    (tmp_path / "c.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="not a file of comparisons"):
        frame.read_csv(tmp_path / "c.csv")


def test_the_summary_counts_each_verdict_once():
    summary = summarise(frame.from_blocks(BLOCKS), 1.25)
    assert summary == {
        "cases": 3,
        "comparisons": 5,
        "agree": 1,
        "known": 1,
        "new": 1,
        "gone": 1,
        "not_measured": 1,
        "seconds": 1.2,
    }
    assert sum(summary[verdict] for verdict in frame.VERDICTS) == summary["comparisons"]


def test_an_empty_run_has_a_summary_too():
    empty = frame.from_blocks([])
    assert summarise(empty, 0)["cases"] == 0
    assert headline(summarise(empty, 0))
    assert markdown(empty, summarise(empty, 0), ENVIRONMENT)


def test_markdown_escapes_the_bars_of_a_cell():
    comparisons = frame.from_blocks(BLOCKS)
    assert "a\\|b" in markdown(comparisons, summarise(comparisons, 1), ENVIRONMENT)


def report(folder: Path) -> None:
    write.write_report(folder, frame.from_blocks(BLOCKS), ENVIRONMENT, [], [], {"a.py": "1\n"}, 1.0)


def test_a_report_has_all_its_files_and_no_others(tmp_path):
    report(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*write.FILES, "scripts"}
    assert json.loads((tmp_path / "summary.json").read_text())["new"] == 1
    assert (tmp_path / "scripts/a.py").read_text() == "1\n"


def test_files_of_others_stay_and_scripts_of_before_go(tmp_path):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/old.py").touch()
    (tmp_path / "mine.txt").write_text("keep")
    report(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "keep"
    assert not (tmp_path / "scripts/old.py").exists()


@pytest.mark.parametrize("breaks", ["write_csv", "markdown", "render"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_what_goes_wrong_leaves_the_old_report_whole(tmp_path, monkeypatch, breaks, error):
    report(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}

    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(write, breaks, fail)
    with pytest.raises(error):
        report(tmp_path)
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert after == before
    assert not list(tmp_path.glob(".staging*"))
