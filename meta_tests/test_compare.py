"""What changed alike is grouped, the worst and the greatest first, and told with an example."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from meta_tests.recorded import CASE, answer
from reports.compare.changes import Compared, Side, compare, narrowed, rows
from reports.compare.gravity import MEANING
from reports.compare.groups import groups, headline, page, text, what
from reports.compare.marks import LEGEND
from reports.compare.upgrade import lines
from reports.run.severity import Severity
from reports.store.errors import BadUsage
from reports.store.recording import NO_PARENT, Recording, write
from reports.store.recordings import answers_and_diagnoses

FAR, FURTHER, NAN = answer([0.5, 3.0]), answer([0.5, 9.0]), answer([0.5, math.nan])
WHY, UNEXPLAINED = "value wrong 1 another option: why", "value wrong 1 unexplained"
# Of each case: before, after, the diagnoses of both, the mark.
CHANGES = {
    "small": (answer(), FAR, "", WHY, "+"),
    "great": (answer(), FURTHER, "", WHY, "+"),
    "kind": (answer(), NAN, "", "value wrong 1 the formula fails in float32", "+"),
    "other": (FAR, FURTHER, WHY, UNEXPLAINED, "!"),
    "fixed": (FAR, answer(), WHY, "", "-"),
    "gone": (answer(), "absent", "", "", "x"),
    "new": ("absent", answer(), "", "", "*"),
    "rough": (answer(), answer([0.5, 2.0000002]), "", "value error * 9", "^"),
    "round": (answer(), answer([0.5, 2.0000002]), "", "", "~"),
    "same": (answer(), answer(), "", "", ""),
    "unasked": ("not asked", answer(), "", "", ""),
}


def of(*names: str, form: str = "function") -> Compared:
    """The changes of some of these cases."""
    base = CASE.replace("function", form)
    changes = {f"{base},{name}": CHANGES[name] for name in names}
    sides = (
        Side(
            {case: row[n] for case, row in changes.items()},
            {c: r[n + 2] for c, r in changes.items()},
        )
        for n in (0, 1)
    )
    return rows(*sides, changes)


def test_every_change_is_a_row_with_its_mark_and_the_rest_is_none() -> None:
    found = of(*CHANGES)
    assert dict(zip(found.frame["inputs"], found.frame["mark"], strict=True)) == {
        name: row[-1] for name, row in CHANGES.items() if row[-1]
    }
    assert found.not_asked == 1


def test_groups_stand_in_the_order_of_the_legend_and_the_greatest_change_first() -> None:
    grouped = groups(of(*CHANGES).frame)
    assert list(grouped["mark"]) == ["+", *LEGEND]
    assert list(grouped["was"])[:2] == ["value finite", ""]
    first = grouped[(grouped["mark"] == "+") & (grouped["drift"] == "value")].iloc[0]
    assert (first["cases"], first["old"], first["new"]) == (2, "2", "9")
    assert first["example"] == f"{CASE},great"
    assert first["inputs"] == "great, small"


def test_size_comes_before_number() -> None:
    many = {f"{CASE},{n}": (FAR, answer([0.5, 3.1]), WHY, UNEXPLAINED) for n in range(5)}
    one = {f"{CASE},z": (FAR, FURTHER, WHY, "value wrong 1 another option: because")}
    changes = {**many, **one}
    sides = (
        Side({c: r[n] for c, r in changes.items()}, {c: r[n + 2] for c, r in changes.items()})
        for n in (0, 1)
    )
    assert list(groups(rows(*sides, changes).frame)["cases"]) == [1, 5]


def test_the_headline_counts_cases_and_not_groups() -> None:
    grouped = groups(of(*CHANGES).frame)
    counts = "1 rounding, 1 accuracy, 4 value, 1 kind, 1 added, 1 removed"
    assert headline(grouped) == counts
    assert headline(groups(of("same").frame)) == "nothing changed"


def test_a_group_is_told_with_numbers_and_a_case_even_if_it_is_of_one() -> None:
    printed = text(of("small"), "old", "new")
    assert printed == "\n".join(
        [
            "old -> new: 1 value",
            "",
            " + B 1 case of binary_crossentropy: right -> another option: why (value)",
            "      value[1] 2 -> 3 (relative change 0.5, 4.2e+06 ULP)",
            "      function; plain; probabilities; float32; eager; small",
            f"      {CASE},small",
        ]
    )


def test_rounding_is_told_only_if_it_is_asked_for_but_counted() -> None:
    printed = text(of("round", "fixed", "unasked"), "old", "new")
    assert " ~ " not in printed
    assert "1 rounding" in printed
    assert "\n1 case not compared: the suite did not ask one of both\n" in printed
    assert printed.endswith("--rounding shows 1 group of rounding, too")
    assert text(of("round"), "old", "new", rounding=True).splitlines() == [
        "old -> new: 1 rounding",
        "",
        " ~ D 1 case of binary_crossentropy: right before and now",
        "      value[1] 2 -> 2.00000024 (relative change 1.2e-07, 1 ULP)",
        "      function; plain; probabilities; float32; eager; round",
        f"      {CASE},round",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("small", "right -> another option: why (value)"),
        ("kind", "value finite -> value NaN; right -> the formula fails in float32 (value)"),
        ("other", "another option: why (value) -> unexplained (value)"),
        ("fixed", "another option: why (value) -> right"),
        ("gone", "removed; was right"),
        ("new", "added; now right"),
        ("rough", "errors up to 16 ULP -> errors up to 512 ULP; right before and now"),
        ("round", "right before and now"),
    ],
)
def test_a_change_is_put_in_words(name: str, words: str) -> None:
    (row,) = groups(of(name).frame).to_dict("records")
    assert what(row) == words


def test_the_page_has_a_row_for_each_group_and_the_marks() -> None:
    made = page(of(*CHANGES), "old", "new")
    assert made.count("<tr>") == 1 + len(groups(of(*CHANGES).frame))
    assert all(f"{mark} {meaning}" in made for mark, meaning in LEGEND.items())
    assert f"<code>{CASE},great</code>" in made


def test_an_upgrade_has_a_section_for_each_mark_with_the_greatest_change_first() -> None:
    printed = "\n".join(lines(of(*CHANGES), "old", "new"))
    titles = [line.partition(" (")[0] for line in printed.splitlines() if line.endswith("case)")]
    assert titles == [
        "Different in another way",
        "Fixed",
        "Removed",
        "Added",
        "Accuracy",
        "Rounding",
    ]
    assert "\nNew differences (3 cases)\n" in printed
    assert "\n  B binary_crossentropy, 2 cases: right -> another option: why (value)\n" in printed
    assert "\n    trace " + f"{CASE},great\n" in printed
    assert printed.endswith("1 case not compared: the suite did not ask one of both.")
    assert "\nNothing changes." in "\n".join(lines(of("same"), "old", "new"))


def test_an_upgrade_shows_each_group_in_numbers_with_its_place_and_a_case() -> None:
    assert list(lines(of("small"), "old", "new")) == [
        "\nEveryday use does not change: nothing to do, unless you use what is listed below.",
        f"  B  1 group of cases: {MEANING[Severity.RARE]}",
        "\nNew differences (1 case)",
        "  B binary_crossentropy, 1 case: right -> another option: why (value)",
        "    value[1] 2 -> 3 (relative change 0.5, 4.2e+06 ULP)",
        "    function; plain; probabilities; float32; eager; small",
        f"    trace {CASE},small",
    ]


def test_an_upgrade_names_where_the_rest_of_many_groups_is() -> None:
    changes = {
        f"{CASE},{n}": (answer(), FAR, "", f"value wrong 1 another option: {n}", "+")
        for n in range(8)
    }
    sides = (
        Side({c: r[n] for c, r in changes.items()}, {c: r[n + 2] for c, r in changes.items()})
        for n in (0, 1)
    )
    printed = "\n".join(lines(rows(*sides, changes), "old", "new"))
    assert printed.count("  B binary_crossentropy, 1 case: ") == 6
    assert "  - 2 more groups: python -m reports compare old new" in printed


CASES = [f"{CASE},one", f"{CASE.replace('binary', 'categorical')},two"]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({}, CASES),
        ({"loss": ["binary_crossentropy"]}, CASES[:1]),
        ({"loss": ["bce"]}, CASES[:1]),
        ({"loss": ["BinaryCrossentropy"]}, CASES[:1]),
        ({"loss": ["*crossentropy"], "form": ["function"]}, CASES),
        ({"loss": ["cce", "bce"]}, CASES),
    ],
)
def test_cases_are_narrowed_by_names_aliases_and_patterns(chosen, found) -> None:
    assert narrowed(CASES, chosen) == found


def test_a_name_that_no_case_has_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        BadUsage, match=r"^--form: no case has 'functoin'; did you mean function\?$"
    ):
        narrowed(CASES, {"form": ["functoin"]})


def test_two_recordings_of_a_folder_are_compared_with_their_diagnoses(tmp_path: Path) -> None:
    for recordings, texts in zip(
        answers_and_diagnoses(tmp_path), ((answer(), FAR), ("", WHY)), strict=True
    ):
        for name, one in zip(("old", "new"), texts, strict=True):
            recording = Recording(name, NO_PARENT, "q", {CASES[0]: one} if one else {})
            write(recording, recordings.path(name))
    found = compare(tmp_path, "old", "new")
    assert list(found.frame["mark"]) == ["+"]
    assert list(found.frame["cause_after"]) == ["another option: why (value)"]
    assert compare(tmp_path, "old", "old").frame.empty
