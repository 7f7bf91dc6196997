"""What may have been computed: another formula, option, dtype or reduction. A row each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import ml_dtypes
import numpy as np

from reference import history
from reference.arithmetic.formats import NAMES, get_format
from reference.arithmetic.protocol import EPSILON
from reference.history import Formula
from reference.reduction import Reduction
from reference.specification import Inputs, Specification
from reports.explain.call import Call, rounded
from reports.explain.losses import Losses, in_rows
from suites.cases.losses import LOSSES

Change = tuple[Specification, Inputs]


@dataclass(frozen=True)
class Hypothesis:
    """Something that gives a loss for each row: `label` says what, `releases` where it is done.

    `departures` counts how much it differs from the call as it was asked, `is_wider` says that it is
    that in a wider dtype, `fails` that it is the call itself, where rounding makes anything of it;
    `advice` says what to do if this is what was computed.
    """

    label: str
    spec: Specification
    inputs: Inputs
    departures: int
    releases: str = ""
    advice: str = ""
    is_wider: bool = False
    fails: bool = False

    @property
    def rows(self) -> tuple[int, ...]:
        """The shape of its losses."""
        return self.inputs.output.shape[:-1]

    @cached_property
    def losses(self) -> Losses:
        return Losses(self.spec, in_rows(self.inputs))


@dataclass(frozen=True)
class Total:
    """How the losses of rows become one number; `by_first_axis` divides it by the size of that."""

    label: str
    departures: int
    reduction: Reduction
    by_first_axis: bool = False

    def size(self, inputs: Inputs) -> int:
        """What the reduced losses are divided by."""
        return len(inputs.output) if self.by_first_axis else 1


MEAN = Total("mean over all rows", 0, Reduction.MEAN)
SUM = Total("sum over all rows", 0, Reduction.SUM)
OF_WEIGHTS = Total("sum divided by the sum of the weights", 1, Reduction.WEIGHTED_MEAN)
OF_AXIS = Total("sum divided by the size of the first axis", 1, Reduction.SUM, by_first_axis=True)


def totals(inputs: Inputs) -> Iterator[Total]:
    """How the losses of these rows may become one number: each way that gives another one."""
    rows = inputs.output.shape[:-1]
    if math.prod(rows) > 1:
        yield from (MEAN, SUM)
        if inputs.weight is not None:
            yield OF_WEIGHTS
        if len(rows) > 1:
            yield OF_AXIS


NOT_NORMALISED = Formula(
    "clip, log, without normalising",
    lambda target, output, a: (
        -a.reduce_sum(
            target
            * a.log(a.clip_by_value(output, a.constant(a.epsilon), 1.0 - a.constant(a.epsilon)))
        )
    ),
    "no release of Keras; code by hand, such as NumPy's",
)
IN_FLOAT32 = "Compute the loss in float32, from logits where the model has them; or find what made the numbers so."
FROM_LOGITS = "Compute the loss from logits: no clip, and a gradient however wrong the answer is."
CHECK_LOGITS = "Check from_logits: it must be True exactly if the model ends without an activation."


def formulas(call: Call) -> Iterator[Hypothesis]:
    """The formula that is right, then every other one that a release or a backend has had."""
    loss = call.loss
    own, others = (
        (loss.logits, loss.other_logits)
        if call.from_logits
        else (loss.probabilities, loss.other_probabilities)
    )
    assert own
    for formula in (own, *others):
        spec = replace(call.spec, formula=formula)
        departures = 0 if formula is own else 1
        yield Hypothesis(formula.name, spec, _fitting(call, formula), departures, formula.releases)


def _fitting(call: Call, formula: Formula) -> Inputs:
    """The inputs, with class numbers for labels where the formula takes nothing else."""
    inputs = call.inputs
    if formula.sparse and inputs.target.ndim == inputs.output.ndim:
        return replace(inputs, target=np.asarray(inputs.target).argmax(axis=-1))
    return inputs


def hypotheses(call: Call) -> Iterator[Hypothesis]:
    """All that is tried, with fewer departures first in each kind."""
    own, *others = formulas(call)
    yield own
    yield replace(
        own,
        label=f"the formula fails in {call.spec.dtype}",
        departures=1,
        releases="",
        advice=IN_FLOAT32,
        fails=True,
    )
    yield from others
    yield from _of_kind_of_predictions(call)
    yield from _of_dtypes(call)
    yield from _of_options(call)
    yield from _of_losses(call)


def _of_kind_of_predictions(call: Call) -> Iterator[Hypothesis]:
    loss = call.loss
    if call.from_logits and loss.probabilities:
        for formula in (loss.probabilities, *loss.other_probabilities):
            yield _with(call, formula, "the logits were taken for probabilities", CHECK_LOGITS)
        spec = replace(call.spec, formula=loss.probabilities, activation=loss.activation)
        text = f"the {loss.activation} first, then the loss of probabilities, which clips them"
        yield Hypothesis(text, spec, _fitting(call, loss.probabilities), 1, advice=FROM_LOGITS)
    if not call.from_logits and loss.logits:
        yield _with(call, loss.logits, "the probabilities were taken for logits", CHECK_LOGITS)
    if not call.from_logits and loss.probabilities:
        spec = replace(call.spec, activation=loss.activation)
        text = f"the {loss.activation} was applied a second time"
        advice = f"Remove one {loss.activation}: the predictions are probabilities already."
        yield Hypothesis(text, spec, call.inputs, 1, advice=advice)


def _with(call: Call, formula: Formula, label: str, advice: str) -> Hypothesis:
    spec = replace(call.spec, formula=formula)
    return Hypothesis(label, spec, _fitting(call, formula), 1, advice=advice)


def _of_options(call: Call) -> Iterator[Hypothesis]:
    spec, inputs = call.spec, call.inputs
    if not call.from_logits:
        for epsilon, who in _epsilons(call):
            label = (
                f"epsilon is {epsilon:g} ({who})" if epsilon else "without the clip (epsilon is 0)"
            )
            advice = "Keras clips probabilities to [epsilon, 1 - epsilon]; compare from logits, or clip too."
            yield Hypothesis(label, replace(spec, epsilon=epsilon), inputs, 1, advice=advice)
        if call.loss.family == "categorical" and spec.formula is history.CATEGORICAL:
            advice = "Keras divides each row by its sum first; compare with rows that sum to 1."
            for epsilon in (spec.epsilon, 0.0):
                changed = replace(spec, formula=NOT_NORMALISED, epsilon=epsilon)
                label = (
                    NOT_NORMALISED.name if epsilon else "log alone: neither normalised nor clipped"
                )
                yield Hypothesis(
                    label, changed, inputs, 1 + (not epsilon), NOT_NORMALISED.releases, advice
                )
    if spec.smoothing:
        yield Hypothesis("label_smoothing was ignored", replace(spec, smoothing=0.0), inputs, 1)
    if spec.ignored is not None:
        yield Hypothesis("ignore_class was ignored", replace(spec, ignored=None), inputs, 1)
    if spec.parameters:
        yield Hypothesis(
            "the parameters had their defaults", replace(spec, parameters=()), inputs, 1
        )
    if inputs.weight is not None:
        yield Hypothesis("sample_weight was ignored", spec, replace(inputs, weight=None), 1)
    if inputs.target.shape == inputs.output.shape and not call.from_logits:
        swapped = replace(inputs, target=inputs.output, output=inputs.target)
        advice = "Pass the labels first: loss(y_true, y_pred)."
        yield Hypothesis("labels and predictions were swapped", spec, swapped, 1, advice=advice)
    if inputs.output.ndim > 1 and not call.from_logits and spec.formula is history.CATEGORICAL:
        turned = replace(
            inputs,
            target=np.moveaxis(inputs.target, 0, -1),
            output=np.moveaxis(inputs.output, 0, -1),
            weight=None,
        )
        yield Hypothesis("the classes were taken on axis 0", spec, turned, 1, advice="Check axis.")


def _epsilons(call: Call) -> Iterator[tuple[float, str]]:
    tiny = float(ml_dtypes.finfo(call.inputs.output.dtype).eps)
    table = {
        0.0: "NumPy, written by hand",
        EPSILON: "Keras's default",
        1e-8: "Keras on Theano",
        1e-15: "scikit-learn before 1.2",
        tiny: f"machine epsilon of {call.spec.dtype}, scikit-learn",
    }
    yield from ((value, who) for value, who in table.items() if value != call.spec.epsilon)


def _of_dtypes(call: Call) -> Iterator[Hypothesis]:
    own = get_format(call.spec.dtype).unit_roundoff
    for name in NAMES:
        if name != call.spec.dtype:
            spec, inputs = replace(call.spec, dtype=name), rounded(call.inputs, name)
            wider = get_format(name).unit_roundoff < own and name != "float16"
            yield Hypothesis(f"computed in {name}", spec, inputs, 1, is_wider=wider)


def _of_losses(call: Call) -> Iterator[Hypothesis]:
    """Another loss, of which the numbers could be those, too."""
    for other in LOSSES.values():
        formula = other.logits if call.from_logits else other.probabilities
        if other is call.loss or formula is None:
            continue
        if formula.sparse and call.inputs.target.shape == call.inputs.output.shape:
            target = np.asarray(call.inputs.target, float)
            if not (np.isin(target, (0, 1)).all() and (target.sum(axis=-1) == 1).all()):
                continue
        spec = replace(call.spec, formula=formula, parameters=(), smoothing=0.0, ignored=None)
        advice = f"Check the name of the loss: this is {other.name}."
        yield Hypothesis(
            f"another loss: {other.name}",
            spec,
            _fitting(call, formula),
            1,
            formula.releases,
            advice,
        )
