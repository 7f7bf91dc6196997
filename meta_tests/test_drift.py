"""Drift: every kind of change has one class, and a cause on one side only is never rounding."""

from __future__ import annotations

import numpy as np
import pytest

from reports.answers import pack
from reports.drift import CLASSES, difference, drift
from suites.given import packed
from suites.said import spans

FAILS = "value 0 the formula itself fails in float16"


def _answer(*numbers: float, dtype: str = "float32", warnings: tuple[str, ...] = ()) -> str:
    value = packed(np.array(numbers, dtype))
    return pack({"value": value, "gradient": value, "warnings": list(warnings)})


ONE, NEXT, NAN, INF = _answer(1), _answer(1 + 2**-23), _answer(np.nan), _answer(np.inf)
ERROR = pack({"error": "ValueError: this"})


@pytest.mark.parametrize(
    ("before", "after", "said", "expected"),
    [
        pytest.param(ONE, ONE, ("", ""), "same", id="bits"),
        pytest.param(ERROR, pack({"error": "ValueError: that"}), ("", ""), "same", id="words"),
        pytest.param(ONE, NEXT, ("", ""), "rounding", id="both right"),
        pytest.param(ONE, NEXT, (FAILS, FAILS), "rounding", id="one cause for both"),
        pytest.param(ONE, NEXT, ("", FAILS), "value", id="wrong now"),
        pytest.param(ONE, NEXT, (FAILS, ""), "value", id="right now"),
        pytest.param(
            ONE, NEXT, ("value 0 unexplained", "value 0 unexplained"), "value", id="unexplained"
        ),
        pytest.param(ONE, NAN, ("", ""), "category", id="NaN"),
        pytest.param(INF, _answer(-np.inf), ("", ""), "category", id="the other infinity"),
        pytest.param(ONE, ERROR, ("", ""), "category", id="an error"),
        pytest.param(ERROR, pack({"error": "TypeError: this"}), ("", ""), "category", id="kind"),
        pytest.param(ONE, _answer(1, dtype="float64"), ("", ""), "category", id="dtype"),
        pytest.param(ONE, _answer(1, 1), ("", ""), "category", id="shape"),
        pytest.param(
            ONE, _answer(1, warnings=("UserWarning: x",)), ("", ""), "category", id="warns"
        ),
        pytest.param("absent", ONE, ("", ""), "appeared", id="appeared"),
        pytest.param(ERROR, "absent", ("", ""), "gone", id="gone"),
        pytest.param("not asked", "absent", ("", ""), "same", id="no answer at all"),
    ],
)
def test_every_change_has_its_class(
    before: str, after: str, said: tuple[str, str], expected: str
) -> None:
    assert expected in CLASSES
    assert drift(before, after, *said) == expected


def test_bits_of_half_precision_are_numbers() -> None:
    half = {"dtype": "bfloat16", "shape": [2], "hex": "c07f803f"}  # a NaN and a one
    other = {"dtype": "bfloat16", "shape": [2], "hex": "c17f803f"}  # another NaN
    texts = [pack({"value": value, "gradient": None}) for value in (half, other)]
    assert drift(*texts, "", "") == "rounding"


@pytest.mark.parametrize(
    ("places", "text"), [([], ""), ([3], "3"), ([3, 4], "3-4"), ([0, 7, 8, 9, 11], "0,7-9,11")]
)
def test_neighbouring_places_stand_together(places: list[int], text: str) -> None:
    assert spans(places) == text


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("error ValueError: no", "value float32[1] 3f800000", ("raised ValueError", "an answer")),
        ("error ValueError: no", "error TypeError: no", ("raised ValueError", "raised TypeError")),
        (
            "value float32[1] 3f800000",
            "value float64[] 7ff8000000000000",
            (
                "value in float32 and of shape (1,) and value finite",
                "value in float64 and of shape () and value 1 NaN",
            ),
        ),
        (
            "value float32[1] 3f800000",
            "value float32[1] 3f800000\twarning UserWarning: no",
            ("without warning", "with UserWarning"),
        ),
    ],
)
def test_a_change_of_category_is_put_in_words(before: str, after: str, words: tuple) -> None:
    assert difference(before, after) == words
