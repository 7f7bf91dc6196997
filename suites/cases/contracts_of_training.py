"""What a model owes to its layers, its callbacks and its devices while it is trained: rows of `contracts`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from reference.specification import Inputs, Specification, Step
from suites.cases.contract import (
    NUMBER,
    OF_PREDICTIONS,
    Contract,
    handled,
    summed,
    within,
)
from suites.cases.contract_of_steps import (
    TWO_ROWS,
    eager,
    in_graph,
    in_twos,
    of_epochs,
    of_logits,
    quarters,
    running,
    twice,
    with_callbacks,
)
from suites.cases.forms.names import CATEGORICAL, SPARSE
from suites.cases.step_readings import NOT_UPDATED

SUM = {"reduction": "'sum'"}
HOOKS = {
    "fit-class": ("on_train_batch_end", "on_epoch_end", "on_train_end"),
    "evaluate-class": ("on_test_batch_end", "on_test_end"),
}


def contracts() -> Iterator[Contract]:
    """All of them."""
    yield from _layers()
    yield from _callbacks()
    yield from _steps()
    yield from _losses()
    yield from _on_two_devices()
    promise = "A training step as Keras 2 taught it reports the loss, and the metric."
    taught = partial(
        eager,
        outputs=("logits", "layers.Dense"),
        arguments={"own": "'compiled_loss'"},
        readings={handled("the mean of the predictions was reported"): OF_PREDICTIONS},
    )
    forms = ("fit-class", "fit-metric-object")
    yield taught("step-of-keras-2", promise, NUMBER, (CATEGORICAL, SPARSE), forms)


def _layers() -> Iterator[Contract]:
    """What a layer knows of the step, and how often its Python code runs."""
    losses = (CATEGORICAL, SPARSE)
    doubled = partial(of_logits, arguments={"own": "'in_training'"}, executions=("eager", "graph"))
    promise = "A layer knows in training that it is trained."
    forms: tuple[str, ...] = ("fit-class", "train_on_batch-class")
    untold = {handled("the layer did not know that it was trained"): _undoubled}
    in_training = partial(doubled, specify=_doubled, readings=untold)
    yield in_training("layer-in-training", promise, NUMBER, losses, forms)
    promise = "A layer knows in a test that it is not trained."
    yield doubled("layer-in-a-test", promise, NUMBER, losses, ("evaluate-class", "predict-class"))
    counted = partial(of_logits, arguments=TWO_ROWS | {"own": "base"}, specify=in_twos)
    forms = ("fit-class", "evaluate-class", "predict-class")
    promise = "The code of an eager model runs for each batch."
    for_each = partial(counted, executions=("eager",), wrapper=running(4, 5))
    yield for_each("code-runs-for-each-batch", promise, NUMBER, (SPARSE,), forms)
    promise = "The code of a model that is not eager runs only to be traced."
    traced = partial(counted, executions=("graph", "xla"), wrapper=running(0, 3))
    yield traced("code-runs-to-be-traced", promise, NUMBER, (SPARSE,), forms)
    promise = "The code of a model that is tested after each epoch is traced once more for that."
    after_each = TWO_ROWS | {"own": "base", "validated": "True", "epochs": "6"}
    tested = partial(
        in_graph,
        arguments=after_each,
        specify=lambda usual: of_epochs(6, validated=True)(in_twos(usual)),
        wrapper=running(0, 5),
    )
    yield tested("code-of-tests-is-traced-once", promise, NUMBER, (SPARSE,), ("fit-class",))


def _callbacks() -> Iterator[Contract]:
    for form, hooks in HOOKS.items():
        for hook in hooks:
            promise = f"A callback hears the loss in {hook}."
            heard = partial(with_callbacks, wrapper=within("heard", f"'{hook}'", given="callbacks"))
            yield heard(f"heard-{hook}", promise, NUMBER, (SPARSE,), (form,))


def _steps() -> Iterator[Contract]:
    """Batches that are put together, tests between epochs, and what comes with a compilation."""
    promise = "Rows are predicted in their order, however many batches a step has."
    two_batches = TWO_ROWS | {"steps_per_execution": "2"}
    in_steps = partial(of_logits, arguments=two_batches, executions=("graph", "eager"))
    yield in_steps("predicted-in-steps", promise, NUMBER, (SPARSE,), ("predict-class",))
    promise = "The rows of one batch are predicted at once."
    at_once = partial(in_graph, arguments={"at_once": "True"})
    yield at_once("predicted-at-once", promise, NUMBER, (SPARSE,), ("predict-class",))
    promise = "A model is tested after the epochs that are listed."
    listed = {"validated": "{'validation_freq': [2]}", "epochs": "2"}
    tested = partial(in_graph, arguments=listed, specify=of_epochs(2, validated=True))
    yield tested("tested-after-listed-epochs", promise, NUMBER, (SPARSE,), ("fit-class",))
    promise = "A model that was saved has the weight of its loss, and its metric."
    of_weight = partial(eager, arguments={"own": "'saved'", "loss_weights": "0.5"})
    yield of_weight(
        "saved-loss-weights", promise, NUMBER, (SPARSE,), ("fit-class",), specify=_weighing_half
    )
    of_metric = partial(eager, arguments={"own": "'saved'"})
    yield of_metric("saved-metric", promise, NUMBER, (SPARSE,), ("fit-metric-object",))
    promise = "A model that XLA can compile is compiled without a warning."
    compiled = partial(
        of_logits, executions=("xla",), wrapper=within("with_warnings", "0", "UserWarning")
    )
    yield compiled("compiled-without-warning", promise, NUMBER, (SPARSE,), ("fit-class",))


def _losses() -> Iterator[Contract]:
    """Losses and weights as compile and fit take them, and a metric of one's own."""
    promise = "An output may have no loss."
    for losses in ("none", "none-by-name"):
        arguments = {"outputs": "[1.0, 1.0]", "losses": f"'{losses}'"}
        none = partial(eager, arguments=arguments)
        yield none(f"losses-{losses}", promise, NUMBER, (SPARSE,), ("fit-class",))
    promise = "The weights of a single output may be in a list."
    weights = {"sample_weight": "[weight]"}
    listed = partial(eager, arguments=weights, arrays=quarters)
    yield listed("weights-in-a-list", promise, NUMBER, (SPARSE,), ("fit-class",))
    promise = "crossentropy takes labels of one time step for what they are."
    one_step = partial(eager, outputs=("layers.Dense",), arrays=_of_one_step)
    yield one_step("crossentropy-of-one-step", promise, NUMBER, (CATEGORICAL,), ("fit-ce",))
    promise = "A metric of a model of one's own is reset at the start of each epoch."
    tracked = partial(
        eager,
        arguments={"own": "'tracked'", "epochs": "2"},
        specify=of_epochs(2),
        readings={NOT_UPDATED.reason: NOT_UPDATED.change},
    )
    yield tracked("metric-of-ones-own", promise, NUMBER, (SPARSE,), ("fit-class",))


def _on_two_devices() -> Iterator[Contract]:
    in_sum = partial(
        of_logits,
        arguments=SUM,  # a mean would be that of each device
        executions=("graph",),
        specify=summed,
        wrapper=within("mirrored"),
    )
    promise = "What the devices return from a test step of one's own is averaged."
    readings = {
        handled("the first device was taken for all"): _of_first_device,
        handled("the devices were added up"): twice,
        NOT_UPDATED.reason: NOT_UPDATED.change,
    }
    of_own = partial(in_sum, arguments=SUM | {"own": "'test_step'"}, readings=readings)
    yield of_own("tested-on-two-devices", promise, NUMBER, (SPARSE,), ("evaluate-class",))
    promise = "A model on two devices predicts its rows in their order."
    yield in_sum("predicted-on-two-devices", promise, NUMBER, (SPARSE,), ("predict-class",))


def _doubled(usual: Specification) -> Specification:
    return replace(usual, before=(Step("doubled", lambda x, a: x * 2.0),))


def _undoubled(usual: Specification) -> Specification:
    return replace(usual, before=())


def _of_one_step(usual: Inputs) -> Inputs:
    return Inputs(usual.target[:, None], usual.output[:, None])


def _weighing_half(usual: Specification) -> Specification:
    return replace(usual, loss_weight=0.5)


def _of_first_device(usual: Specification) -> Specification:
    """Twice the sum of the first half."""
    return replace(usual, batch_size=4, steps=1, outputs=2.0)
