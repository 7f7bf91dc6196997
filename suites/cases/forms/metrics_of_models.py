"""The losses as metrics beside the loss of a model in training, given to `compile` in several ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.history import Formula
from reference.reduction import Reduction
from reference.specification import Specification
from suites.cases.calls import Parts, Template
from suites.cases.forms.form import PROBABILITIES, Form
from suites.cases.forms.names import Names
from suites.cases.forms.templates import created, fixed
from suites.cases.inputs import ROWS
from suites.cases.losses import LOSSES
from suites.cases.reading import Reading

OF_BOTH = ("sample_weight", "masking", "batch_size")
ACCEPTS = {"fit": (*OF_BOTH, "outputs", "losses", "epochs"), "evaluate": OF_BOTH}  # by step


def forms(names: Names) -> Iterator[Form]:
    """Those of one loss."""
    if not names.in_ops:
        return
    an_object = created(f"tf.keras.metrics.{names.cls}")
    for step in ACCEPTS:
        yield _beside(names, f"{step}-metric-object", step, "metrics", an_object)
        weighted = _beside(names, f"{step}-metric-weighted", step, "weighted_metrics", an_object)
        yield replace(weighted, reports="a weighted metric")
    by_string, by_function = fixed(f"'{names.loss}'"), fixed(f"tf.keras.metrics.{names.loss}")
    yield _beside(names, "fit-metric-string", "fit", "metrics", by_string)
    yield _beside(names, "fit-metric-function", "fit", "metrics", by_function)
    for text in (*names.texts, *names.compiled):
        short = _beside(names, f"fit-metric-{text}", "fit", "metrics", fixed(f"'{text}'"))
        yield replace(short, takes=PROBABILITIES)


def _beside(names: Names, name: str, step: str, given_as: str, metric: Template) -> Form:
    """A step of a model whose metric is reported, not its loss."""
    loss = created(f"tf.keras.losses.{names.cls}")

    def call(parts: Parts) -> str:
        return parts.step(step, loss(parts), f"{given_as}=[{metric(parts)}]")

    return Form(
        *(names.loss, name, call, Reduction.MEAN),
        accepts=ACCEPTS[step],
        gradient=step == "fit",
        traced=False,
        model=True,
        everyday=True,
        stepped=step == "fit",
        batch_size=ROWS,
        reports="a metric",
        readings=(*_without_from_logits(names), *_undone(names), WEIGHTED_TOO, UNMASKED),
    )


def _of_metric(
    change: Callable[[Specification], Specification],
) -> Callable[[Specification], Specification]:
    """The change of what is reported."""

    def changed(usual: Specification) -> Specification:
        assert usual.reported
        return replace(usual, reported=change(usual.reported))

    return changed


def _without_from_logits(names: Names) -> Iterator[Reading]:
    """By the formula for probabilities, and by others that have stood there."""
    loss = LOSSES[names.loss]
    for formula in (loss.probabilities, *loss.other_probabilities):
        if formula:
            label = "the metric took the logits for probabilities"
            also = "" if formula is loss.probabilities else f", in another formula: {formula.name}"
            reason = Reason(CauseKind.OPTION, (label + also,))
            yield Reading(reason, _of_metric(_by_formula(formula)), "reported")


def _undone(names: Names) -> Iterator[Reading]:
    """By the formula for logits, where an activation has made probabilities of them."""
    if formula := LOSSES[names.loss].logits:
        reason = Reason(CauseKind.OPTION, ("the metric took the logits before the activation",))
        yield Reading(reason, _of_metric(_by_formula(formula)), "reported")


def _by_formula(formula: Formula) -> Callable[[Specification], Specification]:
    return lambda usual: replace(usual, formula=formula, activation="")


UNMASKED = Reading(
    Reason(CauseKind.OPTION, ("the metric ignored the mask",)),
    _of_metric(lambda usual: replace(usual, reduction=Reduction.UNWEIGHTED_MEAN, zeroed=True)),
    "reported",
)
WEIGHTED_TOO = Reading(
    Reason(CauseKind.OPTION, ("the metric was weighted, too",)),
    _of_metric(lambda usual: replace(usual, reduction=Reduction.WEIGHTED_MEAN)),
    "reported",
)
