"""A report is exact, the same for the same comparisons, and never half-written."""

from __future__ import annotations

import contextlib
import json
import re
import resource
import signal
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import pytest

import reports
from reports.run import frame, place, write
from reports.run.findings import findings
from reports.run.markdown import markdown
from reports.run.summary import headline, summarise
from reports.store.errors import CannotWrite

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
        "other": [""] * size,
        "distance": [float("nan")] * size,
        "bound": [float("nan")] * size,
        "verdict": verdicts,
        "cause": ["a|b" if verdict == "new" else "" for verdict in verdicts],
        "known": [""] * size,
    }


BLOCKS = [
    block(["agree", "new", "known"]),
    block(["gone"], "xla"),
    block(["not_measured", "missing", "missing"], "graph"),
]


def test_the_order_of_arrival_does_not_matter():
    there, back = frame.from_blocks(BLOCKS), frame.from_blocks(BLOCKS[::-1])
    pd.testing.assert_frame_equal(there, back, check_exact=True)


def test_a_file_gives_back_every_value(tmp_path):
    comparisons = frame.from_blocks(BLOCKS)
    frame.write(BLOCKS, tmp_path / "comparisons.parquet")
    pd.testing.assert_frame_equal(reports.load(tmp_path), comparisons, check_exact=True)


def test_another_file_is_refused(tmp_path):
    file = tmp_path / "comparisons.parquet"
    with pytest.raises(ValueError, match=r"^there is no .*\.parquet; a run of pytest writes it"):
        reports.load(tmp_path)
    file.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match=r"comparisons\.parquet is no Parquet file; run pytest"):
        reports.load(tmp_path)
    pd.DataFrame({"a": [1], "b": [2]}).to_parquet(file)
    with pytest.raises(ValueError, match=r"has other columns than a report: a, b$"):
        reports.load(str(tmp_path))


def test_the_summary_counts_each_verdict_once():
    summary = summarise(findings([frame.from_blocks(BLOCKS)]), 1.25)
    assert summary == {
        "cases": 3,
        "comparisons": 7,
        "agree": 1,
        "known": 1,
        "new": 1,
        "gone": 1,
        "missing": 2,
        "not_tested": 0,
        "not_measured": 1,
        "seconds": 1.2,
    }
    assert sum(summary[verdict] for verdict in frame.VERDICTS) == summary["comparisons"]


def test_an_empty_run_has_a_summary_too():
    empty = frame.from_blocks([])
    assert summarise(findings([empty]), 0)["cases"] == 0
    assert headline(summarise(findings([empty]), 0))
    assert markdown(empty, summarise(findings([empty]), 0), ENVIRONMENT, [])


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({}, "No comparisons: nothing was measured"),
        ({"agree": 1}, "1 comparison: 0 new differences, 0 known, all others agree"),
        ({"new": 1}, "1 comparison: 1 new difference, 0 known, none agree"),
        ({"known": 2000}, "2,000 comparisons: 0 new differences, 2,000 known, none agree"),
        ({"gone": 3}, "3 comparisons: 0 new differences, 0 known, 3 gone, none agree"),
        ({"missing": 4}, "4 comparisons: 0 new differences, 0 known, 4 missing, none agree"),
        (
            {"agree": 1, "not_measured": 2},
            "3 comparisons: 0 new differences, 0 known, 2 not measured, all others agree",
        ),
        (
            {"not_tested": 2},
            "2 comparisons: 0 new differences, 0 known, 2 not tested, none agree",
        ),
    ],
)
def test_the_headline_names_every_verdict_but_agreement(counts, sentence):
    summary = dict.fromkeys(frame.VERDICTS, 0) | counts
    assert headline({**summary, "comparisons": sum(counts.values())}) == sentence


def report(folder: Path, **more: str) -> None:
    scripts = {"a.py": "1\n"}
    write.write_report(folder, BLOCKS, ENVIRONMENT, [], [], scripts, 1.0, more)


def files(folder: Path) -> dict[str, bytes]:
    """What a reader of the folder finds."""
    paths = [*folder.iterdir(), *(folder / "scripts").iterdir()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.is_file()}


def test_a_report_has_all_its_files_and_no_others(tmp_path):
    report(tmp_path)
    assert files(tmp_path).keys() == {*place.FILES, "scripts/a.py"}
    assert json.loads((tmp_path / "summary.json").read_text())["new"] == 1
    assert (tmp_path / "scripts/a.py").read_text() == "1\n"


def test_what_only_the_report_of_before_had_goes(tmp_path):
    report(tmp_path, **{"drift.html": "of before"})
    assert (tmp_path / "drift.html").read_text() == "of before"
    report(tmp_path)
    assert files(tmp_path).keys() == {*place.FILES, "scripts/a.py"}
    assert not (tmp_path / "drift.html").is_symlink()


@pytest.mark.parametrize("breaks", ["frames.written", "markdown", "render"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_what_goes_wrong_leaves_the_old_report_whole(tmp_path, monkeypatch, breaks, error):
    report(tmp_path)
    before = files(tmp_path)

    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(f"reports.run.write.{breaks}", fail)
    with pytest.raises(error):
        report(tmp_path)
    assert files(tmp_path) == before
    assert [path.name for path in (tmp_path / ".xentcheck").glob("report-*")] == [
        (tmp_path / ".xentcheck/current").readlink().name
    ]


@pytest.mark.parametrize("outcome", [None, TypeError])
def test_ctrl_c_that_a_library_swallows_is_still_ctrl_c(tmp_path, monkeypatch, outcome):
    """As drawing does, whose C++ code calls Python and drops what that raises."""
    report(tmp_path)
    before = files(tmp_path)

    def render(*_: Any) -> str:
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        if outcome:
            raise outcome("cannot draw None")
        return "a page without a plot"

    monkeypatch.setattr(write, "render", render)
    with pytest.raises(KeyboardInterrupt):
        report(tmp_path)
    assert files(tmp_path) == before


def test_an_error_of_ours_is_no_error_of_the_folder(tmp_path, monkeypatch):
    def render(*_: Any) -> str:
        raise jinja2.TemplateNotFound("index.html.j2")  # an OSError, of which no system knows

    monkeypatch.setattr(write, "render", render)
    with pytest.raises(jinja2.TemplateNotFound):
        report(tmp_path)


def test_a_file_that_grows_too_large_is_one_line(tmp_path):
    report(tmp_path)
    before, limits = files(tmp_path), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, limits[1]))
    try:
        with pytest.raises(CannotWrite) as refusal:
            report(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert str(refusal.value) == f"can't write {tmp_path}: File too large"
    assert files(tmp_path) == before


def test_the_example_of_the_documents_runs(tmp_path, monkeypatch, capsys):
    text = (Path(__file__).parents[1] / "docs/report.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    report(tmp_path / "reports/latest")
    monkeypatch.chdir(tmp_path)
    exec(example, {})
    printed = capsys.readouterr().out
    assert "size" in printed
    assert "float32" in printed
