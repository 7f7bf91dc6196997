"""Drift: every kind of change has one class and one mark, for the value and the gradient alike."""

from __future__ import annotations

import math
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from meta_tests.recorded import RIGHT, answer
from reference.cause import read
from reports.compare.drift import drift
from reports.compare.drift.drift import Change, Drift
from reports.compare.drift.marks import LEGEND
from reports.store.answer_text import pack
from suites.judge import diagnosis_text
from suites.judge.diagnosis import Diagnosis, Quantity, Wrong

ROOT = Path(__file__).parents[1]
NEXT = [0.5, float(np.nextafter(np.float32(2), np.float32(3)))]
FAR = [0.5, 3.0]
ABSENT, NOT_ASKED = "absent", "not asked"
ERROR = "error ValueError: no"
# What an answer may be, in the quantity that is tried; the other one is RIGHT.
STATES: dict[str, object] = {
    "right": RIGHT,
    "wrong": FAR,
    "NaN": [0.5, math.nan],
    "NaN elsewhere": [math.nan, 2.0],
    "+inf": [0.5, math.inf],
    "-inf": [0.5, -math.inf],
    "shape": [0.5, 2.0, 2.0],
    "dtype": RIGHT,
    "error": None,
    "warning": RIGHT,
    "absent": None,
    "not asked": None,
}
FAILS = "the formula fails in float32"
CAUSE = {
    "wrong": "another option: why",
    **dict.fromkeys(("NaN", "NaN elsewhere", "+inf", "-inf"), FAILS),
}
WHOLE = {"shape": "returned shape (3,) where (2,) is expected", "error": "raised ValueError"}


def change(before: str, after: str, old: str, new: str, dtype: str = "") -> Change:
    """The change between answers with these lines of diagnoses."""
    diagnoses = diagnosis_text.read(old), diagnosis_text.read(new)
    return drift.change(before, after, diagnoses, dtype)


def text(state: str, quantity: str) -> str:
    """The answer that is in a state."""
    fixed = {"error": ERROR, "absent": ABSENT, "not asked": NOT_ASKED}
    if state in fixed:
        return fixed[state]
    about = {"dtype": "float64"} if state == "dtype" else {}
    about |= {"warnings": ("UserWarning: careful",)} if state == "warning" else {}
    return answer(**{quantity: STATES[state]}, **about)


def line(state: str, quantity: str) -> str:
    """What the judge says of it: the last number is wrong, or all."""
    if state == "error":
        return f"call wrong * {WHOLE[state]}"
    if state in WHOLE:
        return f"{quantity} wrong * {WHOLE[state]}"
    place = 0 if state == "NaN elsewhere" else 1
    return f"{quantity} wrong {place} {CAUSE[state]}" if state in CAUSE else ""


ORDER = tuple(STATES)
# Rows are what was before, columns what is after, both in the order of ORDER:
# S same, V value, K kind, A added, R removed, N not asked.
KINDS = """
    S V K K K K K K K K R N
    V S K K K K K K K K R N
    K K S K K K K K K K R N
    K K K S K K K K K K R N
    K K K K S K K K K K R N
    K K K K K S K K K K R N
    K K K K K K S K K K R N
    K K K K K K K S K K R N
    K K K K K K K K S K R N
    K K K K K K K K K S R N
    A A A A A A A A A A S N
    N N N N N N N N N N N S
"""
# + a cause came, - one went, ! neither or both, x removed, * added, . nothing to mark.
# Before and after as above; "dtype" and "warning" are right here.
MARKS = """
    . + + + + + + ! + ! x .
    - . ! ! ! ! ! - ! - x .
    - ! . ! ! ! ! - ! - x .
    - ! ! . ! ! ! - ! - x .
    - ! ! ! . ! ! - ! - x .
    - ! ! ! ! . ! - ! - x .
    - ! ! ! ! ! . - ! - x .
    ! + + + + + + . + ! x .
    - ! ! ! ! ! ! - . - x .
    ! + + + + + + ! + . x .
    * * * * * * * * * * . .
    . . . . . . . . . . . .
"""
LETTERS = {
    "S": Drift.SAME,
    "V": Drift.VALUE,
    "K": Drift.KIND,
    "A": Drift.ADDED,
    "R": Drift.REMOVED,
    "N": Drift.NOT_ASKED,
}
TABLE = [
    pytest.param(before, after, LETTERS[kind], mark.replace(".", ""), id=f"{before} -> {after}")
    for before, kinds, marks in zip(
        ORDER, KINDS.split("\n")[1:-1], MARKS.split("\n")[1:-1], strict=True
    )
    for after, kind, mark in zip(ORDER, kinds.split(), marks.split(), strict=True)
]


@pytest.mark.parametrize("quantity", ["value", "gradient"])
@pytest.mark.parametrize(("before", "after", "kind", "mark"), TABLE)
def test_every_change_has_its_kind_and_its_mark(before, after, kind, mark, quantity) -> None:
    texts = [text(state, quantity) for state in (before, after)]
    lines = [line(state, quantity) for state in (before, after)]
    found = change(*texts, *lines)
    assert (found.drift, found.mark) == (kind, mark)


WHY, UNEXPLAINED = "{} wrong 1 another option: why", "{} wrong 1 unexplained"
SPREAD = "{} wrong 0 another option: why"
UNBOUNDED = "{} unbounded 1"
ANY_NUMBER = "call wrong * returned a number where an error is expected"
NUMBERS = [
    (NEXT, "", "", "rounding", "both right"),
    (FAR, "", "", "rounding", "both inside the enclosure, whatever its radius"),
    (NEXT, WHY, WHY, "rounding", "one cause for both"),
    (FAR, WHY, WHY, "rounding", "one cause that has a radius"),
    (NEXT, UNEXPLAINED, UNEXPLAINED, "value", "no cause for both"),
    (NEXT, "", WHY, "value", "it left the enclosure"),
    (NEXT, WHY, "", "value", "it came back into the enclosure"),
    (NEXT, WHY, "{} wrong 1 another option: because", "value", "two causes"),
    (
        NEXT,
        SPREAD,
        "{} wrong 0-1 another option: why",
        "rounding",
        "one more place for the same cause",
    ),
    (
        NEXT,
        "{} wrong 0-1 another option: why",
        SPREAD,
        "rounding",
        "one place less for the same cause",
    ),
    (FAR, SPREAD, "{} wrong 0-1 another option: why", "value", "one more place, but far away"),
    (NEXT, UNBOUNDED, UNBOUNDED, "rounding", "nothing bounds it, and it is near"),
    (FAR, UNBOUNDED, UNBOUNDED, "value", "nothing bounds it, and it is far"),
    (NEXT, ANY_NUMBER, ANY_NUMBER, "rounding", "an error was expected, and it is near"),
    (FAR, ANY_NUMBER, ANY_NUMBER, "value", "an error was expected, and it is far"),
    (NEXT, "{} error * 7", "{} error * 9", "rounding", "errors of one size"),
    (NEXT, "", "{} error * 6", "rounding", "errors that are usual, or four times that"),
    (NEXT, "", "{} error * 7", "accuracy", "errors that are eight times as large"),
    (NEXT, "{} error * 9", "{} error * 6", "accuracy", "an eighth of the errors"),
    (FAR, "{} error * 9", UNEXPLAINED, "value", "wrong now, and not only inaccurate"),
]


@pytest.mark.parametrize("quantity", ["value", "gradient"])
@pytest.mark.parametrize(
    ("numbers", "before", "after", "expected"),
    [pytest.param(*row[:-1], id=row[-1]) for row in NUMBERS],
)
def test_other_numbers_are_rounding_accuracy_or_value(
    numbers, before, after, expected, quantity
) -> None:
    lines = [line.format(quantity) for line in (before, after)]
    assert change(answer(), answer(**{quantity: numbers}), *lines).drift == expected


def test_the_worst_quantity_decides() -> None:
    found = change(answer(), answer(NEXT, FAR), "", "gradient wrong 1 another option: why")
    assert (found.drift, found.most.place) == (Drift.VALUE, "gradient[1]")
    found = change(answer(), answer(FAR, NEXT), "", "value wrong 1 another option: why")
    assert (found.drift, found.most.place) == (Drift.VALUE, "value[1]")


def test_changes_of_124_percent_and_of_8400_times_are_no_rounding() -> None:
    tiny, alpha = np.array([0x34000001, 0x3A8322CA], np.uint32).view(np.float32).tolist()
    found = change(answer([tiny]), answer([alpha]), ANY_NUMBER, ANY_NUMBER)
    assert found.drift is Drift.VALUE
    assert 8000 < found.most.relative < 9000
    first, second = np.array([0x412E8247, 0x409C4780], np.uint32).view(np.float32).tolist()
    assert (
        change(answer([first]), answer([second]), *["value unbounded 0"] * 2, "float16").drift
        is Drift.VALUE
    )


def test_the_precision_is_the_lesser_of_the_case_and_of_the_result() -> None:
    sixty_fourth = answer([1 + 2**-6], RIGHT)
    unbounded = ["value unbounded 0"] * 2
    assert change(answer([1.0]), sixty_fourth, *unbounded, "bfloat16").drift is Drift.ROUNDING
    assert change(answer([1.0]), sixty_fourth, *unbounded, "float16").drift is Drift.ROUNDING
    assert change(answer([1.0]), sixty_fourth, *unbounded, "float32").drift is Drift.VALUE
    wide = [answer([number], dtype="float64") for number in (1.0, 1 + 2**-23)]
    assert change(*wide, *unbounded, "float64").drift is Drift.ROUNDING  # numbers of float32
    wide = [answer([number], dtype="float64") for number in (0.1, 0.1 * (1 + 2**-23))]
    assert change(*wide, *unbounded, "float64").drift is Drift.VALUE


@pytest.mark.parametrize(
    ("cause", "expected"),
    [("computed in float32", Drift.ROUNDING), ("computed in float64", Drift.VALUE)],
)
def test_a_cause_that_names_a_dtype_says_how_precise_its_numbers_are(cause, expected) -> None:
    """Of the same two causes on both sides, each place has the one before and the other now."""
    wide = [answer([n, 0.1], dtype="float64") for n in (0.1, 0.1 * (1 + 2**-23))]
    one, other = f"value wrong {{}} {cause}", f"value wrong {{}} {cause}; deviation: flushed"
    lines = [
        "\t".join((one.format(first), other.format(second))) for first, second in ((0, 1), (1, 0))
    ]
    assert change(*wide, *lines, "float64").drift is expected


def test_words_of_an_error_and_the_bits_of_a_nan_are_no_change_of_kind() -> None:
    assert change(ERROR, "error ValueError: another", "", "").drift is Drift.SAME
    half = {"dtype": "bfloat16", "shape": [2], "hex": "c07f803f"}  # a NaN and a one
    other = {"dtype": "bfloat16", "shape": [2], "hex": "c17f803f"}  # another NaN
    texts = [pack({"value": value, "gradient": None}) for value in (half, other)]
    assert change(*texts, "", "").drift is Drift.ROUNDING
    assert change(answer([0.0]), answer([-0.0]), "", "").drift is Drift.ROUNDING


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (ERROR, answer(), ("raised ValueError", "returned numbers")),
        (ERROR, "error TypeError: no", ("raised ValueError", "raised TypeError")),
        (
            answer(),
            answer([math.nan, 2.0, 3.0], None, "float64"),
            (
                "value in float32 and value of shape (2,) and a gradient",
                "value in float64 and value of shape (3,) and no gradient",
            ),
        ),
        (
            answer(),
            answer(warnings=("UserWarning: no",)),
            ("no warning", "warned of UserWarning"),
        ),
        (answer([math.inf, 1]), answer([-math.inf, 1]), ("value +infinity", "value -infinity")),
        (
            answer([math.nan, 1]),
            answer([1, math.nan]),
            ("value finite and NaN", "value finite and NaN at other places"),
        ),
    ],
)
def test_a_change_of_kind_is_put_in_words(before: str, after: str, words: tuple[str, str]) -> None:
    found = change(before, after, "", "")
    assert (found.was, found.now) == words


def test_the_number_that_changed_most_is_shown_with_its_size() -> None:
    most = change(answer([16.118, 1.0]), answer([99.2, 1.001]), "", "").most
    assert (most.place, most.old, most.new, most.numbers) == ("value[0]", "16.118", "99.2", 2)
    assert f"{most.relative:.4f}" == "5.1546"
    most = change(answer([1.0, 1.0]), answer([1.0, 1 + 2**-23]), "", "").most
    assert (most.place, most.old, most.new) == ("value[1]", "1", "1.00000012")
    assert (most.relative, most.ulps, most.numbers) == (2**-23, 1.0, 1)
    assert change(answer([0.0]), answer([1.0]), "", "").most.relative == math.inf
    most = change(ERROR, answer(), "", "").most
    assert (most.place, most.old, most.new) == ("", "", "")
    assert (most.relative, most.ulps, most.numbers) == (0.0, 0.0, 0)


LOW, HIGH = st.sampled_from(["float16", "float32", "float64", "int32"]), st.integers(0, 3)
SPECIAL = st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, 1e-40, 65504.0])


@st.composite
def answers(draw: st.DrawFn) -> str:
    """Any answer: numbers of any kind at any place, errors, warnings, or none at all."""
    what = draw(st.sampled_from(["numbers"] * 8 + [ERROR, "error TypeError: ", ABSENT, NOT_ASKED]))
    if what != "numbers":
        return what

    def part() -> object:
        dtype = draw(LOW)
        shape = draw(st.sampled_from([(), (0,), (2,), (2, 2), (3,)]))
        numbers = draw(st.lists(SPECIAL, min_size=math.prod(shape), max_size=math.prod(shape)))
        safe = (
            np.nan_to_num(np.array(numbers), posinf=1, neginf=-1) if dtype == "int32" else numbers
        )
        array = np.array(safe, dtype).reshape(shape)
        return {"dtype": dtype, "shape": list(shape), "hex": array.tobytes().hex()}

    gradient = part() if draw(st.booleans()) else None
    warnings = draw(st.lists(st.sampled_from(["UserWarning: a", "RuntimeWarning: b"]), max_size=2))
    return pack({"value": part(), "gradient": gradient, "warnings": warnings})


@st.composite
def diagnoses(draw: st.DrawFn) -> str:
    finding = st.builds(
        Wrong,
        st.sampled_from([Quantity.VALUE, Quantity.GRADIENT]),
        st.none(),
        st.sampled_from(["another option: why", "another option: because", "unexplained"]).map(
            read
        ),
    )
    return diagnosis_text.write(Diagnosis(tuple(draw(st.lists(finding, max_size=2)))))


@given(answers(), answers(), diagnoses(), diagnoses())
def test_any_two_answers_can_be_compared(before: str, after: str, old: str, new: str) -> None:
    found = change(before, after, old, new)
    assert (found.drift is Drift.SAME) >= (before == after)
    assert (found.drift is Drift.KIND) == bool(found.was and found.was != found.now) or (
        found.drift is Drift.ACCURACY
    )
    assert found.mark in {"", *LEGEND}
    assert bool(found.mark) == (found.drift not in (Drift.SAME, Drift.NOT_ASKED))
    back = change(after, before, new, old)
    turned = {Drift.ADDED: Drift.REMOVED, Drift.REMOVED: Drift.ADDED}
    assert back.drift is turned.get(found.drift, found.drift)
    assert back.mark == {"+": "-", "-": "+", "x": "*", "*": "x"}.get(found.mark, found.mark)


def test_the_marks_are_explained() -> None:
    marks = ", ".join(f"`{mark}` {text}" for mark, text in LEGEND.items())
    assert marks in " ".join((ROOT / "docs/releases.md").read_text(encoding="utf-8").split())
