"""The losses in models, compiled in three ways, through seven steps, and in special modes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.reduction import Reduction
from reference.specification import Joined, Specification
from suites.cases import calls
from suites.cases.calls import Parts, Template, call
from suites.cases.forms.form import PROBABILITIES, Form
from suites.cases.forms.names import Names
from suites.cases.forms.templates import created, fixed, step
from suites.cases.inputs import ROWS
from suites.cases.losses import LOSSES
from suites.cases.reading import Reading, of_both_batches, reading

ONE_BATCH = (("float32", "interior"),)
IN_FLOAT16, IN_BFLOAT16 = (
    tuple((dtype, regime) for regime in ("interior", "mistaken"))
    for dtype in ("float16", "bfloat16")
)
SCALE = 16.0  # of a loss, and of all gradients, which overflow float16 soon
BATCHES = {  # by step and way
    ("fit", "function"): ONE_BATCH,
    ("evaluate", "class"): (("float32", "saturated"),),
    ("fit", "class"): (("float32", "mistaken"),),
}
BATCH_SIZES = {"evaluate_in_parts": calls.PARTS, "predict": 0}
OF_ANY = (
    *("sample_weight", "masking", "embedded", "loss_weights"),
    *("outputs", "second", "part", "losses"),
)
OF_MODEL = ("regularizer", "own", "floatx")
OF_DATA = ("data", "steps", "steps_per_execution")
OPTIONS = {  # by step
    "fit": (
        *("class_weight", "batch_size", *OF_ANY, *OF_MODEL),
        *(*OF_DATA, "epochs", "validated", "accumulation"),
    ),
    "train_on_batch": ("class_weight", *OF_ANY, *OF_MODEL, "calls"),
    "evaluate": ("batch_size", *OF_ANY, *OF_MODEL, *OF_DATA),
    "test_on_batch": (*OF_ANY, *OF_MODEL),
    "predict": ("batch_size",),
}
OF_BATCHES = (
    reading("the batches were averaged, each by its number of rows", joined=Joined.BY_ROWS),
    reading("the batches were averaged, each alike", joined=Joined.ALIKE),
    reading("the last batch was taken for all", joined=Joined.LAST),
    reading("a short last batch was counted as one row", joined=Joined.SHORT_AS_ONE),
)
TWICE_COUNTED = Reading(
    Reason(CauseKind.OPTION, ("the batch before was counted too",)), of_both_batches, "formula"
)


def _of_first_replica(usual: Specification) -> Specification:
    """The mean, or the sum, of the first half of the rows."""
    is_sum = usual.reduction is Reduction.SUM
    half = Reduction.SUM_OF_FIRST_HALF if is_sum else Reduction.FIRST_HALF
    return replace(usual, reduction=half)


OF_REPLICAS = (
    reading("each of two replicas was weighted alike", halves="averaged"),
    reading("the batches were averaged by the rows of one replica", joined=Joined.BY_HALVES),
    reading("with each batch all before it were counted twice", joined=Joined.DOUBLED),
    reading("the gradients of the replicas were added up", halves="added"),
    reading(
        "the gradients of the replicas were added up, not their penalties",
        halves="added, one penalty",
    ),
    Reading(
        Reason(CauseKind.OPTION, ("only the first of two replicas was counted",)),
        _of_first_replica,
        "reduction",
    ),
)


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
        batch_size=ROWS,
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
        accepts=_options(names, name) if way == "class" else (),
        batch_size=BATCH_SIZES.get(name, ROWS),
        takes=("probabilities", "logits") if way == "class" else PROBABILITIES,
        gradient=updating,
        traced=False,
        model=True,
        everyday=True,
        stepped=updating,
        readings=(TWICE_COUNTED,) if name == "test_twice" else OF_BATCHES,
        batches=BATCHES.get((name, way), ()),
    )


def _options(names: Names, name: str) -> tuple[str, ...]:
    """Those of the loss and of a step, in the order in which a specification takes them."""
    if name not in OPTIONS:
        return ()
    of_loss = (option for option in names.accepts if option != "axis")
    return *of_loss, "reduction", *OPTIONS[name]


def _special(names: Names, fit: Form, an_object: Template) -> Iterator[Form]:
    """On two devices, in two processes, under mixed precision, and with weights for classes."""

    def mirrored(of_one: Template) -> Template:
        return lambda parts: call("mirrored", f"lambda: {of_one(parts)}")

    def among(parts: Parts) -> str:
        return call("among_workers", f"lambda: {fit.call(parts)}")

    def mixed(by: float) -> Template:
        of_loss = step("fit", an_object, calls.scaled(by))
        return lambda parts: call(
            "with_policy", f"'mixed_{parts.dtype}'", f"lambda: {of_loss(parts)}"
        )

    of_both = (*OF_BATCHES, *OF_REPLICAS)
    both = replace(
        fit, name="fit-mirrored", call=mirrored(fit.call), readings=of_both, mirrored=True
    )
    yield replace(both, accepts=_options(names, "fit"))
    seen = replace(_compiled(names, "evaluate", "class", an_object), readings=of_both, batches=())
    yield replace(seen, name="evaluate-mirrored", call=mirrored(seen.call), mirrored=True)
    among_two = replace(both, name="fit-workers", call=among, workers=2, batches=())
    yield replace(among_two, accepts=("batch_size",))
    if not names.needs:
        main = LOSSES[names.loss].main
        half = replace(fit, loss_dtype="float32", rare=not main)
        batches = IN_FLOAT16 + IN_BFLOAT16 * main
        yield replace(half, name="fit-mixed", call=mixed(1.0), batches=batches)
        scaled = replace(half, name="fit-scaled", call=mixed(SCALE), batches=IN_FLOAT16[:1])
        yield replace(scaled, skips_steps=True)
    if not LOSSES[names.loss].elementwise:
        yield replace(fit, name="fit-class-weight", needs=("class_weight",))
