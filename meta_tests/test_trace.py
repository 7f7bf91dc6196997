"""A trace finds its case by what people have at hand, and shows what changed and when."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from meta_tests.recorded import CASE, answer
from reports.compare.find_case import find
from reports.compare.since.timeline import Recorded, Timeline
from reports.compare.trace import changes, chosen, lines
from reports.releases import environments
from reports.store.errors import BadUsage
from suites.cases.case import Case
from suites.plugin import script

ONE, TWO, LOGITS = f"{CASE},one", f"{CASE},two", f"{CASE.replace('probabilities', 'logits')},one"
IDS = ("tf-2.2.3", "tf-2.3.4", "tf-2.4.4", "tf-2.5.3")
OLD, NEW = answer(), answer([0.5, 3.0])
WHY = "value wrong 1 another option: why"


def timeline(
    answers: Mapping[str, str], lines: Mapping[str, str] | None = None, case: str = ONE
) -> Timeline:
    """Answers to one case by environment; to the others all say the same."""
    lines = lines or {}
    rows = {row.id: row for row in environments.load()}
    return Timeline(
        {
            name: Recorded(
                rows[name],
                {ONE: OLD, TWO: OLD, LOGITS: OLD, case: text},
                {case: lines[name]} if name in lines else {},
            )
            for name, text in answers.items()
        }
    )


SAME = timeline(dict.fromkeys(IDS, OLD))
SHORT = script.name(Case.of_names(ONE.split(","))).removesuffix(".py").rpartition("-")[2]
ID = ",".join(
    f"{name}={text}"
    for name, text in zip(
        ("loss", "form", "arguments", "output", "dtype", "execution", "device", "labels", "inputs"),
        ONE.split(","),
        strict=True,
    )
)


@pytest.mark.parametrize(
    "name",
    [
        ONE,
        ID,
        SHORT,
        f"suites/test_losses.py::test_probabilities[{ID}]",
        f"'{ID}'",
        "bce,probabilities,one",
        "keras.losses.BinaryCrossentropy, prob*, one",
        "output=probabilities,inputs=one",
        "loss=bce,output=pro*,inputs=o?e",
    ],
)
def test_a_case_is_found_by_what_was_printed_by_a_part_an_alias_or_a_pattern(name: str) -> None:
    assert find(SAME.cases(), name) == ONE


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "probabilities",
            rf"2 cases match 'probabilities', such as {ONE}; they differ in inputs \(one, two\)$",
        ),
        ("form=functoin", r"nothing is called 'form=functoin'; did you mean function\?$"),
        ("form=one", "nothing is called 'form=one'; "),
        ("logits,two", f"no case has all of logits, two; the nearest is {TWO}|{LOGITS}$"),
        ("", "no case matches ''"),
        ("0123abcd", "no case matches '0123abcd': no case has this id$"),
        ("zzz", "nothing is called 'zzz'; known: binary_crossentropy$"),
    ],
)
def test_what_is_none_or_several_names_the_nearest_in_one_line(name: str, message: str) -> None:
    with pytest.raises(BadUsage, match=message) as raised:
        find(SAME.cases(), name)
    assert "\n" not in str(raised.value)


def test_the_nearest_case_has_what_few_have() -> None:
    others = [f"{CASE},{name}" for name in "abcd"]
    rare = CASE.replace("function", "fit-string") + ",e"
    with pytest.raises(BadUsage, match=f"the nearest is {rare}$"):
        find([*others, rare], "bce,function,fit-string")


def printed(
    answers: Mapping[str, str], diagnoses: Mapping[str, str] | None = None, rounding: bool = False
) -> list[str]:
    """What stands below the case and what is right now."""
    return list(lines(timeline(answers, diagnoses), ONE, rounding=rounding))[2:]


def test_first_comes_what_is_right_now_and_since_when() -> None:
    whole = timeline(dict(zip(IDS, (OLD, NEW, OLD, OLD), strict=True)), {IDS[1]: WHY})
    assert list(lines(whole, ONE))[:2] == [ONE, f"{SHORT}: right in tf-2.4.4 to tf-2.5.3"]
    worse = timeline(dict(zip(IDS[:2], (OLD, NEW), strict=True)), {IDS[1]: WHY})
    assert list(lines(worse, ONE))[1] == f"{SHORT}: differs in tf-2.3.4"


def test_a_case_of_the_tables_has_its_call() -> None:
    case = ONE.replace(",one", ",interior")
    whole = timeline(dict.fromkeys(IDS, OLD), case=case)
    assert (
        list(lines(whole, case))[2] == "call: tf.keras.losses.binary_crossentropy(target, output)"
    )


def test_a_number_that_changed_has_a_call_to_paste() -> None:
    case = ONE.replace(",one", ",rails")
    table = dict(zip(IDS, (OLD, NEW, NEW, NEW), strict=True))
    shown = list(lines(timeline(table, dict.fromkeys(IDS[1:], WHY), case), case))
    assert shown[3].startswith("target, output = tf.constant([[1.0, 0.0, 1.0]], 'float32'), ")
    assert shown[4] == "print(tf.keras.losses.binary_crossentropy(target, output))"


def test_a_release_that_broke_it_and_one_that_mended_it_have_marks_severity_and_numbers() -> None:
    found = printed(dict(zip(IDS, (OLD, NEW, NEW, OLD), strict=True)), dict.fromkeys(IDS[1:3], WHY))
    assert found == [
        "tf.keras on TensorFlow:",
        "     tf-2.2.3 (the first that was asked): 0.5 2; right",
        " + B tf-2.3.4: new: another option: why",
        "     value[1] 2 -> 3 (relative change 0.5, 4.2e+06 ULP)",
        "     right -> another option: why (value)",
        "     since TensorFlow 2.2.3 -> 2.3.4",
        "     tf-2.4.4: the same",
        " - B tf-2.5.3: mended: another option: why",
        "     value[1] 3 -> 2 (relative change 0.33, 4.2e+06 ULP)",
        "     another option: why (value) -> right",
        "     since TensorFlow 2.4.4 -> 2.5.3",
    ]


@pytest.mark.parametrize(
    ("after", "diagnosis", "shown"),
    [
        (
            answer([0.5, math.nan]),
            WHY,
            [
                " + B tf-2.3.4: new: another option: why",
                "     value finite -> value NaN; value[1] 2 -> nan",
                "     right -> another option: why (value)",
            ],
        ),
        (
            "error ValueError: no",
            "call wrong * raised ValueError",
            [
                " + C tf-2.3.4: new: raised ValueError; ValueError: no",
                "     returned numbers -> raised ValueError",
            ],
        ),
        ("absent", "", [" x C tf-2.3.4: removed"]),
        (
            answer([-0.5, 2.0]),
            "",
            [
                " ~ D tf-2.3.4: rounding",
                "     value[0] 0.5 -> -0.5 (relative change 2, 1.7e+07 ULP)",
                "     still: right",
            ],
        ),
        (
            answer([0.5, 2.0000002]),
            "value error * 9",
            [
                " ^ D tf-2.3.4: accuracy",
                "     errors up to 16 ULP -> errors up to 512 ULP; value[1] 2 -> 2.00000024",
                "     (relative change 1.2e-07, 1 ULP)",
                "     still: right",
            ],
        ),
    ],
    ids=["NaN", "error", "removed", "rounding", "accuracy"],
)
def test_each_kind_of_change_is_shown(after: str, diagnosis: str, shown: list[str]) -> None:
    found = printed({IDS[0]: OLD, IDS[1]: after}, {IDS[1]: diagnosis}, rounding=True)
    assert found[2:] == [*shown, "     since TensorFlow 2.2.3 -> 2.3.4"]


def test_rounding_is_the_same_unless_it_is_asked_for() -> None:
    table = dict(zip(IDS, (OLD, answer([0.5, 2.0000002]), OLD, NEW), strict=True))
    assert (
        printed(table, {IDS[3]: WHY})[2] == "     tf-2.3.4 to tf-2.4.4: the same, but for rounding"
    )
    assert printed(table, {IDS[3]: WHY}, rounding=True)[2] == " ~ D tf-2.3.4: rounding"


def test_the_sign_of_a_zero_is_rounding_without_a_number() -> None:
    table = {IDS[0]: answer([0.0, 2.0]), IDS[1]: answer([-0.0, 2.0])}
    assert printed(table, rounding=True)[3] == "     the sign of a zero, or the bits of a NaN"


def test_what_was_never_asked_is_no_change_and_what_lies_before_it_is_compared() -> None:
    table = dict(zip(IDS, ("not asked", OLD, "not asked", NEW), strict=True))
    whole = timeline(table, {IDS[3]: WHY})
    assert [line.split()[0] for line in lines(whole, ONE)][3:5] == ["tf-2.3.4", "+"]
    assert [new.environment.id for _, new in changes(whole, ONE)] == ["tf-2.5.3"]
    unasked = timeline(dict.fromkeys(IDS, "not asked"))
    assert list(lines(unasked, ONE)) == [ONE, f"{SHORT}: no release was asked"]


def test_what_is_new_in_a_release_is_added_there() -> None:
    assert printed({IDS[0]: "absent", IDS[1]: OLD})[1:] == [
        " *   tf-2.3.4: added",
        "     0.5 2; right",
        "     since TensorFlow 2.2.3 -> 2.3.4",
    ]


def test_other_backends_are_shown_only_if_they_are_wanted() -> None:
    whole = timeline(
        {"tf-2.21.0-keras-3.15.1": OLD, "keras-3.15.1-jax": NEW}, {"keras-3.15.1-jax": WHY}
    )
    assert not any("jax" in line for line in lines(whole, ONE))
    assert not changes(whole, ONE)
    assert any("keras-3.15.1-jax" in line for line in lines(whole, ONE, backends=True))
    assert changes(whole, ONE, backends=True)


def names_of(whole: Timeline, names: str) -> list[str]:
    return [new.environment.id for _, new in chosen(changes(whole, ONE), names)]


TWICE = timeline(dict(zip(IDS, (OLD, NEW, OLD, OLD), strict=True)), {IDS[1]: WHY})


@pytest.mark.parametrize(
    ("names", "expected"),
    [("all", ["tf-2.3.4", "tf-2.4.4"]), ("tf-2.4.4", ["tf-2.4.4"]), ("tf-2.4.4,tf-2.3.4", ["tf-2.3.4", "tf-2.4.4"])],
)  # fmt: skip
def test_changes_are_chosen_by_where_they_were_seen(names: str, expected: list[str]) -> None:
    assert names_of(TWICE, names) == expected


def test_the_one_change_needs_no_name() -> None:
    once = timeline(dict(zip(IDS, (OLD, OLD, NEW, NEW), strict=True)), {IDS[2]: WHY, IDS[3]: WHY})
    assert names_of(once, "") == ["tf-2.4.4"]


@pytest.mark.parametrize(
    ("whole", "names", "why"),
    [
        (TWICE, "", "2 changes: name some of tf-2.3.4, tf-2.4.4, or all"),
        (TWICE, "tf-2.2.3,x", "no change was seen at tf-2.2.3, x, but at tf-2.3.4, tf-2.4.4"),
        (SAME, "", "no release changed it: nothing to bisect"),
    ],
)
def test_changes_that_are_not_there_are_refused(whole: Timeline, names: str, why: str) -> None:
    with pytest.raises(BadUsage) as raised:
        names_of(whole, names)
    assert str(raised.value) == why
