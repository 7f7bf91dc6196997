"""The last lines of a run fit a terminal, and say what happened and what to do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta_tests.test_page_tables import KNOWN, NEW, frame
from reports.plugin import last_lines
from reports.plugin.progress import ROOM as ROOM_OF_TIME
from reports.plugin.progress import TimeLeft, time_left
from reports.plugin.screen import LEAST, ROOM, WIDTH, Part, screen
from reports.run.findings import findings
from reports.run.summary import summarise, verdict
from suites.plugin.short_id import short_id

LONG_ID = ",".join(f"name{number}=value{number}" for number in range(12))
PARTS = st.builds(Part, st.lists(st.text("ab ", max_size=300), max_size=40), wrapped=st.booleans())


@given(st.lists(PARTS, max_size=ROOM // LEAST))
def test_all_fits_however_much_there_is(parts: list[Part]) -> None:
    lines = screen(parts)
    assert len(lines) <= ROOM
    assert all(len(line) <= WIDTH or " " not in line.strip() for line in lines)


def test_what_fits_stays_and_what_does_not_is_counted() -> None:
    few = Part(["verdict"])
    assert screen([few, Part(["a", "b"]), Part([])]) == ["verdict", "a", "b"]
    many = Part([f"line {number}" for number in range(30)], "in drift.html")
    lines = screen([few, many], room=6)
    assert lines == ["verdict", *(f"line {n}" for n in range(4)), "  ... and 26 more lines in drift.html"]  # fmt: skip


def test_an_id_stays_whole_and_a_cause_is_cut() -> None:
    assert screen([Part([f"missing: 1 case, such as {LONG_ID}"])]) == [
        "missing: 1 case, such as",
        f"    {LONG_ID}",
    ]
    (line,) = screen([Part(["x" * 100], wrapped=False)])
    assert (len(line), line[-1]) == (WIDTH, "…")


def grave(letter: str, **more: Any) -> dict[str, Any]:
    return NEW | {"severity": letter} | more


def test_what_is_new_is_counted_and_its_gravest_groups_have_a_command() -> None:
    rows = frame(grave("D"), grave("A", form="class"), grave("D"), KNOWN | {"severity": "A"})
    first, second, *groups = last_lines.of_new(rows, is_own=False)
    assert (first, second) == (
        "       1  A: silently wrong in common use",
        "       2  D: less precise than it could be",
    )
    assert [line.split(" ", 3)[3] for line in groups] == [
        "A bce, class, float16, unexplained",
        "D bce, function, float16, unexplained",
    ] or [line.split()[1] for line in groups] == ["A", "D"]
    summary = summarise(findings([rows]), 1.0)
    command = f"next: pytest -k {groups[0].split()[0]} --subject a:b runs the gravest again"
    assert last_lines.what_next(summary, rows, "default", " --subject a:b").startswith(command)


def test_of_a_loss_of_ones_own_the_causes_are_told() -> None:
    rows = frame(grave("B", cause="twice"), grave("B", cause="twice"), grave("B"))
    assert [*last_lines.of_new(rows, is_own=True)][1:] == [
        "       2  twice",
        "       1  unexplained",
    ]


@pytest.mark.parametrize(
    ("rows", "tier", "says"),
    [
        ([{}, KNOWN], "default", "nothing has to be done"),
        ([{}], "quick", "without --tier quick"),
        ([{}, {"verdict": "gone"}], "quick", "no longer occur"),
        ([{}, {"verdict": "missing"}], "quick", "not measured"),
    ],
)
def test_what_to_do_next(rows: list[dict[str, Any]], tier: str, says: str) -> None:
    comparisons = frame(*rows)
    assert says in last_lines.what_next(
        summarise(findings([comparisons]), 1.0), comparisons, tier, ""
    )


def test_what_changed_against_a_pin_comes_first_and_is_what_to_look_at() -> None:
    rows, changed = frame({}, KNOWN), "5 answers changed against mine"
    summary = summarise(findings([rows]), 1.0)
    first, _ = last_lines.of_counts(summary, rows, changed)
    assert first == f"{changed}. No new difference: what differs is known"
    says = last_lines.what_next(summary, rows, "quick", "", changed)
    assert says.startswith("next: see below, and in drift.html")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "Nothing was measured"),
        ([{}], "No difference"),
        ([{}, KNOWN], "No new difference: what differs is known"),
        ([{"verdict": "not_tested"}], "Nothing could be tested"),
        ([{"verdict": "gone"}], "No new difference, but known ones are gone from 1 comparison"),
        (
            [{"verdict": "missing"}, {"verdict": "not_measured"}],
            "No new difference, but 2 comparisons lack a result",
        ),
        (
            [grave("D"), grave("B"), {"verdict": "gone"}],
            "2 new differences, the gravest silently wrong in rarer use (B)",
        ),
    ],
)
def test_the_verdict_is_one_sentence(rows: list[dict[str, Any]], sentence: str) -> None:
    comparisons = frame(*rows) if rows else frame({}).head(0)
    grave = last_lines.gravest(comparisons)
    assert verdict(summarise(findings([comparisons]), 1.0), grave) == sentence


def test_the_slowest_groups_are_named_in_short() -> None:
    group = (
        "loss=bce,form=nn,arguments=plain,output=logits,dtype=float32,execution=xla,device=CPU:0"
    )
    assert last_lines.of_time([(12.34, group)]) == [
        "slowest:",
        f"   12.3 s  {short_id(group)} bce, nn, float32, xla",
    ]
    assert last_lines.of_time([]) == []


@pytest.mark.parametrize(
    ("elapsed", "done", "whole", "left"),
    [
        (30.0, 10, 40, ", 90 s left"),
        (60.0, 10, 40, ", 3 min left"),
        (0.5, 10, 40, ""),
        (30.0, 0, 40, ""),
        (30.0, 40, 40, ""),
    ],
)
def test_the_time_left_is_that_of_the_tests_so_far(
    elapsed: float, done: int, whole: int, left: str
) -> None:
    assert time_left(elapsed, done, whole) == left


def test_pytest_tells_the_time_left_beside_its_percentage() -> None:
    reporter = SimpleNamespace(
        _get_progress_information_message=lambda: " [ 25%]",
        _show_progress_info="progress",
        _screen_width=80,
        reported_progress=10,
        _session=SimpleNamespace(testscollected=40),
    )
    clock = iter([5.0, 35.0])
    plugins = SimpleNamespace(get_plugin=lambda name: reporter)
    found = TimeLeft(SimpleNamespace(pluginmanager=plugins), lambda: next(clock))  # type: ignore[arg-type]
    for _ in range(2):
        found.pytest_runtest_logreport()
    assert reporter._get_progress_information_message() == " [ 25%, 90 s left]"
    assert reporter._screen_width == 80 - ROOM_OF_TIME


def test_a_reporter_that_counts_is_left_as_it_is() -> None:
    reporter = SimpleNamespace(_show_progress_info="count", _get_progress_information_message=None)
    plugins = SimpleNamespace(get_plugin=lambda name: reporter)
    TimeLeft(SimpleNamespace(pluginmanager=plugins)).pytest_runtest_logreport()  # type: ignore[arg-type]
    assert reporter._get_progress_information_message is None
