"""What is asked of the reference: a formula, what comes before and after it, and the numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final, Literal, get_args

import numpy as np

from reference.arithmetic.protocol import EPSILON, Arithmetic
from reference.history import Formula
from reference.reduction import BY_ROW, Reduction

Quantity = Literal["value", "gradient"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
Variables = Literal["output", "target", "weight"]  # what a gradient is taken by
Parameter = float | tuple[float, ...] | None  # of a formula: one number, or one for each class
Activation = Literal["", "softmax", "sigmoid", "softmax across the rows"]
ACROSS: Final = "softmax across the rows"


@dataclass(frozen=True)
class Step:
    """What is done to predictions before a formula takes them, or to its losses: `change(x, a)`, by its
    name.
    """

    name: str
    # `Any`: a value of whichever arithmetic comes with it.
    change: Callable[[Any, Arithmetic[Any]], Any] = field(compare=False)


class Joined(Enum):
    """How the losses of batches become the one of all rows."""

    ROWS = "all rows are reduced at once"
    BY_ROWS = "the batches are averaged, each by its number of rows"
    ALIKE = "the batches are averaged, each alike"
    BY_HALVES = "the batches are averaged, each by half of its rows"
    DOUBLED = (
        "the batches are averaged, each by its number of rows, and with each all before it twice"
    )
    LAST = "the last batch is taken for all"
    EMPTY = "the batches are averaged, one of which has no rows, and 0 / 0 for a mean"
    SHORT_AS_ONE = "the batches are averaged, each by its number of rows, a short last one by 1"


Penalty = Literal["", "kernel", "activity", "activity, summed"]


@dataclass(frozen=True)
class Second:
    """Another output of a model, whose loss has a weight: it has the weights of the rows in reverse
    or, where it has a formula of its own, predicts the first class alone.
    """

    weight: float
    formula: Formula | None = None
    activation: Activation = ""


@dataclass(frozen=True)
class Specification:
    """A formula and what comes before and after it.

    `activation` turns the inputs, then logits, into what the formula takes; steps are taken `before`
    it, and `between` it and the formula, and `after` it of its losses. `smoothing` moves the
    targets towards 1 / `classes` (by default their number, or 2 where they do not exclude each
    other), `parameters` go to the formula, rows of class `ignored` are left out, `epsilon` is that of
    the clip. The gradient is taken `by` predictions, targets or weights; `stepped` gives, in its
    place, the output less its gradient: what gradient descent with rate 1 makes of it. `swapped`
    gives the formula targets and predictions in each other's place. `loss_dtype` is that of the loss,
    where the predictions, which are of `dtype`, are cast for it.

    A row counts as often as `class_weight` says of its class, the one of its greatest label. Where
    `weights_last`, weights of samples are taken along the last axis of the rows, not along the first;
    where `classes_by_place`, the class of a sample is the place of the greatest of its class numbers.

    In training the gradient is that of `loss_weight` times the loss, of each batch of `batch_size` rows by
    itself, which have no number in common; the first may have its own number of rows,
    `first_batch`, and only so many are taken as `steps` says. `joined` says how the value, of all
    rows, is put together; it counts `outputs` times, once for each output that is like this one.
    Where there are `halves`, each of two halves of a batch has a loss of its own, and these are
    averaged or added. A `penalty` is half the sum of the squares of the kernel, which are the
    predictions before the activation, or of what the model `predicts` by an activation of theirs, by
    the number of samples unless they are summed; it counts `penalty_weight` times.

    Of several `epochs` each goes on where the one before ended, and the value is that of the last;
    it is that of what is left of them where it is `validated`, on as many batches as there are
    `validation_steps`, or the mean over all epochs where these are `averaged`. Where half of the rows
    is `held_out`, the last, they are not trained on, and the value is theirs. The value may be
    `reported` by another specification, of all rows. The loss of a `second` output is added to it. A mean or sum
    is of all rows, `repeated` so many times. Rows that are masked have the predictions of zeros
    where they are `zeroed`.
    """

    formula: Formula
    dtype: str
    activation: Activation = ""
    reduction: Reduction = Reduction.ROW
    parameters: tuple[tuple[str, Parameter], ...] = ()
    smoothing: float = 0.0
    classes: int | None = None
    ignored: int | None = None
    epsilon: float = EPSILON
    by: Variables = "output"
    stepped: bool = False
    swapped: bool = False
    loss_dtype: str = ""
    class_weight: tuple[float, ...] = ()
    weights_last: bool = False
    classes_by_place: bool = False
    batch_size: int = 0  # 0: all rows are one batch
    joined: Joined = Joined.ROWS
    loss_weight: float = 1.0
    outputs: float = 1.0
    halves: Literal["", "averaged", "added", "added, one penalty"] = ""
    first_batch: int = 0  # 0: like the others
    steps: int = 0  # 0: all batches
    penalty: Penalty = ""
    penalty_weight: float = 1.0
    predicts: Activation = ""
    epochs: int = 1
    averaged: bool = False
    validated: bool = False
    validation_steps: int = 0  # 0: all batches
    held_out: bool = False
    reported: Specification | None = None
    repeated: int = 1
    zeroed: bool = False
    second: Second | None = None
    before: tuple[Step, ...] = ()
    between: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()

    @property
    def of_logits(self) -> bool:
        """Whether predictions are logits."""
        return bool(self.activation) or self.formula.logits

    @property
    def couples_rows(self) -> bool:
        """Whether a number depends on more than one row of the predictions."""
        return self.reduction not in BY_ROW or self.activation == ACROSS


@dataclass(frozen=True, eq=False)
class Inputs:
    """`target` (..., classes), or (...) of class numbers; `output` (..., classes); `weight` of rows
    and `mask`, which says whether they count, (...).

    Equal only to itself, so that what is computed for it can be remembered.
    """

    target: np.ndarray
    output: np.ndarray
    weight: np.ndarray | None = None
    mask: np.ndarray | None = None

    def reversed_weights(self) -> Inputs:
        """The same rows, with their weights in reverse."""
        return replace(self, weight=None if self.weight is None else self.weight[::-1])

    def first_class(self) -> Inputs:
        """The same rows, of which only the first class is left."""
        return replace(self, target=self.target[..., :1], output=self.output[..., :1])

    def batches(self, size: int, first: int = 0) -> list[Inputs]:
        """Batches of so many rows of the first axis, the `first` of which may have fewer, and the last."""
        starts = [*range(min(first, 1)), *range(first, len(self.output), size)]
        ends = [*starts[1:], len(self.output)]
        return [self.rows(slice(*both)) for both in zip(starts, ends, strict=True)]

    def rows(self, rows: slice) -> Inputs:
        """Some rows of the first axis."""
        weight = None if self.weight is None else self.weight[rows]
        mask = None if self.mask is None else self.mask[rows]
        return Inputs(self.target[rows], self.output[rows], weight, mask)


def one_hot(inputs: Inputs) -> np.ndarray:
    """The targets with a last axis of classes."""
    if inputs.target.ndim == inputs.output.ndim:
        return inputs.target
    classes = np.arange(inputs.output.shape[-1])
    return np.asarray(inputs.target[..., None] == classes, np.float64)


def shape_of_value(spec: Specification, inputs: Inputs) -> tuple[int, ...]:
    """The shape of the value."""
    if spec.reduction not in BY_ROW:
        return ()
    elementwise = spec.formula.elementwise and spec.reduction is Reduction.NONE
    return inputs.output.shape if elementwise else inputs.output.shape[:-1]


def shape_of_gradient(spec: Specification, inputs: Inputs) -> tuple[int, ...]:
    """The shape of what the gradient is taken by."""
    return inputs.output.shape[:-1] if spec.by == "weight" else inputs.output.shape
