"""Contracts: an error in words is no difference, a number where an error is expected is one."""

from __future__ import annotations

import ast
import re
from typing import Any

import numpy as np
import pytest

from meta_tests.causes import texts
from reference.arithmetic.formats import NAMES, get_format
from reference.expectation import expect, in_enclosure, in_native
from suites.cases import contract_cases
from suites.cases.case import Case
from suites.cases.contract import EITHER, ERROR, NUMBER, Contract
from suites.cases.contracts import CONTRACTS
from suites.judge import comparison
from suites.judge.comparison import OfCase
from suites.judge.judge import judge
from suites.judge.specify import specification
from suites.observe import arrays
from suites.observe.arrays import packed

SEED = 2017
CASES = list(contract_cases.cases("default", "CPU:0", "eager"))
AT_NIGHT = list(contract_cases.cases("everything", "CPU:0", "eager"))


def case(name: str, loss: str = "", form: str = "") -> Case:
    """The first case of a contract, of a loss and a form with that in their names."""
    return next(c for c in CASES if c.inputs == name and loss in c.loss and form in c.form)


def answer(value: Any, gradient: Any = None, dtype: str = "float32") -> dict[str, Any]:
    format = get_format(dtype).dtype
    both = {"value": np.asarray(value, format)}
    both |= {} if gradient is None else {"gradient": np.asarray(gradient, format)}
    return {"gradient": None} | {name: packed(array) for name, array in both.items()}


def right_answer(case: Case) -> dict[str, Any]:
    spec = specification(case)
    value, gradient = expect(spec, arrays.arrays(case, SEED))
    wider = spec.loss_dtype if spec.loss_dtype == "float64" else case.dtype
    return answer(value.mid, gradient.mid, wider)


def causes(found: list[OfCase]) -> set[str]:
    return {text for one in found for text in texts(comparison.causes(one))}


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.name)
def test_a_contract_has_a_name_and_says_something(contract: Contract) -> None:
    assert re.fullmatch(r"[\w.-]+", contract.name)
    assert contract.promise.endswith(".")
    assert contract.expected in (ERROR, EITHER, NUMBER)
    assert set(contract.dtypes) <= set(NAMES)


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_contract_is_asked_of_all_its_losses_in_each_of_its_executions(name: str) -> None:
    asked = [case for case in CASES if case.inputs == name]
    by_day = set(CONTRACTS[name].executions) - set(CONTRACTS[name].at_night)
    assert {case.execution for case in asked} == by_day
    at_night = [case for case in AT_NIGHT if case.inputs == name]
    assert {case.execution for case in at_night} == set(CONTRACTS[name].executions)
    assert {case.form for case in asked} <= set(CONTRACTS[name].forms)
    missing = set(CONTRACTS[name].losses) - {case.loss for case in asked}
    assert missing <= {"weighted_sigmoid_crossentropy"}  # which has one form


def test_the_quick_tier_asks_eagerly_and_everything_asks_in_every_dtype() -> None:
    assert {case.execution for case in contract_cases.cases("quick", "CPU:0", "eager")} == {"eager"}
    everything = list(contract_cases.cases("everything", "CPU:0", "eager"))
    for name, contract in CONTRACTS.items():
        assert {c.dtype for c in everything if c.inputs == name} == set(contract.dtypes)


def test_a_call_is_an_expression_that_differs_from_the_usual_one_or_has_other_arrays() -> None:
    usual = {"target", "output"}
    for each in CASES:
        names = {n.id for n in ast.walk(ast.parse(each.call)) if isinstance(n, ast.Name)}
        assert names & {"tf", "keras", "tf_keras"}
        assert names & usual or "list" in each.inputs


def test_a_contract_is_a_group_of_its_own() -> None:
    assert len({case.group for case in CASES}) == len(CASES)
    assert case("rank-0").group.endswith("inputs=rank-0")


@pytest.mark.parametrize("error", ["ValueError: no", "TypeError: no", "InvalidArgumentError: no"])
def test_an_error_in_words_is_no_difference(error: str) -> None:
    for name in ("rank-0", "unknown-rank"):
        (column,) = judge(case(name), {"error": error}, SEED)
        assert (column.quantity, column.observed, column.cause) == ("call", error, None)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"error": "IndexError: tuple index out of range"}, "raised an unclear error: IndexError"),
        ({"error": "UnimplementedError: op"}, "raised an unclear error: UnimplementedError"),
        ({"error": "ValueError: "}, "raised an unclear error: ValueError"),
        (
            {"error": "AttributeError: 'list' object has no"},
            "raised an unclear error: AttributeError",
        ),
        (
            {"error": "AttributeError: module 'keras' has no"},
            "raised an unclear error: AttributeError",
        ),
    ],
)
def test_an_error_that_says_nothing_of_the_input_is_a_difference(answer: Any, cause: str) -> None:
    assert causes(judge(case("rank-0"), answer, SEED)) == {cause}


def test_an_error_is_a_difference_where_a_number_is_expected() -> None:
    refused = judge(case("unknown-shape"), {"error": "ValueError: no"}, SEED)
    assert causes(refused) == {"raised ValueError where a number is expected"}


@pytest.mark.parametrize(
    ("value", "observed", "cause"),
    [
        (0.5, "shape (): 0.5", "returned a number where an error is expected"),
        (
            np.arange(6),
            "shape (6,): 0, 1, 2, 3, ...",
            "returned a number where an error is expected",
        ),
        ([1, np.nan], "shape (2,): 1, nan", "returned NaN where an error is expected"),
    ],
)
def test_a_number_is_a_difference_where_an_error_is_expected(
    value: Any, observed: str, cause: str
) -> None:
    (column,) = judge(case("q-0"), answer(value), SEED)
    assert (column.observed, str(column.cause)) == (observed, cause)


@pytest.mark.parametrize("name", [n for n, c in CONTRACTS.items() if c.expected != ERROR])
def test_a_right_number_agrees_wherever_there_is_one(name: str) -> None:
    for each in (c for c in CASES if c.inputs == name and c.execution == "eager"):
        assert causes(judge(each, right_answer(each), SEED)) <= {""}, each.id


@pytest.mark.parametrize("name", [n for n, c in CONTRACTS.items() if c.expected != ERROR])
def test_a_wrong_number_is_a_difference_wherever_there_is_one(name: str) -> None:
    asked = [c for c in CASES if c.inputs == name and c.execution == "eager"]
    for each in {(c.loss, c.form): c for c in asked}.values():
        value, gradient = expect(specification(each), arrays.arrays(each, SEED))
        wrong = (np.full(one.mid.shape, 1e4) for one in (value, gradient))
        found = causes(judge(each, answer(*wrong, each.dtype), SEED)[:1])
        assert found - {""} or not value.mid.size, each.id


def test_a_wrong_number_is_explained_by_what_the_contract_expects_to_go_wrong() -> None:
    each = case("class-2049", form="class")
    numbers = arrays.arrays(each, SEED)
    logits, target = numbers.output.astype(np.float64), numbers.target
    even = np.take_along_axis(logits, (target - target % 2)[:, None], axis=1)
    rounded = np.log(np.exp(logits - even).sum(axis=1))
    value = judge(each, answer(rounded, dtype="float16"), SEED)[0]
    odd = [bool(number % 2) for number in target]
    assert [text == "class numbers rounded to float16" for text in texts(value.cause)] == odd


def test_what_the_installation_warned_of_is_in_the_cause() -> None:
    each = case("logits-of-softmax", "sparse")
    wrong = right_answer(case("unknown-shape", "sparse", "nn"))  # of the logits themselves
    (value, _) = judge(each, wrong | {"warnings": ["UserWarning: intended?"]}, SEED)
    assert set(texts(value.cause)) == {"another handling: the softmax was undone; with a warning"}


def test_what_has_no_numbers_is_judged_by_its_shape() -> None:
    empty = case("no-rows", "sparse", "function")
    right, wrong = answer(np.zeros(0), np.zeros((0, 3))), answer(np.zeros((0, 3)))
    assert causes(judge(empty, right, SEED)) == {""}
    assert "returned shape (0, 3) where (0,) is expected" in causes(judge(empty, wrong, SEED))


READ = list({c.inputs: c for c in CASES if c.execution == "eager" and c.contract.readings}.values())


@pytest.mark.parametrize("case", READ, ids=lambda case: case.inputs)
@pytest.mark.parametrize("seed", [SEED, 2])
def test_what_a_reading_computes_is_bounded(case: Case, seed: int) -> None:
    """One whose enclosure is infinitely wide explains a number only where native arithmetic gives its
    bits, which it does for one seed and not for another.
    """
    inputs = arrays.arrays(case, seed)
    for reason, change in case.contract.readings.items():
        spec = change(specification(case))
        native = in_native(spec, inputs)
        if all(np.isfinite(numbers).all() for numbers in native):
            for ball in in_enclosure(spec, inputs):
                assert np.isfinite(ball.rad).all(), reason
