"""The text of a failure, by columns that were written by hand: the greatest errors, and what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meta_tests.door import INTERIOR
from reference.cause import read
from reference.cause_kinds import KINDS, CauseKind
from suites.judge.comparison import Comparisons, Numbers, OneRaised, Pairs, Whole
from suites.judge.diagnosis import Quantity
from suites.plugin.failure import describe
from suites.plugin.short_id import short_id

INF, NAN = float("inf"), float("nan")
OTHER = replace(INTERIOR, form="class")
HEAD = [INTERIOR.id, f"  call   {INTERIOR.call}   [value]"]
FOOT = [
    f"  rerun  pytest -k {short_id(INTERIOR.group)}",
    "  script here/x.py",
]
ERRORS = (1.5, -2.0, NAN, 0.25, INF, 3.0)
VALUES = Numbers(
    quantity=Quantity.VALUE,
    index=[str(n) for n in range(6)],
    observed=[f"{n}.5" for n in range(6)],
    cause=[read(f"another option: {n}") for n in range(6)],
    tested=[True] * 6,
    observed_dtype=["float32"] * 6,
    exact=[f"{n}.25" for n in range(6)],
    bits=[f"{n:08x}" for n in range(6)],
    low=[0.125] * 6,
    high=[0.5] * 6,
    ulp_error=list(ERRORS),
    radius_share=[1.25, NAN, NAN, 0.5, INF, 12345.678],
)
WHY = read("another option: why")
PAIR_CAUSES = (
    "the class is wrong; another option: why",
    "both are wrong; another option: why",
    "each is right by its own formula",
)
PAIRS = Pairs(
    relation="class equals function",
    quantity=Quantity.VALUE,
    index=["0", "1", "2"],
    observed_dtype=["float32"] * 3,
    tested=[True] * 3,
    observed=["1.0", "nan", "2.0"],
    cause=[read(text) for text in PAIR_CAUSES],
    other=["2.0", "3.0", "2.5"],
    distance=[1.0, NAN, 0.5],
    bound=[0.25, NAN, 1e-7],
    blamed=["other", "both", ""],
    own=[(WHY,), (WHY,), ()],
)


def text(found: Comparisons, *verdicts: str, shown: str = "") -> list[str]:
    return describe(INTERIOR, found, list(verdicts), "here/x.py", lambda: shown).splitlines()


def about(kind: CauseKind) -> list[str]:
    return [f"  means  {KINDS[kind].meaning}", f"  do     {KINDS[kind].advice}"]


def number(n: int, *error: str) -> list[str]:
    return [
        f"  [{n}] observed {n}.5 (0x{n:08x}, float32)",
        f"      exact    {n}.25",
        "      correct  from 0.125 to 0.5",
        *(f"      error    {line}" for line in error),
        f"      cause    another option: {n}",
    ]


OPTION = about(CauseKind.OPTION)


@pytest.mark.parametrize("verdict", ["agree", "known", "not_tested", "not_measured"])
def test_what_does_not_fail_has_no_text(verdict: str) -> None:
    assert text(VALUES, *[verdict] * 6) == []


def test_three_are_shown_those_without_an_error_and_the_greatest_first() -> None:
    numbers = [*number(2), *number(4, "inf ULP, inf of the radius"), *number(5, "3 ULP, 1.235e+04 of the radius")]  # fmt: skip
    assert text(VALUES, *["new"] * 6) == [*HEAD, *numbers, "  ... and 3 more", *OPTION, *FOOT]
    assert text(VALUES, "new", "agree", "known", "missing", "agree", "agree", shown="nobody") == [
        *HEAD,
        *number(0, "1.5 ULP, 1.25 of the radius"),
        *number(3, "0.25 ULP, 0.5 of the radius"),
        *OPTION,
        "  shown  by nobody",
        *FOOT,
    ]
    assert text(VALUES, "agree", "new", *["agree"] * 4) == [
        *HEAD,
        *number(1, "-2 ULP"),
        *OPTION,
        *FOOT,
    ]


def test_what_is_gone_agrees() -> None:
    gone = "  [0] agrees, where a known difference was expected"
    assert text(VALUES, "gone", *["agree"] * 5) == [*HEAD, gone, *OPTION, *FOOT]


def test_what_has_no_numbers_is_shown_as_it_came() -> None:
    head = [HEAD[0], f"  call   {INTERIOR.call}   [call]"]
    found = text(Whole(Quantity.CALL, "ValueError: no", read("raised ValueError")), "new")
    lines = ["  observed ValueError: no", "  cause  raised ValueError"]
    assert found == [*head, *lines, *about(CauseKind.RAISED), *FOOT]


def test_two_calls_stand_beside_each_other_and_the_wrong_one_is_run_again() -> None:
    head = [
        INTERIOR.id,
        f"  call   {INTERIOR.call}   [class equals function]",
        f"  and    {OTHER.call}   [the class]",
    ]
    first = [
        "  [value 0] the function returned 1.0",
        "      the class    returned 2.0",
        "      distance 1, where at most 0.25 is rounding",
        "      cause    the class is wrong; another option: why",
    ]
    second = [
        "  [value 1] the function returned nan",
        "      the class    returned 3.0",
        "      cause    both are wrong; another option: why",
    ]
    third = [
        "  [value 2] the function returned 2.0",
        "      the class    returned 2.5",
        "      distance 0.5, where at most 1e-07 is rounding",
        "      cause    each is right by its own formula",
    ]
    of_other = [f"  rerun  pytest -k {short_id(OTHER.group)}", FOOT[1]]
    assert text(PAIRS, "new", "agree", "agree") == [
        *head,
        *first,
        *about(CauseKind.OPTION),
        *of_other,
    ]
    assert text(PAIRS, "new", "new", "new") == [
        *head,
        *second,
        *first,
        *third,
        *about(CauseKind.OPTION),
        *FOOT,
    ]
    assert text(PAIRS, "agree", "agree", "new") == [
        *head,
        *third,
        *about(CauseKind.BOTH_RIGHT),
        *FOOT,
    ]


def test_an_error_of_one_side_is_shown_beside_what_the_other_returned() -> None:
    own = read("raised ValueError")
    cause = read("the class raised ValueError")
    found = OneRaised("class equals function", "ValueError: no", "0.5, 2", cause, "other", own)
    assert text(found, "new")[3:] == [
        "  the class raised ValueError: no",
        "  the function returned 0.5, 2",
        "  cause  the class raised ValueError",
        *about(CauseKind.SIDE_RAISED),
        f"  rerun  pytest -k {short_id(OTHER.group)}",
        FOOT[1],
    ]
