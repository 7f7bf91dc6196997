"""A case that is in no table: its numbers, its options and what stands around the call were drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reference.arithmetic.protocol import Arithmetic
from reference.reduction import Reduction
from reference.specification import Inputs, Specification, Step
from suites.cases.case import Case
from suites.cases.contract import ANY_BATCH, ANY_SHAPE, Wrapper, traced_again

DRAWN = "drawn"  # its `inputs`


@dataclass(frozen=True)
class Surrounding:
    """Something that is done to predictions before they are given to a loss: a text with {x} for
    them, {axis} for that of the classes and {dtype}, and the same in any arithmetic.
    """

    text: str
    # `Any`: a value of whichever arithmetic comes with it.
    change: Callable[[Any, Arithmetic[Any]], Any] = lambda x, a: x


# What may be done to logits and to probabilities; a number of these stays one.
STEPS: Mapping[str, Surrounding] = {
    "halved": Surrounding("({x}) * 0.5", lambda x, a: x * 0.5),
    "doubled": Surrounding("({x}) * 2.0", lambda x, a: x * 2.0),
    "identity": Surrounding("tf.identity({x})"),
    "cast": Surrounding("tf.cast(tf.cast({x}, 'float64'), '{dtype}')"),
    "reshaped": Surrounding("tf.reshape(tf.reshape({x}, [-1]), tf.shape({x}))"),
    "joined": Surrounding("tf.split(tf.concat([{x}, {x}], {axis}), 2, {axis})[0]"),
    "stacked": Surrounding("tf.stack([{x}, {x}])[1]"),
    "selected": Surrounding("tf.where(tf.ones_like(output, bool), {x}, 0.0)"),
}
OF_LOGITS: Mapping[str, Surrounding] = {
    "negated": Surrounding("-({x})", lambda x, a: -x),
    "shifted": Surrounding("({x}) + 4.0", lambda x, a: x + 4.0),
}
OF_PROBABILITIES: Mapping[str, Surrounding] = {
    "complement": Surrounding("1.0 - ({x})", lambda x, a: 1.0 - x),
}
EVERY_STEP: Mapping[str, Surrounding] = {**STEPS, **OF_LOGITS, **OF_PROBABILITIES}


def _steps(names: tuple[str, ...]) -> tuple[Step, ...]:
    return tuple(Step(name, EVERY_STEP[name].change) for name in names)


SQUARED = Step("squared", lambda x, a: x * x)
# What may be done to the losses of the rows: a text with {x}, and what is expected then.
AFTER: Mapping[str, tuple[str, Callable[[Specification], Specification]]] = {
    "": ("{x}", lambda spec: spec),
    "sum": ("tf.reduce_sum({x})", lambda spec: replace(spec, reduction=Reduction.SUM)),
    "mean": (
        "tf.reduce_mean({x})",
        lambda spec: replace(spec, reduction=Reduction.MEAN_OF_ALL_ROWS),
    ),
    "scaled": ("({x}) * 0.5", lambda spec: replace(spec, loss_weight=0.5)),
    "squared": ("tf.square({x})", lambda spec: replace(spec, after=(SQUARED,))),
}
# A function of its own, in which the call is traced.
TRACED: Mapping[str, Wrapper] = {
    "again": traced_again,
    "for any batch": ANY_BATCH,
    "for any shape": ANY_SHAPE,
}


@dataclass(frozen=True)
class Drawn(Case):
    """`batch` are its numbers. Steps of `before` are taken before the activation of the call, steps of
    `between` after it; it is `traced` in a function of its own where that is not "", and `after` is
    what becomes of its losses.
    """

    batch: Inputs
    before: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    after: str = ""
    traced: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        return self.batch.output.shape

    def specify(self, usual: Specification) -> Specification:
        spec = AFTER[self.after][1](usual)
        before, between = map(_steps, (self.before, self.between))
        if not self.made_inside:  # an activation that a loss takes by itself comes after all steps
            return replace(spec, before=before + between)
        return replace(spec, before=before, between=between)

    def predictions(self, axis: str, output: str = "output") -> str:
        made = super().predictions(axis, self._taken(self.before, output, axis))
        return self._taken(self.between, made, axis)

    def _taken(self, steps: tuple[str, ...], x: str, axis: str) -> str:
        for name in steps:
            x = EVERY_STEP[name].text.format(x=x, axis=axis or "-1", dtype=self.dtype)
        return x

    @property
    def call(self) -> str:
        text = super().call
        if self.traced:
            text = TRACED[self.traced](lambda target, output: text, "target", "output")
        return AFTER[self.after][0].format(x=text)
