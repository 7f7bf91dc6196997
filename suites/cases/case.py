"""A case: one request to an installation, as plain data.

`losses` says what is expected, `forms` and `loss_options` how it is called, `inputs` with which numbers;
`selection` says which of the combinations are worth their time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Literal

from reference.specification import Specification
from suites.cases.calls import LAYERS, Parts
from suites.cases.contract import Contract
from suites.cases.contracts import CONTRACTS
from suites.cases.execution import TRACE
from suites.cases.fields import FIELDS, Fields
from suites.cases.forms import FORMS
from suites.cases.forms.form import Form
from suites.cases.inputs import shape
from suites.cases.loss_options import ARGUMENTS, keywords, parse, within_settings
from suites.cases.losses import LOSSES
from suites.cases.outputs import OUTPUTS, Activation, Kind, Output


@dataclass(frozen=True)
class Case(Fields):
    """One call with one batch of inputs."""

    @classmethod
    def of_names(cls, names: Sequence[str]) -> Case:
        """The case of `names`, as recordings and reports hold them."""
        return cls(*names)  # type: ignore[arg-type]  # the execution is text there

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
        return OUTPUTS[self.output].inside

    @property
    def chosen(self) -> dict[str, str]:
        """The arguments by name, with those that the form needs."""
        needed = FORMS[self.loss, self.form].needs
        return {name: ARGUMENTS[name].needed for name in needed} | parse(self.arguments)

    @property
    def activation(self) -> Activation | Literal[""]:
        """What makes the probabilities out of logits inside the call; "" where nothing does."""
        if not self.made_inside:
            return ""
        return OUTPUTS[self.output].activation or LOSSES[self.loss].activation

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the predictions, classes last."""
        return shape(self.inputs)

    def specify(self, usual: Specification) -> Specification:
        """What a contract makes of the usual specification."""
        return self.contract.specify(usual) if self.is_contract else usual

    def predictions(self, axis: str, output: str = "output") -> str:
        """The text of the predictions that are made of `output`."""
        if not self.made_inside:
            return output
        along = f", axis={axis}" if axis and OUTPUTS[self.output].has_axis else ""
        return f"{self.output}({output}{along})"

    @property
    def call(self) -> str:
        """The Python text, an expression over the arrays `target` and `output`."""
        form, chosen = FORMS[self.loss, self.form], self.chosen
        from_logits = OUTPUTS[self.output].kind == "logits" and "probabilities" in form.takes
        of_model = self._of_model() if form.model else Parts()
        if self.is_contract:
            call = self.contract.call(form.call, chosen, from_logits, of_model)
            return within_settings(self.contract.settings, call, self.dtype)
        parts = replace(
            of_model,
            output=self.predictions(chosen.get("axis", "")),
            keywords=("from_logits=True",) * from_logits + keywords(chosen, False, self.dtype),
            called=keywords(chosen, True, self.dtype),
            trace=TRACE[self.execution],
            dtype=self.dtype,
        )
        return within_settings(chosen, form.call(parts), self.dtype)

    def _of_model(self) -> Parts:
        """Its layers, and how it is compiled."""
        eager, xla = self.execution == "eager", self.execution == "xla"
        classes = self.contract.classes if self.is_contract else self.shape[-1]
        layers = LAYERS[self.output](LOSSES[self.loss].activation, classes)
        return Parts(layers=layers, compiled=(f"run_eagerly={eager}", f"jit_compile={xla}"))


def is_of(promise: Mapping[str, object], case: Case) -> bool:
    """Whether a case has the fields of a promise: of each field a name, or one of a tuple of names.

    Without those fields a promise is about no contract, and about no model.
    """
    names = {"is_contract": False, "in_model": False} | dict(promise)
    wanted = {
        name: value if isinstance(value, tuple) else (value,) for name, value in names.items()
    }
    return all(getattr(case, name) in values for name, values in wanted.items())


_names = attrgetter(*FIELDS)  # a tenth of the time of dataclasses.astuple


def takes(form: Form, output: Output) -> bool:
    """Whether the form can be given predictions of this kind."""
    if form.model:
        return output.ends_model and _has_formula(form, output.kind)
    return not output.layer and _has_formula(form, output.kind)


def values(form: Form, argument: str) -> tuple[str, ...]:
    """The values of an argument that a form takes: alpha by class is for classes."""
    option = ARGUMENTS[argument]
    others = option.for_calls if form.model else option.for_steps
    if LOSSES[form.loss].elementwise:
        others = (*others, *option.for_classes)
    return tuple(value for value in option.values if value not in others)


def _has_formula(form: Form, kind: Kind) -> bool:
    loss = LOSSES[form.loss]
    formula = loss.logits if kind == "logits" else loss.probabilities
    return kind in form.takes and formula is not None
