"""Functions and objects of Keras 3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reference.reduction import Reduction
from suites.cases.calls import Parts, Template, call
from suites.cases.execution import EXECUTIONS
from suites.cases.forms.form import EAGER, Form
from suites.cases.forms.names import Names
from suites.cases.forms.templates import called, created, function

KERAS = "tf.keras.losses"


def forms(names: Names) -> Iterator[Form]:
    """Those of one loss."""
    options = (*names.accepts, "sample_weight", "dtype")  # of an object and its call
    rows = created(f"{KERAS}.{names.cls}", "reduction=None")
    mean = created(f"{KERAS}.{names.cls}")
    plain = Form(
        *(names.loss, "function", function(f"{KERAS}.{names.loss}")),
        accepts=names.accepts,
        needs=names.needs,
    )
    yield replace(
        plain,
        everyday=True,
        usual=True,
        quick=True,
        activated=True,
        everywhere=True,
        alone=("interior", "hard"),
        combined=EXECUTIONS,
        combined_with_all=True,
    )
    yield Form(
        *(names.loss, "class", called(rows)),
        accepts=options,
        everyday=True,
        usual=True,
        quick=True,
        activated=True,
    )
    yield Form(
        *(names.loss, "class-mean", called(mean), Reduction.MEAN),
        accepts=(*options, "floatx", "reduction"),
        everyday=True,
        usual=True,
        alone=("interior",),
        combined=EXECUTIONS,
        combined_with_all=True,
    )
    yield from _copies(names, rows, options)

    def masked(parts: Parts) -> str:
        return replace(parts, output=call("masked", parts.output, "weight")).object(mean(parts))

    yield Form(names.loss, "masked", masked, Reduction.WEIGHTED_MEAN, needs=("mask",))
    by_weight = replace(plain, name="weight-gradient", by="weight", call=called(rows))
    yield replace(by_weight, accepts=(), needs=("sample_weight",))
    if "ignore_class" not in names.accepts and not names.needs:
        yield replace(plain, name="target-gradient", by="target", accepts=())


def _copies(names: Names, rows: Template, options: tuple[str, ...]) -> Iterator[Form]:
    """The object after a round trip."""

    def from_config(parts: Parts) -> str:
        return call(f"{KERAS}.{names.cls}.from_config", f"{rows(parts)}.get_config()")

    def deserialized(parts: Parts) -> str:
        return call(f"{KERAS}.deserialize", call(f"{KERAS}.serialize", rows(parts)))

    def saved(parts: Parts) -> str:
        return call("saved", rows(parts))

    yield Form(names.loss, "config", called(from_config), accepts=options)
    copy = Form(names.loss, "serialized", called(deserialized), accepts=options, combined=EAGER)
    yield copy
    yield replace(copy, name="saved", call=called(saved), traced=False, rare=True)
