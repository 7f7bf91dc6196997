"""Texts of other programs reach no terminal and no file with anything hidden in them."""

from __future__ import annotations

import ast
import csv
import json
import re
import unicodedata
from dataclasses import astuple
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reports
from reports.commands.terminal import complain, say
from reports.compare.words.on_page import GroupOnPage, StepOnPage
from reports.run import frame
from reports.run.template import template
from reports.run.write import write_report
from suites.cases.selection import select
from suites.ledger.difference import Difference
from suites.observe.arrays import arrays
from suites.observe.visible import in_markdown, visible
from suites.plugin import script, upstream
from suites.plugin.block import COLUMNS, NUMBERS

ESC, BELL, C1, RIGHT_TO_LEFT = "\x1b", "\x07", "\x9b", "\u202e"
HOSTILE = f"{ESC}[31m{ESC}]0;owned{BELL}{C1}1m{RIGHT_TO_LEFT}\u2066\ufeff\x00\x08\r</td>|`*_[x](javascript:1)"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)")
CASE = next(one for one in select(["CPU:0"]) if one.form == "function")


def hidden(text: str) -> set[str]:
    """The characters of a text that a terminal obeys, or that turn or end a line unseen."""
    kinds = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return {one for one in text if unicodedata.category(one) in kinds} - {"\n", "\t"}


def block(text: str, verdict: str = "new") -> dict[str, Any]:
    nan = float("nan")
    columns = {name: [nan if name in NUMBERS else text] for name in COLUMNS}
    return {"case": (text,) * 9, **columns, "verdict": [verdict]}


@given(st.text())
def test_nothing_is_hidden_and_what_is_seen_stays(text: str) -> None:
    shown = visible(text)
    assert not hidden(shown)
    if not hidden(text):
        assert shown == text


def test_an_escape_is_the_one_that_python_has() -> None:
    assert visible(f"a{ESC}b{C1}c{RIGHT_TO_LEFT}d\U000e0041e\ud800\rf\n\tg") == (
        r"a\x1bb\x9bc\u202ed\U000e0041e\ud800\rf" + "\n\tg"
    )


@pytest.mark.parametrize("hostile", [HOSTILE, "\ud800", *FORMULAS])
def test_no_file_of_a_report_hides_anything(tmp_path: Path, hostile: str) -> None:
    """Every field of every row, of the environment, of claims and of the ledger."""
    rows = [block(hostile, verdict) for verdict in frame.VERDICTS]
    names = ("number", "who", "claim", "verdict", "reference", "observed")
    known = dict.fromkeys(("id", "title", "why", "advice", "span", "seen"), hostile)
    known |= {"links": [hostile], "comparisons": 1, "causes": [hostile]}
    environment = dict.fromkeys(("TensorFlow", "Keras", "Python", "tier", hostile), hostile)
    claims = [dict.fromkeys(names, hostile)]
    about = (environment, claims, [known])
    write_report(tmp_path, rows, *about, {}, 1.0)
    for path in (tmp_path / name for name in ("index.html", "summary.md")):
        assert not hidden(path.read_text(encoding="utf-8")), path.name
    texts = reports.load(tmp_path).select_dtypes(exclude="number").astype(str)
    assert not hidden("".join(texts.to_numpy().ravel()))
    assert "</td>|" not in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "environment.json").read_text())["tier"] == hostile
    assert (tmp_path / "environment.json").read_text().isascii()


@pytest.mark.parametrize("text", [*FORMULAS, f'{HOSTILE}"\n,', "\ud800"])
def test_comparisons_with_hostile_texts_come_back_value_for_value(
    tmp_path: Path, text: str
) -> None:
    """A mark before a formula would make other numbers of "-1"."""
    frame.write([block(text)], tmp_path / "comparisons.parquet")
    (row,) = reports.load(tmp_path).to_dict("records")
    assert row["observed"] == row["cause"] == row["loss"] == visible(text)


def test_tables_of_commands_hide_nothing() -> None:
    rows = frame.from_blocks([block(HOSTILE)]).astype({"known": object})
    assert not hidden(frame.csv_text(rows))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        *(
            (text, f"'{text}")
            for text in ("=1+1", "+1+A1", "-1-A1", "@SUM(A1)", " =1", "-nan", "+")
        ),
        *((text, text) for text in ("-1", "+1.5e-7", "-inf", "-.5", "raised a=b", "")),
    ],
)
def test_a_table_of_commands_computes_nothing(text: str, cell: str) -> None:
    (row,) = csv.reader(frame.csv_text(pd.DataFrame({"a": [text], "b": ["x"]})).splitlines()[1:])
    assert row == [cell, "x"]


@given(st.text(max_size=30))
def test_markdown_shows_a_text_as_one_cell(text: str) -> None:
    cell = in_markdown(text)
    assert "\n" not in cell
    assert not re.search(r"(?<!\\)\|", cell)
    if not cell.startswith("`"):
        assert not set(cell) & set("<>[]*#@\\|~&!$")
        assert "://" not in cell
        assert "www." not in cell.lower()
    else:
        (fence,) = re.findall(r"^`+", cell)
        assert cell.endswith(fence)
        inside = cell[len(fence) : -len(fence)]
        assert fence not in re.findall("`+", inside)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("binary_crossentropy, values", "binary_crossentropy, values"),
        ("a|b", r"`a\|b`"),
        ("a `b` c", "``a `b` c``"),
        ("a `b", "``a `b``"),
        ("`b c", "`` `b c ``"),
        ("b c`", "`` b c` ``"),
        ("1234567890", "1234567890"),
        ("_a_", "`_a_`"),
        ("@everybody", "`@everybody`"),
        ("https://example.org", "`https://example.org`"),
        ("12345678901", "123456789…"),
        ("<b>4567890123", "`<b>456789…`"),
    ],
)
def test_markdown_keeps_what_means_nothing_to_it(text: str, cell: str) -> None:
    assert in_markdown(text, 10 if text[-1].isdecimal() else None) == cell


class Texts(HTMLParser):
    """Tags and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


def test_the_page_of_all_releases_hides_nothing_either() -> None:
    text = f'{HOSTILE}"><script>'
    cell = {"state": "everyday", "text": text, "everyday_differ": 1, "rarer_differ": 0}
    entry = Difference("a", text, text, text, text, text, (text,), ("*",), (), ())
    group: GroupOnPage = {
        "mark": text,
        "severity": text,
        "title": text,
        "numbers": text,
        "cases": text,
        "where": text,
        "entry": entry,
        "id": text,
    }
    step: StepOnPage = {
        "id": text,
        "released": text,
        "packages": text,
        "counts": [1],
        "cases": 1,
        "groups": [group],
    }
    page = template("timeline.html.j2").render(
        scope=text,
        cases=1,
        names=[text],
        steps=[step],
        rows=[{"loss": text, "form": text, "cells": [cell]}],
        meaning={"A": text},
        legend={"+": text},
    )
    assert not hidden(page)
    assert "script" not in Texts(page).tags


def test_the_terminal_obeys_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    say(HOSTILE, "second")
    complain(HOSTILE)
    out, err = capsys.readouterr()
    assert not hidden(out + err)
    assert out.endswith("\nsecond\n")
    assert err.startswith("xentcheck: \\x1b[31m")


@pytest.mark.parametrize("note", [HOSTILE, 'a"""\nimport os\n"""', "ends with a \\", '"'])
def test_a_script_says_what_is_wrong_and_does_nothing_of_it(note: str) -> None:
    comparison = script.Comparison("call", "", 0.0, 0.0, "raised ValueError")
    tree = ast.parse(script.script(CASE, note, arrays(CASE, 2017), comparison))
    found = ast.get_docstring(tree, clean=False)
    assert found
    assert visible(note) in found
    imports = [one for one in ast.walk(tree) if isinstance(one, ast.Import)]
    names = {name.name for one in imports for name in one.names}
    assert names == {"os", "sys", "threading", "numpy", "tensorflow", "keras"}


def test_a_text_for_upstream_shows_a_message_as_code() -> None:
    entry = Difference("a", "t", "w", "2026-11-23", "", "", (), ("*",), (), ())
    names = ("TensorFlow", "Keras", "NumPy", "Python", "platform")
    row = {**block(HOSTILE), "case": astuple(CASE), "exact": [""]}
    text = upstream.text(entry, CASE, row, 0, dict.fromkeys(names, "1"), 2017)
    assert not hidden(text)
    assert "- observed: `` \\x1b[31m" in text or "- observed: ``\\x1b[31m" in text


def test_a_long_word_before_a_mark_takes_no_longer_than_any_other():
    """It takes for ever where a word can be split in many ways."""
    assert in_markdown("a" * 80 + "<") == "`" + "a" * 80 + "<`"
