"""What each tier asks, by tables that were written by hand, as README promises it."""

from __future__ import annotations

from functools import cache

import pytest

from suites.cases.case import Case
from suites.cases.selection import select

DEVICES = ("CPU:0", "CPU:1")
DTYPES = {"float16", "bfloat16", "float32", "float64"}
EXECUTIONS = {"eager", "graph", "xla"}
PLAIN = {
    "probabilities": ("interior", "rails", "near-epsilon"),
    "logits": ("interior", "saturated"),
}
MORE = {
    "probabilities": (*PLAIN["probabilities"], "unnormalised", "not-finite"),
    "logits": (*PLAIN["logits"], "overflowing", "not-finite"),
}
SOFTMAX, SIGMOID = ("tf.nn.softmax", "keras.activations.softmax"), ("tf.sigmoid", "keras.activations.sigmoid")  # fmt: skip
# What the quick tier asks of each loss: by form the outputs, and the activation behind the function.
BOTH = ("probabilities", "logits")
QUICK: dict[str, tuple[dict[str, tuple[str, ...]], tuple[str, ...]]] = {
    "categorical_crossentropy": ({"function": BOTH, "class": BOTH, "nn": ("logits",)}, SOFTMAX),
    "sparse_categorical_crossentropy": ({"function": BOTH, "class": BOTH, "nn": ("logits",)}, SOFTMAX),
    "binary_crossentropy": ({"function": BOTH, "class": BOTH, "nn": ("logits",)}, SIGMOID),
    "categorical_focal_crossentropy": ({"function": BOTH, "class": BOTH}, SOFTMAX),
    "binary_focal_crossentropy": ({"function": BOTH, "class": BOTH}, SIGMOID),
    "categorical_generalized_cross_entropy": ({"function": ("probabilities",), "class": ("probabilities",)}, SOFTMAX),
    "weighted_sigmoid_crossentropy": ({"nn": ("logits",)}, ()),
}  # fmt: skip


@cache
def cases(tier: str) -> list[Case]:
    return [case for case in select(DEVICES, tier=tier) if not case.is_contract]


def test_quick_asks_functions_and_classes_eagerly_in_every_dtype() -> None:
    expected = set()
    for loss, (forms, activations) in QUICK.items():
        for form, outputs in forms.items():
            regimes = PLAIN if form == "function" else MORE
            expected |= {(loss, form, out, regime) for out in outputs for regime in regimes[out]}
        if "function" in forms:
            inside = (loss, "function")
            expected |= {(*inside, out, name) for out in activations for name in PLAIN["logits"]}
    found = cases("quick")
    assert {(case.loss, case.form, case.output, case.inputs) for case in found} == expected
    assert len(found) == len(expected) * len(DTYPES)
    assert {case.dtype for case in found} == DTYPES
    assert {(case.execution, case.device, case.arguments) for case in found} == {
        ("eager", "CPU:0", "plain")
    }


def test_quick_asks_graphs_alone_where_nothing_runs_eagerly() -> None:
    """As TensorFlow 1: what is asked there is asked in the default tier, too, and so recorded."""
    found = select(DEVICES, tier="quick", quickest="graph")
    assert {case.execution for case in found} == {"graph"}
    assert set(found) <= set(select(DEVICES))
    plain = {
        (case.loss, case.form, case.output, case.dtype, case.inputs) for case in cases("quick")
    }
    assert plain == {
        (case.loss, case.form, case.output, case.dtype, case.inputs)
        for case in found
        if not case.is_contract
    }


def test_each_tier_holds_what_the_one_below_it_asks_without_options() -> None:
    quick, default, everything = (
        {case for case in cases(tier) if case.arguments == "plain"}
        for tier in ("quick", "default", "everything")
    )
    assert quick < default < everything


def test_everything_asks_every_form_in_every_dtype_and_execution() -> None:
    """Models apart, which have arrays of their own; older metrics answer eagerly alone."""
    asked: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for case in cases("everything"):
        if case.arguments == "plain" and not case.output.startswith("layers"):
            asked.setdefault((case.loss, case.form), set()).add((case.dtype, case.execution))
    models = ("fit", "evaluate", "predict", "train_on", "test_on", "test_twice")
    own = {name: found for name, found in asked.items() if not name[1].startswith(models)}
    whole = {(dtype, execution) for dtype in DTYPES for execution in EXECUTIONS}
    eagerly = {(dtype, "eager") for dtype in DTYPES}
    assert len(own) > 90
    for (_, form), found in own.items():
        assert found == whole or ("metric" in form and found == eagerly)


@pytest.mark.parametrize(("tier", "strength"), [("default", 2), ("everything", 3)])
def test_options_are_asked_in_pairs_and_at_night_in_triples(tier: str, strength: int) -> None:
    values = [
        {*case.arguments.split("+")}
        for case in cases(tier)
        if case.loss == "categorical_focal_crossentropy" and case.form == "class-mean"
    ]
    wanted = ("gamma:2.7", "alpha:list", "label_smoothing:0.1")[:strength]
    assert any(set(wanted) <= found for found in values)
