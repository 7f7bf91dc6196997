"""Explain a loss of the user's numbers: `explain` gives a frame, `explanation` all that is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from reference.expectation import Expected, expect, in_enclosure, in_native
from reports.explain.call import Call, call
from reports.explain.hypotheses import (
    TOTALS,
    Hypothesis,
    Total,
    formulas,
    hypotheses,
)
from reports.explain.observed import Observed, observed


@dataclass(frozen=True)
class Computed:
    """A number that a hypothesis gives, with the interval of its correct evaluations, in nats.

    It is the loss of the row at a `place`, unless it is a `total` of all rows.
    """

    hypothesis: Hypothesis
    value: float
    lower: float
    upper: float
    place: tuple[int, ...] = ()
    total: Total | None = None

    @property
    def departures(self) -> int:
        return self.hypothesis.departures + (self.total.departures if self.total else 0)

    @property
    def is_row(self) -> bool:
        """Whether it is one of several losses."""
        return bool(self.place)

    @property
    def where(self) -> str:
        return self.total.label if self.total else row_name(self.place)

    @property
    def width(self) -> float:
        return self.upper - self.lower


@dataclass(frozen=True)
class Explanation:
    """`expected` are the losses of the rows; `totals` their mean and sum, as they should be;
    `releases` what each formula gives for the mean; `reproduced` what gives the observed number,
    fewest departures first; `tried` how many hypotheses were tried. `right` is
    what the observed number is where it is right.
    """

    call: Call
    expected: Expected
    totals: tuple[Computed, ...]
    releases: tuple[Computed, ...]
    observed: Observed | None
    right: Computed | None
    reproduced: tuple[Computed, ...]
    tried: int


def explanation(one: Call, seen: Observed | None = None) -> Explanation:
    """All that the reference knows of a call, and of a number that was observed."""
    every_formula = list(formulas(one))
    totals = tuple(_total(every_formula[0], total) for total in TOTALS[:2])
    each = tuple(_total(formula, TOTALS[0]) for formula in every_formula)
    every = list(hypotheses(one)) if seen else []
    found = sorted(_reproducing(every, seen), key=_rank) if seen else []
    right = next((item for item in found if not item.departures), None)
    expected = expect(one.spec, one.inputs)[0]
    return Explanation(one, expected, totals, each, seen, right, tuple(found), len(every))


def explain(
    loss: str,
    target: np.ndarray,
    output: np.ndarray,
    observed_value: float | str | None = None,
    **options: object,
) -> pd.DataFrame:
    """What may be computed for these numbers: a row for each row of losses and each hypothesis.

    `options` are those of `reports.explain.call.call`. Columns: `hypothesis`, `releases`, `where`
    ("row 0", or a reduction), `value`, `lower` and `upper` (nats; the interval of correct
    evaluations), `departures` (0: as it was asked), and `reproduces`, whether the interval meets the
    observed number. Raises BadUsage.
    """
    one = call(loss, np.asarray(target), np.asarray(output), **options)  # type: ignore[arg-type]  # checked there
    seen = None if observed_value is None else observed(str(observed_value))
    rows = [item for hypothesis in hypotheses(one) for item in _computed(hypothesis)]
    return pd.DataFrame(
        {
            "hypothesis": [item.hypothesis.label for item in rows],
            "releases": [item.hypothesis.releases for item in rows],
            "where": [item.where for item in rows],
            "value": [item.value for item in rows],
            "lower": [item.lower for item in rows],
            "upper": [item.upper for item in rows],
            "departures": [item.departures for item in rows],
            "reproduces": [bool(seen and seen.meets(item.lower, item.upper)) for item in rows],
        }
    )


def _rank(item: Computed) -> tuple[int, bool, float]:
    """Fewer departures first; of those what stands for all rows, since one of many may fit by chance."""
    return item.departures, item.is_row, item.width


def _reproducing(every: list[Hypothesis], seen: Observed) -> Iterator[Computed]:
    for hypothesis in every:
        for item in _computed(hypothesis):
            if seen.meets(item.lower, item.upper) and item.width < max(abs(item.value), 1.0):
                yield item


def _computed(hypothesis: Hypothesis) -> Iterator[Computed]:
    """What it gives for each row, and for each reduction of them."""
    value = in_native(hypothesis.spec, hypothesis.inputs)[0]
    ball = in_enclosure(hypothesis.spec, hypothesis.inputs)[0]
    for place in np.ndindex(value.shape):
        mid, rad = float(ball.mid[place]), float(ball.rad[place])
        yield Computed(hypothesis, float(value[place]), mid - rad, mid + rad, place)
    if value.size > 1:
        yield from (_total(hypothesis, total) for total in TOTALS)


def _total(hypothesis: Hypothesis, total: Total) -> Computed:
    """The losses of the rows, put together. A sum of weights that is 0 gives 0, as in Keras."""
    spec, inputs = hypothesis.spec, hypothesis.inputs
    changed = replace(spec, reduction=total.reduction)
    native, ball = in_native(changed, inputs)[0], in_enclosure(changed, inputs)[0]
    size = len(inputs.output) if total.by_first_axis and inputs.output.ndim > 1 else 1
    value, mid, rad = (float(part) / size for part in (native, ball.mid, ball.rad))
    return Computed(hypothesis, value, mid - rad, mid + rad, total=total)


def row_name(place: tuple[int, ...]) -> str:
    """What a loss is called by its place among those of all rows."""
    return " ".join(["row", *map(str, place)]) if place else "loss"
