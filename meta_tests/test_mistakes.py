"""Usual mistakes of a user's own loss, and what it is asked: without TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import ml_dtypes
import numpy as np
import pytest

from reference.expectation import in_enclosure, in_native
from reference.reduction import Reduction
from reference.specification import Specification
from suites.cases.case import Case
from suites.cases.losses import LOSSES
from suites.cases.selection import select
from suites.cases.subject import Called, Subject, Values, added
from suites.judge.comparison import Numbers
from suites.judge.judge import judge
from suites.judge.mistakes import mistakes
from suites.judge.specify import specification
from suites.observe.arrays import arrays, packed

SEED = 2017
FOCAL = Values((("gamma", 2.0), ("alpha", 0.25)))
DTYPES = {"bfloat16": np.dtype(ml_dtypes.bfloat16)}


@contextmanager
def asked(name: str, rows: Reduction, values: Values | None = None) -> Iterator[list[Case]]:
    called = Called("function", accepts=("sample_weight",))
    subject = Subject("module:loss", LOSSES[name], called, values or Values(), rows)
    with added(subject):
        yield select(["CPU:0"], losses=[name], forms=["subject"], tier="quick")


def plain(cases: list[Case], dtype: str, inputs: str = "interior") -> Case:
    (found,) = (
        case
        for case in cases
        if (case.dtype, case.inputs, case.output) == (dtype, inputs, "probabilities")
    )
    return found


def causes(case: Case, spec: Specification, factor: float = 1.0) -> set[str]:
    """Of what a program of this specification returns, times a factor."""
    dtype = DTYPES.get(case.dtype, np.dtype(case.dtype))
    value, gradient = (
        packed((numbers * factor).astype(dtype)) for numbers in in_native(spec, arrays(case, SEED))
    )
    judged = judge(case, {"value": value, "gradient": gradient}, SEED)
    return {
        str(cause)
        for part in judged
        if isinstance(part, Numbers)
        for cause in part.cause
        if cause is not None
    }


def with_mistakes(case: Case, *labels: str) -> Specification:
    spec = specification(case)
    known = {one.reason.details[0]: one for one in mistakes(spec)}
    for label in labels:
        spec = known[label].change(spec)
    return spec


def test_two_mistakes_of_different_kinds_are_named_together() -> None:
    two = "the classes were averaged, not added up", "the predictions were not divided by their sum"
    with asked("categorical_focal_crossentropy", Reduction.ROW, FOCAL) as cases:
        case = plain(cases, "float32", "rails")
        found = causes(case, with_mistakes(case, *two))
    both = {"; ".join(f"another step: {label}" for label in order) for order in (two, two[::-1])}
    assert found & both
    assert "unexplained" not in found


def test_what_nothing_explains_takes_few_enclosures() -> None:
    with asked("binary_focal_crossentropy", Reduction.ROW, FOCAL) as cases:
        case = plain(cases, "float32")
        before = in_enclosure.cache_info().misses
        assert causes(case, specification(case), 1.37) == {"unexplained"}
        tried = in_enclosure.cache_info().misses - before
    assert tried < 200  # without a look at what changes nothing: 419


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_step_that_a_formula_does_not_have_is_no_error(dtype: str) -> None:
    with asked("categorical_crossentropy", Reduction.ROW) as cases:
        case = plain(cases, dtype)
        assert causes(case, specification(case), 1.37) == {"unexplained"}


@pytest.mark.parametrize(("rows", "times"), [(Reduction.ROW, 1), (Reduction.MEAN, 0)])
def test_no_rows_are_asked_only_of_a_loss_for_each_row(rows: Reduction, times: int) -> None:
    with asked("binary_crossentropy", rows) as cases:
        assert [case.inputs for case in cases].count("no-rows") == times
        assert [case.inputs for case in cases].count("mean-of-no-rows") == 0
