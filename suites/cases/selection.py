"""Which cases are worth their time: three tiers, each with more cases and rarer ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reference.arithmetic.formats import NAMES as DTYPES
from suites.cases import combinations, contract_cases, inputs, training
from suites.cases.case import Case, takes, values
from suites.cases.execution import EXECUTIONS, Execution
from suites.cases.forms import FIRST, FORM_NAMES, FORMS
from suites.cases.forms.form import Form
from suites.cases.inputs import Asked
from suites.cases.loss_options import PLAIN
from suites.cases.losses import LABELS, LOSSES, Loss
from suites.cases.outputs import OF_ACTIVATION, OUTPUTS, Output
from suites.cases.tier import Tier


@dataclass(frozen=True)
class _Trace:
    """What is traced once: where the time goes, 0.04 s for a graph and 0.2 s for XLA."""

    tier: Tier
    form: Form
    output: Output
    dtype: str
    execution: Execution
    first_device: bool
    quickest: Execution  # the one execution of the quick tier

    @property
    def loss(self) -> Loss:
        return LOSSES[self.form.loss]

    @property
    def is_first(self) -> bool:
        """Whether it is of the first form of its loss, whose code others share."""
        return self.form is FIRST[self.form.loss]

    @property
    def made_inside(self) -> bool:
        return self.output.inside

    @property
    def cheap(self) -> bool:
        """Whether another shape or dtype, which is another trace, may be asked for too."""
        if self.tier == "everything" or self.execution == "eager":
            return True
        return self.dtype == "float32" and (self.loss.main or self.execution == "graph")

    def is_asked(self) -> bool:
        if self.form.eager_only and self.execution != "eager":
            return False
        if not self.form.usual:
            return self._is_asked_rarely()
        if self.tier == "everything":
            return True
        if self.tier == "quick":
            return self._is_asked_quickly()
        if not self.loss.main and (self.execution == "xla" or not self.first_device):
            alone = self.is_first and not self.made_inside
            return alone and self.first_device and self.dtype == "float32"
        if not self.first_device:
            everywhere = self.form.everywhere and not self.made_inside
            return everywhere and (self.execution != "xla" or self.dtype == "float32")
        if self.foreign:
            plain = self.form.everywhere and self.dtype == "float32"
            traced = self.loss.main and self.execution == "graph"
            return plain and (traced or self.execution == "eager")
        if self.execution != "eager" and not self._is_worth_tracing():
            return False
        # The activation is looked for in one place, by all forms.
        return not self.made_inside or self.form.everywhere or self.form.activated

    def _is_worth_tracing(self) -> bool:
        """In other dtypes than float32 what the quick tier asks, of XLA once for a loss, without an
        activation.
        """
        if self.dtype != "float32":
            once = self.is_first and not self.made_inside
            return self.form.quick if self.execution == "graph" else once
        once = self.form.everywhere or (self.form.quick and not self.made_inside)
        return once or self.execution == "graph"

    def _is_asked_quickly(self) -> bool:
        plain = self.form.quick and self.execution == self.quickest and self.first_device
        with_activation = self.form.everywhere and not self.foreign
        return plain and (with_activation or not self.made_inside)

    def _is_asked_rarely(self) -> bool:
        """Of forms that run the code of another form."""
        if self.tier == "quick" or not self.first_device:
            return False
        if self.tier == "everything":
            return True
        plain = not self.made_inside and self.execution == "eager"
        return plain and _is_worth_its_dtype(self.form, self.dtype, self.tier)

    @property
    def foreign(self) -> bool:
        """Whether the activation is that of another loss."""
        return self.output.activation not in (None, self.loss.activation)

    def regimes(self) -> Iterator[str]:
        first = self.is_first and self.first_device and self.tier != "quick"
        usual = first and (self.loss.main or not self.foreign)
        plain = usual or (self.tier == "everything" and not self.foreign)
        groups = {Asked.OF_EVERY_FORM}
        if self.form.quick and not self.form.everywhere and not self.made_inside:
            groups.add(Asked.OF_QUICK_FORMS)
        regimes = inputs.LOGITS if self.output.of_logits else inputs.PROBABILITIES
        for name, regime in regimes.items():
            if regime.asked is Asked.OF_MAIN_LOSSES:
                if self._meets_the_worst():
                    yield name
            elif regime.is_usual_shape:
                if plain or regime.asked in groups:
                    yield name
            elif regime.asked is not Asked.OF_MODELS and self._meets_shapes(plain, regime):
                yield name

    def _meets_the_worst(self) -> bool:
        """Whether the largest errors that are known are asked: those of the loss by itself, which cost
        no trace where they run eagerly.
        """
        alone = self.is_first and self.first_device and not self.made_inside
        by_day = self.execution == "eager" and self.tier == "default"
        return alone and self.loss.main and (by_day or self.tier == "everything")

    def _meets_shapes(self, plain: bool, regime: inputs.Regime) -> bool:
        """Whether another shape, which is another trace, is worth its time."""
        cheap = plain and self.cheap and not self.made_inside
        return cheap and self._is_informative(regime)

    def _is_informative(self, regime: inputs.Regime) -> bool:
        """Of a thousand classes the bound, 999 u, says nothing in half precision, and a loss that
        adds none of them up nothing at all. Metrics get their rows in two parts.
        """
        half = self.dtype in ("float16", "bfloat16")
        vague = regime.has_many_classes and (self.loss.elementwise or half)
        return not vague and not (regime.is_one_row and self.form.metric)

    def batches(self) -> Iterator[tuple[str, str]]:
        """Labels and inputs that go through the trace."""
        usual, *others = LABELS[self.loss.family]
        for regime in self.regimes():
            yield usual, regime
        if self.tier == "quick" or not self.first_device:
            return
        for kind in others if self.form.usual or self.tier == "everything" else ():
            constant = self.form.by == "target" and kind in inputs.NAMED
            if constant or (kind in inputs.NAMED and not self.cheap):
                continue
            yield kind, "interior"
            if self.form.everywhere:
                yield kind, self.output.hard


def _is_worth_its_dtype(form: Form, dtype: str, tier: Tier) -> bool:
    return tier == "everything" or dtype == "float32" or not form.rare


def _alone(tier: Tier, devices: Iterable[str], quickest: Execution) -> Iterator[Case]:
    """Every form by itself, without options."""
    for form in FORMS.values():
        for output in OF_ACTIVATION[LOSSES[form.loss].activation]:
            if form.model or not takes(form, output):
                continue
            for dtype in DTYPES:
                for execution in EXECUTIONS:
                    for number, device in enumerate(devices):
                        trace = _Trace(
                            *(tier, form, output, dtype, execution), number == 0, quickest
                        )
                        names = (form.loss, form.name, PLAIN, output.name, dtype)
                        for batch in trace.batches() if trace.is_asked() else ():
                            yield Case(*names, execution, device, *batch)


def _optional(tier: Tier, devices: Iterable[str]) -> Iterator[Case]:
    """Every value of every option by itself, where it is cheap: for what one option does alone."""
    for device in list(devices)[:1] if tier != "quick" else ():
        for form in FORMS.values():
            for output in OUTPUTS.values():
                if not output.inside and takes(form, output):
                    yield from _one_by_one(form, output.name, device)


def _one_by_one(form: Form, output: str, device: str) -> Iterator[Case]:
    for argument in form.accepts:
        for value in values(form, argument):
            for regime in form.alone:
                yield Case(
                    *(form.loss, form.name, f"{argument}:{value}", output, "float32", "eager"),
                    device=device,
                    labels=LOSSES[form.loss].labels,
                    inputs=combinations.inputs_of(output, regime),
                )


def _combined(tier: Tier, devices: Iterable[str]) -> Iterator[Case]:
    """Options together, on the first device."""
    strength = {"quick": 0, "default": 2, "everything": 3}[tier]
    for device in list(devices)[:1] if strength else ():
        for case in combinations.cases(strength, device):
            if _is_worth_its_dtype(FORMS[case.loss, case.form], case.dtype, tier):
                yield case
        for form in FORMS.values():
            if form.like:
                yield from combinations.cases_like(form, strength, device)


def _contracts(tier: Tier, devices: Iterable[str], quickest: Execution) -> Iterator[Case]:
    """Wrong and unusual arguments, on the first device."""
    for device in list(devices)[:1]:
        yield from contract_cases.cases(tier, device, quickest)


def _in_models(tier: Tier, devices: Iterable[str]) -> Iterator[Case]:
    """Losses in models, on the first device."""
    for device in list(devices)[:1] if tier != "quick" else ():
        for row in combinations.models():
            yield combinations.model_case(row, device)
        yield from training.cases(device, nightly=tier == "everything")
        for form in FORMS.values():
            for dtype, regime in form.batches:
                names = (form.loss, form.name, PLAIN, "layers.Dense", dtype)
                if _is_worth_its_dtype(form, dtype, tier):
                    yield Case(*names, "graph", device, LOSSES[form.loss].labels, regime)


def select(
    devices: Iterable[str],
    losses: Iterable[str] = tuple(LOSSES),
    dtypes: Iterable[str] = DTYPES,
    executions: Iterable[str] = EXECUTIONS,
    forms: Iterable[str] = FORM_NAMES,
    tier: Tier = "default",
    quickest: Execution = "eager",
) -> list[Case]:
    """All cases of the chosen names, in a fixed order. The quick tier runs all in one way, `quickest`."""
    devices = list(devices)
    chosen = {"loss": losses, "dtype": dtypes, "execution": executions, "form": forms}
    wanted = {field: set(names) for field, names in chosen.items()}
    found = (
        case
        for cases in (
            _alone(tier, devices, quickest),
            _optional(tier, devices),
            _combined(tier, devices),
            _in_models(tier, devices),
            _contracts(tier, devices, quickest),
        )
        for case in cases
        if all(getattr(case, field) in names for field, names in wanted.items())
    )
    return list(dict.fromkeys(found))
