"""`summary.md` is one screen: what changed, the gravest known differences, the rest behind a line."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meta_tests.test_page_tables import KNOWN, NEW, frame, known
from reports.run.findings import findings
from reports.run.markdown import MOST, Baseline, markdown
from reports.run.summary import headline, summarise

ENVIRONMENT = {"TensorFlow": "2.21.0", "Keras": "3.15.1", "Python": "3.11", "tier": "quick"}


def lines_of(
    comparisons: pd.DataFrame, *differences: dict[str, Any], baseline: Baseline | None = None
) -> list[str]:
    summary = summarise(findings([comparisons]), 61.04)
    return markdown(comparisons, summary, ENVIRONMENT, list(differences), baseline).split("\n")


def visible(lines: list[str]) -> list[str]:
    """What stands outside of what has to be opened."""
    shown, depth = [], 0
    for line in lines:
        depth += line.startswith("<details>")
        shown += [] if depth else [line]
        depth -= line == "</details>"
    return shown


def cells(lines: list[str]) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]


def test_a_run_in_which_all_agrees_is_its_verdict_and_where_it_ran() -> None:
    rows = frame({})
    assert lines_of(rows) == [
        "# xentcheck: No difference",
        "",
        headline(summarise(findings([rows]), 1)),
        "",
        "TensorFlow 2.21.0, Keras 3.15.1, Python 3.11",
        "",
        "took 61.0 s; tier quick",
        "",
    ]


def test_what_is_new_comes_first_by_verdict_and_severity() -> None:
    grave, mild = NEW | {"severity": "A", "form": "class"}, NEW | {"severity": "D"}
    gone = {"verdict": "gone", "severity": "A", "known": "A"}
    text = lines_of(frame(mild, mild, gone, grave, KNOWN | {"severity": "A"}), known("A", 1))
    new, of_known = (
        text.index("## New and gone differences"),
        text.index("## The gravest known differences"),
    )
    assert cells(text[new:of_known]) == [
        ["severity", "verdict", "loss", "form", "dtype", "cause", "comparisons"],
        ["---"] * 7,
        ["A", "new", "bce", "class", "float16", "unexplained", "1"],
        ["D", "new", "bce", "function", "float16", "unexplained", "2"],
        ["A", "gone", "bce", "function", "float16", "no longer occurs: A", "1"],
    ]
    assert cells(text[of_known:])[2:] == [["A", "A", "About A", "1"]]


def test_ten_known_differences_are_shown_and_the_others_open() -> None:
    names = [f"k{number:02}" for number in range(30)]
    rows = [
        KNOWN | {"known": name, "severity": "BDAC"[place % 4]} for place, name in enumerate(names)
    ]
    more = [{"verdict": "not_tested"}, {"verdict": "not_measured", "cause": "no GPU"}]
    text = lines_of(frame(*rows, *more), *(known(name, 1) for name in names), known("elsewhere", 0))
    assert len(visible(text)) <= 60
    table = cells(visible(text))
    assert [row[0] for row in table[2:]] == ["A"] * 7 + ["B"] * 3
    assert len(table[2:]) == MOST
    assert f"<details><summary>{len(names) - MOST} more known differences</summary>" in text
    assert "<details><summary>2 groups without a result or a bound</summary>" in text
    assert not any("elsewhere" in line for line in text)


def test_what_changed_against_the_baseline_is_there_the_gravest_first() -> None:
    rows = [["A", f"change {number}", "value 0 1 -> 2", "7 cases"] for number in range(12)]
    changes = Baseline("mine", "84 value", rows)
    text = lines_of(frame(KNOWN), known("A", 1), baseline=changes)
    part = text[text.index("## Against mine") : text.index("## The gravest known differences")]
    assert part[2] == "84 value"
    assert len(cells(visible(part))) == 2 + MOST
    assert "<details><summary>2 more changes</summary>" in part
    red = lines_of(
        frame({}), baseline=Baseline("mine", "84 value", rows, "84 answers changed against mine")
    )
    assert red[0] == "# xentcheck: 84 answers changed against mine. No difference"
    same = lines_of(frame({}), baseline=Baseline("mine", "nothing changed", []))
    assert same[-4:] == ["## Against mine", "", "nothing changed", ""]


def test_the_whole_environment_opens() -> None:
    whole = {**ENVIRONMENT, "NumPy": "2.4", "platform": "Linux", "devices": "CPU:0", "seed": "7"}
    whole |= {"CPU features": "avx2 | fma", "determinism": "default"}
    text = markdown(frame({}), summarise(findings([frame({})]), 1.0), whole, []).splitlines()
    assert "TensorFlow 2.21.0, Keras 3.15.1, NumPy 2.4, Python 3.11" in text
    assert "Linux; CPU:0" in text
    assert "| CPU features | `avx2 \\| fma` |" in text
    assert not any("fma" in line for line in visible(text))


def test_hostile_texts_stay_in_their_cells() -> None:
    text = lines_of(frame(NEW | {"severity": "B", "cause": "a|b\n# <script>"}))
    (row,) = (line for line in text if "script" in line)
    assert "`a\\|b # <script>`" in row
