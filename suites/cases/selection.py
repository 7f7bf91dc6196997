"""Which cases are worth their time: three tiers, each with more cases and rarer ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reference.arithmetic.formats import NAMES as DTYPES
from suites.cases import combinations, contract_cases, inputs
from suites.cases.case import EXECUTIONS, LABELS, OUTPUTS, Case, takes
from suites.cases.forms import FIRST, FORM_NAMES, FORMS, KERAS, Form
from suites.cases.loss_options import PLAIN
from suites.cases.losses import LOSSES

LEFT_OUT = {
    "quick": "graph and XLA, other devices, combined options, rare labels and inputs",
    "default": "triples of options; rare inputs, dtypes and devices of forms that share their code",
    "everything": "rare inputs behind another loss's activation",
}
TIERS = tuple(LEFT_OUT)

# What is asked of the forms that share their code with another, and of the second device.
MAIN = tuple(names.loss for names in KERAS if names.below)  # the losses that most people use
FEW = ("interior", "rails", "near-epsilon", "saturated")
SOME = (*FEW, "unnormalised", "overflowing", "not-finite")


@dataclass(frozen=True)
class _Trace:
    """What is traced once: where the time goes, 0.04 s for a graph and 0.2 s for XLA."""

    tier: str
    form: Form
    output: str
    dtype: str
    execution: str
    first_device: bool

    @property
    def made_inside(self) -> bool:
        return "." in self.output

    @property
    def cheap(self) -> bool:
        """Whether another shape or dtype, which is another trace, may be asked for too."""
        rare = self.tier == "everything"
        return rare or self.execution == "eager" or self.dtype == "float32"

    def is_asked(self) -> bool:
        if self.form.model or not takes(self.form, self.output):
            return False
        if self.form.eager_only and self.execution != "eager":
            return False
        if not self.form.usual:
            return self._is_asked_rarely()
        if self.tier == "everything":
            return True
        if self.tier == "quick":
            return self._is_asked_quickly()
        if self.form.loss not in MAIN and (self.execution == "xla" or not self.first_device):
            alone = self.form is FIRST[self.form.loss] and not self.made_inside
            return alone and self.first_device and self.dtype == "float32"
        if not self.first_device:
            everywhere = self.form.name == "function" and not self.made_inside
            return everywhere and (self.execution != "xla" or self.dtype == "float32")
        if self.foreign:
            plain = self.form.name == "function" and self.dtype == "float32"
            return plain and self.form.loss in MAIN  # what another activation leaves behind
        if self.made_inside:  # the activation is looked for in one place, behind all forms
            return self.form.name == "function" or (
                self.form.name in ("class", "ops") and self.execution != "xla"
            )
        return self.execution != "xla" or self.form.name in ("function", "class", "nn")

    def _is_asked_quickly(self) -> bool:
        plain = self.form.name in ("function", "class", "nn") and self.execution == "eager"
        behind = self.form.name == "function" and LOSSES[self.form.loss].activation in self.output
        return plain and self.first_device and (behind or not self.made_inside)

    def _is_asked_rarely(self) -> bool:
        """Of forms behind which another form's code stands."""
        if self.tier == "quick" or not self.first_device:
            return False
        plain = not self.made_inside
        return self.tier == "everything" or (plain and self.execution == "eager")

    @property
    def foreign(self) -> bool:
        """Whether another loss's activation stands in front."""
        return self.made_inside and LOSSES[self.form.loss].activation not in self.output

    def regimes(self) -> Iterator[str]:
        usual = self.form is FIRST[self.form.loss] and self.first_device and self.tier != "quick"
        plain = usual or (self.tier == "everything" and not self.foreign)
        some = SOME if self.form.name in ("class", "nn") and not self.made_inside else FEW
        for regime in inputs.PROBABILITIES if self.output == "probabilities" else inputs.LOGITS:
            if regime in inputs.SHAPES:
                if plain and self.cheap and not self.made_inside and self._tells(regime):
                    yield regime
            elif plain or regime in some:
                yield regime

    def _tells(self, shape: str) -> bool:
        """Of a thousand classes the bound, 999 u, says nothing in half precision, and a loss that
        adds none of them up nothing at all. Metrics get their rows in two parts.
        """
        alone = LOSSES[self.form.loss].family == "binary"
        vague = "thousand" in shape and (alone or self.dtype in ("float16", "bfloat16"))
        single = shape == "rank-1" or "thousand" in shape
        return not vague and not (single and "metric" in self.form.name)

    def batches(self) -> Iterator[tuple[str, str]]:
        """Labels and inputs that go through the trace."""
        usual, *others = LABELS[LOSSES[self.form.loss].family]
        for regime in self.regimes():
            yield usual, regime
        hard = "rails" if self.output == "probabilities" else "saturated"
        if self.tier == "quick" or not self.first_device:
            return
        for kind in others if self.form.usual or self.tier == "everything" else ():
            constant = self.form.by == "target" and kind in inputs.NAMED
            if constant or (kind in inputs.NAMED and not self.cheap):
                continue
            yield kind, "interior"
            if self.form.name == "function":
                yield kind, hard


def _alone(tier: str, devices: Iterable[str]) -> Iterator[Case]:
    """Every form by itself, without options."""
    for form in FORMS.values():
        for output in OUTPUTS[LOSSES[form.loss].activation]:
            for dtype in DTYPES:
                for execution in EXECUTIONS:
                    for number, device in enumerate(devices):
                        trace = _Trace(tier, form, output, dtype, execution, number == 0)
                        names = (form.loss, form.name, PLAIN, output, dtype, execution, device)
                        for batch in trace.batches() if trace.is_asked() else ():
                            yield Case(*names, *batch)


ALONE = {"function": ("interior", "hard"), "class-mean": ("interior",)}


def _optional(tier: str, devices: Iterable[str]) -> Iterator[Case]:
    """Every value of every option by itself, where it is cheap: for what one option does alone."""
    for device in list(devices)[:1] if tier != "quick" else ():
        for form in (form for form in FORMS.values() if form.name in ALONE):
            labels = LABELS[LOSSES[form.loss].family][0]
            for output, hard in combinations.HARD.items():
                for argument in form.accepts if takes(form, output) else ():
                    for value in combinations.values(form, argument):
                        for regime in ALONE[form.name]:
                            names = (form.loss, form.name, f"{argument}:{value}", output)
                            chosen = hard if regime == "hard" else regime
                            yield Case(*names, "float32", "eager", device, labels, chosen)


def _combined(tier: str, devices: Iterable[str]) -> Iterator[Case]:
    """Options together, on the first device."""
    strength = {"quick": 0, "default": 2, "everything": 3}[tier]
    for device in list(devices)[:1] if strength else ():
        yield from combinations.cases(strength, device)


def _contracts(tier: str, devices: Iterable[str]) -> Iterator[Case]:
    """Wrong and unusual arguments, on the first device."""
    for device in list(devices)[:1]:
        yield from contract_cases.cases(tier, device)


# Modes of training, with the dtypes and inputs that they are asked for.
SPECIAL: dict[str, tuple[tuple[str, str], ...]] = dict.fromkeys(
    ("fit-function", "fit-mirrored", "fit-class-weight", "fit-ce", "fit-crossentropy"),
    (("float32", "interior"),),
)
SPECIAL["evaluate-class"] = (("float32", "saturated"),)
SPECIAL["fit-class"] = (("float32", "mistaken"),)
SPECIAL["fit-mixed"] = tuple(
    (dtype, regime) for dtype in ("float16", "bfloat16") for regime in ("interior", "mistaken")
)


def _in_models(tier: str, devices: Iterable[str]) -> Iterator[Case]:
    """Losses in models, on the first device."""
    for device in list(devices)[:1] if tier != "quick" else ():
        for row in combinations.models():
            yield combinations.model_case(row, device)
        for form in FORMS.values():
            asked = SPECIAL.get(form.name, ())
            labels = LABELS[LOSSES[form.loss].family][0]
            for dtype, regime in asked:
                names = (form.loss, form.name, PLAIN, "layers.Dense", dtype, "graph", device)
                yield Case(*names, labels, regime)


def select(
    devices: Iterable[str],
    losses: Iterable[str] = tuple(LOSSES),
    dtypes: Iterable[str] = DTYPES,
    executions: Iterable[str] = EXECUTIONS,
    forms: Iterable[str] = FORM_NAMES,
    tier: str = "default",
) -> list[Case]:
    """All cases of the chosen names, in a fixed order."""
    devices = list(devices)
    chosen = {"loss": losses, "dtype": dtypes, "execution": executions, "form": forms}
    wanted = {field: set(names) for field, names in chosen.items()}
    found = (
        case
        for cases in (
            _alone(tier, devices),
            _optional(tier, devices),
            _combined(tier, devices),
            _in_models(tier, devices),
            _contracts(tier, devices),
        )
        for case in cases
        if all(getattr(case, field) in names for field, names in wanted.items())
    )
    return list(dict.fromkeys(found))
