"""What a contract is: a call with something wrong or unusual in its text, and what is expected.

The table is in `contracts`; here are the pieces of which its rows are made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any

import numpy as np

from reference import formulas
from reference.arithmetic.formats import NAMES
from reference.arithmetic.protocol import Arithmetic, Value
from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.history import SPARSE_SOFTMAX
from reference.reduction import Reduction
from reference.specification import Activation, Inputs, Parameter, Specification
from suites.cases import inputs
from suites.cases.calls import LookUp, Parts, Template, call
from suites.cases.execution import EXECUTIONS, Execution
from suites.cases.forms.names import BINARY, CATEGORICAL, SPARSE
from suites.cases.loss_options import ALPHAS, ARGUMENTS
from suites.cases.option import Chosen
from suites.cases.reading import SpecificationChange, of_changed_predictions

# What is expected. Where it may be either, a number must be right.
ERROR, EITHER, NUMBER = "an error", "a number or an error", "a number"
InputsChange = Callable[[Inputs], Inputs]
# The text of a call with the texts of labels and predictions, and what makes another text out of it
# and of these two.
Inner = Callable[[str, str], str]
Wrapper = Callable[[Inner, str, str], str]


def as_it_is(inner: Inner, target: str, output: str) -> str:
    return inner(target, output)


@dataclass(frozen=True)
class Contract:
    """`losses` and `forms` are crossed; forms that a loss does not have are left out.

    `target`, `output`, `weight` and `arguments` (by name) are Python texts in the call, `wrapper`
    puts others around it. `arrays` makes the arrays out of the usual ones, `specify` what is
    expected of them out of the usual specification, and `readings` what might be computed instead,
    by the reason that a cause gives. The first of `dtypes` is asked most, and `executions` that are
    `by_night` in the tier everything alone; None is for XLA where it may refuse, since most of that
    is traced as in graphs. `gradient` says that there is one, `by_row` that it is about a loss for
    each row. `settings` of Keras, by name, have values of `loss_options.ARGUMENTS`.
    `look_up` finds what the form calls. A model predicts so many `classes`.
    """

    name: str
    promise: str
    expected: str
    losses: tuple[str, ...]
    forms: tuple[str, ...] = ("function", "class")
    target: str = "target"
    output: str = "output"
    weight: str = "weight"
    arguments: Mapping[str, str] = field(default_factory=dict)
    wrapper: Wrapper = as_it_is
    outputs: tuple[str, ...] = ("probabilities",)
    dtypes: tuple[str, ...] = ("float32", *(name for name in NAMES if name != "float32"))
    executions: tuple[Execution, ...] = EXECUTIONS
    by_night: tuple[Execution, ...] | None = None
    arrays: InputsChange = lambda usual: usual
    specify: SpecificationChange = lambda usual: usual
    readings: Mapping[Reason, SpecificationChange] = field(default_factory=dict)
    gradient: bool = True
    by_row: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    look_up: LookUp | None = None
    classes: int = inputs.CLASSES

    @property
    def at_night(self) -> tuple[Execution, ...]:
        """The executions that are asked in the tier everything alone."""
        if self.by_night is None:
            return () if self.expected == NUMBER else ("xla",)
        return self.by_night

    def call(self, form: Template, chosen: Chosen, from_logits: bool, of_model: Parts) -> str:
        """The expression over the arrays; `form` makes the text, `chosen` are the options it needs."""
        texts = {"from_logits": "True"} if from_logits else {}
        texts |= {name: ARGUMENTS[name].values[value] for name, value in chosen.items()}
        texts |= self.arguments
        called = {name for name in texts if name in ARGUMENTS and ARGUMENTS[name].called}
        options = tuple(f"{name}={text}" for name, text in texts.items() if name not in called)
        of_object = tuple(f"{name}={text}" for name, text in texts.items() if name in called)

        def inner(target: str, output: str) -> str:
            parts = replace(
                of_model,
                target=target,
                output=output,
                weight=self.weight,
                keywords=options,
                called=of_object,
                look_up=self.look_up,
            )
            return form(parts)

        return self.wrapper(inner, self.target, self.output)


def handled(label: str) -> Reason:
    """The reason that something was treated in another way."""
    return Reason(CauseKind.HANDLING, (label,))


GENERALISED = "categorical_generalized_cross_entropy"
FOCAL = ("categorical_focal_crossentropy", "binary_focal_crossentropy")
ONE_OUTPUT = (BINARY, FOCAL[1])
NO_ROWS = handled("the sum of no rows was divided by 0")
UNMASKED = Reason(CauseKind.OPTION, ("the mask was ignored",))
ONE_HOT = np.eye(inputs.CLASSES)[np.arange(inputs.ROWS) % inputs.CLASSES]
IGNORED = 255  # the class that is ignored where one is
EXAMPLE = [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]  # predictions of the docstrings
KERAS_DENSE = (CATEGORICAL, BINARY, *FOCAL)
WITH_METRICS = (CATEGORICAL, SPARSE, BINARY)
KERAS_LOSSES = (*WITH_METRICS, *FOCAL, GENERALISED)
in_float32 = partial(Contract, dtypes=("float32",))


def one_hot_labels(usual: Inputs) -> Inputs:
    return replace(usual, target=ONE_HOT.astype(usual.target.dtype))


def one_hot_predictions(usual: Inputs) -> Inputs:
    return replace(usual, output=ONE_HOT[::-1].astype(usual.output.dtype))


def one_class(usual: Inputs) -> Inputs:
    return Inputs(usual.target[:, :1], usual.output[:, :1])


def square(usual: Inputs) -> Inputs:
    """As many rows as classes."""
    rows = slice(0, inputs.CLASSES)
    return Inputs(usual.target[rows], usual.output[rows])


def next_class(usual: Inputs) -> Inputs:
    """As many rows as classes, none of which has the class of its own number."""
    found = square(usual)
    return replace(found, target=np.roll(found.target, 1, axis=-1))


def no_rows(usual: Inputs) -> Inputs:
    return Inputs(usual.target[:0], usual.output[:0])


def weighted(*weights: float) -> InputsChange:
    return lambda usual: replace(usual, weight=np.resize(weights, inputs.ROWS))


def weighted_column(usual: Inputs) -> Inputs:
    """One class, and weights of the rows that differ."""
    return replace(
        weighted(0.25, 2.0, 0.0, 0.5)(usual), target=usual.target[:, :1], output=usual.output[:, :1]
    )


def example(target: Sequence[float] | Sequence[Sequence[float]]) -> InputsChange:
    return lambda usual: Inputs(np.array(target), np.array(EXAMPLE, np.float32))


def equal_scores(usual: Inputs) -> Inputs:
    return replace(usual, output=np.ones_like(usual.output))


# 0 / 0 for every prediction.
undivided = of_changed_predictions("0 / 0", lambda output, a: output * 0.0)


def all_ignored(usual: Inputs) -> Inputs:
    return replace(usual, target=np.full_like(usual.target, IGNORED))


def ignoring(usual: Specification) -> Specification:
    return replace(usual, ignored=IGNORED)


def summed(usual: Specification) -> Specification:
    return replace(usual, reduction=Reduction.SUM)


def averaged_first(usual: Specification) -> Specification:
    return replace(usual, reduction=Reduction.PRODUCT_OF_MEANS)


def with_alphas(usual: Specification) -> Specification:
    """Balanced by class, as `loss_options.ALPHAS` says."""
    return replace(usual, parameters=(*usual.parameters, ("alpha", ALPHAS)))


def activated(name: Activation) -> SpecificationChange:
    return lambda usual: replace(usual, activation=name)


def _in_first_row(number: float, name: str) -> SpecificationChange:
    """The formula of predictions to which a number is added, in the first row."""
    added = np.zeros((inputs.ROWS, 1))
    added[0] = number
    return of_changed_predictions(name, lambda output, a: output + a.array(added))


infinite_logits = _in_first_row(-np.inf, "infinite logits")  # all minus infinity
row_of_nan = _in_first_row(np.nan, "a row of NaN")


def infinite_and_unmasked(usual: Specification) -> Specification:
    return unmasked(infinite_logits(usual))


def elementwise(usual: Specification) -> Specification:
    """A loss for each prediction: nothing is averaged."""
    return replace(usual, reduction=Reduction.NONE)


def _of_every_label(usual: Specification, name: str, mix: Callable[..., Any]) -> Specification:
    """A formula whose labels are 0 and 1, of which it then is linear: `mix` gets the mean label,
    and the losses that the labels 1 and 0 would have. It is one function of any value, which no
    `Callable` can say without `Any`.
    """

    def steps(target: Value, output: Value, a: Arithmetic[Value], **parameters: Parameter) -> Value:
        one, zero = (a.array(np.full((inputs.ROWS, 1), label)) for label in (1.0, 0.0))
        yes, no = (usual.formula.steps(label, output, a, **parameters) for label in (one, zero))
        return mix(target, yes, no, lambda x: formulas.reduce_mean(x, inputs.ROWS, a, None))

    return replace(usual, formula=replace(usual.formula, name=name, steps=steps))


@cache
def repeated(usual: Specification) -> Specification:
    """Each prediction against every label."""

    def mix(target: Value, yes: Value, no: Value, mean: Callable[[Value], Value]) -> Value:
        return mean(target) * yes + (1.0 - mean(target)) * no

    return _of_every_label(usual, "repeated labels", mix)


@cache
def repeated_predictions(usual: Specification) -> Specification:
    """Each label against every prediction."""

    def mix(target: Value, yes: Value, no: Value, mean: Callable[[Value], Value]) -> Value:
        return target * mean(yes) + (1.0 - target) * mean(no)

    return _of_every_label(usual, "repeated predictions", mix)


def masked_mean(usual: Specification) -> Specification:
    """The mean of the rows that the mask leaves."""
    return replace(usual, reduction=Reduction.WEIGHTED_MEAN)


def unmasked(usual: Specification) -> Specification:
    """The mean of all rows, whatever the mask."""
    return replace(usual, reduction=Reduction.UNWEIGHTED_MEAN)


def unguarded(usual: Specification) -> Specification:
    """The mean of the rows that count, also where none does; a call that gives rows has no mean."""
    if usual.reduction is Reduction.ROW:
        return usual
    return replace(usual, reduction=Reduction.UNGUARDED_MEAN)


def reported_by(name: str, steps: Callable[..., Any]) -> SpecificationChange:
    """What is reported is no loss, but what another formula makes of all rows: `steps` is one function of
    any value, which no `Callable` can say without `Any`.
    """

    def changed(usual: Specification) -> Specification:
        formula = replace(usual.formula, name=name, steps=steps)
        return replace(usual, reported=replace(usual, formula=formula, batch_size=0))

    return changed


def _mean_of_predictions(
    target: np.ndarray, output: Value, a: Arithmetic[Value], **parameters: Parameter
) -> Value:
    return a.reduce_sum(output) / float(output.shape[-1])


OF_PREDICTIONS = reported_by("mean of predictions", _mean_of_predictions)


def rounded(usual: Specification) -> Specification:
    """Odd class numbers are taken for the even ones below."""

    def steps(target: np.ndarray, output: Value, a: Arithmetic[Value]) -> Value:
        return formulas.sparse_softmax_crossentropy_with_logits(target - target % 2, output, a)

    return replace(usual, formula=replace(SPARSE_SOFTMAX, name="rounded classes", steps=steps))


def within(program: str, *first: str, given: str = "") -> Wrapper:
    """The call in a function that a program gets after its `first` arguments; `given` is what it passes
    to the function.
    """

    function = f"lambda {given}" if given else "lambda"

    def wrapper(inner: Inner, target: str, output: str) -> str:
        return call(program, *first, f"{function}: {inner(target, output)}")

    return wrapper


def traced(shape: str) -> Wrapper:
    """The call in a function that was traced for arrays of that shape."""

    def wrapper(inner: Inner, target: str, output: str) -> str:
        function = f"lambda target, output: {inner('target', 'output')}"
        return call("traced", function, f"lambda array: {shape}", target, output)

    return wrapper


def traced_again(inner: Inner, target: str, output: str) -> str:
    """The call in a function that was traced for other numbers of rows before."""
    function = f"lambda target, output: {inner('target', 'output')}"
    return call("traced_again", function, target, output)


ANY_BATCH = traced("[None, *array.shape[1:]]")
ANY_SHAPE = traced("[None] * array.shape.rank")
ANY_RANK = traced("None")


of_a_pair = partial(Contract, output=repr(EXAMPLE), dtypes=("float32",), gradient=False)


def after_others(count: int) -> Callable[..., Contract]:
    """A contract about three classes after so many others that can't be: their exponentials are 0."""
    output = f"tf.pad(output, [[0, 0], [{count}, 0]], constant_values=-30000.0)"
    return partial(Contract, target=f"target + {count}", output=output, outputs=("logits",))


def flat(inner: Inner, target: str, output: str) -> str:
    """The numbers of a ragged tensor."""
    return call("flat", inner(target, output))


def own_class(inner: Inner, target: str, output: str) -> str:
    """A loss as a user writes it, in place of the call."""
    return Parts(target, output).object("own_loss(tf.keras.losses.Loss)")
