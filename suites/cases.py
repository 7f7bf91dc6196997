"""A case: one question to an installation, as plain data.

`losses` says what is due, `forms` and `arguments` how it is called, `inputs` with which numbers;
`selection` says which of the combinations are worth their time.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

from suites.arguments import ARGUMENTS, keywords, parse
from suites.forms import FORMS, Form
from suites.losses import LOSSES

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
    arguments: str
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
    def chosen(self) -> dict[str, str]:
        """The arguments by name, with those that the form needs."""
        needed = FORMS[self.loss, self.form].needs
        return {name: ARGUMENTS[name].needed for name in needed} | parse(self.arguments)

    def _output(self, axis: str) -> str:
        if not self.made_inside:
            return "output"
        along = f", axis={axis}" if axis and self.output.endswith("softmax") else ""
        return f"{self.output}(output{along})"

    @property
    def call(self) -> str:
        """The Python expression that is evaluated, over the arrays `target` and `output`."""
        form, chosen = FORMS[self.loss, self.form], self.chosen
        from_logits = self.output == "logits" and not form.logits_only
        texts = {
            "output": self._output(chosen.get("axis", "")),
            "keywords": ", from_logits=True" * from_logits + keywords(chosen, False, self.dtype),
            "called": keywords(chosen, True, self.dtype),
        }
        return form.call.format(**texts).replace("(, ", "(")


FIELDS = tuple(field.name for field in fields(Case))


def takes(form: Form, output: str) -> bool:
    """Whether the form can be given predictions of this kind."""
    loss = LOSSES[form.loss]
    if output == "logits":
        return loss.logits is not None
    return loss.probabilities is not None and not form.logits_only
