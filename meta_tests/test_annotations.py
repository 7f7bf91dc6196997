"""What a CI shows of a run: annotations and a badge, which no text of another program can break."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta_tests.test_page_tables import KNOWN, NEW, frame
from reports.plugin.collector import Collector
from reports.plugin.screen import Part
from reports.run.annotations import MOST, annotated
from reports.run.badge import badge
from reports.run.findings import findings
from reports.run.summary import summarise
from suites.plugin.in_log import in_log

COMMAND = re.compile(r"::error title=([^:,\r\n]*)::([^\r\n]*)")
HOSTILE = "::stop-commands::x\n::add-mask::a\r\n##[group]%0A::\x1b[31m,title=y"


def test_a_group_is_one_line_with_its_cause_and_a_command() -> None:
    rows = frame({}, KNOWN, NEW | {"severity": "B"}, NEW | {"severity": "B", "dtype": "float32"})
    (line,) = annotated(rows)
    title, message = COMMAND.fullmatch(line).groups()  # type: ignore[union-attr]
    assert title == "xentcheck%2C new B bce%2C function"
    assert message.startswith("2 comparisons (float16, float32; eager): unexplained. ")
    assert re.search(r" Again: pytest -k [0-9a-f]{8}$", message)


def test_no_more_than_ten_and_the_gravest_first() -> None:
    rows = [NEW | {"severity": "BA"[n == 7], "form": f"form-{n:02}"} for n in range(14)]
    lines = annotated(frame(*rows))
    assert len(lines) == MOST
    assert "form-07" in lines[0]
    assert lines[-1].endswith("::5 more groups with 5 comparisons: see the report")
    assert len(annotated(frame(*rows[:MOST]))) == MOST
    assert annotated(frame({}, KNOWN)) == []


def test_what_is_gone_is_told() -> None:
    (line,) = annotated(frame({"verdict": "gone", "known": "A", "severity": "C"}))
    assert "gone C bce" in line
    assert "a known difference no longer occurs" in line


@pytest.mark.parametrize("field", ["loss", "form", "dtype", "execution", "cause"])
def test_a_hostile_text_stays_in_its_line(field: str) -> None:
    (line,) = annotated(frame(NEW | {field: HOSTILE}))
    assert COMMAND.fullmatch(line)
    assert "\x1b" not in line


def commands(text: str) -> list[str]:
    """What the runner of GitHub takes for a command: ActionCommand.cs, TryParse and TryParseV2."""
    return [one for one in text.splitlines() if one.lstrip().startswith("::") or "##[" in one]


@given(st.lists(st.sampled_from(["::", ":", "##[", "##", "[", "\n", "\r", " ", "\t", "a", "\\"])))
def test_a_log_has_no_command_in_it(parts: list[str]) -> None:
    assert not commands(in_log("".join(parts)))


def test_a_log_keeps_what_is_no_command() -> None:
    assert commands(HOSTILE)
    assert in_log("f.py::test[a]  # [x]\n  a::b") == "f.py::test[a]  # [x]\n  a::b"
    assert in_log(" ::error::a\n##[x]") == " \\::error::a\n##\\[x]"


def test_the_badge_of_a_run_that_is_red_against_a_pin() -> None:
    changed = "5 answers changed against mine"
    green, red = (summarise(findings([frame(*rows)]), 1.0) for rows in ([{}], [{}, NEW]))
    assert badge(green, changed)["message"] == changed
    assert badge(green, changed)["color"] == badge(red, changed)["color"] == "red"
    assert badge(red, changed)["message"] == "1 new"


@pytest.mark.parametrize(
    ("rows", "message", "color"),
    [
        ([{}, KNOWN], "0 new, 1 known", "brightgreen"),
        ([KNOWN, NEW, {"verdict": "gone"}], "1 new", "red"),
        ([{}, {"verdict": "gone"}], "1 gone", "orange"),
        ([{}, {"verdict": "missing"}, {"verdict": "not_measured"}], "2 not measured", "yellow"),
        ([], "nothing measured", "lightgrey"),
    ],
)
def test_the_badge(rows: list[dict[str, Any]], message: str, color: str) -> None:
    comparisons = frame(*rows) if rows else frame({}).head(0)
    assert badge(summarise(findings([comparisons]), 1.0)) == {
        "schemaVersion": 1,
        "label": "xentcheck",
        "message": message,
        "color": color,
    }


def test_the_last_lines_give_no_command_but_our_own() -> None:
    found = Collector(SimpleNamespace())
    found.parts = [Part([HOSTILE, "verdict"]), Part([HOSTILE], wrapped=False)]
    found.traceback, found.annotations = HOSTILE.split("\n"), annotated(frame(NEW))
    written: list[str] = []
    reporter = SimpleNamespace(section=written.append, write_line=written.append)
    hook = found.pytest_terminal_summary(reporter)
    next(hook)
    assert not written  # what pytest says itself comes first
    with pytest.raises(StopIteration):
        hook.send(None)
    assert written[0] == "xentcheck"
    assert "verdict" in written
    text = "\n".join(written)
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", text)
    assert commands(text) == found.annotations
