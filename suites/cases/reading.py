"""A way to read options, forms or arguments that is not the right one: what it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from reference.arithmetic.protocol import Arithmetic, Value
from reference.cause import Reason
from reference.cause_kinds import CauseKind
from reference.history import Formula
from reference.specification import Parameter, Specification

SpecificationChange = Callable[[Specification], Specification]


@dataclass(frozen=True)
class Reading:
    """What is computed where something is read in another way, and the reason in a cause.

    `field` is the one of the specification that is another: two readings of one field exclude each
    other.
    """

    reason: Reason
    change: SpecificationChange
    field: str = ""


# `Any`: the value of a field of a specification.
def reading(label: str, **fields: Any) -> Reading:
    """The reading that gives one field of the specification another value."""
    return _reading(Reason(CauseKind.OPTION, (label,)), **fields)


# `Any`: the same.
def rounded_reading(label: str, **fields: Any) -> Reading:
    """The same where the value is the right one, rounded to float32; `label` is what is rounded."""
    return _reading(Reason(CauseKind.ROUNDED, (label, "float32")), **fields)


# `Any`: the same.
def _reading(reason: Reason, **fields: Any) -> Reading:
    (field,) = fields
    return Reading(reason, lambda usual: replace(usual, **fields), field)


# `Any`: one function of any value, which no `Callable` can say without.
def of_changed_predictions(name: str, change: Callable[[Any, Any], Any]) -> SpecificationChange:
    """The formula of what `change` makes of the predictions, in the arithmetic that it gets as well."""

    @cache
    def changed(usual: Specification) -> Specification:
        def steps(
            target: Value, output: Value, a: Arithmetic[Value], **parameters: Parameter
        ) -> Value:
            return usual.formula.steps(target, change(output, a), a, **parameters)

        return replace(usual, formula=replace(usual.formula, name=name, steps=steps))

    return changed


def _alphas_of_rows(usual: Specification) -> Specification:
    """An alpha for each class is laid along the last axis of the rows, which is as long."""
    parameters = dict(usual.parameters)
    formula = _weighted_along_rows(usual.formula, parameters["alpha"])
    return replace(usual, formula=formula, parameters=(*(parameters | {"alpha": 1.0}).items(),))


ALPHAS_OF_ROWS = Reading(
    Reason(CauseKind.OPTION, ("each alpha went with a place on the last axis",)),
    _alphas_of_rows,
    "parameters",
)


@cache
def _weighted_along_rows(formula: Formula, weights: Parameter) -> Formula:
    def steps(target: Value, output: Value, a: Arithmetic[Value], **others: Parameter) -> Value:
        return formula.steps(target, output, a, **others) * a.array(np.asarray(weights)[:, None])

    return replace(formula, name=f"{formula.name}, weighted along the rows", steps=steps)


# Of predictions whose classes are on the last axis but one, where the last is as long.
TAKEN_FOR_ROWS = Reading(
    Reason(CauseKind.HANDLING, ("the classes were taken for rows",)),
    of_changed_predictions("turned", lambda output, a: a.transpose(output)),
    "formula",
)


def of_both_batches(usual: Specification) -> Specification:
    return replace(usual, formula=_of_both_batches(usual.formula))


@cache
def _of_both_batches(formula: Formula) -> Formula:
    """The mean with the loss of the batch before, in which the rows had the labels in reverse."""

    # `Any`: numbers of classes, an array in every arithmetic, where the formula is sparse.
    def steps(target: Any, output: Value, a: Arithmetic[Value], **parameters: Parameter) -> Value:
        before = target[::-1] if formula.sparse else a.reverse(target)
        both = (formula.steps(labels, output, a, **parameters) for labels in (target, before))
        return sum(both) / 2.0

    return replace(formula, name=f"{formula.name}, of both batches", steps=steps)
