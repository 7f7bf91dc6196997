"""The ways of calling a loss: a row each, with the text of the call and the options it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reference import history
from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.history import Formula
from reference.reduction import Reduction
from reference.specification import Variables
from suites.cases import programs
from suites.cases.execution import EXECUTIONS, Execution
from suites.cases.losses import LOSSES
from suites.cases.reading import Reading, of_both_batches, reading


@dataclass(frozen=True)
class Form:
    """A way of calling a loss.

    `Case.call` fills in the text: `{output}`, the keyword arguments of the loss (`{keywords}`),
    those of a call of the object (`{called}`), `{run}`, which traces a function, and what models
    need. `accepts` names the arguments, of `arguments`, that may be given, `needs` those that must.
    `reduction` is that of `reference.specification`, `by` what the gradient is taken by; `traced` says
    that the whole call can be, `eager_only` that no part of it can. A `model` gets logits from a
    layer, and where it is `stepped` answers with the weights after one step; a `metric` gets its rows
    in two parts. `readings` is what else the form may be taken for.

    What it costs is decided by the other fields. `usual`: it is worth every dtype and execution;
    `quick`: the quick tier, too, and XLA; `activated`: the activation of its loss in front of it;
    `everywhere`: every device, every activation, rare labels. `alone` names the inputs with which
    each option is asked by itself ("hard" for the worst of the output), `combined` the executions in
    which options are combined, those of calls and settings where they are `combined_with_all`;
    `batches` dtypes and inputs that a model is asked for beside those of the covering array.
    """

    loss: str
    name: str
    call: str
    reduction: Reduction = Reduction.ROW
    accepts: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ("probabilities", "logits")
    formula: Formula | None = None  # where it is not that of the loss
    instead: Formula | None = None  # what might be computed in place of that
    loss_dtype: str = ""  # where it is not that of the predictions
    readings: tuple[Reading, ...] = ()
    by: Variables = "output"
    gradient: bool = True
    traced: bool = True
    eager_only: bool = False
    model: bool = False
    stepped: bool = False
    metric: bool = False
    usual: bool = False
    quick: bool = False
    activated: bool = False
    everywhere: bool = False
    alone: tuple[str, ...] = ()
    combined: tuple[Execution, ...] = ()
    combined_with_all: bool = False
    batches: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Names:
    """What Keras calls a loss: function and class, the options of both, and other texts for it."""

    loss: str
    cls: str
    accepts: tuple[str, ...]
    needs: tuple[str, ...] = ()  # options without a default in the function
    texts: tuple[str, ...] = ()
    below: bool = False  # whether keras.ops, the backend and the metrics have it
    swapped: bool = False  # whether a backend has taken the predictions first


KERAS = (
    Names(
        "categorical_crossentropy",
        "CategoricalCrossentropy",
        ("label_smoothing", "axis", "epsilon"),
        below=True,
        swapped=True,
    ),
    Names(
        "sparse_categorical_crossentropy",
        "SparseCategoricalCrossentropy",
        ("axis", "ignore_class", "epsilon"),
        below=True,
    ),
    Names(
        "binary_crossentropy",
        "BinaryCrossentropy",
        ("label_smoothing", "axis", "epsilon"),
        texts=("bce", "BCE"),
        below=True,
        swapped=True,
    ),
    Names(
        "categorical_focal_crossentropy",
        "CategoricalFocalCrossentropy",
        ("alpha", "gamma", "label_smoothing", "axis", "epsilon"),
    ),
    Names(
        "binary_focal_crossentropy",
        "BinaryFocalCrossentropy",
        ("apply_class_balancing", "alpha", "gamma", "label_smoothing", "axis", "epsilon"),
    ),
    Names(
        "categorical_generalized_cross_entropy",
        "CategoricalGeneralizedCrossEntropy",
        ("q",),
        needs=("q",),
    ),
)
CALL = "(target, {output}{keywords})"
OBJECT_CALL = "(target, {output}{called})"
EAGER: tuple[Execution, ...] = ("eager",)
AS_IT_COMES = ("probabilities",)  # what an object takes that was made from a text alone


def _keras_3(names: Names) -> Iterator[Form]:
    """Functions, objects and texts of Keras 3, and the object after a round trip."""
    loss, needs = names.loss, names.needs
    of_object = (*names.accepts, "sample_weight", "dtype")
    plain = f"tf.keras.losses.{names.cls}(reduction=None{{keywords}})"
    mean = f"tf.keras.losses.{names.cls}({{keywords}})"
    function = Form(
        loss, "function", f"tf.keras.losses.{loss}{CALL}", Reduction.ROW, names.accepts, needs
    )
    yield replace(
        function,
        usual=True,
        quick=True,
        activated=True,
        everywhere=True,
        alone=("interior", "hard"),
        combined=EXECUTIONS,
        combined_with_all=True,
    )
    created = Form(loss, "class", plain + OBJECT_CALL, Reduction.ROW, of_object)
    yield replace(created, usual=True, quick=True, activated=True)
    accepts = (*of_object, "floatx", "reduction")
    yield Form(
        *(loss, "class-mean", mean + OBJECT_CALL, Reduction.MEAN, accepts),
        usual=True,
        alone=("interior",),
        combined=EXECUTIONS,
        combined_with_all=True,
    )
    yield Form(loss, "string", f"tf.keras.losses.get('{loss}'){CALL}", needs=needs, usual=True)
    for text in names.texts:
        yield Form(loss, f"string-{text}", f"tf.keras.losses.get('{text}'){CALL}")
    text = f"tf.keras.losses.get('{names.cls}'){OBJECT_CALL}"
    yield Form(loss, "string-class", text, Reduction.MEAN, takes=AS_IT_COMES)
    copied = f"tf.keras.losses.{names.cls}.from_config({plain}.get_config())"
    yield Form(loss, "config", copied + OBJECT_CALL, Reduction.ROW, of_object)
    copied = f"tf.keras.losses.deserialize(tf.keras.losses.serialize({plain}))"
    yield Form(loss, "serialized", copied + OBJECT_CALL, Reduction.ROW, of_object, combined=EAGER)
    saved = programs.SAVED.format(create=plain)
    yield Form(loss, "saved", saved, Reduction.ROW, of_object, traced=False, combined=EAGER)
    masked = programs.MASKED.format(create=mean)
    yield Form(loss, "masked", masked, Reduction.WEIGHTED_MEAN, needs=("mask",))
    by_weight = replace(function, name="weight-gradient", by="weight", call=plain + OBJECT_CALL)
    yield replace(by_weight, accepts=(), needs=("sample_weight",))
    if "ignore_class" not in names.accepts and not needs:
        yield replace(function, name="target-gradient", by="target", accepts=())


def _keras_2(names: Names) -> Iterator[Form]:
    """The same losses in tf_keras, which has Keras 2 run on today's TensorFlow."""
    loss, losses = names.loss, "tf_keras.losses"
    if not names.needs:
        call = f"{losses}.{loss}{CALL}"
        yield Form(loss, "tf_keras", call, accepts=names.accepts, combined=EAGER)
        created = f"{losses}.{names.cls}(reduction='none'{{keywords}})"
        sparse = "ignore_class" in names.accepts  # has no axis there
        accepts = tuple(name for name in names.accepts if not (sparse and name == "axis"))
        call = created + OBJECT_CALL
        yield Form(loss, "tf_keras-class", call, accepts=accepts, combined=EAGER)
        yield Form(loss, "tf_keras-string", f"{losses}.get('{loss}'){CALL}")
        created = f"{losses}.{names.cls}({{keywords}})"
        mean = Form(
            loss, "tf_keras-mean", created + OBJECT_CALL, Reduction.MEAN, ("sample_weight",)
        )
        yield replace(mean, combined=EAGER, combined_with_all=True)
        text = f"{losses}.get('{names.cls}'){OBJECT_CALL}"
        yield Form(loss, "tf_keras-string-class", text, Reduction.MEAN, takes=AS_IT_COMES)
        for text in names.texts:
            yield Form(loss, f"tf_keras-string-{text}", f"{losses}.get('{text}'){CALL}")


def _below(names: Names) -> Iterator[Form]:
    """keras.ops and the backends, of which an elementwise loss stays so, and the metrics."""
    loss, plain = names.loss, Reduction.NONE if LOSSES[names.loss].elementwise else Reduction.ROW
    smoothed = ("label_smoothing", "epsilon", *(("axis",) if plain is Reduction.NONE else ()))
    accepts = tuple(name for name in names.accepts if name not in smoothed)
    if names.below:
        axis = tuple(name for name in accepts if name == "axis")
        ops = Form(loss, "ops", f"keras.ops.{loss}{CALL}", plain, axis, combined=EAGER)
        yield replace(ops, usual=True, activated=True)
    if not names.needs:
        backend = Form(loss, "backend", f"tf.keras.backend.{loss}{CALL}", plain, accepts)
        backend = replace(backend, combined=EAGER)
        swapped = (SWAPPED,) if names.swapped else ()
        yield replace(backend, usual=names.below, readings=swapped)
        yield replace(backend, name="tf_keras-backend", call=f"tf_keras.backend.{loss}{CALL}")
    if not names.below:
        return
    metric = Form(loss, "metric", "", Reduction.MEAN, gradient=False, traced=False, metric=True)
    options = tuple(name for name in names.accepts if name in ("label_smoothing", "ignore_class"))
    for form, keras in (("metric", "tf.keras"), ("tf_keras-metric", "tf_keras")):
        call = programs.METRIC.format(create=f"{keras}.metrics.{names.cls}({{keywords}})")
        old = keras == "tf_keras"  # whose updates return an operation, which no trace can
        usual = replace(metric, name=form, call=call, accepts=options, combined=EAGER)
        yield replace(usual, eager_only=old)
    call = programs.WEIGHTED_METRIC.format(create=f"tf.keras.metrics.{names.cls}({{keywords}})")
    weighted = replace(metric, name="metric-weighted", call=call, reduction=Reduction.WEIGHTED_MEAN)
    yield replace(weighted, needs=("sample_weight",))
    texts = {"string": loss, "class": names.cls, **{text: text for text in names.texts}}
    for name, text in texts.items():
        call = programs.METRIC.format(create=f"tf.keras.metrics.get('{text}')")
        yield replace(metric, name=f"metric-{name}", call=call, takes=AS_IT_COMES)
    call = programs.METRIC.format(create=f"tf_keras.metrics.get('{names.cls}')")
    two = replace(metric, name="tf_keras-metric-class", call=call, takes=AS_IT_COMES)
    yield replace(two, eager_only=True)
    function = f"tf_keras.metrics.get('{loss}'){CALL}"
    yield Form(loss, "tf_keras-metric-string", function, metric=True)


ONE_BATCH = (("float32", "interior"),)
IN_HALF = tuple(
    (dtype, regime) for dtype in ("float16", "bfloat16") for regime in ("interior", "mistaken")
)
BATCHES = {
    ("fit", "function"): ONE_BATCH,
    ("evaluate", "class"): (("float32", "saturated"),),
    ("fit", "class"): (("float32", "mistaken"),),
}
TWICE_COUNTED = Reading(
    Reason(CauseKind.OPTION, ("the batch before was counted too",)), of_both_batches, "formula"
)
SWAPPED = reading("the arguments were taken in the other order", swapped=True)
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


def _models(names: Names) -> Iterator[Form]:
    """The loss in a model, compiled in three ways, through five methods, and in special modes."""
    created = f"tf.keras.losses.{names.cls}({{keywords}})"
    ways = {
        "string": f"'{names.loss}'",
        "class": created,
        "function": f"tf.keras.losses.{names.loss}",
    }
    if names.needs:  # a function that needs options can't be compiled
        del ways["function"]
    for way, loss in ways.items():
        kinds = ("probabilities", "logits") if way == "class" else AS_IT_COMES
        for step, text in programs.STEPS.items():
            updating = step in programs.UPDATING
            rows = step == "predict" and way != "class"
            yield Form(
                names.loss,
                f"{step}-{way}",
                programs.model(loss, text, updating),
                Reduction.ROW if rows else Reduction.MEAN,
                takes=kinds,
                gradient=updating,
                traced=False,
                model=True,
                stepped=updating,
                readings=OF_STEP.get(step, ()),
                batches=BATCHES.get((step, way), ()),
            )
    for text in ("ce", "crossentropy") if names in KERAS[:2] else ():
        call = programs.model(f"'{text}'", programs.STEPS["fit"], True)
        yield Form(
            *(names.loss, f"fit-{text}", call, Reduction.MEAN),
            takes=AS_IT_COMES,
            traced=False,
            model=True,
            stepped=True,
            batches=ONE_BATCH,
        )
    fit = programs.model(created, programs.STEPS["fit"], True)
    special = Form(names.loss, "", "", Reduction.MEAN, traced=False, model=True, stepped=True)
    special = replace(special, batches=ONE_BATCH)
    mirrored = replace(special, name="fit-mirrored", readings=OF_REPLICAS)
    yield replace(mirrored, call=programs.within(programs.MIRRORED, fit))
    if not names.needs:
        mixed = programs.model(created, programs.STEPS["fit"], True, programs.UNSCALED)
        half = replace(special, name="fit-mixed", loss_dtype="float32", batches=IN_HALF)
        yield replace(half, call=programs.within(programs.MIXED, mixed))
    if not LOSSES[names.loss].elementwise:
        weighted = programs.model(created, programs.WEIGHTED_CLASSES, True)
        yield replace(special, name="fit-class-weight", call=weighted, needs=("class_weight",))


def _nn(
    loss: str,
    op: str,
    reduction: Reduction = Reduction.ROW,
    accepts: tuple[str, ...] = (),
    *needs: str,
) -> Form:
    call = f"tf.nn.{op}_cross_entropy_with_logits(labels=target, logits={{output}}{{keywords}})"
    form = Form(loss, "nn", call, reduction, accepts, needs, takes=("logits",), combined=EAGER)
    return replace(form, usual=True, quick=True)


def _twice(loss: str, call: str, formula: Formula, instead: Formula | None = None) -> Form:
    text = programs.TWICE.format(call=call)
    form = Form(loss, "twice", text, Reduction.NONE, takes=("logits",))
    return replace(form, formula=formula, instead=instead)


CATEGORICAL, SPARSE, BINARY = (names.loss for names in KERAS[:3])
FORMS = {
    (form.loss, form.name): form
    for form in (
        *(form for names in KERAS for form in _keras_3(names)),
        *(form for names in KERAS for form in _below(names)),
        *(form for names in KERAS for form in _keras_2(names)),
        *(form for names in KERAS for form in _models(names)),
        _nn(CATEGORICAL, "softmax", Reduction.ROW, ("axis",)),
        _nn(SPARSE, "sparse_softmax"),
        _nn(BINARY, "sigmoid", Reduction.NONE),
        _nn(
            "weighted_sigmoid_crossentropy",
            "weighted",
            Reduction.NONE,
            ("pos_weight",),
            "pos_weight",
        ),
        _twice(
            CATEGORICAL,
            "tf.nn.softmax_cross_entropy_with_logits(labels=target, logits=output)",
            history.SOFTMAX_SLOPE,
            history.FUSED_SOFTMAX_SLOPE,
        ),
        _twice(
            SPARSE,
            "tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=output)",
            history.SOFTMAX_SLOPE,
        ),
        _twice(
            BINARY,
            "tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=output)",
            history.SIGMOID_SLOPE,
        ),
    )
}
FIRST = {form.loss: form for form in reversed(FORMS.values())}  # asked most
FORM_NAMES = tuple(dict.fromkeys(name for _, name in FORMS))
