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
from suites.cases import calls
from suites.cases.calls import Parts, Template, call
from suites.cases.execution import EXECUTIONS, Execution
from suites.cases.losses import LOSSES
from suites.cases.reading import Reading, of_both_batches, reading


@dataclass(frozen=True)
class Form:
    """A way of calling a loss.

    `call` makes the text of what a case puts into it. `accepts` names the options, of
    `loss_options.ARGUMENTS`, that may be in it, `needs` those that must.
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
    call: Template
    reduction: Reduction = Reduction.ROW
    accepts: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ("probabilities", "logits")
    formula: Formula | None = None  # where it is not that of the loss
    other_formula: Formula | None = None  # what might be computed in place of that
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

    @property
    def gives_gradient(self) -> bool:
        """Whether the call gives value and gradient, not the value alone."""
        return self.model or not self.gradient


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
EAGER: tuple[Execution, ...] = ("eager",)
AS_IT_COMES = ("probabilities",)  # what an object takes that was made from a text alone


def _function(name: str) -> Template:
    return lambda parts: parts.function(name)


def _created(name: str, *more: str) -> Template:
    return lambda parts: parts.created(name, *more)


def _object(loss: Template) -> Template:
    return lambda parts: parts.object(loss(parts))


def _named(text: str) -> Template:
    """The object that a text names."""
    return lambda parts: parts.object(text)


def _metric(metric: Template) -> Template:
    return lambda parts: parts.updated(metric(parts))


def _step(step: str, loss: Template, *more: str) -> Template:
    name, *own = calls.STEPS[step]
    return lambda parts: parts.step(name, loss(parts), *own, *more)


def _text(text: str) -> Template:
    return lambda parts: text


def _keras_3(names: Names) -> Iterator[Form]:
    """Functions, objects and texts of Keras 3."""
    loss, needs, keras = names.loss, names.needs, "tf.keras.losses"
    of_object = (*names.accepts, "sample_weight", "dtype")
    plain = _created(f"{keras}.{names.cls}", "reduction=None")
    mean = _created(f"{keras}.{names.cls}")
    function = Form(
        loss, "function", _function(f"{keras}.{loss}"), Reduction.ROW, names.accepts, needs
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
    created = Form(loss, "class", _object(plain), Reduction.ROW, of_object)
    yield replace(created, usual=True, quick=True, activated=True)
    accepts = (*of_object, "floatx", "reduction")
    yield Form(
        *(loss, "class-mean", _object(mean), Reduction.MEAN, accepts),
        usual=True,
        alone=("interior",),
        combined=EXECUTIONS,
        combined_with_all=True,
    )
    yield Form(loss, "string", _function(f"{keras}.get('{loss}')"), needs=needs, usual=True)
    for text in names.texts:
        yield Form(loss, f"string-{text}", _function(f"{keras}.get('{text}')"))
    named = _named(f"{keras}.get('{names.cls}')")
    yield Form(loss, "string-class", named, Reduction.MEAN, takes=AS_IT_COMES)
    yield from _copies(names, plain, of_object)

    def masked(parts: Parts) -> str:
        return replace(parts, output=call("masked", parts.output, "weight")).object(mean(parts))

    yield Form(loss, "masked", masked, Reduction.WEIGHTED_MEAN, needs=("mask",))
    by_weight = replace(function, name="weight-gradient", by="weight", call=_object(plain))
    yield replace(by_weight, accepts=(), needs=("sample_weight",))
    if "ignore_class" not in names.accepts and not needs:
        yield replace(function, name="target-gradient", by="target", accepts=())


def _copies(names: Names, plain: Template, accepts: tuple[str, ...]) -> Iterator[Form]:
    """The object after a round trip."""
    keras = "tf.keras.losses"

    def from_config(parts: Parts) -> str:
        return call(f"{keras}.{names.cls}.from_config", f"{plain(parts)}.get_config()")

    def deserialized(parts: Parts) -> str:
        return call(f"{keras}.deserialize", call(f"{keras}.serialize", plain(parts)))

    def saved(parts: Parts) -> str:
        return call("saved", plain(parts))

    yield Form(names.loss, "config", _object(from_config), Reduction.ROW, accepts)
    copy = Form(
        names.loss, "serialized", _object(deserialized), Reduction.ROW, accepts, combined=EAGER
    )
    yield copy
    yield replace(copy, name="saved", call=_object(saved), traced=False)


def _keras_2(names: Names) -> Iterator[Form]:
    """The same losses in tf_keras, which has Keras 2 run on today's TensorFlow."""
    loss, keras = names.loss, "tf_keras.losses"
    if not names.needs:
        function = _function(f"{keras}.{loss}")
        yield Form(loss, "tf_keras", function, accepts=names.accepts, combined=EAGER)
        created = _object(_created(f"{keras}.{names.cls}", "reduction='none'"))
        sparse = "ignore_class" in names.accepts  # has no axis there
        accepts = tuple(name for name in names.accepts if not (sparse and name == "axis"))
        yield Form(loss, "tf_keras-class", created, accepts=accepts, combined=EAGER)
        yield Form(loss, "tf_keras-string", _function(f"{keras}.get('{loss}')"))
        created = _object(_created(f"{keras}.{names.cls}"))
        mean = Form(loss, "tf_keras-mean", created, Reduction.MEAN, ("sample_weight",))
        yield replace(mean, combined=EAGER, combined_with_all=True)
        named = _named(f"{keras}.get('{names.cls}')")
        yield Form(loss, "tf_keras-string-class", named, Reduction.MEAN, takes=AS_IT_COMES)
        for text in names.texts:
            yield Form(loss, f"tf_keras-string-{text}", _function(f"{keras}.get('{text}')"))


def _below(names: Names) -> Iterator[Form]:
    """keras.ops and the backends, of which an elementwise loss stays so, and the metrics."""
    loss, plain = names.loss, Reduction.NONE if LOSSES[names.loss].elementwise else Reduction.ROW
    smoothed = ("label_smoothing", "epsilon", *(("axis",) if plain is Reduction.NONE else ()))
    accepts = tuple(name for name in names.accepts if name not in smoothed)
    if names.below:
        axis = tuple(name for name in accepts if name == "axis")
        ops = Form(loss, "ops", _function(f"keras.ops.{loss}"), plain, axis, combined=EAGER)
        yield replace(ops, usual=True, activated=True)
    if not names.needs:
        backend = Form(loss, "backend", _function(f"tf.keras.backend.{loss}"), plain, accepts)
        backend = replace(backend, combined=EAGER)
        swapped = (SWAPPED,) if names.swapped else ()
        yield replace(backend, usual=names.below, readings=swapped)
        older = _function(f"tf_keras.backend.{loss}")
        yield replace(backend, name="tf_keras-backend", call=older)
    if names.below:
        yield from _metrics(names)


def _metrics(names: Names) -> Iterator[Form]:
    """The loss as a metric, which is updated twice."""
    loss = names.loss
    metric = Form(
        loss, "metric", _text(""), Reduction.MEAN, gradient=False, traced=False, metric=True
    )
    options = tuple(name for name in names.accepts if name in ("label_smoothing", "ignore_class"))
    for form, keras in (("metric", "tf.keras"), ("tf_keras-metric", "tf_keras")):
        made = _metric(_created(f"{keras}.metrics.{names.cls}"))
        old = keras == "tf_keras"  # whose updates return an operation, which no trace can
        usual = replace(metric, name=form, call=made, accepts=options, combined=EAGER)
        yield replace(usual, eager_only=old)
    of_class = _created(f"tf.keras.metrics.{names.cls}")
    weighted = replace(metric, name="metric-weighted", reduction=Reduction.WEIGHTED_MEAN)
    weighted = replace(weighted, call=lambda parts: parts.updated_with_weights(of_class(parts)))
    yield replace(weighted, needs=("sample_weight",))
    texts = {"string": loss, "class": names.cls, **{text: text for text in names.texts}}
    for name, text in texts.items():
        made = _metric(_text(f"tf.keras.metrics.get('{text}')"))
        yield replace(metric, name=f"metric-{name}", call=made, takes=AS_IT_COMES)
    made = _metric(_text(f"tf_keras.metrics.get('{names.cls}')"))
    two = replace(metric, name="tf_keras-metric-class", call=made, takes=AS_IT_COMES)
    yield replace(two, eager_only=True)
    function = _function(f"tf_keras.metrics.get('{loss}')")
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
    created = _created(f"tf.keras.losses.{names.cls}")
    ways = {
        "string": _text(f"'{names.loss}'"),
        "class": created,
        "function": _text(f"tf.keras.losses.{names.loss}"),
    }
    if names.needs:  # a function that needs options can't be compiled
        del ways["function"]
    for way, loss in ways.items():
        kinds = ("probabilities", "logits") if way == "class" else AS_IT_COMES
        for step in calls.STEPS:
            updating = step in calls.UPDATING
            rows = step == "predict" and way != "class"
            yield Form(
                names.loss,
                f"{step}-{way}",
                _step(step, loss),
                Reduction.ROW if rows else Reduction.MEAN,
                takes=kinds,
                gradient=updating,
                traced=False,
                model=True,
                stepped=updating,
                readings=OF_STEP.get(step, ()),
                batches=BATCHES.get((step, way), ()),
            )
    fit = Form(names.loss, "", _step("fit", created), Reduction.MEAN, traced=False, model=True)
    fit = replace(fit, stepped=True, batches=ONE_BATCH)
    for text in ("ce", "crossentropy") if names in KERAS[:2] else ():
        by_text = _step("fit", _text(f"'{text}'"))
        yield replace(fit, name=f"fit-{text}", call=by_text, takes=AS_IT_COMES)
    yield from _special_models(names, fit, created)


def _special_models(names: Names, fit: Form, created: Template) -> Iterator[Form]:
    """On two devices, under a policy of mixed precision, and with weights for classes."""

    def mirrored(parts: Parts) -> str:
        return call("mirrored", f"lambda: {fit.call(parts)}")

    def mixed(parts: Parts) -> str:
        step = _step("fit", created, calls.UNSCALED)
        return call("with_policy", f"'mixed_{parts.dtype}'", f"lambda: {step(parts)}")

    yield replace(fit, name="fit-mirrored", call=mirrored, readings=OF_REPLICAS)
    if not names.needs:
        half = replace(fit, name="fit-mixed", call=mixed)
        yield replace(half, loss_dtype="float32", batches=IN_HALF)
    if not LOSSES[names.loss].elementwise:
        weighted = _step("fit", created, calls.HALVED_CLASSES)
        yield replace(fit, name="fit-class-weight", call=weighted, needs=("class_weight",))


def _nn_call(op: str) -> Template:
    name = f"tf.nn.{op}_cross_entropy_with_logits"
    return lambda parts: call(
        name, f"labels={parts.target}", f"logits={parts.output}", *parts.keywords
    )


def _nn(
    loss: str,
    op: str,
    reduction: Reduction = Reduction.ROW,
    accepts: tuple[str, ...] = (),
    *needs: str,
) -> Form:
    form = Form(loss, "nn", _nn_call(op), reduction, accepts, needs, takes=("logits",))
    return replace(form, combined=EAGER, usual=True, quick=True)


def _twice(loss: str, op: str, formula: Formula, other_formula: Formula | None = None) -> Form:
    """The gradient of the square of the gradient."""

    def squared(parts: Parts) -> str:
        inner = _nn_call(op)(Parts())
        return call("tf.square", call("slope", f"lambda output: {inner}", "output"))

    form = Form(loss, "twice", squared, Reduction.NONE, takes=("logits",))
    return replace(form, formula=formula, other_formula=other_formula)


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
            "softmax",
            history.SOFTMAX_SLOPE,
            history.FUSED_SOFTMAX_SLOPE,
        ),
        _twice(
            SPARSE,
            "sparse_softmax",
            history.SOFTMAX_SLOPE,
        ),
        _twice(
            BINARY,
            "sigmoid",
            history.SIGMOID_SLOPE,
        ),
    )
}
FIRST = {form.loss: form for form in reversed(FORMS.values())}  # asked most
FORM_NAMES = tuple(dict.fromkeys(name for _, name in FORMS))
