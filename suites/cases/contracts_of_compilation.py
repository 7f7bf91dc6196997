"""What compile promises: whether XLA compiles a model, what is reported by which name, and what callbacks
are told of the steps. Rows of `contracts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from reference.arithmetic.protocol import Arithmetic, Value
from reference.specification import Inputs, Parameter, Specification
from suites.cases.calls import LookUp
from suites.cases.contract import (
    ERROR,
    NUMBER,
    OF_PREDICTIONS,
    Contract,
    Wrapper,
    handled,
    reported_by,
    within,
)
from suites.cases.contract_of_steps import (
    TWO_ROWS,
    WITH_CALLBACKS,
    eager,
    in_graph,
    of_epochs,
    of_logits,
    quarters,
    running,
    twice,
    with_callbacks,
)
from suites.cases.forms.names import CATEGORICAL, SPARSE
from suites.cases.inputs import CLASSES, ROWS
from suites.cases.step_readings import ALL_CALLS

STEPS = ("fit-class", "evaluate-class", "predict-class")
WEIGHTED = ("fit-metric-weighted",)
RIGHT = 6  # rows of which the greatest prediction is that of the label


def contracts() -> Iterator[Contract]:
    """All of them."""
    yield from _of_xla()
    yield from _of_callbacks()
    yield from _of_names()
    yield from _of_losses()


def _of_xla() -> Iterator[Contract]:
    """A layer that runs Python shows whether XLA compiles it: that can't be done."""
    promise = "A model that XLA is to compile is compiled: what can't be compiled is refused."
    told = partial(of_logits, arguments={"own": "'in_python'"}, executions=("xla",))
    yield told("python-under-xla", promise, ERROR, (SPARSE,), STEPS)
    promise = "A layer that says so is not compiled, and the model works."
    said = partial(of_logits, arguments={"own": "'not_for_xla'"}, executions=("xla",))
    yield said("layer-that-refuses-xla", promise, NUMBER, (SPARSE,), STEPS)
    promise = "Without a word about XLA a model on a CPU is not compiled."
    untold = partial(in_graph, arguments={"own": "'left_to_keras'"})
    yield untold("xla-left-to-keras", promise, NUMBER, (SPARSE,), STEPS)
    promise = "A step that was traced is not traced again for the next batch."
    often = {"calls": "6", "own": "base"}
    runs = running(0, 5)
    counted = {ALL_CALLS.reason: ALL_CALLS.change}
    once = partial(in_graph, arguments=often, specify=of_epochs(6), wrapper=runs, readings=counted)
    yield once("step-is-traced-once", promise, NUMBER, (SPARSE,), ("train_on_batch-class",))
    promise = "A model is not traced for every number of rows that it predicts."
    growing = {"at_once": "'growing'", "own": "base"}
    few = partial(in_graph, arguments=growing, wrapper=runs)
    yield few("traced-for-few-sizes", promise, NUMBER, (SPARSE,), ("predict-class",))


def _of_callbacks() -> Iterator[Contract]:
    """Of four batches, each a step or two in one."""
    promise = "The params of a callback have the epochs, and its hooks get the number of each step."
    params = repr({"epochs": 1, "verbose": 0})
    each = within("told", params, "[0, 1, 2, 3]", "[0, 1, 2, 3]", given="callbacks")
    yield with_callbacks(
        "steps-that-callbacks-are-told", promise, NUMBER, (SPARSE,), STEPS, wrapper=each
    )
    promise = "The hooks of a callback get the first step of an execution, and the last."
    in_pairs = partial(with_callbacks, arguments=WITH_CALLBACKS | {"steps_per_execution": "2"})
    pairs = within("told", params, "[0, 2]", "[1, 3]", given="callbacks")
    yield in_pairs(
        "executions-that-callbacks-are-told", promise, NUMBER, (SPARSE,), STEPS, wrapper=pairs
    )
    promise = "With verbose=0 nothing is printed, also while a model is validated."
    validated = partial(
        eager,
        arguments={"validated": "True"},
        specify=of_epochs(1, validated=True),
        wrapper=within("silent"),
    )
    yield validated("silent-validation", promise, NUMBER, (SPARSE,), ("fit-class",))
    promise = "Batches that are left over when several make a step are predicted too."
    three = TWO_ROWS | {"steps_per_execution": "3"}
    left = partial(of_logits, arguments=three, executions=("graph", "eager"))
    yield left("predicted-in-uneven-steps", promise, NUMBER, (SPARSE,), ("predict-class",))


def _of_names() -> Iterator[Contract]:
    """What is reported, by which names."""
    promise = "Metrics of one name are numbered."
    name = "sparse_categorical_crossentropy"
    numbered = partial(
        eager,
        arguments={"callbacks": "callbacks"},
        look_up=_of_metric(_thrice),
        wrapper=_by_names("loss", name, f"{name}_1", f"{name}_2"),
    )
    yield numbered("metrics-of-one-name", promise, NUMBER, (SPARSE,), ("fit-metric-object",))
    promise = "Weighted metrics of the same name are called weighted, and numbered."
    heard = {"callbacks": "callbacks"}
    both = partial(eager, arguments=heard, look_up=_of_metric(_thrice_beside_one_without_weights))
    weighted_names = (f"weighted_{name}", f"weighted_{name}_1", f"weighted_{name}_2")
    told_apart = partial(both, wrapper=_by_names("loss", name, *weighted_names))
    yield told_apart("weighted-metrics-of-one-name", promise, NUMBER, (SPARSE,), WEIGHTED)
    promise = "A metric of an output bears its name."
    of_first = [f"first_{each}" for each in ("loss", name, *weighted_names)]
    of_output = partial(
        both,
        arguments=heard | {"outputs": "[1.0, 1.0]"},
        specify=twice,
        wrapper=_by_names("loss", "second_loss", *of_first),
    )
    yield of_output("metrics-of-an-output", promise, NUMBER, (SPARSE,), WEIGHTED)
    promise = "accuracy counts the rows whose label is predicted."
    counted = partial(
        eager,
        arrays=_mostly_right,
        specify=reported_by("accuracy", _share_of_right),
        look_up=_of_metric(lambda metric: "'accuracy'"),
    )
    losses = (CATEGORICAL, SPARSE)
    yield counted("accuracy", promise, NUMBER, losses, ("fit-metric-object",))
    promise = "A metric of a layer is reported."
    own = {"own": "'metered'", "part": "True"}
    metered = partial(eager, arguments=own, specify=OF_PREDICTIONS)
    yield metered("metric-of-a-layer", promise, NUMBER, (SPARSE,), ("fit-class",))
    promise = "What a step returns by name is what it returns in a list."
    by_name = partial(eager, arguments={"by_name": "True"})
    yield by_name("returned-by-name", promise, NUMBER, (SPARSE,), ("test_on_batch-class",))
    promise = "One weight for each sample is that of all outputs, in their metrics too."
    outputs = {"outputs": "[1.0, 1.0]", "losses": "'one'", "sample_weight": "weight"}
    shared = partial(eager, arguments=outputs, arrays=quarters, specify=twice)
    yield shared("weights-of-all-outputs", promise, NUMBER, (SPARSE,), WEIGHTED)
    promise = "A training step as Keras 2 taught it weights a weighted metric."
    taught = {"own": "'compiled_loss'", "sample_weight": "weight"}
    of_step = partial(eager, arguments=taught, arrays=quarters)
    yield of_step("weighted-step-of-keras-2", promise, NUMBER, (SPARSE,), WEIGHTED)


def _of_losses() -> Iterator[Contract]:
    promise = "compute_loss of one's own gets training=False in a test."
    untold = {handled("the loss was not told that it is a test"): twice}
    own = partial(eager, arguments={"own": "'loss_of_training'"}, readings=untold)
    yield own("loss-of-a-test", promise, NUMBER, (SPARSE,), ("evaluate-class",))
    promise = "A model may have no loss but what its layers add."
    added = {"own": "'no_loss'", "regularizer": "'add_loss'"}
    penalty = partial(eager, arguments=added, specify=_penalty_alone)
    yield penalty("no-loss-but-that-of-layers", promise, NUMBER, (SPARSE,), ("fit-class",))
    promise = "Weights of losses may be in a tuple where losses are in a list."
    in_a_tuple = partial(eager, arguments={"outputs": "(1.0, 1.0)"}, specify=twice)
    yield in_a_tuple("loss-weights-in-a-tuple", promise, NUMBER, (SPARSE,), ("fit-class",))
    promise = "A single output may be in a list, and its labels in none."
    single = partial(eager, arguments={"outputs": "[1.0]"})
    yield single("one-output-in-a-list", promise, NUMBER, (SPARSE,), ("fit-class",))


def _by_names(*names: str) -> Wrapper:
    return within("reporting", repr(list(names)), given="callbacks")


def _of_metric(change: Callable[[str], str]) -> LookUp:
    """What is made of the text of an object of a metric; that of the loss as it is."""

    def made(name: str) -> str:
        text = f"{name}(from_logits=True)"
        return change(text) if ".metrics." in name else text

    return made


def _thrice(metric: str) -> str:
    return f"{metric}, {metric}, {metric}"


def _thrice_beside_one_without_weights(metric: str) -> str:
    return f"{_thrice(metric)}], metrics=[{metric}"


def _mostly_right(usual: Inputs) -> Inputs:
    """Logits that are greatest at the class of the label, but for the first rows."""
    classes = np.arange(ROWS) % CLASSES
    greatest = np.where(np.arange(ROWS) < ROWS - RIGHT, (classes + 1) % CLASSES, classes)
    one_hot = np.eye(CLASSES)
    is_sparse = usual.target.ndim < usual.output.ndim
    target = classes if is_sparse else one_hot[classes]
    output = one_hot[greatest] * 2.0
    return Inputs(target.astype(usual.target.dtype), output.astype(usual.output.dtype))


def _share_of_right(
    target: np.ndarray, output: Value, a: Arithmetic[Value], **parameters: Parameter
) -> Value:
    """That of `_mostly_right`, for each row."""
    return a.reduce_sum(output * 0.0) + RIGHT / ROWS


def _penalty_alone(usual: Specification) -> Specification:
    return replace(usual, loss_weight=0.0, penalty="activity")
