"""Names of losses and metrics: each is looked up once, and finds what it names."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from meta_tests.door import ABSENT, INTERIOR, recorded, wrong
from meta_tests.in_process import run_of
from reports.store.answer_text import unpack
from reports.store.recording import SHIPPED, UNANSWERED
from reports.store.recordings import Recordings
from suites.cases import contract_cases
from suites.cases.case import Case
from suites.cases.forms import FORMS
from suites.cases.look_ups import contracts
from suites.cases.relations import BY_NAME
from suites.cases.tier import Tier
from suites.ledger import absences
from suites.observe.requests import key

NAMES = {contract.name: contract for contract in contracts()}
TIERS: tuple[Tier, ...] = ("quick", "default", "everything")
CASES = [
    (tier, case)
    for tier in TIERS
    for case in contract_cases.cases(tier, "CPU:0", "eager")
    if case.inputs in NAMES
]
ONCE = {case for _, case in CASES}
RELATION = BY_NAME["a name gives the function"]
BINARY = "binary_crossentropy"
LOST = {"error": "ValueError: Unknown loss function:binary_crossentropy"}
OF_NAME = replace(INTERIOR, inputs="name-of-function")
# By contract, loss and form.
CALLS = {
    ("name-of-function", BINARY, "function"): f"tf.keras.losses.get('{BINARY}')(target, output)",
    ("name-of-function", BINARY, "tf_keras"): f"tf_keras.losses.get('{BINARY}')(target, output)",
    ("name-of-function", BINARY, "metric"): (
        f"updated(tf.keras.metrics.get('{BINARY}'), target, output)"
    ),
    ("name-of-function", "categorical_generalized_cross_entropy", "function"): (
        "tf.keras.losses.get('categorical_generalized_cross_entropy')(target, output, q=0.5)"
    ),
    ("name-of-class", "categorical_focal_crossentropy", "class-mean"): (
        "tf.keras.losses.get('CategoricalFocalCrossentropy')(target, output)"
    ),
    ("name-of-class", BINARY, "tf_keras-mean"): (
        "tf_keras.losses.get('BinaryCrossentropy')(target, output)"
    ),
    ("name-of-class", BINARY, "tf_keras-metric"): (
        "updated(tf_keras.metrics.get('BinaryCrossentropy'), target, output)"
    ),
    ("name-among-metrics", BINARY, "tf_keras"): (
        f"tf_keras.metrics.get('{BINARY}')(target, output)"
    ),
    ("name-bce", BINARY, "function"): "tf.keras.losses.get('bce')(target, output)",
    ("name-BCE", BINARY, "metric"): "updated(tf.keras.metrics.get('BCE'), target, output)",
}


def base(case: Case) -> Case:
    """The case that calls what the name stands for, with the same numbers."""
    return replace(case, inputs="interior")


def verdicts(answer: dict[str, Any]) -> set[str]:
    """Those of a look-up that has this answer, and of its relation to the function."""
    run = run_of(INTERIOR, OF_NAME, answers={OF_NAME: answer})
    return {
        verdict
        for group in (INTERIOR.group, OF_NAME.group)
        for block in run.check(group).blocks
        for verdict in block["verdict"]
    }


@pytest.mark.parametrize(("names", "call"), CALLS.items(), ids="-".join)
def test_what_is_called(names: tuple[str, str, str], call: str) -> None:
    asked = [one for one in ONCE if (one.inputs, one.loss, one.form) == names]
    assert {case.call for case in asked} == {call}


def test_each_name_is_looked_up_once_in_every_tier() -> None:
    eager = [(tier, one) for tier, one in CASES if one.execution == "eager"]
    assert len(eager) == 3 * len({one for _, one in eager}) == 3 * 40
    assert {(one.dtype, one.output) for one in ONCE} == {("float32", "probabilities")}


def test_functions_are_looked_up_in_a_graph_too_where_all_of_it_can_be_traced() -> None:
    graph = [(tier, one.form, one.inputs) for tier, one in CASES if one.execution == "graph"]
    name = "name-of-function"
    assert Counter(graph) == {
        ("default", "function", name): 6,
        ("everything", "function", name): 6,
        ("everything", "tf_keras", name): 5,
    }


def test_an_own_loss_has_no_name() -> None:
    form = FORMS[BINARY, "function"]
    own = replace(form, name="own", like="function")
    for contract in NAMES.values():
        assert not contract_cases._is_asked(contract, own)
        assert contract_cases._is_asked(contract, form) == ("function" in contract.forms)


def test_a_name_that_finds_the_function_agrees() -> None:
    assert verdicts(unpack(recorded()[key(INTERIOR)])) == {"agree"}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [(LOST, "new"), (ABSENT, "missing"), (wrong(INTERIOR), "new")],
    ids=("unknown", "absent", "another loss"),
)
def test_a_name_that_does_not_find_it_is_red(answer: dict[str, Any], verdict: str) -> None:
    assert verdict in verdicts(answer)


def test_the_function_and_its_name_are_held_against_each_other() -> None:
    eager = [one for one in ONCE if one.execution == "eager"]
    of_function = [one for one in eager if one.inputs == "name-of-function"]
    pairs = {base(one): one for one in of_function if one.form == "function"}
    assert len(pairs) == 6
    for one, name in pairs.items():
        assert RELATION.holds_for(one)
        assert RELATION.case(one) == name
        assert not RELATION.holds_for(name)


def test_what_a_release_lacks_it_may_know_by_name_all_the_same() -> None:
    assert absences.names(OF_NAME, "form") == {"function by name"}
    assert absences.names(INTERIOR, "form") == {"function"}


def test_names_and_what_they_name_gave_the_same_numbers_in_all_recordings() -> None:
    recordings, numbers = Recordings(SHIPPED), 0
    for release, answers in recordings.everything(recordings.names()):
        for case in ONCE:
            both = [answers.get(key(one), UNANSWERED[0]) for one in (case, base(case))]
            if all(answer.startswith("value") for answer in both):
                numbers += 1
                assert both[0] == both[1], (release, case.id)
    assert numbers > 800
