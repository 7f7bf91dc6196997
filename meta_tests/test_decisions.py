"""What each decision makes of right, wrong and missing numbers, by tables that were written by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from meta_tests.causes import texts
from reference import cause
from reference.arithmetic.formats import get_format
from reference.cause_kinds import CauseKind
from reference.expectation import Expected
from suites.cases.case import Case
from suites.cases.relations import RELATIONS
from suites.judge.comparison import causes
from suites.judge.judge import judge
from suites.judge.relation_judge import Side, compare
from suites.observe.arrays import arrays
from suites.observe.observer import encode
from suites.plugin.failure import describe
from suites.plugin.short_id import short_id

NAN, INF, BIG = float("nan"), float("inf"), 3.4028234663852886e38
CASE = Case(
    *("binary_crossentropy", "function", "plain", "logits", "float32"),
    *("eager", "CPU:0", "hard", "interior"),
)
SEED = 2017

# mid, rad, exact value; then what is held: 1, 1.25, 2, the largest number, inf, -inf, NaN
HELD = [
    (1.0, 0.25, 1.0, (True, True, False, False, False, False, False)),
    (1.0, 0.0, 1.0, (True, False, False, False, False, False, False)),
    (1.0, INF, 1.0, (True, True, True, True, False, False, False)),
    (BIG, 1e38, BIG, (False, False, False, True, True, False, False)),
    (-BIG, 1e38, -BIG, (False, False, False, False, False, True, False)),
    (INF, INF, INF, (False, False, False, False, True, False, False)),
    (-INF, INF, -INF, (False, False, False, False, False, True, False)),
    (NAN, INF, NAN, (False, False, False, False, False, False, True)),
]


@pytest.mark.parametrize(("mid", "rad", "exact", "held"), HELD)
def test_what_an_expectation_holds(mid: float, rad: float, exact: float, held: tuple) -> None:
    numbers = np.array([1.0, 1.25, 2.0, BIG, INF, -INF, NAN])
    ones = np.ones(len(numbers))
    text = np.full(len(numbers), "", object)
    of = Expected(mid * ones, rad * ones, exact * ones, 0 * ones, text, get_format("float32"))
    assert tuple(of.holds(numbers)) == held


def _right() -> dict[str, np.ndarray]:
    """Sigmoid cross-entropy and its gradient, in float64 by another formula than the reference's."""
    given = arrays(CASE, SEED)
    x, t = given.output.astype(np.float64), given.target.astype(np.float64)
    value = (np.logaddexp(0, x) - x * t).mean(axis=-1)
    gradient = (1 / (1 + np.exp(-x)) - t) / x.shape[-1]
    return {"value": value.astype(np.float32), "gradient": gradient.astype(np.float32)}


def _packed(array: np.ndarray | None) -> dict | None:
    return None if array is None else encode(array.dtype.name, array)


def _answer(**changes: np.ndarray | None) -> dict:
    return {name: _packed(array) for name, array in (_right() | changes).items()}


def _first(name: str, number: float) -> np.ndarray:
    array = _right()[name].copy()
    array.flat[0] = number
    return array


# What is changed in the answer, and the causes that are expected of value and gradient, where "?" is
# a first number without a cause.
ANSWERS = {
    "right": ({}, "", ""),
    "wrong value": ({"value": lambda: _first("value", 42.0)}, "?", ""),
    "wrong gradient": ({"gradient": lambda: _first("gradient", 42.0)}, "", "?"),
    "NaN in the value": ({"value": lambda: _first("value", NAN)}, "?", ""),
    "inf in the gradient": ({"gradient": lambda: _first("gradient", INF)}, "", "?"),
    "-inf in the value": ({"value": lambda: _first("value", -INF)}, "?", ""),
    "no gradient": ({"gradient": lambda: None}, "", "returned no gradient"),
    "shape of the value": (
        {"value": lambda: _right()["value"].mean(keepdims=True)},
        "returned shape (1,) where (8,) is expected",
        "",
    ),
    "shape of the same rank": (
        {"gradient": lambda: _right()["gradient"][:, :2]},
        "",
        "returned shape (8, 2) where (8, 3) is expected",
    ),
    "dtype of the value": (
        {"value": lambda: _right()["value"].astype(np.int32)},
        "returned dtype int32 where float32 is expected",
        "",
    ),
    "dtype of the gradient": (
        {"gradient": lambda: _right()["gradient"].astype(np.int32)},
        "",
        "returned dtype int32 where float32 is expected",
    ),
}


@pytest.mark.parametrize(("changes", "value", "gradient"), ANSWERS.values(), ids=ANSWERS)
def test_what_the_judge_makes_of_an_answer(changes: dict, value: str, gradient: str) -> None:
    judged = judge(CASE, _answer(**{name: make() for name, make in changes.items()}), SEED)
    for found, expected in zip(judged, (value, gradient), strict=True):
        first, *others = causes(found)
        assert texts([first]) == ["unexplained" if expected == "?" else expected]
        assert not any(others)


def test_a_comparison_has_its_bits_its_interval_its_error_and_its_share_of_the_radius() -> None:
    value, _ = judge(CASE, _answer(), SEED)
    assert value.index == [str(row) for row in range(8)]
    assert value.observed_dtype == ["float32"] * 8
    assert value.observed == [repr(float(number)) for number in _right()["value"]]
    assert value.bits == [f"{bits:08x}" for bits in _right()["value"].view(np.uint32).tolist()]
    for low, high, error, share in zip(
        value.low, value.high, value.ulp_error, value.radius_share, strict=True
    ):
        assert 0 < low < high
        assert abs(error) <= 1
        assert 0 <= share < 0.5


def test_an_error_is_counted_in_ulp_from_the_exact_value() -> None:
    rounded = _right()["value"]
    spacing = np.spacing(rounded)
    near, far = (judge(CASE, _answer(value=rounded + n * spacing), SEED)[0] for n in (0, 64))
    moved = np.subtract(far.ulp_error, near.ulp_error)
    assert moved.round(6).tolist() == [64.0] * 8
    assert min(far.radius_share) > 1


def test_what_is_exactly_right_uses_nothing_of_its_radius() -> None:
    """The clip takes predictions of 0 and 1 away, so their gradient is 0 without a radius."""
    case = replace(CASE, output="probabilities", inputs="rails")
    output = arrays(case, SEED).output
    clipped = ((output == 0) | (output == 1)).ravel()
    answer = {"value": _packed(np.zeros(8, np.float32)), "gradient": _packed(np.zeros_like(output))}
    _, gradient = judge(case, answer, SEED)
    shares = np.array(gradient.radius_share)
    assert clipped.any()
    assert set(shares[clipped]) == {0.0}
    assert (shares[~clipped] > 1).all()


def test_what_the_judge_makes_of_an_error() -> None:
    (found,) = judge(CASE, {"error": "ValueError: no"}, SEED)
    assert (found.quantity, str(found.cause)) == ("call", "raised ValueError")


TWICE = next(one for one in RELATIONS if one.holds_for(replace(CASE, form="class")))


def _sides(this: np.ndarray, other: np.ndarray) -> tuple[Side, Side]:
    case = replace(CASE, form="class") if TWICE.these.get("form") else CASE
    related = TWICE.case(case)
    return (
        Side(case, arrays(case, SEED), _answer(value=this)),
        Side(related, TWICE.change(arrays(related, SEED)), _answer(value=other)),
    )


@pytest.mark.parametrize(
    ("this", "other", "blamed"),
    [
        (False, False, ""),
        (True, False, "this"),
        (False, True, "other"),
    ],
)
def test_a_relation_blames_the_side_that_the_exact_value_does_not_support(
    this: bool, other: bool, blamed: str
) -> None:
    right, wrong = _right()["value"], _first("value", 42.0)
    sides = _sides(wrong if this else right, wrong if other else right)
    value, *_ = compare(TWICE, *sides)
    assert value.blamed[0] == blamed
    assert bool(value.cause[0]) == bool(blamed)
    numbers = [right[0], wrong[0]]
    assert float(value.observed[0]) == numbers[this]
    assert float(value.other[0]) == numbers[other]


def test_a_failing_relation_shows_both_sides_and_the_case_that_is_wrong() -> None:
    sides = _sides(_right()["value"], _first("value", 42.0))
    value, *_ = compare(TWICE, *sides)
    verdicts = ["new" if cause else "agree" for cause in value.cause]
    text = describe(sides[0].case, value, verdicts, "a/script.py", lambda: "")
    assert f"returned {value.observed[0]}" in text
    assert "returned 42.0" in text
    assert "where at most" in text
    assert f"rerun  pytest -k {short_id(sides[1].case.group)}" in text
    assert "script a/script.py" in text
    assert not any(word in text for word in ("correct", "nan", "0x"))


def test_causes_of_copies_are_joined() -> None:
    from suites.cases.relation import mean_of_copies
    from suites.judge.relation_judge import _joined

    bang, boom = (cause.cause(CauseKind.RAISED, name) for name in ("Bang", "Boom"))
    found = np.full((9, 3), None, object)
    found[0, 0], found[2, 0], found[4, 1] = boom, bang, boom
    joined = _joined(found, mean_of_copies)
    assert joined.tolist() == [[(bang, boom), (), ()], [(), (boom,), ()], [(), (), ()]]
