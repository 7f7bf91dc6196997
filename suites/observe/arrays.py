"""The numbers of a case: as the reference takes them, and as the observer does."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from reference.arithmetic.formats import get_format
from reference.specification import Inputs
from suites.cases import contracts, inputs, loss_options
from suites.cases.case import Case
from suites.cases.losses import LOSSES, Family
from suites.cases.outputs import OUTPUTS
from suites.observe.messages import Packed
from suites.observe.observer import decode, encode


def arrays(case: Case, seed: int) -> Inputs:
    """The numbers of a case as the reference takes them; one object for all that share them."""
    family, logits = LOSSES[case.loss].family, OUTPUTS[case.output].of_logits
    if case.is_contract:
        return contracts.arrays(case.inputs, case.loss, case.labels, logits, case.dtype, seed)
    chosen = tuple(loss_options.of_arrays(case.chosen).items())
    return _arrays(family, case.labels, case.inputs, logits, case.dtype, seed, chosen)


@cache
def _arrays(
    family: Family,
    labels: str,
    regime: str,
    logits: bool,
    dtype: str,
    seed: int,
    chosen: tuple[tuple[str, str], ...],
) -> Inputs:
    output = inputs.predictions(regime, logits, dtype, seed)
    target = inputs.labels(family, labels, output.shape, dtype, seed)
    plain = Inputs(loss_options.with_ignored(target, dict(chosen)), output)
    weight, mask = (of(dict(chosen), plain) for of in (loss_options.weights, loss_options.mask))
    return replace(plain, weight=weight, mask=mask)


def packed_arrays(case: Case, seed: int) -> dict[str, Packed]:
    """The arrays of a case as the observer takes them."""
    return pack_batch(case, arrays(case, seed))


def pack_batch(case: Case, batch: Inputs) -> dict[str, Packed]:
    """These numbers as the observer takes them, with the classes where the case has them."""
    axis, target = loss_options.axis(case.chosen), batch.target
    if target.ndim == batch.output.ndim:
        target = np.moveaxis(target, -1, axis)
    numbers = {"target": target, "output": np.moveaxis(batch.output, -1, axis)}
    if batch.weight is not None and "weight" in case.call:
        numbers["weight"] = batch.weight.astype(batch.output.dtype)
    if batch.mask is not None:
        numbers["mask"] = batch.mask.astype(batch.output.dtype)
    return {name: packed(array) for name, array in numbers.items()}


def packed(array: np.ndarray) -> Packed:
    """An array in the form in which the observer takes it."""
    name = array.dtype.name
    return encode(name, array.view(np.uint16) if name == "bfloat16" else array)


def unpacked(packed: Packed) -> np.ndarray:
    """The numbers of an answer, in float64."""
    return decode(packed).view(get_format(packed["dtype"]).dtype).astype(np.float64)
