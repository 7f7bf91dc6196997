"""What people usually get wrong in a loss of their own: what each makes of what is expected.

They compete, for such a loss only, with all that is tried for ours (`specify`): one at a time, or two
of different fields: the clip, how losses are put together, any other step. Most change a step of the
formula, whichever formula that is: they pass it an arithmetic in which that step is another one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from typing import Any

from reference import history
from reference.arithmetic.protocol import Value
from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.history import Formula
from reference.reduction import Reduction
from reference.specification import Parameter, Specification
from suites.cases.inputs import CLASSES
from suites.cases.reading import Reading

CLIP, TOTAL, STEP = "clip", "total", "step"  # two of one field exclude each other
EPSILONS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16)
INSIDE = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12)  # that are added to a probability
MOVED = {
    Reduction.MEAN: (Reduction.SUM, "the losses were added up, not averaged"),
    Reduction.SUM: (Reduction.MEAN, "the losses were averaged, not added up"),
}
OF_WEIGHTS = {
    Reduction.UNWEIGHTED_MEAN: "the weights were ignored",
    Reduction.WEIGHTED_MEAN: "the sum was divided by the weights, not by the number of rows",
    Reduction.UNGUARDED_MEAN: "the sum was divided by the weights, even where they sum to 0",
    Reduction.WEIGHT_COUNTED_ONCE: "the sum was divided by the one weight of all rows",
    Reduction.UNWEIGHTED_SUM: "the weights were repeated for every loss, and divided out",
    Reduction.PRODUCT_OF_MEANS: "the mean of the losses was multiplied by the mean of the weights",
}
Values = Any  # of every arithmetic, or an arithmetic itself: what a formula works on
Steps = Callable[..., Values]


def mistakes(spec: Specification) -> Iterator[Reading]:
    """Those that can be made in this specification."""
    yield from _of_reduction(spec)
    if not spec.formula.logits:
        yield from _of_clip(spec)
    yield from _of_formula(spec)
    yield from _of_parameters(spec)
    if spec.smoothing:
        yield _reading("the labels were not smoothed", smoothing=0.0)
        if spec.formula.elementwise:
            yield _reading("the smoothing was divided by the number of classes", classes=CLASSES)
    if not spec.formula.sparse:
        yield _reading("labels and predictions were taken in the other order", swapped=True)


def _reading(label: str, **fields: Any) -> Reading:  # values of any field of a specification
    field = CLIP if "epsilon" in fields else TOTAL if "reduction" in fields else STEP
    return Reading(_reason(label), lambda usual: replace(usual, **fields), field)


def _reason(label: str) -> Reason:
    return Reason(CauseKind.STEP, (label,))


def _steps(label: str, change: Steps, field: str = STEP) -> Reading:
    """Other steps: `change(steps, target, output, a, **parameters)`."""
    return Reading(_reason(label), lambda usual: _changed(usual, label, change), field)


@cache
def _changed(usual: Specification, label: str, change: Steps) -> Specification:
    formula: Formula = usual.formula
    steps = partial(change, formula.steps)
    return replace(usual, formula=replace(formula, name=f"{formula.name}: {label}", steps=steps))


def _of_reduction(spec: Specification) -> Iterator[Reading]:
    if spec.reduction in MOVED:
        reduction, label = MOVED[spec.reduction]
        yield _reading(label, reduction=reduction)
    if spec.reduction is Reduction.MEAN:
        for reduction, label in OF_WEIGHTS.items():
            yield _reading(label, reduction=reduction)
    if spec.formula.elementwise:
        if spec.reduction is not Reduction.NONE:
            yield _steps("the classes were added up, not averaged", _times_classes, TOTAL)
    elif not spec.formula.sparse:
        yield _steps("the classes were averaged, not added up", _by_classes, TOTAL)


def _of_clip(spec: Specification) -> Iterator[Reading]:
    nearest = sorted(EPSILONS, key=lambda epsilon: abs(math.log(epsilon / spec.epsilon)))
    for epsilon in nearest if spec.epsilon else EPSILONS:
        if epsilon != spec.epsilon:
            label = f"the clip has epsilon {epsilon:g}, not {spec.epsilon:g}"
            yield _reading(label, epsilon=epsilon)
        if spec.formula is history.BINARY_FOCAL:
            label = f"the factor (1 - p)^gamma is of clipped predictions, too, epsilon {epsilon:g}"
            yield _steps(label, _clipped_first(epsilon), CLIP)
    yield _steps("there is no clip", _unclipped, CLIP)
    yield _steps("the clip has no upper bound", _clipped_below, CLIP)
    for epsilon in INSIDE:
        label = f"{epsilon:g} is added inside the logarithm, in place of the clip"
        yield _steps(label, _added(epsilon), CLIP)


def _of_formula(spec: Specification) -> Iterator[Reading]:
    if spec.formula in (history.CATEGORICAL, history.CATEGORICAL_FOCAL):
        yield _steps("the predictions were not divided by their sum", _not_normalised)
    if spec.formula in (history.BINARY_DIRECT, history.SIGMOID):
        yield _steps("the term of the labels 0 is missing", _positive_only)
    yield _steps("the sign is the opposite", _negated)
    yield _steps("the logarithm is to base 2", _in_bits)


def _of_parameters(spec: Specification) -> Iterator[Reading]:
    """Of a focal loss: what weighs classes, and what weighs the certain."""
    parameters = dict(spec.parameters)
    alpha = parameters.get("alpha")
    if isinstance(alpha, float) and spec.formula.elementwise:
        yield _with("alpha weighs the wrong class", spec, alpha=1.0 - alpha)
        yield _with("alpha is left out", spec, alpha=None)
        yield _steps("alpha weighs the labels 1 alone", _alpha_of_positives)
    elif spec.formula in (history.CATEGORICAL_FOCAL, history.CATEGORICAL_FOCAL_LOGITS):
        yield _with("alpha is left out", spec, alpha=1.0)
    if spec.formula in FOCAL:
        yield _with("the factor (1 - p)^gamma is left out", spec, gamma=0.0)
        yield _steps("the factor is p^gamma, not (1 - p)^gamma", _of_certain)


FOCAL = (
    *(history.CATEGORICAL_FOCAL, history.CATEGORICAL_FOCAL_LOGITS),
    *(history.BINARY_FOCAL, history.BINARY_FOCAL_LOGITS),
)


def _with(label: str, spec: Specification, **changed: Parameter) -> Reading:
    parameters = tuple((dict(spec.parameters) | changed).items())
    return _reading(label, parameters=parameters)


class _Other:
    """The arithmetic `a`, but for some steps."""

    def __init__(self, a: Values) -> None:  # of any value
        self._a = a

    def __getattr__(self, name: str) -> Values:
        return getattr(self._a, name)


class _Unclipped(_Other):
    def clip_by_value(self, x: Value, lower: Value, upper: Value) -> Value:
        return x


class _ClippedBelow(_Other):
    def clip_by_value(self, x: Value, lower: Value, upper: Value) -> Value:
        found: Value = self._a.where_nonnegative(x - lower, x, lower)
        return found


class _Added(_Unclipped):
    def __init__(self, a: Values, epsilon: float) -> None:
        super().__init__(a)
        self._epsilon = epsilon

    def log(self, x: Value) -> Value:
        found: Value = self._a.log(x + self._a.constant(self._epsilon))
        return found


class _Bits(_Other):
    def log(self, x: Value) -> Value:
        found: Value = self._a.log(x) / self._a.constant(math.log(2.0))
        return found

    def log1p(self, x: Value) -> Value:
        found: Value = self._a.log1p(x) / self._a.constant(math.log(2.0))
        return found


class _OfCertain(_Other):
    def power(self, x: Value, exponent: float) -> Value:
        found: Value = self._a.power(1.0 - x, exponent)
        return found


class _NotNormalised(_Other):
    """The sum of the predictions, by which they are divided, is one."""

    def __init__(self, a: Values, output: Values) -> None:
        super().__init__(a)
        self._output = output

    def reduce_sum(self, x: Value, axis: int | None = -1) -> Value:
        of_output = x is self._output
        found: Value = self._a.constant(1.0) if of_output else self._a.reduce_sum(x, axis)
        return found


def _through(other: Callable[[Values], Values]) -> Steps:
    """The same steps through another arithmetic."""

    def change(steps: Steps, target: Values, output: Values, a: Values, **more: Values) -> Values:
        return steps(target, output, other(a), **more)

    return change


@cache
def _added(epsilon: float) -> Steps:
    return _through(partial(_Added, epsilon=epsilon))


_unclipped, _clipped_below, _in_bits, _of_certain = map(
    _through, (_Unclipped, _ClippedBelow, _Bits, _OfCertain)
)


def _not_normalised(
    steps: Steps, target: Values, output: Values, a: Values, **more: Values
) -> Values:
    return steps(target, output, _NotNormalised(a, output), **more)


def _times_classes(
    steps: Steps, target: Values, output: Values, a: Values, **more: Values
) -> Values:
    return steps(target, output, a, **more) * float(output.shape[-1])


def _by_classes(steps: Steps, target: Values, output: Values, a: Values, **more: Values) -> Values:
    return steps(target, output, a, **more) / float(output.shape[-1])


@cache
def _clipped_first(epsilon: float) -> Steps:
    def change(steps: Steps, target: Values, output: Values, a: Values, **more: Values) -> Values:
        lower = a.constant(epsilon)
        clipped = a.clip_by_value(output, lower, 1.0 - lower)
        return steps(target, clipped, _Unclipped(a), **more)

    return change


def _negated(steps: Steps, target: Values, output: Values, a: Values, **more: Values) -> Values:
    return -steps(target, output, a, **more)


def _positive_only(
    steps: Steps, target: Values, output: Values, a: Values, **more: Values
) -> Values:
    """What is left of a sum of both terms, which the labels 1 alone have."""
    return target * steps(target * 0.0 + 1.0, output, a, **more)


def _alpha_of_positives(
    steps: Steps, target: Values, output: Values, a: Values, alpha: float, **more: Values
) -> Values:
    weight = target * a.constant(alpha) + (1.0 - target)
    return weight * steps(target, output, a, alpha=None, **more)
