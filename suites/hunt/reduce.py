"""Make a find smaller: leave out one thing after another for as long as it still shows.

hypothesis shrinks what it drew, number by number; this leaves out what a reader would: a step, an
option, rows, an axis, a class, and takes the simplest execution and dtype.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from reference.arithmetic.formats import get_format
from reference.specification import Inputs
from suites.cases.drawn import Drawn
from suites.cases.forms import FORMS
from suites.cases.loss_options import IGNORED, join, parse
from suites.cases.losses import LOSSES
from suites.hunt.look import Oddity

Again = Callable[[Drawn], Oddity | None]  # the same find of another call, if it shows there
TRIES = 80
WITH = {"outputs": ("part", "losses", "second")}  # options that mean nothing without another


def reduced(find: Oddity, again: Again) -> Oddity:
    """The find of the smallest call that still shows it, by few tries."""
    tries = 0
    while True:
        for one in smaller(find.case):
            tries += 1
            if tries > TRIES:
                return find
            if less := again(one):
                find = less
                break
        else:
            return find


def smaller(case: Drawn) -> Iterator[Drawn]:
    """The call with one thing less."""
    if case.after:
        yield replace(case, after="")
    if case.traced:
        yield replace(case, traced="")
    if case.device != "CPU:0":
        yield replace(case, device="CPU:0")
    for place in range(len(case.before)):
        yield replace(case, before=_without(case.before, place))
    for place in range(len(case.between)):
        yield replace(case, between=_without(case.between, place))
    for name in parse(case.arguments):
        if name not in FORMS[case.loss, case.form].needs and not _ignores(case, name):
            yield _without_option(case, name)
    if case.execution != "eager":
        yield replace(case, execution="eager")
    yield from _of_fewer_numbers(case)
    if case.dtype == "float64":
        yield _in_dtype(case, "float32")


def _ignores(case: Drawn, name: str) -> bool:
    """Whether an option ignores rows, whose labels may be no classes without it."""
    return name == IGNORED and bool((case.batch.target == int(case.chosen[name])).any())


def _without(names: tuple[str, ...], place: int) -> tuple[str, ...]:
    return names[:place] + names[place + 1 :]


def _without_option(case: Drawn, name: str) -> Drawn:
    chosen = parse(case.arguments)
    for each in (name, *WITH.get(name, ())):
        chosen.pop(each, None)
    batch = case.batch
    if name == "sample_weight":
        batch = replace(batch, weight=None)
    if name == "masking":
        batch = replace(batch, mask=None)
    return replace(case, arguments=join(chosen), batch=batch)


def _of_fewer_numbers(case: Drawn) -> Iterator[Drawn]:
    """Half of the rows; the first of an axis; the classes but for the last."""
    shape, is_model = case.shape, FORMS[case.loss, case.form].model
    by_halves = FORMS[case.loss, case.form].metric or "validated" in case.chosen
    least = 2 if by_halves else 1
    if len(shape) > 1 and shape[0] > least:
        middle = max(shape[0] // 2, least)
        for rows in (slice(0, middle), slice(shape[0] - middle, None)):
            yield replace(case, batch=case.batch.rows(rows))
    if len(shape) > 2 and not is_model and "axis" not in parse(case.arguments):
        yield replace(case, batch=_first_of_axis(case.batch))
    by_class = is_model or "alpha" in parse(case.arguments)  # which may have a number for each
    fewest = 1 if LOSSES[case.loss].of_one_class else 2
    if shape[-1] > fewest and not by_class and (batch := _of_fewer_classes(case.batch)):
        yield replace(case, batch=batch)


def _first_of_axis(batch: Inputs) -> Inputs:
    """The numbers of the first place of the second axis."""

    def first(array: np.ndarray | None) -> np.ndarray | None:
        return None if array is None else array[:, 0]

    target, output = batch.target[:, 0], batch.output[:, 0]
    return Inputs(target, output, first(batch.weight), first(batch.mask))


def _of_fewer_classes(batch: Inputs) -> Inputs | None:
    """The numbers of all classes but the last; None where that has a label."""
    last = batch.output.shape[-1] - 1
    if batch.target.ndim == batch.output.ndim:
        if batch.target[..., last].any():
            return None
        return replace(batch, target=batch.target[..., :last], output=batch.output[..., :last])
    if (batch.target == last).any():
        return None
    return replace(batch, output=batch.output[..., :last])


def _in_dtype(case: Drawn, dtype: str) -> Drawn:
    of, here = get_format(dtype).dtype, get_format(case.dtype).dtype
    target = case.batch.target
    target = target.astype(of) if target.dtype == here else target
    with np.errstate(over="ignore"):
        output = case.batch.output.astype(of)
    batch = replace(case.batch, target=target, output=output)
    return replace(case, dtype=dtype, batch=batch)
