"""What a form is: a way of calling a loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reference.history import Formula
from reference.reduction import Reduction
from reference.specification import Variables
from suites.cases.calls import Template
from suites.cases.execution import Execution
from suites.cases.reading import Reading, SpecificationChange

EAGER: tuple[Execution, ...] = ("eager",)
PROBABILITIES = ("probabilities",)  # what an object takes that was made from a text alone


@dataclass(frozen=True)
class Form:
    """A way of calling a loss.

    `call` makes the text of what a case puts into it. `accepts` names the options, of
    `loss_options.ARGUMENTS`, that may be in it, `needs` those that must.
    `reduction` is that of `reference.specification`, `by` what the gradient is taken by; `traced`
    says that the whole call can be, `eager_only` that no part of it can. A `model` gets logits from
    a layer, sees `batch_size` rows at a time, in so many `workers`, or `mirrored` on two devices, and
    where it is `stepped` answers with the weights after one pass, unless it `skips_steps` whose
    scaled gradient overflows; it `reports` a metric in place of its loss. A `metric` gets its rows
    in two parts. `readings` is what else the form may be taken for. An `everyday` one is how most
    people call losses.

    What it costs is decided by the other fields. `usual`: it is worth every dtype and execution;
    `quick`: the quick tier, too, and XLA; `activated`: the activation of its loss in front of it;
    `everywhere`: every device, every activation, rare labels; `rare`: in float32 alone, but for the
    night. `alone` names the inputs with which each option is asked by itself ("hard" for the worst of
    the output), `combined` the executions in which options are combined, those of calls and settings
    where they are `combined_with_all`; `batches` dtypes and inputs that a model is asked for beside
    those of the covering array.

    A loss of the user's own has the name of the form that it is asked `like`, and `expects` what its
    own parameters make of what is expected.
    """

    loss: str
    name: str
    call: Template
    reduction: Reduction = Reduction.ROW
    accepts: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ("probabilities", "logits")
    formula: Formula | None = None  # where it is not that of the loss
    other_formula: Formula | None = None  # what might be computed in place of that
    loss_dtype: str = ""  # where it is not that of the predictions
    readings: tuple[Reading, ...] = ()
    by: Variables = "output"
    reports: Literal["", "a metric", "a weighted metric"] = ""
    gradient: bool = True
    traced: bool = True
    eager_only: bool = False
    model: bool = False
    stepped: bool = False
    batch_size: int = 0
    skips_steps: bool = False
    workers: int = 1
    mirrored: bool = False
    metric: bool = False
    everyday: bool = False
    usual: bool = False
    quick: bool = False
    activated: bool = False
    everywhere: bool = False
    rare: bool = False
    alone: tuple[str, ...] = ()
    combined: tuple[Execution, ...] = ()
    combined_with_all: bool = False
    batches: tuple[tuple[str, str], ...] = ()
    like: str = ""
    expects: SpecificationChange = lambda usual: usual

    @property
    def gives_gradient(self) -> bool:
        """Whether the call gives value and gradient, not the value alone."""
        return self.model or not self.gradient
