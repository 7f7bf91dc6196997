"""What a formula may ask of the arithmetic that computes it.

A formula is written once, as the steps its source takes. Which numbers flow through it is decided
by the arithmetic passed in:

- `native.Native`: NumPy in the dtype under test, every step rounded;
- `exact.Exact`: real numbers, to as many digits as it takes;
- `enclosure.Enclosure`: the set of results that a correct evaluation may return;
- `gradient.Tape`: the chain rule, over any of the three.

Values have a shape and support + - * / and negation among themselves and with Python floats. What reduces works on
the last axis, that of the classes, and keeps it with length one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import numpy as np

from reference.arithmetic.deviation import NONE, Deviation

if TYPE_CHECKING:
    from reference.arithmetic.ball import Ball
    from reference.arithmetic.gradient import Variable

# An array of the arithmetic in use. Exact numbers are arrays of objects; a variable on a tape is
# one of `Any` plain value: its tape knows which, and a formula need not.
Value = TypeVar("Value", np.ndarray, "Ball", "Variable[Any]")
Plain = TypeVar("Plain", np.ndarray, "Ball")  # one that is on no tape

EPSILON = 1e-7  # keras.config.epsilon(), unless it is set


class Arithmetic(Protocol[Value]):
    """The steps that are not operators, and the epsilon of the clip."""

    epsilon: float
    knows_constants: bool  # that x ** 0 is one, and has the derivative 0 at x = 0 too
    deviation: Deviation

    def array(self, numbers: np.ndarray) -> Value:
        """Numbers of the dtype under test, taken as they are."""

    def constant(self, *numbers: float) -> Value:
        """Real numbers, written in decimal, as near to them as the arithmetic can come."""

    def log(self, x: Value) -> Value: ...
    def exp(self, x: Value) -> Value: ...
    def log1p(self, x: Value) -> Value: ...
    def softmax(self, logits: Value) -> Value: ...
    def sigmoid(self, logits: Value) -> Value: ...

    def power(self, x: Value, exponent: float, less: int = 0) -> Value:
        """x ** (exponent - less), where 0 ** 0 is 1; no real number for a root of a negative one."""

    def clip_by_value(self, x: Value, lower: Value, upper: Value) -> Value:
        """min(max(x, lower), upper). At a rail the derivative is 1, outside it 0."""

    def where_nonnegative(self, x: Value, yes: Value, no: Value) -> Value:
        """`yes` where x >= 0, else `no`."""

    def reduce_sum(self, x: Value, axis: int | None = -1) -> Value:
        """Sum over the last axis, or over all of them where `axis` is None."""

    def sum_of_copies(self, x: Value, times: int, runs: int) -> Value:
        """Sum over the last axis, which is there so many times, in `runs` that are added up side by
        side.
        """

    def reduce_max(self, x: Value) -> Value:
        """Greatest along the last axis, a constant to the chain rule: only for shifting logits."""

    def gather(self, x: Value, index: np.ndarray) -> Value:
        """x[..., index]: one entry of each row, where `index` has the shape of x less its last axis."""

    def transpose(self, x: Value) -> Value:
        """The last two axes, one for the other."""

    def reverse(self, x: Value) -> Value:
        """The last row first."""

    def concatenate(self, parts: Sequence[Value]) -> Value:
        """One after the other, along the first axis."""

    def custom_gradient(self, value: Value, x: Value, gradient: Value) -> Value:
        """`value`, whose derivative by x is declared to be `gradient` whatever it is."""

    def fused_gradient(self, value: Value, x: Value, gradient: Value) -> Value:
        """`value`, whose derivative by x is `gradient`: what comes back is multiplied by that, or
        taken through the steps of `value`.
        """

    def either(self, x: Value, y: Value) -> Value:
        """One number that was computed in two orders."""

    def once_more(self, x: Value, times: int = 1) -> Value:
        """The same number, which other orders of its factors round once more, or so many times."""


class Casting(Arithmetic[Value], Protocol[Value]):
    """An arithmetic of one format, to which numbers of another can be rounded."""

    def cast(self, x: Value) -> Value:
        """The same numbers, rounded to this format."""


class Steps(Generic[Plain]):
    """Steps that the plain arithmetics build from others in the same way."""

    epsilon = EPSILON
    knows_constants = True
    deviation = NONE

    def softmax(self: Arithmetic[Plain], logits: Plain) -> Plain:
        """exp(z - max z) / sum exp(z - max z), as every framework computes it."""
        exponentials = self.exp(logits - self.reduce_max(logits))
        return exponentials / self.reduce_sum(exponentials)

    def sigmoid(self: Arithmetic[Plain], logits: Plain) -> Plain:
        """1 / (1 + exp(-z))."""
        return 1.0 / (1.0 + self.exp(-logits))

    def sum_of_copies(self: Arithmetic[Plain], x: Plain, times: int, runs: int) -> Plain:
        return self.reduce_sum(x) * float(times)

    def transpose(self, x: Plain) -> Plain:
        return x.swapaxes(-1, -2)

    def reverse(self, x: Plain) -> Plain:
        return x[::-1]

    def custom_gradient(self, value: Plain, x: Plain, gradient: Plain) -> Plain:
        return value

    fused_gradient = custom_gradient

    def either(self, x: Plain, y: Plain) -> Plain:
        return x

    def once_more(self, x: Plain, times: int = 1) -> Plain:
        return x
