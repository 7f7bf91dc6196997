"""The numbers of a case: as the reference takes them, and as the observer does."""

from __future__ import annotations

from functools import cache

import numpy as np

from reference.specification import Inputs
from suites.cases import contracts, inputs, loss_options
from suites.cases.case import Case
from suites.cases.losses import LOSSES
from suites.observe.messages import Packed
from suites.observe.observer import encode


def arrays(case: Case, seed: int) -> Inputs:
    """The numbers of a case as the reference takes them; one object for all that share them."""
    family, logits = LOSSES[case.loss].family, case.output != "probabilities"
    if case.is_contract:
        return contracts.right(case.inputs, case.loss, case.labels, logits, case.dtype, seed)
    chosen = case.chosen
    kinds = {"mask", "class_weight"} & set(chosen)
    weight = kinds.pop() if kinds else chosen.get("sample_weight", "")
    ignored = "ignore_class:" + chosen["ignore_class"] if "ignore_class" in chosen else ""
    return _arrays(family, case.labels, case.inputs, logits, case.dtype, seed, weight, ignored)


@cache
def _arrays(
    family: str,
    labels: str,
    regime: str,
    logits: bool,
    dtype: str,
    seed: int,
    weight: str,
    ignored: str,
) -> Inputs:
    output = inputs.predictions(regime, logits, dtype, seed)
    target = inputs.labels(family, labels, output.shape, dtype, seed)
    if ignored:
        target = loss_options.with_ignored(target, loss_options.parse(ignored))
    if weight == "class_weight":
        classes = target if target.ndim < output.ndim else np.argmax(target, axis=-1)
        return Inputs(target, output, 0.5**classes)
    return Inputs(target, output, loss_options.weights(weight, output.shape[:-1]))


def asked(case: Case, seed: int) -> dict[str, Packed]:
    """The arrays of a case as the observer takes them."""
    return as_asked(case, arrays(case, seed))


def as_asked(case: Case, given: Inputs) -> dict[str, Packed]:
    """These numbers as the observer takes them, with the classes where the case has them."""
    axis, target = loss_options.axis(case.chosen), given.target
    if target.ndim == given.output.ndim:
        target = np.moveaxis(target, -1, axis)
    numbers = {"target": target, "output": np.moveaxis(given.output, -1, axis)}
    if given.weight is not None and "weight" in case.call:
        numbers["weight"] = given.weight.astype(given.output.dtype)
    return {name: packed(array) for name, array in numbers.items()}


def packed(array: np.ndarray) -> Packed:
    """An array in the form in which the observer takes it."""
    name = array.dtype.name
    return encode(name, array.view(np.uint16) if name == "bfloat16" else array)
