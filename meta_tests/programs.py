"""Short programs of an arithmetic's steps, which any arithmetic can run.

Registers hold values of one shape (rows, classes); each instruction appends one. So a step meets
operands that other steps have made: sets with a radius, numbers with an excess of precision.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.arithmetic.protocol import EPSILON, Arithmetic, Value

Step = Callable[[Arithmetic[Value], Value, Value], Value]
Instruction = tuple[str, int, int]  # name of the step, and the registers it takes


def _clip(a: Arithmetic[Value], x: Value, y: Value) -> Value:
    lower = a.constant(EPSILON)
    return a.clip_by_value(x, lower, 1.0 - lower)


STEPS: dict[str, Step] = {
    "add": lambda a, x, y: x + y,
    "subtract": lambda a, x, y: x - y,
    "multiply": lambda a, x, y: x * y,
    "divide": lambda a, x, y: x / y,
    "negate": lambda a, x, y: -x,
    "multiply-add": lambda a, x, y: x * y + x,
    "subtract-from-one": lambda a, x, y: 1.0 - x,
    "divide-one": lambda a, x, y: 1.0 / x,
    "divide-by-three": lambda a, x, y: x / 3.0,
    "multiply-by-a-tenth": lambda a, x, y: x * 0.1,
    "log": lambda a, x, y: a.log(x),
    "exp": lambda a, x, y: a.exp(x),
    "log1p": lambda a, x, y: a.log1p(x),
    "square": lambda a, x, y: a.power(x, 2.0),
    "root": lambda a, x, y: a.power(x, 0.5),
    "inverse-root": lambda a, x, y: a.power(x, -0.5),
    "sum": lambda a, x, y: y * 0.0 + a.reduce_sum(x),
    "sum-of-products": lambda a, x, y: y * 0.0 + a.reduce_sum(x * y),
    "sum-of-all": lambda a, x, y: y * 0.0 + a.reduce_sum(x, axis=None),
    "shift": lambda a, x, y: x - a.reduce_max(x),
    "clip": _clip,
    "where": lambda a, x, y: a.where_nonnegative(x, x, y),
    "where-difference": lambda a, x, y: a.where_nonnegative(x - y, x, y),
    "softmax": lambda a, x, y: a.softmax(x),
    "sigmoid": lambda a, x, y: a.sigmoid(x),
}


def execute(
    program: list[Instruction], arithmetic: Arithmetic, inputs: tuple[np.ndarray, ...]
) -> list[Value]:
    """All registers: the inputs, and the result of each instruction."""
    registers = [arithmetic.array(numbers) for numbers in inputs]
    for name, x, y in program:
        step = STEPS[name]
        registers.append(
            step(arithmetic, registers[x % len(registers)], registers[y % len(registers)])
        )
    return registers
