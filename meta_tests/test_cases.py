"""Cases are plain data: unique, in a fixed order, with numbers that never change by themselves."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import suites
from reference.arithmetic.formats import NAMES as DTYPES
from suites.cases import inputs, relations_of_models
from suites.cases.case import Case, is_of
from suites.cases.everyday import is_everyday
from suites.cases.execution import EXECUTIONS
from suites.cases.forms import FORM_NAMES, FORMS
from suites.cases.losses import LOSSES
from suites.cases.outputs import OUTPUTS
from suites.cases.relation import Relation
from suites.cases.relations import RELATIONS
from suites.cases.selection import select
from suites.observe import arrays

CASES = select(["CPU:0", "CPU:1"])
NIGHTLY = select(["CPU:0", "CPU:1"], tier="everything")


def test_there_are_enough_of_them():
    assert len(CASES) >= 2_000


def test_ids_are_unique_and_safe_for_a_shell_and_for_k():
    ids = [case.id for case in CASES]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[\w.:,=+-]+", name) for name in ids)


def test_a_selection_is_part_of_the_whole_in_the_same_order():
    few = select(["CPU:0", "CPU:1"], losses=["binary_crossentropy"], dtypes=["float16"])
    assert few == [c for c in CASES if c.loss == "binary_crossentropy" and c.dtype == "float16"]


@pytest.mark.parametrize("field", ["loss", "form", "output", "dtype", "execution", "device"])
def test_every_name_is_asked_for(field):
    known = {
        "loss": set(LOSSES),
        "form": {form.name for form in FORMS.values() if form.workers == 1},
        "output": set(OUTPUTS),
        "dtype": set(DTYPES),
        "execution": set(EXECUTIONS),
        "device": {"CPU:0", "CPU:1"},
    }
    assert {getattr(case, field) for case in CASES} == known[field]
    assert {case.form for case in NIGHTLY} == set(FORM_NAMES)


# What two replicas share unevenly says the same of every loss.
ABOUT_REPLICAS = {"seven-rows": {"sparse_categorical_crossentropy"}}


@pytest.mark.parametrize("regime", sorted({*inputs.PROBABILITIES, *inputs.LOGITS}))
def test_every_regime_is_asked_for_of_every_loss(regime):
    taken = {"logits": regime in inputs.LOGITS, "probabilities": regime in inputs.PROBABILITIES}
    expected = {
        name
        for name, loss in LOSSES.items()
        if any(getattr(loss, kind) for kind, wanted in taken.items() if wanted)
        and not ("thousand" in regime and loss.family == "binary")  # it adds up no classes
        and (regime not in inputs.IN_MODELS or (name, "fit-class") in FORMS)
        and (regime not in inputs.FOUND or loss.main)
    }
    cases = NIGHTLY if regime in inputs.FOUND else CASES
    expected = ABOUT_REPLICAS.get(regime, expected)
    assert {case.loss for case in cases if case.inputs == regime} >= expected


PROMISES = [
    mark.kwargs
    for path in sorted(Path(suites.__path__[0]).glob("test_*.py"))
    for test in vars(importlib.import_module(f"suites.{path.stem}")).values()
    for mark in getattr(test, "pytestmark", ())
    if mark.name == "cases"
]


def test_every_case_belongs_to_one_promise() -> None:
    """A case that no test module is run for would be counted, and never asked."""
    for case in CASES:
        kept = [promise for promise in PROMISES if is_of(promise, case)]
        assert len(kept) == 1, (case.id, kept)


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.name)
def test_every_relation_has_cases(relation: Relation) -> None:
    of_models = relation in relations_of_models.RELATIONS  # which cost a half second each
    assert sum(map(relation.holds_for, CASES)) >= (1 if of_models else 2)


def test_a_call_is_an_expression_over_target_and_output():
    for (loss, form), table in FORMS.items():
        case = next((c for c in CASES if c.loss == loss and c.form == form), None)
        if case is None and table.model:
            continue  # not every loss takes every step in every way
        assert case
        compile(case.call, table.name, "eval")
        assert "target" in case.call
        assert "output" in case.call


def test_from_logits_stands_where_logits_are_given():
    keras = [c for c in CASES if not c.is_contract and c.form not in ("nn", "twice")]
    assert all(("from_logits=True" in c.call) == (c.output == "logits") for c in keras)


def test_numbers_come_from_the_name_and_the_seed_alone():
    case = next(c for c in CASES if c.inputs == "interior")
    first = arrays.arrays(case, 1).output.copy()
    inputs.predictions.cache_clear()
    arrays._arrays.cache_clear()
    assert np.array_equal(arrays.arrays(case, 1).output, first)
    assert not np.array_equal(arrays.arrays(case, 2).output, first)


WANTED: dict[str, Callable[[np.ndarray], bool]] = {
    "rails": lambda p: (p == 0).any() and (p == 1).any(),
    "near-epsilon": lambda p: (p < 1e-7).any() and ((p > 1e-7) & (p < 1.2e-7)).any(),
    "zero-rows": lambda p: (p == 0).all(axis=-1).any(),
    "not-finite": lambda p: np.isnan(p).any() and np.isposinf(p).any() and np.isneginf(p).any(),
    "subnormal": lambda p: ((p > 0) & (p < np.finfo(np.float32).smallest_normal)).any(),
    "certain-of-thousand": lambda p: p.max() == p.sum() == 1,
    "minus-zero": lambda p: (np.signbit(p) & (p == 0)).any(),
}


@pytest.mark.parametrize("regime", WANTED)
def test_a_regime_has_the_numbers_that_it_is_for(regime):
    assert WANTED[regime](inputs.predictions(regime, False, "float32", 2017))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("kind", ["one-hot", "soft", "unnormalised", "zero"])
def test_labels_are_exact_and_sum_to_what_their_name_says(kind, dtype):
    rows = inputs.labels("categorical", kind, (8, 3), dtype, 2017).astype(float)
    sums = set(rows.sum(axis=-1))
    assert np.array_equal(rows * 8, np.round(rows * 8))
    if kind == "unnormalised":
        assert all(total > 1 for total in sums)
    else:
        assert sums == {0.0 if kind == "zero" else 1.0}


def test_a_case_is_a_plain_value():
    assert Case(*"abcdefghi") == Case(*"abcdefghi")
    assert (
        Case(*"abcdefghi").group
        == "loss=a,form=b,arguments=c,output=d,dtype=e,execution=f,device=g"
    )


@pytest.mark.parametrize(
    ("form", "arguments", "everyday"),
    [
        ("fit-class", "batch_size:3+sample_weight:rows", True),
        ("fit-class", "batch_size:64+masking:rows", True),
        ("fit-class", "reduction:sum+batch_size:64", False),
        ("class-mean", "plain", True),
        ("class-mean", "sample_weight:rows", False),
    ],
)
def test_weights_masks_and_batches_are_everyday_in_models(
    form: str, arguments: str, everyday: bool
) -> None:
    output = "layers.Dense" if form.startswith("fit") else "logits"
    names = (form, arguments, output, "float32", "graph", "CPU:0", "int32", "interior")
    assert is_everyday(("sparse_categorical_crossentropy", *names)) is everyday
