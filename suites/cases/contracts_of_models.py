"""What `fit` owes to unusual weights, labels and batches: rows of `contracts`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from reference.specification import Joined, Specification
from suites.cases.contract import (
    EITHER,
    ERROR,
    NO_ROWS,
    NUMBER,
    ONE_OUTPUT,
    Contract,
    one_class,
)
from suites.cases.contract_of_steps import quarters
from suites.cases.forms.names import CATEGORICAL, SPARSE
from suites.cases.step_options import HALVES

in_model = partial(
    Contract,
    forms=("fit-class",),
    outputs=("layers.Dense",),
    dtypes=("float32",),
    executions=("eager",),
)


def contracts() -> Iterator[Contract]:
    """All of them."""
    yield from _weights_of_classes()
    yield from _labels()
    promise = "A batch without rows changes nothing."
    arguments = {"data": "'with-empty'", "batch_size": "4"}
    of_fours = partial(
        in_model, arguments=arguments, specify=in_fours, readings={NO_ROWS: without_value}
    )
    yield of_fours("a-batch-without-rows", promise, NUMBER, (SPARSE,))


def in_fours(usual: Specification) -> Specification:
    return replace(usual, batch_size=4)


def without_value(usual: Specification) -> Specification:
    """The mean of all batches is NaN where that of one is; the update is not."""
    return replace(in_fours(usual), joined=Joined.EMPTY)


def one_heavy(usual: Specification) -> Specification:
    """The last class counts five times."""
    return replace(usual, class_weight=(1.0, 1.0, 5.0))


def halved(usual: Specification) -> Specification:
    """Weights of classes, as `step_options.HALVES` says."""
    return replace(usual, class_weight=HALVES)


def _weights_of_classes() -> Iterator[Contract]:
    """https://github.com/tensorflow/tensorflow/issues/98283."""
    promise = "Weights of classes that are none are refused: they would change nothing."
    for name, weights in {
        "no-class": "{5: 10.0}",
        "a-text": "{'a': 10.0}",
        "half": "{0.5: 3.0}",
    }.items():
        of = partial(in_model, arguments={"class_weight": weights})
        yield of(f"class-weight-of-{name}", promise, ERROR, (SPARSE,))
    promise = "Classes that have no weight count once."
    some = partial(in_model, arguments={"class_weight": "{2: 5.0}"})
    yield some(
        "class-weight-of-one-class", promise, NUMBER, (CATEGORICAL, SPARSE), specify=one_heavy
    )
    promise = "Weights of classes and of samples are multiplied, or refused beside each other."
    both = {"class_weight": repr(dict(enumerate(HALVES))), "sample_weight": "weight"}
    of_both = partial(in_model, arguments=both, arrays=quarters, specify=halved)
    forms = ("fit-class", "train_on_batch-class")
    losses = (CATEGORICAL, SPARSE)
    yield of_both("class-weight-and-sample-weight", promise, EITHER, losses, forms=forms)


def _labels() -> Iterator[Contract]:
    promise = "A label that is no class is refused, or does not count where its weight is 0."
    no_class = partial(
        in_model,
        target="tf.concat([[7], target[1:]], axis=0)",
        arguments={"sample_weight": "weight"},
        arrays=quarters,
    )
    both = partial(
        no_class, forms=("fit-class", "class-mean"), outputs=("layers.Dense", "probabilities")
    )
    yield both("no-class-of-weight-0", promise, EITHER, (SPARSE,))
    promise = "Labels (N,) mean the same as (N, 1) where a model predicts (N, 1)."
    flat = partial(in_model, target="target[:, 0]", arrays=one_class, classes=1)
    yield flat("labels-of-rank-1-in-fit", promise, NUMBER, ONE_OUTPUT)
