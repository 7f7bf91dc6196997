"""What is asked: every case as plain data, from small tables.

`losses` says what is called and how, `LABELS` and `inputs` with which numbers; here is which of the
combinations are worth their time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields

from reference.formats import NAMES as DTYPES
from suites import inputs
from suites.losses import FORM_NAMES, FORMS, LOSSES, Form

EXECUTIONS = ("eager", "graph", "xla")

# How the predictions come about. NumPy made the first two; the others are made inside the call,
# where TensorFlow can see what they are made of.
OUTPUTS = {
    "softmax": ("probabilities", "logits", "tf.nn.softmax", "keras.activations.softmax"),
    "sigmoid": ("probabilities", "logits", "tf.sigmoid", "keras.activations.sigmoid"),
}

LABELS = {
    "categorical": ("one-hot", "soft", "unnormalised", "zero", "int32", "bool"),
    "sparse": ("int32", "int64", "uint8"),
    "binary": ("hard", "soft", "zero", "int32", "bool"),
}


@dataclass(frozen=True)
class Case:
    """One call with one batch of inputs. Every field is a name from a table above."""

    loss: str
    form: str
    output: str
    dtype: str
    execution: str
    device: str
    labels: str
    inputs: str

    @property
    def id(self) -> str:
        return ",".join(
            f"{name}={value}" for name, value in zip(FIELDS, astuple(self), strict=True)
        )

    @property
    def group(self) -> str:
        """The id of what is traced once: all fields but labels and inputs."""
        return ",".join(self.id.split(",")[:-2])

    @property
    def made_inside(self) -> bool:
        """Whether an activation inside the call makes the probabilities out of logits."""
        return "." in self.output

    @property
    def call(self) -> str:
        """The Python expression that is evaluated, over the arrays `target` and `output`."""
        logits = self.output == "logits"
        return FORMS[self.loss, self.form].call.format(
            output=f"{self.output}(output)" if self.made_inside else "output",
            logits=", from_logits=True" if logits else "",
            only="from_logits=True" if logits else "",
        )


FIELDS = tuple(field.name for field in fields(Case))


NAMED_DTYPES = ("int32", "int64", "uint8", "bool")

# What is asked of the forms that share their code with another, and of the second device.
FEW = ("interior", "rails", "near-epsilon", "saturated")
SOME = (*FEW, "unnormalised", "overflowing", "not-finite")


@dataclass(frozen=True)
class _Trace:
    """What is traced once: where the time goes, 0.04 s for a graph and 0.2 s for XLA."""

    form: Form
    output: str
    dtype: str
    execution: str
    first_device: bool

    @property
    def made_inside(self) -> bool:
        return "." in self.output

    def is_asked(self) -> bool:
        if self.output == "probabilities" and not self.form.takes_probabilities:
            return False
        if not self.first_device:
            everywhere = self.form.name == "function" and not self.made_inside
            return everywhere and (self.execution != "xla" or self.dtype == "float32")
        if self.made_inside:  # the activation is looked for in one place, behind all forms
            return self.form.name == "function" or (
                self.form.name in ("class", "ops") and self.execution != "xla"
            )
        return self.execution != "xla" or self.form.name in ("function", "class", "nn")

    def regimes(self) -> Iterable[str]:
        plain = self.form.name == "function" and self.first_device
        some = SOME if self.form.name == "class" and not self.made_inside else FEW
        for regime in inputs.PROBABILITIES if self.output == "probabilities" else inputs.LOGITS:
            if regime in inputs.SHAPES:  # another shape is another trace
                cheap = self.execution == "eager" or self.dtype == "float32"
                # The bound of a sum in any order, 999 u, says nothing in half precision.
                vague = regime == "thousand-classes" and self.dtype in ("float16", "bfloat16")
                if plain and cheap and not self.made_inside and not vague:
                    yield regime
            elif plain or regime in some:
                yield regime

    def batches(self) -> Iterable[tuple[str, str]]:
        """Labels and inputs that go through the trace."""
        usual, *others = LABELS[LOSSES[self.form.loss].family]
        for regime in self.regimes():
            yield usual, regime
        hard = "rails" if self.output == "probabilities" else "saturated"
        for kind in others if self.first_device else ():
            cheap = self.execution == "eager" or self.dtype == "float32"
            if kind in NAMED_DTYPES and not cheap:
                continue  # another dtype is another trace too
            yield kind, "interior"
            if self.form.name == "function":
                yield kind, hard


def select(
    devices: Iterable[str],
    losses: Iterable[str] = tuple(LOSSES),
    dtypes: Iterable[str] = DTYPES,
    executions: Iterable[str] = EXECUTIONS,
    forms: Iterable[str] = FORM_NAMES,
) -> list[Case]:
    """All cases of the chosen names, in a fixed order."""
    return [
        Case(form.loss, form.name, output, dtype, execution, device, labels, regime)
        for form in FORMS.values()
        if form.loss in losses and form.name in forms
        for output in OUTPUTS[LOSSES[form.loss].activation]
        for dtype in dtypes
        for execution in executions
        for number, device in enumerate(devices)
        for trace in (_Trace(form, output, dtype, execution, number == 0),)
        if trace.is_asked()
        for labels, regime in trace.batches()
    ]
