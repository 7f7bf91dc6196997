"""What is drawn: a loss, a form, options, shapes and numbers; `around` has what stands around the call.

What comes first in a list is the simplest, which is where a find is shrunk to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from hypothesis import strategies as st

from reference.reduction import BY_ROW
from reference.specification import Inputs
from suites.cases.case import takes
from suites.cases.drawn import DRAWN, Drawn
from suites.cases.execution import Execution
from suites.cases.forms import FORMS
from suites.cases.forms.form import Form
from suites.cases.inputs import CLASSES, NAMED
from suites.cases.loss_options import IGNORED, join
from suites.cases.losses import LABELS, LOSSES, Loss
from suites.cases.option import Chosen
from suites.cases.outputs import OF_ACTIVATION, Output
from suites.hunt import numbers, options
from suites.hunt.around import around, traced_in
from suites.hunt.options import SEVERAL
from suites.hunt.sight import sharpest

MOST, MANY = 48, 4_096  # numbers of one batch, and of a large one
SIZES = (2, 1, 3, 4, 5, 8)
LARGE = (33, 129, 1_000)  # of one axis
ROWS = (2, 1, 3, 4, 8)  # of a model: at most a batch
OF_ONE_ROW = ("function", "ops", "backend", "nn")  # that need no axis of samples
HALF = ("float16", "bfloat16")
OTHERS = 3  # numbers of a call, of which those are taken that the reference is most certain of


@dataclass(frozen=True)
class Scope:
    """Among what is drawn: names of losses, forms, dtypes, executions and devices."""

    losses: tuple[str, ...]
    forms: tuple[str, ...]
    dtypes: tuple[str, ...]
    executions: tuple[Execution, ...]
    devices: tuple[str, ...] = ("CPU:0",)

    def forms_of(self, loss: str, model: bool) -> list[Form]:
        """Those that are drawn, of a loss."""
        known = [form for (of, name), form in FORMS.items() if of == loss and name in self.forms]
        return [form for form in known if form.model == model and _is_drawn(form)]


def _is_drawn(form: Form) -> bool:
    """Whether it takes less than seconds, and is expected to update what it trains."""
    return not (form.mirrored or form.workers > 1 or form.skips_steps)


@st.composite
def draws(draw: st.DrawFn, scope: Scope) -> Drawn:
    """A call with its numbers."""
    losses = [loss for loss in scope.losses if any(_forms(scope, loss))]
    loss = LOSSES[draw(st.sampled_from(losses))]
    plain, models = _forms(scope, loss.name)
    is_model = bool(models) and (not plain or draw(st.integers(0, 11)) == 11)
    form = draw(st.sampled_from(models if is_model else plain))
    output = draw(st.sampled_from(_outputs(form, loss)))
    dtype = draw(st.sampled_from(_dtypes(form, scope)))
    execution = draw(st.sampled_from(_executions(form, scope)))
    shape = draw(_shapes(form))
    chosen = draw(
        options.of_step(form, output, shape) if form.model else options.of_call(form, loss, shape)
    )
    device = scope.devices[0] if form.model else draw(st.sampled_from(scope.devices))
    return draw(_with_numbers(form, loss, output, dtype, execution, device, shape, chosen))


@cache
def _forms(scope: Scope, loss: str) -> tuple[list[Form], list[Form]]:
    """Those of calls, and those of models."""
    return scope.forms_of(loss, model=False), scope.forms_of(loss, model=True)


def _dtypes(form: Form, scope: Scope) -> tuple[str, ...]:
    """A model has float32, or the half precision of its policy."""
    if not form.model:
        return scope.dtypes
    return HALF if form.loss_dtype else ("float32",)


def _outputs(form: Form, loss: Loss) -> list[Output]:
    return [output for output in OF_ACTIVATION[loss.activation] if takes(form, output)]


def _executions(form: Form, scope: Scope) -> list[Execution]:
    """Eager ones more often: they cost least."""
    if form.eager_only or not (form.traced or form.model):
        return ["eager"]
    order: tuple[Execution, ...] = ("eager", "eager", "eager", "graph", "xla")
    return [name for name in order if name in scope.executions] or ["eager"]


@st.composite
def _shapes(draw: st.DrawFn, form: Form) -> tuple[int, ...]:
    if form.model:
        middle = (3,) if draw(st.integers(0, 3)) == 3 else ()
        return (draw(st.sampled_from(ROWS)), *middle, CLASSES)
    least = 1 if form.name in OF_ONE_ROW and LOSSES[form.loss].family != "sparse" else 2
    rank = max(draw(st.sampled_from((2, 2, 1, 3, 3, 4, 5))), least)
    one = LOSSES[form.loss].of_one_class
    shape = [draw(st.sampled_from([classes for classes in SEVERAL if classes > 1 or one]))]
    while len(shape) < rank:
        room = MOST // int(np.prod(shape))
        sizes = [size for size in SIZES if size <= room] or [1]
        shape.insert(0, draw(st.sampled_from(sizes)))
    if draw(st.integers(0, 19)) == 19:
        _enlarge(draw, shape)
    if form.metric:  # gets its rows in two parts
        shape[0] = max(shape[0], 2)
    elif form.reduction in BY_ROW and rank > 1 and draw(st.integers(0, 39)) == 39:
        shape[0] = 0
    return tuple(shape)


def _enlarge(draw: st.DrawFn, shape: list[int]) -> None:
    """Make one axis long, if the others leave room for it."""
    place = draw(st.integers(0, len(shape) - 1))
    others = int(np.prod(shape)) // shape[place]
    if sizes := [size for size in LARGE if others * size <= MANY]:
        shape[place] = draw(st.sampled_from(sizes))


@st.composite
def _with_numbers(
    draw: st.DrawFn,
    form: Form,
    loss: Loss,
    output: Output,
    dtype: str,
    execution: Execution,
    device: str,
    shape: tuple[int, ...],
    chosen: Chosen,
) -> Drawn:
    kind = draw(st.sampled_from(_labels(form, loss)))
    predictions = numbers.predictions(shape, dtype, output.of_logits, loss.family)
    predicted = draw(predictions)
    # what stands before the call takes NaN to a gradient that is ignored
    may_be_strange = predicted.size and not (form.model or IGNORED in chosen)
    if may_be_strange and draw(st.integers(0, 15)) == 15:
        predicted = numbers.with_strange(draw, predicted)
    target = draw(numbers.labels(loss.family, kind, shape, dtype))
    if IGNORED in chosen and draw(st.booleans()):
        target = _with_ignored(draw, target, int(chosen[IGNORED]))
    weight = draw(_weights(chosen, shape))
    mask = draw(numbers.masks(shape)) if "masking" in chosen else None
    before, between, after = draw(around(form, output))
    after = after if predicted.size else ""  # a mean of no rows is none
    traced = draw(traced_in(form, execution, chosen, shape))
    case = Drawn(
        *(loss.name, form.name, join(chosen), output.name, dtype, execution),
        *(device, kind, DRAWN),
        Inputs(target, predicted, weight, mask),
        *(before, between),
        *(after, traced),
    )
    if draw(st.integers(0, 3)) < 3:
        return case
    others = [replace(case.batch, output=draw(predictions)) for _ in range(OTHERS)]
    return sharpest(case, *(replace(case, batch=batch) for batch in others))


def _labels(form: Form, loss: Loss) -> tuple[str, ...]:
    if form.by == "target":
        return tuple(kind for kind in LABELS[loss.family] if kind not in NAMED)
    return LABELS[loss.family][:1] if form.model else LABELS[loss.family]


def _with_ignored(draw: st.DrawFn, target: np.ndarray, ignored: int) -> np.ndarray:
    found = target.copy()
    if found.size and ignored == np.asarray(ignored).astype(found.dtype):
        found.flat[draw(st.integers(0, found.size - 1))] = ignored
    return found


def _weights(chosen: Chosen, shape: tuple[int, ...]) -> st.SearchStrategy[np.ndarray | None]:
    """Masks are weights of 0 and 1; weights of samples are the same for all rows of one."""
    if "mask" in chosen:
        return numbers.masks(shape)
    kind = chosen.get("sample_weight", "")
    if kind in ("zeros", "scalar"):
        return st.just(np.full(shape[:-1], 0.5 if kind == "scalar" else 0.0))
    if kind == "samples":
        first = numbers.weights((shape[0], 1))
        return first.map(
            lambda w: np.broadcast_to(w.reshape(-1, *[1] * (len(shape) - 2)), shape[:-1])
        )
    return numbers.weights(shape) if kind else st.none()
