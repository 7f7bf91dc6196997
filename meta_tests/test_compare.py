"""What changed alike is grouped, the gravest and greatest first, and shown with an example."""

from __future__ import annotations

from pathlib import Path

import pytest

from meta_tests.changes import CHANGES, FAR, FURTHER, UNEXPLAINED, WHY, compared, everyday, of
from meta_tests.recorded import CASE, answer
from reports.compare.comparison import headline, page, text
from reports.compare.drift.marks import LEGEND
from reports.compare.grouping.changes import COLUMNS, compare, narrowed
from reports.compare.grouping.groups import groups
from reports.compare.since.since import stops
from reports.compare.words.words import numbers, title
from reports.store.errors import BadUsage
from reports.store.recording import NO_PARENT, BadRecording, Recording, write
from reports.store.recordings import answers_and_diagnoses

EPSILON = "value wrong 1 another formula: epsilon added again inside the logarithms"
RAILS = everyday("rails")


def test_every_change_is_a_row_with_its_mark_and_the_rest_is_none() -> None:
    found = of(*CHANGES)
    assert tuple(found.frame.columns) == COLUMNS
    assert dict(zip(found.frame["inputs"], found.frame["mark"], strict=True)) == {
        name: row[-1] for name, row in CHANGES.items() if row[-1]
    }
    assert (found.not_asked, found.same) == (1, 1)


def test_what_neither_side_was_asked_is_not_counted() -> None:
    found = compared({everyday(): ("not asked", "not asked", "", "")})
    assert (found.changed, found.not_asked, found.same) == ((), 0, 0)


def test_the_gravest_groups_come_first_then_the_legend_then_the_greatest() -> None:
    found = groups(of(*CHANGES).changed)
    assert [group.severity for group in found] == [*"BBBBCDD", ""]
    assert [group.mark for group in found] == [*"++!-x^~*"]
    assert set(LEGEND) == {group.mark for group in found}


def test_one_group_has_all_cases_of_one_cause_and_shows_the_greatest_change() -> None:
    (group,) = groups(of("small", "great").changed)
    assert group.lead == "another option: why"
    assert (group.example.case, group.example.change.most.new) == (f"{CASE},great", "9")
    assert sorted(group.names("inputs")) == ["great", "small"]


def test_a_value_is_shown_before_a_gradient_that_changed_more() -> None:
    cases = {
        everyday("rails"): (answer(), answer([0.5, 3.0]), "", WHY),
        everyday("saturated"): (
            answer(),
            answer(gradient=[0.5, 90.0]),
            "",
            WHY.replace("value", "gradient"),
        ),
    }
    (group,) = groups(compared(cases).changed)
    assert group.example.change.most.place == "value[1]"


def test_size_comes_before_number() -> None:
    many = {f"{CASE},{n}": (FAR, answer([0.5, 3.1]), WHY, UNEXPLAINED) for n in range(5)}
    one = {f"{CASE},z": (FAR, FURTHER, WHY, "value wrong 1 another option: because")}
    assert [len(group.changed) for group in groups(compared({**many, **one}).changed)] == [1, 5]


def test_what_many_ways_of_everyday_use_show_comes_before_what_one_shows() -> None:
    cases = {everyday(): (answer(), FURTHER, "", UNEXPLAINED)}
    for form in ("class", "class-mean", "metric"):
        cases[everyday().replace("function", form)] = (answer(), FAR, "", WHY)
    assert [group.lead for group in groups(compared(cases).changed)] == [
        "another option: why",
        "unexplained",
    ]


def test_options_that_all_cases_of_a_group_have_are_named() -> None:
    cases = {
        RAILS.replace("plain", f"axis:{axis}+{more}"): (answer(), FAR, "", WHY)
        for axis, more in (("0", "epsilon:0.01"), ("1", "epsilon:0.01"), ("0", "epsilon:0.01+dtype:own"))
    }  # fmt: skip
    (group,) = groups(compared(cases).changed)
    assert group.options == ["axis", "epsilon=0.01"]
    (plain,) = groups(of("small").changed)
    assert plain.options == []


def test_a_difference_of_the_ledger_has_its_words() -> None:
    (group,) = groups(compared({RAILS: (FAR, answer(), EPSILON, "")}).changed)
    assert group.entry
    assert group.lead == "keras-2-double-epsilon"
    assert title(group, with_word=True) == f"mended: {group.entry.title}"


def test_of_two_reasons_the_one_that_went_leads() -> None:
    logits = "another input: the logits were taken for the probabilities"
    twice = "another option: the batch before was counted too"
    case = "sparse_categorical_crossentropy,test_twice-function,plain,layers.Softmax,float32,graph,CPU:0,int32,saturated"
    row = (FAR, answer(), f"value wrong 1 {logits}; {twice}", f"value wrong 1 {logits}")
    (group,) = groups(compared({case: row}).changed)
    assert (group.lead, group.is_mended) == ("test-on-batch-remembers", True)


def test_the_headline_counts_cases_and_not_groups() -> None:
    counts = "1 rounding, 1 accuracy, 4 value, 1 kind, 1 added, 1 removed"
    assert headline(of(*CHANGES).changed) == counts
    assert headline(of("same").changed) == "nothing changed"


def test_a_group_is_told_with_numbers_places_and_a_case() -> None:
    assert text(of("small"), "old", "new").splitlines() == [
        "old -> new: 1 value",
        "everyday use is not affected; nothing to do unless you use inputs small",
        "",
        " + B new: another option: why",
        "     value[1] 2 -> 3 (relative change 0.5, 4.2e+06 ULP)",
        "     right -> another option: why (value)",
        "     1 case (function): binary_crossentropy; probabilities; float32; eager;",
        "     small",
        "     do: Call the loss another way, or compute it yourself.",
        "     python -m reports trace 622bb144",
    ]


def test_rounding_is_told_only_if_it_is_asked_for_but_counted() -> None:
    printed = text(of("round", "fixed", "unasked"), "old", "new")
    assert " ~ " not in printed
    assert "1 rounding" in printed
    assert "\n1 case not compared: the suite did not ask one of both\n" in printed
    assert printed.endswith("--rounding shows 1 group of rounding, too")
    assert text(of("round"), "old", "new", rounding=True).splitlines()[:5] == [
        "old -> new: 1 rounding",
        "not affected: nothing to do",
        "",
        " ~ D rounding: binary_crossentropy, within what a correct result may be",
        "     value[1] 2 -> 2.00000024 (relative change 1.2e-07, 1 ULP)",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("small", "new: another option: why"),
        ("kind", "new: the formula fails in float32"),
        ("other", "changed: unexplained"),
        ("fixed", "mended: another option: why"),
        ("gone", "removed: binary_crossentropy"),
        ("new", "added: binary_crossentropy"),
        ("rough", "accuracy: binary_crossentropy, within what a correct result may be"),
        ("round", "rounding: binary_crossentropy, within what a correct result may be"),
    ],
)
def test_a_change_is_put_in_words(name: str, words: str) -> None:
    (group,) = groups(of(name).changed)
    assert title(group, with_word=True) == words


def test_kinds_of_result_are_the_title_where_nothing_is_known_and_else_beside_the_numbers() -> None:
    error = ("error ValueError: no", "error TypeError: no", "", "")
    (group,) = groups(compared({everyday(): error}).changed)
    assert title(group) == "raised ValueError -> raised TypeError"
    assert numbers(group) == ""
    (group,) = groups(of("kind").changed)
    assert numbers(group) == "value finite -> value NaN; value[1] 2 -> nan"


def test_another_dtype_is_shown_with_the_number_that_changed_most() -> None:
    (group,) = groups(compared({everyday(): (answer(), answer([0.5, 3.0], dtype="float64"), "", WHY)}).changed)  # fmt: skip
    before, after = (f"value in {one} and gradient in {one}" for one in ("float32", "float64"))
    number = "value[1] 2 -> 3 (relative change 0.5, 4.2e+06 ULP)"
    assert numbers(group) == f"{before} -> {after}; {number}"


def test_the_page_has_a_row_for_each_group_and_the_marks() -> None:
    made = page(of(*CHANGES), "old", "new")
    assert made.count("<tr>") == 1 + len(groups(of(*CHANGES).changed))
    assert all(f"{mark} {meaning}" in made for mark, meaning in LEGEND.items())
    assert f"<code>{CASE},great</code>" in made


def test_the_page_has_the_reasons_and_links_of_the_ledger() -> None:
    made = page(compared({RAILS: (FAR, answer(), EPSILON, "")}), "old", "new")
    assert "costs 15.42 where Keras 3 says 16.12" in made
    assert '<a href="https://github.com/keras-team/keras/issues/15249">' in made


CASES = [f"{CASE},one", f"{CASE.replace('binary', 'categorical')},two"]
AXIS = CASES[0].replace("plain", "axis:0+epsilon:0.01")


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


@pytest.mark.parametrize(
    ("option", "found"),
    [
        ("axis", [AXIS]),
        ("axis=0", [AXIS]),
        ("axis:0", [AXIS]),
        ("eps*", [AXIS]),
        ("plain", CASES),
    ],
)
def test_cases_are_narrowed_by_an_option_and_its_value(option: str, found: list[str]) -> None:
    assert narrowed([*CASES, AXIS], {"option": [option]}) == found


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"form": ["functoin"]}, r"^--form: no case has 'functoin'; did you mean function\?$"),
        ({"option": ["axes"]}, r"^--option: no case has 'axes'; did you mean axis"),
        ({"option": ["axis=7"]}, "^--option: no case has 'axis:7'; did you mean axis:0"),
    ],
)
def test_a_name_that_no_case_has_is_refused_with_the_nearest(chosen, message) -> None:
    with pytest.raises(BadUsage, match=message):
        narrowed([*CASES, AXIS], chosen)


def test_two_recordings_of_a_folder_are_compared_with_their_diagnoses(tmp_path: Path) -> None:
    for recordings, texts in zip(
        answers_and_diagnoses(tmp_path), ((answer(), FAR), ("", WHY)), strict=True
    ):
        for name, one in zip(("old", "new"), texts, strict=True):
            recording = Recording(name, NO_PARENT, "q", {CASES[0]: one} if one else {})
            write(recording, recordings.path(name))
    old, new = stops(tmp_path, "old", "new")
    found = compare(old.side, new.side)
    assert list(found.frame["mark"]) == ["+"]
    assert list(found.frame["cause_after"]) == ["another option: why (value)"]
    assert not compare(old.side, old.side).changed
    with pytest.raises(BadRecording, match="no recording 'newer'; there are: new, old"):
        stops(tmp_path, "old", "newer")
