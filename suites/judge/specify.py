"""What is due for a case, and what might be computed instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import combinations
from typing import Any

import numpy as np

from reference.arithmetic.protocol import EPSILON
from reference.cause import Candidate
from reference.history import FUSED_SOFTMAX, FUSED_SOFTMAX_SLOPE, Formula
from reference.specification import ACROSS, Specification
from suites.cases import inputs, loss_options
from suites.cases.case import Case
from suites.cases.forms import FORMS
from suites.cases.losses import LOSSES, Loss

SUM_TO_ONE = "the gradient assumes targets that sum to one"
CLIPPED = "the logits went through the clip"
TWO_ARGUMENTS = ("categorical_crossentropy", "binary_crossentropy")  # of which two orders were
MOST = 2  # departures in a formula: the logits are taken, and another formula is
LOGITS_TAKEN = "the logits were taken for the probabilities"


def _says(formula: Formula | None) -> str:
    if formula in (FUSED_SOFTMAX, FUSED_SOFTMAX_SLOPE):
        return SUM_TO_ONE
    return f"another formula: {formula.name}" if formula else ""


def _also(formula: Formula, loss: Loss, before: str = "; ") -> str:
    """What is said behind something else of a formula that is not that of the loss."""
    return "" if formula is loss.probabilities else f"{before}{_says(formula)}"


def specification(case: Case) -> Specification:
    """What is due for a case."""
    loss, form = LOSSES[case.loss], FORMS[case.loss, case.form]
    formula = form.formula or (loss.logits if case.output == "logits" else loss.probabilities)
    assert formula
    due = Specification(
        formula, case.dtype, case.activation, form.reduction, by=form.by, stepped=form.stepped
    )
    if case.form == "fit-mixed":
        due = replace(due, loss_dtype="float32")
    due = case.contract.spec(due) if case.is_contract else due
    return loss_options.due(due, case.chosen)


@dataclass(frozen=True)
class Reading:
    """Options, or arguments of a contract, that are read in another way: what that changes."""

    says: str
    change: Callable[[Specification], Specification]
    field: str = ""  # of the specification; two readings of one field exclude each other


def candidates(case: Case) -> Iterator[Candidate]:
    """What might be computed instead: with fewer departures first, formulas before readings."""
    formulas, readings = tuple(_formulas(case)), (*_of_contract(case), *_options(case))
    if case.is_contract:  # what it is about comes first
        yield from (_read(Candidate(specification(case), ""), (reading,)) for reading in readings)
    for departures in range(1, len(readings) + MOST + 1):
        for size in range(departures + 1):
            for chosen in filter(_agree, combinations(readings, size)):
                if size == departures:
                    yield _read(Candidate(specification(case), ""), chosen)
                for formula in formulas:
                    if len(formula.parts) == departures - size:
                        yield _read(formula, chosen)


def _agree(chosen: tuple[Reading, ...]) -> bool:
    """Whether no two read the same field."""
    fields = [reading.field for reading in chosen if reading.field]
    return len(fields) == len(set(fields))


def _read(formula: Candidate, chosen: tuple[Reading, ...]) -> Candidate:
    asked = formula.spec
    for reading in chosen:
        asked = reading.change(asked)
    says = "; ".join(filter(None, (formula.says, *(reading.says for reading in chosen))))
    return Candidate(asked, says, (*formula.parts, *(reading.says for reading in chosen)))


def _of_contract(case: Case) -> Iterator[Reading]:
    instead = case.contract.instead if case.is_contract else {}
    for says, change in instead.items():
        yield Reading(says, change, "contract")


def _formulas(case: Case) -> Iterator[Candidate]:
    """The same specification of another formula."""
    loss, form, due = LOSSES[case.loss], FORMS[case.loss, case.form], specification(case)

    def instead(
        formula: Formula | None, activation: str, says: str, also: str = ""
    ) -> Iterator[Candidate]:
        if formula is not None:
            asked = replace(due, formula=formula, activation=activation)
            yield Candidate(asked, says + also, (says, also) if also else (says,))

    if form.formula:  # which is not one of the loss
        yield from instead(form.instead, due.activation, _says(form.instead))
        return
    if case.output == "logits":
        for formula in loss.other_logits:
            yield from instead(formula, due.activation, _says(formula))
        others = loss.other_probabilities if due.formula.elementwise else ()
        for formula in filter(None, (loss.probabilities, *others)):
            yield from instead(formula, loss.activation, CLIPPED, _also(formula, loss))
        yield from instead(loss.probabilities, "", "the logits were taken for probabilities")
        return
    if case.made_inside:
        yield from instead(loss.logits, "", LOGITS_TAKEN)
        for formula in loss.other_logits:
            yield from instead(formula, "", LOGITS_TAKEN, _also(formula, loss, ", and "))
    if case.made_inside and case.activation != loss.activation:
        says = f"{LOGITS_TAKEN}, through the {loss.activation}"
        for formula in filter(None, (loss.probabilities, *loss.other_probabilities)):
            yield from instead(formula, loss.activation, says, _also(formula, loss))
        for formula in loss.foreign:
            yield from instead(formula, "", f"{LOGITS_TAKEN}, in part of the formula")
    for formula in loss.other_probabilities:
        yield from instead(formula, due.activation, _says(formula))
    if not case.made_inside:
        yield from instead(loss.logits, "", "the probabilities were taken for logits")


def _in_float32(value: Any) -> Any:
    return float(np.float32(value)) if isinstance(value, float) else value


@cache
def _of_both_batches(formula: Formula) -> Formula:
    """The mean with the loss of the batch before, in which the rows had the labels in reverse."""

    def steps(target: Any, output: Any, a: Any, **parameters: Any) -> Any:
        before = target[::-1] if formula.sparse else a.reverse(target)
        both = (formula.steps(labels, output, a, **parameters) for labels in (target, before))
        return sum(both) / 2.0

    return replace(formula, name=f"{formula.name}, of both batches", steps=steps)


def _options(case: Case) -> Iterator[Reading]:
    """Options that are understood otherwise."""
    for fields, says in _fields(case):
        (field,) = fields
        yield Reading(says, partial(_changed, change=fields), field)


def _changed(due: Specification, change: Mapping[str, Any]) -> Specification:
    """The specification with other fields; some are made from it."""
    made = {name: value(due) if callable(value) else value for name, value in change.items()}
    return replace(due, **made)


def _fields(case: Case) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The fields of the specification that are others where an option is understood otherwise."""
    chosen, due = case.chosen, specification(case)
    shape = np.moveaxis(np.empty(inputs.shape(case.inputs)), -1, loss_options.axis(chosen)).shape
    if due.smoothing and not due.formula.elementwise and shape[-1] != inputs.CLASSES:
        yield {"classes": shape[-1]}, "the classes were counted on the last axis"
    if due.smoothing and not due.formula.elementwise and len(shape) > 2:
        yield {"classes": shape[1]}, "the classes were counted on axis 1"
    if case.activation == "softmax" and len(shape) == 2 and loss_options.axis(chosen) in (0, -2):
        yield {"activation": ACROSS}, "the softmax was taken along the last axis"
    if case.form == "fit-mirrored":
        yield {"reduction": "added-up"}, "the gradients of the replicas were added up"
        yield {"reduction": "weighted-half"}, "only the first of two replicas counts"
    if case.form.startswith("evaluate_in_parts"):
        yield {"reduction": "parts"}, "each part of the batch counts alike"
    if case.form.startswith("test_twice"):
        both = {"formula": lambda spec: _of_both_batches(spec.formula)}
        yield both, "the batch before counts too"
    if due.ignored is not None and "metric" in case.form:
        yield {"reduction": "counted"}, "ignored rows were counted in the mean"
    if due.ignored is not None and due.reduction == "batch":
        yield {"reduction": "padded"}, "epsilon was added to the number of rows that count"
    if case.form == "backend" and case.loss in TWO_ARGUMENTS:
        yield {"swapped": True}, "the arguments were taken in the other order"
    if due.epsilon != EPSILON:
        yield {"epsilon": EPSILON}, "the epsilon that is set was not heeded"
    rounded = tuple((name, _in_float32(value)) for name, value in due.parameters)
    if due.dtype == "float64" and rounded != due.parameters:
        yield {"parameters": rounded}, "options were rounded to float32"
    if due.dtype == "float64" and due.epsilon == EPSILON:
        yield {"epsilon": float(np.float32(EPSILON))}, "epsilon was rounded to float32"
    if due.reduction == "weighted" and chosen.get("sample_weight") == "scalar":
        yield {"reduction": "weighted-once"}, "a weight for all rows was counted once"
    elif case.form == "masked":
        yield {"reduction": "unweighted"}, "the mask was ignored"
    elif due.reduction == "weighted":
        yield {"reduction": "batch"}, "rows without weight were counted in the mean"
