"""A case: one request to an installation, as plain data.

`losses` says what is due, `forms` and `arguments` how it is called, `inputs` with which numbers;
`selection` says which of the combinations are worth their time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from suites.cases.contract import Contract
from suites.cases.contracts import CONTRACTS
from suites.cases.forms import FORMS, Form
from suites.cases.loss_options import ARGUMENTS, keywords, parse, within_settings
from suites.cases.losses import LOSSES
from suites.cases.programs import HEADS

EXECUTIONS = ("eager", "graph", "xla")

# How the predictions come about. NumPy made the first two; the others are made inside the call,
# where TensorFlow can see what they are made of: by a function, or by the last layer of a model.
OUTPUTS = {
    "softmax": (
        *("probabilities", "logits", "tf.nn.softmax", "keras.activations.softmax"),
        "keras.activations.sigmoid",
        *("layers.Dense", "layers.Activation", "layers.Softmax", "layers.Lambda"),
    ),
    "sigmoid": (
        *("probabilities", "logits", "tf.sigmoid", "keras.activations.sigmoid"),
        "keras.activations.softmax",
        *("layers.Dense", "layers.Activation", "layers.Lambda"),
    ),
}

LABELS = {
    "categorical": ("one-hot", "soft", "unnormalised", "zero", "int32", "bool"),
    "sparse": ("int32", "int64", "int8", "uint8", "float32"),
    "binary": ("hard", "soft", "zero", "int32", "bool"),
}


# How a program traces what it calls, where it can't be traced itself.
RUN = {
    "eager": "",
    "graph": "tf.function",
    "xla": "tf.function(jit_compile=True)",
}


@dataclass(frozen=True)
class Case:
    """One call with one batch of inputs. Every field is a name from a table above."""

    loss: str
    form: str
    arguments: str
    output: str
    dtype: str
    execution: str
    device: str
    labels: str
    inputs: str

    @property
    def names(self) -> tuple[str, ...]:
        """Its fields, in their order."""
        return _names(self)

    @property
    def id(self) -> str:
        return ",".join(f"{name}={value}" for name, value in zip(FIELDS, self.names, strict=True))

    @property
    def group(self) -> str:
        """The id of what is traced once: all fields but labels and inputs; a contract is alone."""
        return self.id if self.is_contract else ",".join(self.id.split(",")[:-2])

    @property
    def is_contract(self) -> bool:
        return self.inputs in CONTRACTS

    @property
    def contract(self) -> Contract:
        return CONTRACTS[self.inputs]

    @property
    def in_model(self) -> bool:
        return not self.is_contract and FORMS[self.loss, self.form].model

    @property
    def made_inside(self) -> bool:
        """Whether an activation inside the call makes the probabilities out of logits."""
        return "." in self.output

    @property
    def chosen(self) -> dict[str, str]:
        """The arguments by name, with those that the form needs."""
        needed = FORMS[self.loss, self.form].needs
        return {name: ARGUMENTS[name].needed for name in needed} | parse(self.arguments)

    @property
    def activation(self) -> str:
        """What makes the probabilities out of logits inside the call; "" where nothing does."""
        if not self.made_inside:
            return ""
        named = self.output.rsplit(".")[-1]
        return named if named in OUTPUTS else LOSSES[self.loss].activation

    def _output(self, axis: str) -> str:
        if not self.made_inside:
            return "output"
        along = f", axis={axis}" if axis and self.output.endswith("softmax") else ""
        return f"{self.output}(output{along})"

    def _model(self) -> dict[str, str]:
        """What a program needs that builds a model."""
        eager, jit = self.execution == "eager", self.execution == "xla"
        layer, activation = self.output == "layers.Lambda", LOSSES[self.loss].activation
        of = "nn." if layer and activation == "softmax" else ""
        return {
            "head": HEADS[self.output].format(activation=of + activation),
            "compiled": f"run_eagerly={eager}, jit_compile={jit}",
        }

    @property
    def call(self) -> str:
        """The Python text, an expression or a program, over the arrays `target` and `output`."""
        form, chosen = FORMS[self.loss, self.form], self.chosen
        from_logits = self.output == "logits" and "probabilities" in form.takes
        if self.is_contract:
            call = self.contract.call(form.call, chosen, from_logits)
            return within_settings(self.contract.settings, call, self.dtype)
        texts = {
            "output": self._output(chosen.get("axis", "")),
            "keywords": ", from_logits=True" * from_logits + keywords(chosen, False, self.dtype),
            "called": keywords(chosen, True, self.dtype),
        }
        if form.model:
            texts |= self._model()
        texts |= {"run": RUN[self.execution], "dtype": self.dtype}
        call = form.call.format(**texts).replace("(, ", "(")
        return within_settings(chosen, call, self.dtype)


def is_of(promise: Mapping[str, Any], case: Case) -> bool:
    """Whether a case has the fields of a promise, which keeps to calls outside of models unless it
    says otherwise. A name, or a tuple of names, stands for a field.
    """
    names = {"is_contract": False, "in_model": False} | dict(promise)
    wanted = {
        name: value if isinstance(value, tuple) else (value,) for name, value in names.items()
    }
    return all(getattr(case, name) in values for name, values in wanted.items())


FIELDS = tuple(field.name for field in fields(Case))
_names = attrgetter(*FIELDS)  # a tenth of the time of dataclasses.astuple


def takes(form: Form, output: str) -> bool:
    """Whether the form can be given predictions of this kind."""
    kind = "logits" if output == "logits" else "probabilities"
    if form.model and output not in HEADS:
        return False
    if output.startswith("layers") and not form.model:
        return False
    return kind in form.takes and getattr(LOSSES[form.loss], kind) is not None
