"""The losses in models, compiled in three ways, through seven steps, and in special modes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.reduction import Reduction
from suites.cases import calls
from suites.cases.calls import Parts, Template, call
from suites.cases.forms.form import PROBABILITIES, Form
from suites.cases.forms.names import Names
from suites.cases.forms.templates import created, fixed, step
from suites.cases.losses import LOSSES
from suites.cases.reading import Reading, of_both_batches, reading

ONE_BATCH = (("float32", "interior"),)
IN_HALF = tuple(
    (dtype, regime) for dtype in ("float16", "bfloat16") for regime in ("interior", "mistaken")
)
BATCHES = {  # by step and way
    ("fit", "function"): ONE_BATCH,
    ("evaluate", "class"): (("float32", "saturated"),),
    ("fit", "class"): (("float32", "mistaken"),),
}
TWICE_COUNTED = Reading(
    Reason(CauseKind.OPTION, ("the batch before was counted too",)), of_both_batches, "formula"
)
OF_REPLICAS = (
    reading("the gradients of the replicas were added up", reduction=Reduction.ADDED_HALVES),
    reading("only the first of two replicas was counted", reduction=Reduction.FIRST_HALF),
)
OF_STEP = {
    "evaluate_in_parts": (
        reading("each part of the batch was weighted alike", reduction=Reduction.MEAN_OF_PARTS),
    ),
    "test_twice": (TWICE_COUNTED,),
}


def forms(names: Names) -> Iterator[Form]:
    """Those of one loss."""
    an_object = created(f"tf.keras.losses.{names.cls}")
    ways = {
        "string": fixed(f"'{names.loss}'"),
        "class": an_object,
        "function": fixed(f"tf.keras.losses.{names.loss}"),
    }
    if names.needs:  # a function that needs options can't be compiled
        del ways["function"]
    for way, loss in ways.items():
        for name in calls.STEPS:
            yield _compiled(names, name, way, loss)
    fit = Form(
        *(names.loss, "fit", step("fit", an_object), Reduction.MEAN),
        traced=False,
        model=True,
        stepped=True,
        everyday=True,
        batches=ONE_BATCH,
    )
    for text in names.compiled:
        by_text = step("fit", fixed(f"'{text}'"))
        yield replace(fit, name=f"fit-{text}", call=by_text, takes=PROBABILITIES)
    yield from _special(names, fit, an_object)


def _compiled(names: Names, name: str, way: str, loss: Template) -> Form:
    """One step of a model that is compiled in one way."""
    updating = name in calls.UPDATING
    rows = name == "predict" and way != "class"
    return Form(
        *(names.loss, f"{name}-{way}", step(name, loss)),
        Reduction.ROW if rows else Reduction.MEAN,
        takes=("probabilities", "logits") if way == "class" else PROBABILITIES,
        gradient=updating,
        traced=False,
        model=True,
        everyday=True,
        stepped=updating,
        readings=OF_STEP.get(name, ()),
        batches=BATCHES.get((name, way), ()),
    )


def _special(names: Names, fit: Form, an_object: Template) -> Iterator[Form]:
    """On two devices, under a policy of mixed precision, and with weights for classes."""

    def mirrored(parts: Parts) -> str:
        return call("mirrored", f"lambda: {fit.call(parts)}")

    def mixed(parts: Parts) -> str:
        unscaled = step("fit", an_object, calls.UNSCALED)
        return call("with_policy", f"'mixed_{parts.dtype}'", f"lambda: {unscaled(parts)}")

    yield replace(fit, name="fit-mirrored", call=mirrored, readings=OF_REPLICAS)
    if not names.needs:
        half = replace(fit, name="fit-mixed", call=mixed)
        yield replace(half, loss_dtype="float32", batches=IN_HALF)
    if not LOSSES[names.loss].elementwise:
        weighted = step("fit", an_object, calls.HALVED_CLASSES)
        yield replace(fit, name="fit-class-weight", call=weighted, needs=("class_weight",))
