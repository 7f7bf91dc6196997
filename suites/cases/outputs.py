"""How the predictions of a case come about: a row each, with what the loss is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["probabilities", "logits"]
Activation = Literal["softmax", "sigmoid"]


@dataclass(frozen=True)
class Output:
    """A source of predictions.

    NumPy makes the first two; the others are made of logits `inside` the call, where TensorFlow can
    see what they are made of: by a function, or by the last `layer` of a model, perhaps one `apart`
    from that with the kernel. `kind` is what the loss is given. `activation` makes it, None for that
    of the loss; a function that `has_axis` takes the axis of the classes. Not every layer
    `passes_masks` of rows on as they are, and not every model that ends in one `loads`. `hard` names
    the regime of inputs that is the worst a user meets.
    """

    name: str
    kind: Kind = "probabilities"
    activation: Activation | None = None
    inside: bool = True
    layer: bool = False
    apart: bool = False
    has_axis: bool = False
    passes_masks: bool = True
    loads: bool = True
    hard: str = "saturated"

    @property
    def ends_model(self) -> bool:
        """Whether a model can end in it."""
        return self.layer or (self.kind == "logits" and not self.inside)

    @property
    def of_logits(self) -> bool:
        """Whether the numbers that NumPy makes are logits."""
        return self.inside or self.kind == "logits"


OUTPUTS = {
    output.name: output
    for output in (
        Output("probabilities", inside=False, hard="rails"),
        Output("logits", "logits", inside=False),
        Output("tf.nn.softmax", activation="softmax", has_axis=True),
        Output("tf.sigmoid", activation="sigmoid"),
        Output("keras.activations.softmax", activation="softmax", has_axis=True),
        Output("keras.activations.sigmoid", activation="sigmoid"),
        Output("layers.Dense", layer=True),
        Output("layers.Activation", layer=True, apart=True),
        Output(
            *("layers.Softmax", "probabilities", "softmax"),
            layer=True,
            apart=True,
            passes_masks=False,  # takes them for masks of classes
        ),
        Output("layers.Lambda", layer=True, apart=True, passes_masks=False, loads=False),
    )
}


def _named(*names: str) -> tuple[Output, ...]:
    return tuple(OUTPUTS[name] for name in names)


# Those that a loss is asked for, in this order, by the activation that is its own.
OF_ACTIVATION: dict[Activation, tuple[Output, ...]] = {
    "softmax": _named(
        *("probabilities", "logits", "tf.nn.softmax", "keras.activations.softmax"),
        "keras.activations.sigmoid",
        *("layers.Dense", "layers.Activation", "layers.Softmax", "layers.Lambda"),
    ),
    "sigmoid": _named(
        *("probabilities", "logits", "tf.sigmoid", "keras.activations.sigmoid"),
        "keras.activations.softmax",
        *("layers.Dense", "layers.Activation", "layers.Lambda"),
    ),
}
