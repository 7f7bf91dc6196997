"""How an installation is asked about a user's numbers: the ways in which people call a loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from reference.arithmetic.protocol import EPSILON
from reference.reduction import Reduction
from reports.explain.call import Call
from reports.explain.hypotheses import MEAN, OF_WEIGHTS, Total
from suites.cases.calls import Parts, call
from suites.cases.execution import EXECUTIONS, Execution
from suites.cases.forms import FORMS
from suites.cases.forms.form import EAGER
from suites.cases.forms.names import KERAS, Names

MOST_IN_MODELS = 10_000  # rows: a model takes a step for each 32
ROWS = Total("each row", 0, Reduction.ROW)
EACH = Total("each row and class", 0, Reduction.NONE)
GRAPH: tuple[Execution, ...] = ("graph",)


@dataclass(frozen=True)
class Way:
    """`text` is a call, an expression over `target`, `output` and `weight`, `total` what it returns;
    `value_only` says that it gives no gradient. A model runs in a graph of its own.
    """

    name: str
    text: str
    executions: tuple[Execution, ...]
    total: Total = MEAN
    value_only: bool = False
    in_model: bool = False


def ways(one: Call) -> Iterator[Way]:
    """The ways of calling this loss with these options."""
    names = next((names for names in KERAS if names.loss == one.loss.name), None)
    found = _operation(one) if names is None else _of_keras(one, names)
    for way in found:
        changed = one.spec.epsilon != EPSILON
        setting = f"with_settings(lambda: {way.text}, epsilon={one.spec.epsilon!r})"
        yield replace(way, text=setting) if changed else way


def _of_keras(one: Call, names: Names) -> Iterator[Way]:
    parts = Parts(keywords=_keywords(one, names))
    weight = ("weight",) if one.inputs.weight is not None else ()
    made = parts.created(f"tf.keras.losses.{names.cls}")
    if not weight:
        function = parts.function(f"tf.keras.losses.{names.loss}")
        yield Way("function", function, EXECUTIONS, ROWS)
    sample_weight = tuple(f"sample_weight={name}" for name in weight)
    yield Way("class", call(made, "target", "output", *sample_weight), EXECUTIONS)
    if names.in_ops:
        metric = parts.created(f"tf.keras.metrics.{names.cls}")
        result = call("metric_of", metric, "target", "output", *weight)
        yield Way("metric", result, EAGER, OF_WEIGHTS if weight else MEAN, value_only=True)
    yield from _in_models(one, names, made, weight)


def _operation(one: Call) -> Iterator[Way]:
    """The one form of what is an operation of TensorFlow."""
    form = FORMS[one.loss.name, "nn"]
    keywords = tuple(f"{name}={value!r}" for name, value in one.spec.parameters)
    yield Way("tf.nn", form.call(Parts(keywords=keywords)), EXECUTIONS, EACH)


def _in_models(one: Call, names: Names, made: str, weight: tuple[str, ...]) -> Iterator[Way]:
    numbers = one.inputs.output
    if numbers.ndim < 2 or len(numbers) > MOST_IN_MODELS or not np.isfinite(numbers).all():
        return
    steps = {"evaluate": "evaluate_given", "fit": "fit_given", "train_on_batch": "train_on_given"}
    for step, program in steps.items():
        for loss in (made,) if names.needs else (made, f"'{names.loss}'"):
            kind = "class" if loss == made else "string"
            yield _step(f"{step}, loss by {kind}", call(program, loss, "target", "output", *weight))
    if not weight:
        yield _step("loss of predict", call("predict_given", made, "target", "output"))


def _step(name: str, text: str) -> Way:
    """As models run by default: in a graph of their own."""
    return Way(name, text, GRAPH, value_only=True, in_model=True)


def _keywords(one: Call, names: Names) -> tuple[str, ...]:
    """The options that were chosen, as this loss takes them; epsilon is a setting."""
    spec = one.spec
    chosen: dict[str, object] = dict(spec.parameters)
    if one.from_logits:
        chosen["from_logits"] = True
    if spec.smoothing:
        chosen["label_smoothing"] = spec.smoothing
    if spec.ignored is not None:
        chosen["ignore_class"] = spec.ignored
    if one.axis != -1 and "axis" in names.accepts:
        chosen["axis"] = one.axis
    return tuple(f"{name}={value!r}" for name, value in chosen.items())
