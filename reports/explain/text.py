"""An explanation as lines for a terminal. All sentences of this room are here."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from reference import history
from reports.explain.call import Call
from reports.explain.computed import Computed, row_name
from reports.explain.explain import Explanation
from reports.explain.hypotheses import SUM
from reports.explain.installation import Answered
from reports.explain.matters import Effect, effects
from reports.run.summary import counted

CAUSES = 6  # programs that reproduce the observed number
NOTHING = (
    "Tried: every formula of every release, other values of epsilon, no clip, no normalisation, options",
    "left out, swapped arguments, other dtypes, other losses; per row, as mean and as sum. What is left:",
    "other numbers than those that the loss saw (dropout, a mask, another batch), terms that are added",
    "to it (regularisation), or a loss of your own.",
)


def lines(found: Explanation) -> Iterator[str]:
    """The whole explanation."""
    yield found.call.asked
    yield from _warning(found)
    yield ""
    yield from _expected(found)
    yield ""
    yield from _formulas(found)
    changes = list(effects(found.call))
    yield ""
    yield "What matters for these numbers:"
    yield from map(_effect, changes) if changes else ("  nothing: no step changes a loss visibly",)
    if found.observed:
        yield ""
        yield from _verdict(found)


def _warning(found: Explanation) -> Iterator[str]:
    output = np.asarray(found.call.inputs.output, np.float64)
    if nan := int(np.count_nonzero(np.isnan(output))):
        verb = "is" if nan == 1 else "are"
        yield f"{counted(nan, 'prediction')} {verb} NaN, and so is the loss: look at what made the predictions."
        return
    yield from _warning_of_predictions(found.call, output)
    yield from _warning_of_labels(found.call)


def _warning_of_predictions(call: Call, output: np.ndarray) -> Iterator[str]:
    least, greatest = float(output.min()), float(output.max())
    if not call.from_logits and (least < 0 or greatest > 1):
        yield f"The predictions reach from {least:.6g} to {greatest:.6g}, so they are no probabilities:"
        yield "if the model ends without an activation, add --from-logits."
    if call.spec.formula is not history.CATEGORICAL:
        return
    if zeros := int(np.count_nonzero(output.sum(axis=-1) == 0)):
        verb = "sums" if zeros == 1 else "sum"
        yield f"{counted(zeros, 'row')} {verb} to 0, and divided by that sum there is no loss: NaN."
    if output.shape[-1] == 1:
        yield "There is one class, and its probability divided by itself is 1, so the loss is 0:"
        yield "for one probability a row use binary_crossentropy."


def _warning_of_labels(call: Call) -> Iterator[str]:
    target = call.inputs.target
    if target.ndim != call.inputs.output.ndim or call.loss.family == "sparse":
        return
    least, greatest = float(target.min()), float(target.max())
    if least < 0 or greatest > 1:
        yield f"The labels reach from {least:.9g} to {greatest:.9g}, and not from 0 to 1:"
        yield "the loss may be negative, and has no least value where predictions are right."


def _expected(found: Explanation) -> Iterator[str]:
    expected, rows = found.expected, found.call.inputs.output.shape[:-1]
    places = [*islice(np.ndindex(rows), expected.mid.size)]
    width = max(map(len, [*map(row_name, places), "mean"]))
    yield f"{'loss in nats':{width + 2}}  {'exact':22}  any correct result lies in"
    for number, place in enumerate(places):
        mid, rad = float(expected.mid.flat[number]), float(expected.rad.flat[number])
        exact = str(expected.decimal.flat[number])[:20]
        yield f"  {row_name(place):{width}}  {exact:22}  {_interval(mid - rad, mid + rad)}"
    if more := math.prod(rows) - len(places):
        place, greatest = found.greatest
        yield f"  ... and {counted(more, 'more row')}; greatest: {greatest:.7g} in {row_name(place)}"
    for name, item in zip(("mean", "sum"), found.totals, strict=False):
        middle = f"{item.lower / 2 + item.upper / 2:.10g}"
        yield f"  {name:{width}}  {middle:22}  {_interval(item.lower, item.upper)}"


def _interval(lower: float, upper: float) -> str:
    if np.isnan(lower) or np.isnan(upper):
        return "no interval: the result is NaN"
    if np.isinf(lower) or np.isinf(upper):
        return "no bound: rounding may give any number"
    return f"[{lower:.9g}, {upper:.9g}]"


def _formulas(found: Explanation) -> Iterator[str]:
    yield "What each formula gives for the mean, and where it is used:"
    for formula, mean in found.formulas:
        yield f"  {mean:<14.9g}  {formula.label}: {formula.releases}"


def _effect(effect: Effect) -> str:
    rows = counted(effect.rows, "row")
    return (
        f"  {effect.step}: in {rows}; in {row_name(effect.where)} the loss is {effect.with_it:.6g},"
        f" and {effect.without_it:.6g} without it"
    )


def _verdict(found: Explanation) -> Iterator[str]:
    assert found.observed
    text = found.observed.text
    if found.right:
        of_row = "loss of " if found.right.is_row else ""
        yield f"Observed {text}: correct. It is the {of_row}{found.right.where} as it should be."
        if found.right.total is SUM:
            yield "Keras gives it with reduction='sum'; its default is the mean."
        return
    if not found.reproduced:
        yield f"Observed {text}: nothing that was tried gives this number ({found.tried} programs)."
        yield from NOTHING
        return
    yield f"Observed {text}: not what this call should give. It is reproduced by:"
    yield from map(_cause, found.reproduced[:CAUSES])
    if len(found.reproduced) > CAUSES:
        yield f"  ... and {len(found.reproduced) - CAUSES} more"
    if found.observed.is_vague:
        yield f"{text} has few digits, and some of these may fit by chance: give more of them."
    if advice := next(
        (one.hypothesis.advice for one in found.reproduced if one.hypothesis.advice), ""
    ):
        yield advice


def _cause(item: Computed) -> str:
    releases = f" ({item.hypothesis.releases})" if item.hypothesis.releases else ""
    alike = f" and {counted(item.alike, 'more row')}" if item.alike else ""
    chance = "; with so many rows this may be chance" if item.by_chance else ""
    return f"  {item.value:<14.9g}  {item.where}{alike}: {item.hypothesis.label}{releases}{chance}"


def table(found: Sequence[Answered]) -> Iterator[str]:
    """What an installation answers, a line for each way and execution, and what to do."""
    width = max(len(one.way.name) for one in found)
    yield f"  {'way':{width}}  execution  loss"
    for one in found:
        yield f"  {one.way.name:{width}}  {one.execution:9}  {_answer(one)}"
    if advice := next((one.by.advice for one in found if one.by and one.by.advice), ""):
        yield advice


def _answer(one: Answered) -> str:
    if one.refused:
        return f"none: {one.refused}"
    size = one.numbers.size
    with np.errstate(invalid="ignore"):
        number = f"{one.numbers.mean():<12.9g}"
    of_all = f" (mean of {counted(size, 'number')})" if size > 1 else ""
    return f"{number}  {_finding(one)}{of_all}"


def _finding(one: Answered) -> str:
    if one.by is None:
        return "differs, and nothing that was tried gives this"
    if not one.is_as_asked:
        parts = (one.total and f"the {one.total.label}", one.by.departures and one.by.label)
        return "differs: " + ": ".join(part for part in parts if part)
    if not one.tested:
        return "not tested: rounding may give any number"
    return f"correct, {one.by.label}" if one.by.is_wider else "correct"
