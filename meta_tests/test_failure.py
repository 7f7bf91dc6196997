"""The text of a failure, by columns that were written by hand: the greatest errors, and what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meta_tests.door import INTERIOR
from suites.judge.judge import Columns, whole
from suites.plugin.failure import describe

INF, NAN = float("inf"), float("nan")
OTHER = replace(INTERIOR, form="class")
HEAD = [INTERIOR.id, f"  call   {INTERIOR.call}   [value]"]
FOOT = [
    f"  rerun  pytest -k '{INTERIOR.group}'",
    "  script here/scripts/binary_crossentropy-float32-eager-interior-826d3afc.py",
]
ERRORS = (1.5, -2.0, NAN, 0.25, INF, 3.0)
VALUES = Columns(
    quantity="value",
    index=[str(n) for n in range(6)],
    observed=[f"{n}.5" for n in range(6)],
    cause=[f"cause {n}" for n in range(6)],
    observed_dtype=["float32"] * 6,
    exact=[f"{n}.25" for n in range(6)],
    bits=[f"{n:08x}" for n in range(6)],
    low=[0.125] * 6,
    high=[0.5] * 6,
    ulp_error=list(ERRORS),
    radius_share=[1.25, NAN, NAN, 0.5, INF, 12345.678],
)
PAIRS = Columns(
    quantity="class equals function",
    index=["value 0", "value 1", "gradient 0 1"],
    observed=["1.0", "nan", "2.0"],
    cause=["the class is wrong: why", "both are wrong: why", "each is right by its own formula"],
    other=["2.0", "3.0", "2.5"],
    distance=[1.0, NAN, 0.5],
    bound=[0.25, NAN, 1e-7],
    blamed=["other", "both", ""],
)


def text(columns: Columns, *verdicts: str, shown: str = "") -> list[str]:
    return describe(INTERIOR, columns, list(verdicts), "here", lambda: shown).splitlines()


def number(n: int, *error: str) -> list[str]:
    return [
        f"  [{n}] observed {n}.5 (0x{n:08x}, float32)",
        f"      exact    {n}.25",
        "      correct  from 0.125 to 0.5",
        *(f"      error    {line}" for line in error),
        f"      cause    cause {n}",
    ]


@pytest.mark.parametrize("verdict", ["agree", "known", "not_tested", "not_measured"])
def test_what_does_not_fail_has_no_text(verdict: str) -> None:
    assert text(VALUES, *[verdict] * 6) == []


def test_three_are_shown_those_without_an_error_and_the_greatest_first() -> None:
    numbers = [*number(2), *number(4, "inf ULP, inf of the radius"), *number(5, "3 ULP, 1.235e+04 of the radius")]  # fmt: skip
    assert text(VALUES, *["new"] * 6) == [*HEAD, *numbers, "  ... and 3 more", *FOOT]
    assert text(VALUES, "new", "agree", "known", "missing", "agree", "agree", shown="nobody") == [
        *HEAD,
        *number(0, "1.5 ULP, 1.25 of the radius"),
        *number(3, "0.25 ULP, 0.5 of the radius"),
        "  shown  by nobody",
        *FOOT,
    ]
    assert text(VALUES, "agree", "new", *["agree"] * 4) == [*HEAD, *number(1, "-2 ULP"), *FOOT]


def test_what_is_gone_agrees() -> None:
    gone = "  [0] agrees, where a known difference was expected"
    assert text(VALUES, "gone", *["agree"] * 5) == [*HEAD, gone, *FOOT]


def test_what_has_no_numbers_is_shown_as_it_came() -> None:
    head = [HEAD[0], f"  call   {INTERIOR.call}   [call]"]
    found = text(whole("call", "ValueError: no", "raised ValueError"), "new")
    lines = ["  observed ValueError: no", "  cause  raised ValueError"]
    assert found == [*head, *lines, *FOOT]


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
        "      cause    the class is wrong: why",
    ]
    second = [
        "  [value 1] the function returned nan",
        "      the class    returned 3.0",
        "      cause    both are wrong: why",
    ]
    third = [
        "  [gradient 0 1] the function returned 2.0",
        "      the class    returned 2.5",
        "      distance 0.5, where at most 1e-07 is rounding",
        "      cause    each is right by its own formula",
    ]
    of_other = [f"  rerun  pytest -k '{OTHER.group}'", FOOT[1]]
    assert text(PAIRS, "new", "agree", "agree") == [*head, *first, *of_other]
    assert text(PAIRS, "new", "new", "new") == [*head, *second, *first, *third, *FOOT]
    assert text(PAIRS, "agree", "agree", "new") == [*head, *third, *FOOT]
