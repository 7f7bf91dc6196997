"""Ways of computing that a correct implementation is free to choose.

`Machine` takes every step of a formula in order and rounds it to the format. Each subclass makes
use of one freedom, at random for each number and from a seeded generator, so that the enclosure
meets choices that no one framework makes together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from reference.arithmetic.formats import get_format
from reference.arithmetic.protocol import Steps


class Accuracy(NamedTuple):
    """In ULP."""

    divide: float
    exp: int
    log: int
    log1p: int
    pow: int


# By hand, from the tables that `formats` names: a change there is not followed by what tries it.
GRANTED = {
    "float16": Accuracy(1, 2, 2, 2, 4),
    "bfloat16": Accuracy(1, 2, 2, 2, 4),
    "float32": Accuracy(2.5, 3, 3, 2, 16),
    "float64": Accuracy(1, 3, 3, 2, 16),
}
FLUSH = ("bfloat16", "float32", "float64")


@dataclass(eq=False)
class Number:
    """float64 `data` on a machine; for a product also the `factors` that it was rounded from."""

    data: np.ndarray
    on: Machine
    factors: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    def __add__(self, other: Number | float) -> Number:
        return self.on.add(self, self.on.lift(other))

    def __radd__(self, other: float) -> Number:
        return self.on.add(self.on.lift(other), self)

    def __sub__(self, other: Number | float) -> Number:
        return self.on.add(self, -self.on.lift(other))

    def __rsub__(self, other: float) -> Number:
        return self.on.add(self.on.lift(other), -self)

    def __mul__(self, other: Number | float) -> Number:
        return self.on.multiply(self, self.on.lift(other))

    def __rmul__(self, other: float) -> Number:
        return self.on.multiply(self.on.lift(other), self)

    def __truediv__(self, other: Number | float) -> Number:
        return self.on.divide(self, self.on.lift(other))

    def __rtruediv__(self, other: float) -> Number:
        return self.on.divide(self.on.lift(other), self)

    def __neg__(self) -> Number:
        factors = self.factors and (-self.factors[0], self.factors[1])
        return Number(-self.data, self.on, factors)

    def columns(self) -> list[Number]:
        """The entries along the last axis, each with that axis of length one."""
        columns = [self.data[..., k : k + 1] for k in range(self.shape[-1])]
        if self.factors is None:
            return [Number(column, self.on) for column in columns]
        x, y = (np.broadcast_to(factor, self.shape) for factor in self.factors)
        pairs = [(x[..., k : k + 1], y[..., k : k + 1]) for k in range(self.shape[-1])]
        return [Number(c, self.on, pair) for c, pair in zip(columns, pairs, strict=True)]


class Machine(Steps):
    """Rounds each step to the format, sums from left to right, and keeps subnormals.

    Formats narrower than float64 are computed in float64 and rounded, which for one step gives the
    same number as rounding once. A result beyond the range of the format becomes NaN, not infinity,
    and stays: no finite number comes of a formula that overflowed on the way.
    """

    def __init__(self, dtype: str, rng: np.random.Generator) -> None:
        self.format = get_format(dtype)
        self.rng = rng

    def coin(self, like: np.ndarray) -> np.ndarray:
        return np.asarray(self.rng.random(like.shape) < 0.5)

    def to_format(self, values: np.ndarray) -> np.ndarray:
        return values.astype(self.format.dtype).astype(np.float64)

    def round(self, values: np.ndarray) -> np.ndarray:
        return self.to_format(values)

    def operand(self, x: Number) -> np.ndarray:
        return x.data

    def lift(self, number: Number | float) -> Number:
        if isinstance(number, Number):
            return number
        return Number(self.to_format(np.full(1, float(number))), self)

    def result(self, values: np.ndarray) -> Number:
        rounded = self.round(values)
        return Number(np.where(np.isinf(rounded), np.nan, rounded), self)

    def add(self, x: Number, y: Number) -> Number:
        return self.result(self.operand(x) + self.operand(y))

    def multiply(self, x: Number, y: Number) -> Number:
        a, b = self.operand(x), self.operand(y)
        return Number(self.result(a * b).data, self, (a, b))

    def divide(self, x: Number, y: Number) -> Number:
        return self.result(self.quotient(self.operand(x), self.operand(y)))

    def quotient(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.asarray(x / y)

    def function(self, f: Callable[..., np.ndarray], ulps: float, x: Number) -> Number:
        return self.result(f(self.operand(x)))

    def pair(self, count: int) -> tuple[int, int]:
        """Which two of `count` terms to add next."""
        return 0, 1

    def array(self, numbers: np.ndarray) -> Number:
        return Number(self.to_format(np.asarray(numbers)), self)

    def constant(self, *numbers: float) -> Number:
        return self.result(np.array(numbers, np.float64))

    def log(self, x: Number) -> Number:
        return self.function(np.log, GRANTED[self.format.name].log, x)

    def exp(self, x: Number) -> Number:
        return self.function(np.exp, GRANTED[self.format.name].exp, x)

    def log1p(self, x: Number) -> Number:
        return self.function(np.log1p, GRANTED[self.format.name].log1p, x)

    def power(self, x: Number, exponent: float, less: int = 0) -> Number:
        """The exponent is rounded, and so is what is left of it: by `round`, as all numbers are."""
        if exponent == less:
            return self.lift(1.0)
        by = self.round(self.round(np.full(x.shape, exponent)) - less)
        return self.function(lambda base: np.power(base, by), GRANTED[self.format.name].pow, x)

    def clip_by_value(self, x: Number, lower: Number, upper: Number) -> Number:
        smaller = np.minimum(self.operand(x), self.operand(upper))
        return Number(np.maximum(smaller, self.operand(lower)), self)

    def where_nonnegative(self, x: Number, yes: Number, no: Number) -> Number:
        side = self.operand(x)
        chosen = np.where(side >= 0, yes.data, no.data)
        return Number(np.where(np.isnan(side), np.nan, chosen), self)

    def reduce_sum(self, x: Number, axis: int | None = -1) -> Number:
        ones = (1,) * len(x.shape)
        terms = x.columns()
        if axis is None:
            terms = [Number(v.reshape(ones), self) for v in x.data.ravel()]
        while len(terms) > 1:
            first, second = self.pair(len(terms))
            total = terms[first] + terms[second]
            terms = [total, *(t for k, t in enumerate(terms) if k not in (first, second))]
        return Number(terms[0].data, self)

    def either(self, x: Number, y: Number) -> Number:
        return Number(np.where(self.coin(x.data), x.data, y.data), self)

    def reduce_max(self, x: Number) -> Number:
        return Number(np.maximum.reduce(self.operand(x), axis=-1, keepdims=True), self)

    def gather(self, x: Number, index: np.ndarray) -> Number:
        return Number(np.take_along_axis(x.data, index[..., None], axis=-1), self)


class AnyOrder(Machine):
    """Sums along random binary trees of permuted terms."""

    def pair(self, count: int) -> tuple[int, int]:
        first, second = self.rng.choice(count, 2, replace=False)
        return int(first), int(second)


class Fused(Machine):
    """Adds to a product before the product is rounded."""

    def add(self, x: Number, y: Number) -> Number:
        apart = super().add(x, y)
        for product, other in ((x, y), (y, x)):
            if product.factors is not None:
                fused = self.result(_multiply_add(*product.factors, self.operand(other), self))
                return Number(np.where(self.coin(fused.data), fused.data, apart.data), self)
        return apart


def _multiply_add(x: np.ndarray, y: np.ndarray, z: np.ndarray, on: Machine) -> np.ndarray:
    """x * y + z, exact but for at most one rounding to float64."""
    if on.format.name != "float64":
        return np.asarray(x * y + z)  # two factors of at most 24 bits make at most 48
    return np.asarray(np.frompyfunc(_fma, 3, 1)(x, y, z), dtype=np.float64)


def _fma(x: float, y: float, z: float) -> float:
    if not np.isfinite([x, y, z]).all():
        return x * y + z
    try:
        return float(Fraction(x) * Fraction(y) + Fraction(z))
    except OverflowError:
        return x * y + z


class Excess(Machine):
    """Leaves results in float32 or float64 where the format is narrower."""

    def round(self, values: np.ndarray) -> np.ndarray:
        kept = [self.to_format(values)]
        if self.format.name != "float64":
            kept += [values.astype(np.float32).astype(np.float64), values]
        return np.choose(self.rng.integers(0, len(kept), values.shape), kept)


class Flushing(Machine):
    """Treats subnormal numbers as zero, where the format may: as operands and as results."""

    def flush(self, values: np.ndarray) -> np.ndarray:
        tiny = (self.format.name in FLUSH) & (np.abs(values) < self.format.smallest_normal)
        return np.where(tiny & self.coin(values), np.copysign(0.0, values), values)

    def operand(self, x: Number) -> np.ndarray:
        return self.flush(super().operand(x))

    def round(self, values: np.ndarray) -> np.ndarray:
        return self.flush(super().round(values))


class LooseFunctions(Machine):
    """Misses exp, log, log1p and quotients by as many ULPs as the format grants.

    Not exp(0), log(1), log1p(0), pow(0) and pow(1), which the C standard has exact (annex F), nor
    what is divided by one.
    """

    def function(self, f: Callable[..., np.ndarray], ulps: float, x: Number) -> Number:
        operand = self.operand(x)
        found = f(operand)
        certain = (operand == 0) | ((operand == 1) & (found == 1))
        return self.result(np.where(certain, found, self.miss(found, ulps)))

    def quotient(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        exact = super().quotient(x, y)
        return np.where(np.abs(y) == 1, exact, self.miss(exact, GRANTED[self.format.name].divide))

    def miss(self, exact: np.ndarray, ulps: float) -> np.ndarray:
        granted = ulps - (self.format.name == "float64")  # there `exact` is off by up to one
        rounded = exact.astype(self.format.dtype)
        spacing = np.abs(np.spacing(np.abs(rounded)).astype(np.float64))
        steps = self.rng.integers(-int(ulps), int(ulps) + 1, exact.shape)
        moved = self.to_format(rounded.astype(np.float64) + steps * spacing)
        allowed = (np.abs(moved - exact) <= granted * spacing) & (exact != 0)
        return np.where(allowed & np.isfinite(moved), moved, exact)


class Reciprocal(Machine):
    """Divides by multiplying with a rounded reciprocal, where that is a normal number."""

    def quotient(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        by = self.to_format(1.0 / y)
        normal = np.isfinite(by) & (np.abs(by) >= self.format.smallest_normal)
        direct = super().quotient(x, y)
        return np.where(normal & self.coin(direct), x * by, direct)


class Everything(AnyOrder, Fused, Excess, Flushing, Reciprocal, LooseFunctions):
    """All freedoms at once."""


MACHINES: tuple[type[Machine], ...] = (
    Machine,
    AnyOrder,
    Fused,
    Excess,
    Flushing,
    LooseFunctions,
    Reciprocal,
    Everything,
)
