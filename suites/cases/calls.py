"""The texts of calls: Python expressions over arrays and the functions of `suites.observe.programs`.

A form or a contract makes its text out of `Parts`, with what a case chooses in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


def call(function: str, *arguments: str) -> str:
    """The text of a call of what `function` is a text of."""
    return f"{function}({', '.join(arguments)})"


LookUp = Callable[[str], str]


@dataclass(frozen=True)
class Parts:
    """What a case puts into the text of its form.

    `target`, `output` and `weight` are texts of labels, predictions and weights, `keywords` the
    arguments of the loss, such as "axis=0", `called` those of a call of its object. `trace` is what
    traces a function, "" for nothing, `layers` are those of a model, `compiled` says how it is
    compiled. `look_up` makes of a public name the text that finds the same by another name; what it
    finds has its defaults.
    """

    target: str = "target"
    output: str = "output"
    weight: str = "weight"
    keywords: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    trace: str = ""
    layers: str = ""
    compiled: tuple[str, ...] = ()
    dtype: str = ""
    look_up: LookUp | None = None

    def function(self, name: str) -> str:
        """A call of a function with labels, predictions and options."""
        name = self.look_up(name) if self.look_up else name
        return call(name, self.target, self.output, *self.keywords)

    def created(self, name: str, *more: str) -> str:
        """A call of a class with options."""
        if self.look_up:
            return self.look_up(name)
        return call(name, *more, *self.keywords)

    def object(self, loss: str) -> str:
        """A call of an object with labels and predictions."""
        return call(loss, self.target, self.output, *self.called)

    def updated(self, metric: str) -> str:
        """The result of a metric after updates."""
        return call("updated", metric, self.target, self.output, *self._trace())

    def updated_with_weights(self, metric: str) -> str:
        weighted = (self.target, self.output, self.weight, *self._trace())
        return call("updated_with_weights", metric, *weighted)

    def _trace(self) -> tuple[str, ...]:
        return (f"trace={self.trace}",) if self.trace else ()

    def step(self, name: str, loss: str, *more: str) -> str:
        """A step of a model that has `layers` and a loss."""
        taken = (*more, *self.called, *self.compiled)
        return call(name, loss, self.target, "output", self.layers, *taken)


Template = Callable[[Parts], str]

PARTS = 3  # rows of the batches of evaluate_in_parts
# The functions that take a step of a model, with their arguments: here a row each, by its name.
STEPS: Mapping[str, tuple[str, ...]] = {
    "fit": ("fit",),
    "train_on_batch": ("train_on_batch",),
    "evaluate": ("evaluate",),
    "evaluate_in_parts": ("evaluate", f"batch_size={PARTS}"),
    "test_on_batch": ("test_on_batch",),
    "test_twice": ("test_twice",),
    "predict": ("predict",),
}
UPDATING = ("fit", "train_on_batch")

# The layers of a model that end with an activation, for so many classes, by how predictions come about.
LAYERS: Mapping[str, Callable[[str, int], str]] = {
    "logits": lambda activation, classes: f"[{_dense(classes)}]",
    "layers.Dense": lambda activation, classes: f"[{_dense(classes, activation)}]",
    "layers.Activation": lambda activation, classes: (
        f"[{_dense(classes)}, tf.keras.layers.Activation('{activation}')]"
    ),
    "layers.Softmax": lambda activation, classes: f"[{_dense(classes)}, tf.keras.layers.Softmax()]",
    "layers.Lambda": lambda activation, classes: (
        f"[{_dense(classes)}, tf.keras.layers.Lambda(tf.nn.{activation})]"
    ),
}


def _dense(classes: int, activation: str = "") -> str:
    """A layer without bias, whose kernel is what the model predicts."""
    ends = (f"activation='{activation}'",) if activation else ()
    return call("tf.keras.layers.Dense", str(classes), "use_bias=False", *ends)


def scaled(by: float) -> str:
    """Plain descent of a loss that is scaled: by more than some thousands it overflows float16, and the
    first steps are left out.
    """
    inner = "tf.keras.optimizers.SGD(1.0)"
    scale = f"initial_scale={by}"
    return f"optimizer={call('tf.keras.optimizers.LossScaleOptimizer', inner, scale)}"
