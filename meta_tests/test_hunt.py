"""A hunt finds what is planted, passes over what is known, and draws nothing that is not sensible."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings

from reference.cause import UNEXPLAINED
from reference.expectation import in_native
from reports.plugin import hunting
from suites.cases.drawn import DRAWN, TRACED, Drawn
from suites.cases.execution import EXECUTIONS
from suites.cases.forms import FORMS
from suites.cases.losses import LOSSES
from suites.hunt import look
from suites.hunt.draw import LARGE, Scope, draws
from suites.hunt.hunter import Hunt
from suites.hunt.look import Judge, Oddity, key_of_error
from suites.hunt.reduce import smaller
from suites.hunt.sight import sharpest
from suites.judge.specify import specification
from suites.ledger.difference import Difference
from suites.ledger.installed import installed
from suites.observe.arrays import packed
from suites.observe.messages import Answer
from suites.plugin.bad_choice import BadChoice
from suites.plugin.options import choices

CALLS = ("function", "class", "class-mean", "nn", "backend", "masked", "weight-gradient")
EVERY = Scope(tuple(LOSSES), CALLS, ("float32", "float64", "float16"), EXECUTIONS)
quickly = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
Numbers = tuple[np.ndarray, np.ndarray]
Change = Callable[[Drawn, np.ndarray], np.ndarray]


def computed(case: Drawn, change: Change = lambda case, value: value) -> Answer:
    """What native arithmetic makes of a drawn call, the axes as the call has them."""
    value, gradient = in_native(specification(case), case.batch)
    axis = int(case.chosen.get("axis", "-1"))
    if gradient.ndim > 1 and FORMS[case.loss, case.form].by == "output":
        gradient = np.moveaxis(gradient, -1, axis)
    numbers = (change(case, value), gradient)
    dtype = "uint16" if case.dtype == "bfloat16" else case.dtype
    made = [packed(number.astype(dtype)) for number in numbers]
    return {"value": made[0], "gradient": made[1]}


class Planted:
    """A client that computes by itself, with a fault where `change` makes one."""

    def __init__(self, change: Change) -> None:
        self.change, self.case = change, None

    def judge(self, known: tuple[Difference, ...] = ()) -> Judge:
        class OfCase(Judge):
            def look(judge, case: Drawn) -> list[Oddity]:
                self.case = case
                return Judge.look(judge, case)

        return OfCase(self, known)

    def ask(self, request: object) -> Answer:
        assert self.case
        return computed(self.case, self.change)


def hunted(change: Change, scope: Scope, known: tuple[Difference, ...] = ()) -> Iterator[Oddity]:
    judge = Planted(change).judge(known)
    return Hunt(judge, scope, 1, time.monotonic() + 300.0, set()).finds()


@quickly
@given(draws(EVERY))
def test_what_is_drawn_is_an_expression_over_its_arrays(case: Drawn) -> None:
    names = {node.id for node in ast.walk(ast.parse(case.call)) if isinstance(node, ast.Name)}
    assert "output" in names
    assert case.inputs == DRAWN
    assert case.batch.output.shape == case.shape
    assert not (case.after and 0 in case.shape)
    for one in (case, *smaller(case)):
        assert (one.batch.weight is not None) == bool({"sample_weight", "mask"} & set(one.chosen))
        assert (one.batch.mask is not None) == ("masking" in one.chosen)
        in_native(specification(one), one.batch)


@quickly
@given(draws(EVERY))
def test_native_arithmetic_is_right_unless_a_formula_fails(case: Drawn) -> None:
    """The enclosure of a drawn call holds what native arithmetic makes of it."""
    found = Planted(lambda case, value: value).judge().look(case)
    assert all("fails" in str(one.cause) for one in found)


RARE: Mapping[str, Callable[[Drawn], bool]] = {
    "the square of its losses": lambda case: case.after == "squared",
    **{f"traced {way}": lambda case, way=way: case.traced == way for way in TRACED},  # type: ignore[misc]
    "no rows": lambda case: 0 in case.shape,
    "many rows": lambda case: case.shape[0] in LARGE,
    "many classes": lambda case: case.shape[-1] in LARGE,
    "another device": lambda case: case.device == "CPU:1",
}


@pytest.mark.parametrize("kind", RARE)
def test_what_is_rare_is_drawn_as_well(kind: str) -> None:
    scope = replace(EVERY, devices=("CPU:0", "CPU:1"))
    often = settings(quickly, max_examples=3_000, database=None)
    assert RARE[kind](find(draws(scope), RARE[kind], settings=often))


def test_numbers_are_taken_of_which_the_reference_is_certain() -> None:
    """Losses and gradients of answers that are nearly right are what is left of numbers that cancelled."""
    scope = replace(
        EVERY,
        losses=("categorical_crossentropy",),
        forms=("function",),
        dtypes=("float32",),
        executions=("eager",),
    )

    def is_plain(one: Drawn) -> bool:
        has_labels = one.labels == "one-hot" and min(one.shape) > 0 and one.shape[-1] > 1
        around = one.before or one.between or one.after or one.chosen
        return one.output == "logits" and has_labels and not around

    case = find(draws(scope), is_plain, settings=settings(quickly, max_examples=3_000))
    near, far = (
        replace(case, batch=replace(case.batch, output=case.batch.target * logit))
        for logit in (0.0, 20.0)
    )
    assert sharpest(far, near) is near
    assert sharpest(near, far, near) is near


def test_a_call_that_this_program_fails_to_judge_ends_no_hunt() -> None:
    failed: list[str] = []

    def change(case: Drawn, value: np.ndarray) -> np.ndarray:
        if not failed:
            failed.append(case.call)
            raise RuntimeError("ours")
        return value * 2

    scope = replace(EVERY, losses=("binary_focal_crossentropy",), forms=("function",))
    hunt = Hunt(Planted(change).judge(), scope, 1, time.monotonic() + 300.0, set())
    assert next(hunt.finds())
    (text,) = hunt.mistakes.values()
    assert text.endswith("RuntimeError: ours\n")
    assert text.splitlines()[0] == failed[0]


def of_three_axes(case: Drawn, value: np.ndarray) -> np.ndarray:
    """A fault where there is a gamma, and three axes."""
    return value * 2 if "gamma" in case.chosen and len(case.shape) == 3 else value


def test_a_planted_fault_is_found_and_shrunk() -> None:
    loss = "binary_focal_crossentropy"
    scope = replace(EVERY, losses=(loss,), forms=("function",), dtypes=("float32",))
    find = next(one for one in hunted(of_three_axes, scope) if one.cause == UNEXPLAINED)
    assert find.case.arguments.startswith("gamma:")
    assert "+" not in find.case.arguments
    assert len(find.case.shape) == 3
    assert find.case.shape[0] == find.case.shape[-1] == 1
    assert (find.case.before, find.case.between, find.case.after) == ((), (), "")
    assert find.case.execution == "eager"


def test_what_was_found_is_passed_over() -> None:
    scope = replace(EVERY, losses=("categorical_crossentropy",), forms=("function", "class"))

    def doubled(case: Drawn, value: np.ndarray) -> np.ndarray:
        return value * 2

    finds = hunted(doubled, scope)
    keys = [next(finds).key for _ in range(2)]
    assert len(set(keys)) == 2


def test_a_known_cause_is_known_whatever_the_numbers_are() -> None:
    case = next(hunted(lambda case, value: value * 2, EVERY)).case
    one = Planted(lambda case, value: value * 2).judge().look(case)[0]
    box = {"loss": (case.loss,), "inputs": ("interior",), "dtype": (case.dtype,)}
    entry = Difference("a", "t", "w", "", "", "", (), (one.cause,), (box,), ())
    known = Planted(lambda case, value: value * 2).judge((entry,))
    assert one.key not in [each.key for each in known.look(case)]
    elsewhere = replace(entry, always=({**box, "loss": ("another",)},))
    unknown = Planted(lambda case, value: value * 2).judge((elsewhere,))
    assert one.key in [each.key for each in unknown.look(case)]


def test_an_error_is_the_same_in_all_models_whatever_its_shapes_are() -> None:
    one = key_of_error(
        "binary_crossentropy", "fit-class", "ValueError: shapes (2, 3) and [4] {{node a/b}}"
    )
    other = key_of_error(
        "sparse_categorical_crossentropy", "evaluate-class", "ValueError: shapes (2, 3, 5) and [1]"
    )
    assert one == other
    assert one != key_of_error("binary_crossentropy", "class", "ValueError: shapes (2, 3) and [4]")
    assert one != key_of_error(
        "binary_crossentropy", "fit-class", "TypeError: shapes (2, 3) and [4]"
    )


def test_an_error_of_a_call_is_that_of_its_loss() -> None:
    one, other = "binary_crossentropy", "binary_focal_crossentropy"
    assert key_of_error(one, "class", "ValueError: no") == key_of_error(
        one, "function", "ValueError: no"
    )
    assert key_of_error(one, "class", "ValueError: no") != key_of_error(
        other, "class", "ValueError: no"
    )


def test_errors_that_a_release_is_recorded_to_raise_are_known() -> None:
    """Those of wrong arguments are not among them, and another release has none."""
    versions = {"tensorflow": "2.21.0", "keras": "3.15.1"}
    run: Any = SimpleNamespace(installed=installed(versions))
    found = hunting.errors(run)
    text = "TypeError: 'NoneType' object is not iterable"
    assert key_of_error("categorical_crossentropy", "fit-class", text) in found
    refused = "ValueError: `alpha` must be a float"
    assert key_of_error("binary_focal_crossentropy", "function", refused) not in found
    another: Any = SimpleNamespace(installed=installed({**versions, "keras": "9.0.0"}))
    assert not hunting.errors(another)


def test_memory_is_given_back() -> None:
    case = next(hunted(lambda case, value: value * 2, EVERY)).case
    in_native(specification(case), case.batch)
    assert in_native.cache_info().currsize
    look.forget()
    assert not in_native.cache_info().currsize


@pytest.mark.parametrize("text", ["10", "m", "-1m", "0s", "1.5h", "10 m", "ten"])
def test_a_time_that_is_none_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(BadChoice, match="is not a time, such as 90s, 10m or 1h"):
        choices({"hunt": text}, {})


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("10m", 600), ("1h", 3600)])
def test_a_time_has_a_unit(text: str, seconds: float) -> None:
    assert choices({"hunt": text}, {}).hunt == seconds


@pytest.mark.parametrize("other", ["pin", "against", "release", "tier"])
def test_what_has_no_effect_in_a_hunt_is_refused(other: str) -> None:
    with pytest.raises(BadChoice, match="a hunt draws its calls"):
        choices({"hunt": "10m", other: "quick"}, {})


def test_a_scheduler_is_for_a_hunt_alone() -> None:
    with pytest.raises(BadChoice, match="has no effect without --hunt"):
        choices({"scheduler": "tcp://127.0.0.1:1"}, {})
