"""The chain rule over any arithmetic: values and their gradients from one formula.

A `Tape` is an arithmetic whose values remember how they came about. Going back over them takes the
steps that TensorFlow registers as gradients of the same operations (for x / y: g / y and
g * ((-x / y) / y); for log: g * (1 / x); for the clip: g inside the rails, at a rail too), so that
the native arithmetic underneath fails where TensorFlow fails, and an enclosure underneath bounds
what TensorFlow may return.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, cast

import numpy as np

from reference.arithmetic.protocol import EPSILON, Arithmetic, Plain

Backward = Callable[[Plain], Plain]


@dataclass(eq=False)
class Variable(Generic[Plain]):
    """A value on a tape, and for each parent the map from its own adjoint to the parent's."""

    value: Plain
    tape: Tape[Plain]
    parents: tuple[tuple[Variable[Plain], Backward[Plain]], ...] = ()
    watched: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        shape: tuple[int, ...] = self.value.shape
        return shape

    def _lift(self, other: Variable[Plain] | float) -> Variable[Plain]:
        return other if isinstance(other, Variable) else Variable(cast(Plain, other), self.tape)

    def __add__(self, other: Variable[Plain] | float) -> Variable[Plain]:
        y = self._lift(other)
        return self.tape.record(self.value + y.value, (self, lambda g: g), (y, lambda g: g))

    def __radd__(self, other: float) -> Variable[Plain]:
        return self._lift(other) + self

    def __sub__(self, other: Variable[Plain] | float) -> Variable[Plain]:
        y = self._lift(other)
        return self.tape.record(self.value - y.value, (self, lambda g: g), (y, lambda g: -g))

    def __rsub__(self, other: float) -> Variable[Plain]:
        return self._lift(other) - self

    def __mul__(self, other: Variable[Plain] | float) -> Variable[Plain]:
        y = self._lift(other)
        return self.tape.record(
            self.value * y.value, (self, lambda g: g * y.value), (y, lambda g: g * self.value)
        )

    def __rmul__(self, other: float) -> Variable[Plain]:
        return self._lift(other) * self

    def __truediv__(self, other: Variable[Plain] | float) -> Variable[Plain]:
        y = self._lift(other)

        def back(g: Plain) -> Plain:
            if self.tape.deviation.quotient_first:
                return (g / y.value) * (-self.value / y.value)
            if self.tape.deviation.quotient_squares:
                return (-g * self.value) * (1.0 / (y.value * y.value))
            return g * ((-self.value / y.value) / y.value)

        return self.tape.record(self.value / y.value, (self, lambda g: g / y.value), (y, back))

    def __rtruediv__(self, other: float) -> Variable[Plain]:
        return self._lift(other) / self

    def __neg__(self) -> Variable[Plain]:
        return self.tape.record(-self.value, (self, lambda g: -g))


class Tape(Generic[Plain]):
    """An arithmetic on `Variable`s. Only what depends on a `watch`ed one is recorded."""

    def __init__(self, arithmetic: Arithmetic[Plain], epsilon: float = EPSILON) -> None:
        self.a: Arithmetic[Plain] = arithmetic
        self.epsilon = epsilon
        self.knows_constants = arithmetic.knows_constants
        self.deviation = arithmetic.deviation
        self.recorded: list[Variable[Plain]] = []

    def watch(self, value: Plain) -> Variable[Plain]:
        return self._append(Variable(value, self, watched=True))

    def record(
        self, value: Plain, *parents: tuple[Variable[Plain], Backward[Plain]]
    ) -> Variable[Plain]:
        watched = tuple((parent, back) for parent, back in parents if parent.watched)
        if not watched:
            return Variable(value, self)
        return self._append(Variable(value, self, watched, watched=True))

    def _append(self, variable: Variable[Plain]) -> Variable[Plain]:
        self.recorded.append(variable)
        return variable

    def gradient(
        self, of: Variable[Plain], by: Variable[Plain], seed: Plain | None = None
    ) -> Plain:
        """Derivative of the sum of `of`, weighted by `seed`, in the shape of `by`.

        Zero where no step leads from one to the other; without a seed the weights are 1.
        """
        adjoints = {id(of): self._filled(1.0, of.value) if seed is None else seed}
        for variable in reversed(self.recorded):
            if id(variable) not in adjoints:
                continue
            for parent, back in variable.parents:
                part = self._fit(back(adjoints[id(variable)]), parent.value)
                earlier = adjoints.get(id(parent))
                adjoints[id(parent)] = part if earlier is None else earlier + part
        return adjoints.get(id(by), self._filled(0.0, by.value))

    def _filled(self, number: float, like: Plain) -> Plain:
        return self.a.array(np.full(like.shape, number))

    def _fit(self, adjoint: Plain, like: Plain) -> Plain:
        """Give the adjoint the shape of its operand: sum over the axes that this was spread along, or
        spread it along the last. A single number was spread over all axes.
        """
        if math.prod(like.shape) == 1 and math.prod(adjoint.shape) > 1:
            return self.a.reduce_sum(adjoint, None)
        for axis in range(-len(like.shape), 0):
            if like.shape[axis] == 1 != adjoint.shape[axis]:
                adjoint = self.a.reduce_sum(adjoint, axis)
        if like.shape != adjoint.shape:
            return self._filled(1.0, like) * adjoint
        return adjoint

    def array(self, numbers: np.ndarray) -> Variable[Plain]:
        return Variable(self.a.array(numbers), self)

    def constant(self, *numbers: float) -> Variable[Plain]:
        return Variable(self.a.constant(*numbers), self)

    def log(self, x: Variable[Plain]) -> Variable[Plain]:
        def back(g: Plain) -> Plain:
            return g / x.value if self.deviation.log_divides else g * (1.0 / x.value)

        return self.record(self.a.log(x.value), (x, back))

    def exp(self, x: Variable[Plain]) -> Variable[Plain]:
        result = self.a.exp(x.value)
        return self.record(result, (x, lambda g: g * result))

    def log1p(self, x: Variable[Plain]) -> Variable[Plain]:
        return self.record(self.a.log1p(x.value), (x, lambda g: g * (1.0 / (1.0 + x.value))))

    def power(self, x: Variable[Plain], exponent: float, less: int = 0) -> Variable[Plain]:
        if self.deviation.exponents:
            exponent = float(np.dtype(self.deviation.exponents).type(exponent))

        def back(g: Plain) -> Plain:
            if exponent == less and self.a.knows_constants:
                return self._filled(0.0, g)
            factor = self.a.constant(exponent) - float(less)
            return g * factor * self.a.power(x.value, exponent, less + 1)

        return self.record(self.a.power(x.value, exponent, less), (x, back))

    def softmax(self, logits: Variable[Plain]) -> Variable[Plain]:
        s = self.a.softmax(logits.value)
        return self.record(s, (logits, lambda g: (g - self.a.reduce_sum(g * s)) * s))

    def sigmoid(self, logits: Variable[Plain]) -> Variable[Plain]:
        s = self.a.sigmoid(logits.value)
        return self.record(s, (logits, lambda g: g * (s * (1.0 - s))))

    def clip_by_value(
        self, x: Variable[Plain], lower: Variable[Plain], upper: Variable[Plain]
    ) -> Variable[Plain]:
        low, high = lower.value, upper.value

        def back(g: Plain) -> Plain:
            multiplies = self.deviation.masks_multiply
            zero, through = self._filled(0.0, g), self._filled(1.0, g) if multiplies else g
            inside = self.a.where_nonnegative(high - x.value, through, zero)
            inside = self.a.where_nonnegative(x.value - low, inside, zero)
            if self.deviation.ties_halve and isinstance(inside, np.ndarray):  # a set holds the half
                at_bound = (x.value == low) | (x.value == high)
                inside = inside * np.where(at_bound, 0.5, 1.0).astype(inside.dtype)
            return g * inside if multiplies else inside

        return self.record(self.a.clip_by_value(x.value, low, high), (x, back))

    def where_nonnegative(
        self, x: Variable[Plain], yes: Variable[Plain], no: Variable[Plain]
    ) -> Variable[Plain]:
        def to_yes(g: Plain) -> Plain:
            return self.a.where_nonnegative(x.value, g, self._filled(0.0, g))

        def to_no(g: Plain) -> Plain:
            return self.a.where_nonnegative(x.value, self._filled(0.0, g), g)

        value = self.a.where_nonnegative(x.value, yes.value, no.value)
        return self.record(value, (yes, to_yes), (no, to_no))

    def reduce_sum(self, x: Variable[Plain], axis: int | None = -1) -> Variable[Plain]:
        return self.record(self.a.reduce_sum(x.value, axis), (x, lambda g: g))

    def reduce_max(self, x: Variable[Plain]) -> Variable[Plain]:
        return Variable(self.a.reduce_max(x.value), self)

    def gather(self, x: Variable[Plain], index: np.ndarray) -> Variable[Plain]:
        there = np.arange(x.value.shape[-1]) == index[..., None]
        side = self.a.array(np.where(there, 1.0, -1.0))

        def back(g: Plain) -> Plain:
            one = self._filled(1.0, side)
            return self.a.where_nonnegative(side, one * g, self._filled(0.0, side))

        return self.record(self.a.gather(x.value, index), (x, back))

    def transpose(self, x: Variable[Plain]) -> Variable[Plain]:
        return self.record(self.a.transpose(x.value), (x, self.a.transpose))

    def reverse(self, x: Variable[Plain]) -> Variable[Plain]:
        return self.record(self.a.reverse(x.value), (x, self.a.reverse))

    def custom_gradient(
        self, value: Variable[Plain], x: Variable[Plain], gradient: Variable[Plain]
    ) -> Variable[Plain]:
        return self.record(value.value, (x, lambda g: gradient.value * g))

    def fused_gradient(
        self, value: Variable[Plain], x: Variable[Plain], gradient: Variable[Plain]
    ) -> Variable[Plain]:
        if not x.watched:
            return value

        def back(g: Plain) -> Plain:
            return self.a.either(gradient.value * g, self.gradient(value, x, g))

        return self.record(value.value, (x, back))

    def sum_of_copies(self, x: Variable[Plain], times: int, runs: int) -> Variable[Plain]:
        value = self.a.sum_of_copies(x.value, times, runs)
        return self.record(value, (x, lambda g: g * float(times)))

    def concatenate(self, parts: Sequence[Variable[Plain]]) -> Variable[Plain]:
        raise NotImplementedError("a step of the arithmetics, not of formulas")

    def either(self, x: Variable[Plain], y: Variable[Plain]) -> Variable[Plain]:
        raise NotImplementedError("a step of the arithmetics, not of formulas")

    def once_more(self, x: Variable[Plain], times: int = 1) -> Variable[Plain]:
        return self.record(self.a.once_more(x.value, times), (x, self.a.once_more))
