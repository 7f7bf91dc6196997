"""What is expected of a case, and what might be computed instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np

from reference.arithmetic.protocol import EPSILON
from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.history import FUSED_SOFTMAX, FUSED_SOFTMAX_SLOPE, Formula
from reference.programs import Candidate
from reference.reduction import Reduction
from reference.specification import ACROSS, Activation, Parameter, Specification
from suites.cases import loss_options
from suites.cases.case import Case
from suites.cases.forms import FORMS
from suites.cases.forms.form import Form
from suites.cases.losses import LOSSES
from suites.cases.option import Chosen
from suites.cases.outputs import OUTPUTS
from suites.cases.reading import TAKEN_FOR_ROWS, Reading, reading, rounded_reading
from suites.judge.mistakes import mistakes

SUM_TO_ONE = "the gradient assumes targets that sum to one"
MISTAKES = 2  # of a user's own loss at once
MOST = 2  # departures in a formula: the logits are taken, and another formula is
TAKEN = "the logits were taken for the probabilities"


def _another(formula: Formula) -> Reason:
    of_target = formula in (FUSED_SOFTMAX, FUSED_SOFTMAX_SLOPE)
    return Reason(CauseKind.FORMULA, (SUM_TO_ONE if of_target else formula.name,))


def _input(label: str) -> Reason:
    return Reason(CauseKind.INPUT, (label,))


CLIPPED = _input("the logits went through the clip")
LOGITS_TAKEN = _input(TAKEN)
LOGITS_AS_PROBABILITIES = _input("the logits were taken for probabilities")
PROBABILITIES_AS_LOGITS = _input("the probabilities were taken for logits")


def specification(case: Case) -> Specification:
    """What is expected of a case."""
    return _of_formula(case, _formula(case), case.activation)


def _formula(case: Case) -> Formula:
    loss, form = LOSSES[case.loss], FORMS[case.loss, case.form]
    from_logits = OUTPUTS[case.output].kind == "logits"
    formula = form.formula or (loss.logits if from_logits else loss.probabilities)
    assert formula
    return formula


def _of_formula(case: Case, formula: Formula, activation: Activation) -> Specification:
    """What the case is where this formula stands in it."""
    form = FORMS[case.loss, case.form]
    spec = Specification(
        formula,
        case.dtype,
        activation,
        form.reduction,
        by=form.by,
        stepped=form.stepped,
        loss_dtype=form.loss_dtype,
        batch_size=form.batch_size,
        predicts=case.activation,
    )
    spec = form.expects(spec)
    spec = case.specify(spec)
    spec = loss_options.specify(spec, case.chosen)
    if not form.reports:
        return spec
    return replace(spec, reported=_of_metric(form, spec.reported or spec, case.chosen))


def _of_metric(form: Form, spec: Specification, chosen: Chosen) -> Specification:
    """A metric is a mean over all batches, weighted by masks, and by weights where it is asked to be, of
    the first output alone.
    """
    unweighted = form.reports == "a metric" and "sample_weight" in chosen
    mean = Reduction.MASKED_MEAN if unweighted else Reduction.WEIGHTED_MEAN
    return replace(spec, batch_size=0, reduction=mean, loss_weight=1.0, outputs=1.0, second=None)


def candidates(case: Case) -> Iterator[Candidate]:
    """What might be computed instead: with fewer departures first, formulas before readings."""
    formulas, readings = tuple(_formulas(case)), (*_of_contract(case), *_options(case))
    of_own = tuple(mistakes(specification(case))) if FORMS[case.loss, case.form].like else ()
    if case.is_contract:  # what it is about comes first
        yield from (_read(Candidate(specification(case), ()), (reading,)) for reading in readings)
    for departures in range(1, len(readings) + bool(of_own) + MOST + 1):
        for size in range(departures + 1):
            for chosen in _together(readings, of_own, size):
                if size == departures:
                    yield _read(Candidate(specification(case), ()), chosen)
                for formula in formulas:
                    if len(formula.reasons) == departures - size:
                        yield _read(formula, chosen)


def _together(
    readings: tuple[Reading, ...], of_own: tuple[Reading, ...], size: int
) -> Iterator[tuple[Reading, ...]]:
    """So many that agree; with one usual mistake, or with two and nothing else."""
    yield from filter(_agree, combinations(readings, size))
    for fewer in filter(_agree, combinations(readings, size - 1)) if size and of_own else ():
        yield from ((*fewer, mistake) for mistake in of_own)
    if size == MISTAKES:
        yield from filter(_agree, combinations(of_own, size))


def _agree(chosen: tuple[Reading, ...]) -> bool:
    """Whether no two read the same field."""
    fields = [each.field for each in chosen if each.field]
    return len(fields) == len(set(fields))


def _read(formula: Candidate, chosen: tuple[Reading, ...]) -> Candidate:
    spec = formula.spec
    for each in chosen:
        spec = each.change(spec)
    return Candidate(spec, (*formula.reasons, *(each.reason for each in chosen)))


def _of_contract(case: Case) -> Iterator[Reading]:
    readings = case.contract.readings if case.is_contract else {}
    for reason, change in readings.items():
        yield Reading(reason, change, "contract")


def _formulas(case: Case) -> Iterator[Candidate]:
    """The same specification of another formula."""
    loss, form, spec = LOSSES[case.loss], FORMS[case.loss, case.form], specification(case)
    wrapped = spec.formula is not _formula(case)

    def with_formula(
        formula: Formula | None, activation: Activation, *reasons: Reason
    ) -> Iterator[Candidate]:
        if formula is not None and not (formula.sets_epsilon and spec.epsilon != EPSILON):
            if wrapped:  # the case has its own steps around a formula
                other = _of_formula(case, formula, activation)
            else:
                kept = spec.activation if activation == case.activation else activation
                other = replace(spec, formula=formula, activation=kept)
            yield Candidate(other, reasons)

    def also(formula: Formula) -> tuple[Reason, ...]:
        return () if formula is loss.probabilities else (_another(formula),)

    if form.formula:  # which is not one of the loss
        if form.other_formula:
            yield from with_formula(
                form.other_formula, case.activation, _another(form.other_formula)
            )
        return
    if OUTPUTS[case.output].kind == "logits":
        for formula in loss.other_logits:
            yield from with_formula(formula, case.activation, _another(formula))
        others = loss.other_probabilities if spec.formula.elementwise else ()
        for formula in filter(None, (loss.probabilities, *others)):
            yield from with_formula(formula, loss.activation, CLIPPED, *also(formula))
        yield from with_formula(loss.probabilities, "", LOGITS_AS_PROBABILITIES)
        return
    if case.made_inside:
        yield from with_formula(loss.logits, "", LOGITS_TAKEN)
        for formula in loss.other_logits:
            yield from with_formula(formula, "", LOGITS_TAKEN, *also(formula))
    if case.made_inside and case.activation != loss.activation:
        through = _input(f"{TAKEN}, through the {loss.activation}")
        for formula in filter(None, (loss.probabilities, *loss.other_probabilities)):
            yield from with_formula(formula, loss.activation, through, *also(formula))
        for formula in loss.foreign:
            yield from with_formula(formula, "", _input(f"{TAKEN}, in part of the formula"))
    for formula in loss.other_probabilities:
        yield from with_formula(formula, case.activation, _another(formula))
    if not case.made_inside:
        yield from with_formula(loss.logits, "", PROBABILITIES_AS_LOGITS)


def _in_float32(value: Parameter) -> Parameter:
    return float(np.float32(value)) if isinstance(value, float) else value


def _options(case: Case) -> Iterator[Reading]:
    """Options, and forms, that are read in another way."""
    spec, form = specification(case), FORMS[case.loss, case.form]
    yield from _axes(case, spec)
    yield from form.readings
    if spec.ignored is not None and form.metric:
        yield reading("ignored rows were counted in the mean", reduction=Reduction.MEAN_OF_ALL_ROWS)
    if spec.ignored is not None and spec.reduction is Reduction.MEAN:
        label = "epsilon was added to the number of rows that count"
        yield reading(label, reduction=Reduction.PADDED_MEAN)
        if spec.batch_size:
            label = "the sum was divided by the rows that count, even where there are none"
            yield reading(label, reduction=Reduction.UNGUARDED_MEAN)
    yield from _of_float32(spec)
    yield from loss_options.misread(spec, case.chosen, case.shape)
    if spec.reduction is Reduction.WEIGHTED_MEAN:
        yield loss_options.weighted_reading(case.chosen)


def _axes(case: Case, spec: Specification) -> Iterator[Reading]:
    """The axis of the classes is taken for another."""
    axis = loss_options.axis(case.chosen)
    shape = np.moveaxis(np.empty(case.shape), -1, axis).shape
    if spec.smoothing and not spec.formula.elementwise and shape[-1] != case.shape[-1]:
        yield reading("the classes were counted on the last axis", classes=shape[-1])
    if spec.smoothing and not spec.formula.elementwise and len(shape) > 2:
        yield reading("the classes were counted on axis 1", classes=shape[1])
    if case.activation == "softmax" and len(shape) == 2 and axis in (0, -2):
        yield reading("the softmax was taken along the last axis", activation=ACROSS)
    beside = len(shape) > 1 and axis in (-2, len(shape) - 2)
    if spec.formula.sparse and beside and shape[-1] == shape[-2]:
        yield TAKEN_FOR_ROWS


def _of_float32(spec: Specification) -> Iterator[Reading]:
    """Numbers of options are rounded, or ignored."""
    if spec.epsilon != EPSILON:
        yield reading("the epsilon that is set was ignored", epsilon=EPSILON)
    rounded = tuple((name, _in_float32(value)) for name, value in spec.parameters)
    if spec.dtype == "float64" and rounded != spec.parameters:
        yield rounded_reading("options", parameters=rounded)
    if spec.dtype == "float64" and spec.epsilon == EPSILON:
        yield rounded_reading("epsilon", epsilon=float(np.float32(EPSILON)))
