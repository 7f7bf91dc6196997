"""Explain a loss of the user's numbers: `explain` gives a frame, `explanation` all that is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reference.expectation import Expected, expect
from reference.reduction import Reduction
from reports.explain.call import Call, call
from reports.explain.computed import Computed, of_rows, of_totals, reproducing
from reports.explain.hypotheses import Hypothesis, formulas, hypotheses
from reports.explain.losses import first, in_rows
from reports.explain.observed import Observed, observed

LISTED = 8  # rows of which the exact loss is shown


@dataclass(frozen=True)
class Explanation:
    """`expected` are the losses of the first rows; `greatest` is the largest of all with its place;
    `totals` are their mean and sum, as they should be; `formulas` what each formula gives for the
    mean; `reproduced` what gives the observed number, fewest departures first; `tried` how many
    hypotheses were tried. `right` is what the observed number is where it is right.
    """

    call: Call
    expected: Expected
    greatest: tuple[tuple[int, ...], float]
    totals: tuple[Computed, ...]
    formulas: tuple[tuple[Hypothesis, float], ...]
    observed: Observed | None
    right: Computed | None
    reproduced: tuple[Computed, ...]
    tried: int


def explanation(one: Call, seen: Observed | None = None) -> Explanation:
    """All that the reference knows of a call, and of a number that was observed."""
    every_formula = list(formulas(one))
    own = every_formula[0]
    means = [(each, float(each.losses.value(Reduction.MEAN)[0])) for each in every_formula]
    found, right, tried = _searched(one, seen) if seen else ([], None, 0)
    expected = expect(one.spec, first(in_rows(one.inputs), LISTED))[0]
    totals = tuple(item for item in of_totals(own) if not item.departures)
    about = one, expected, _greatest(own), totals, tuple(means), seen, right
    return Explanation(*about, tuple(found), tried)


def _searched(one: Call, seen: Observed) -> tuple[list[Computed], Computed | None, int]:
    """What may be the observed number, what it is where it is right, and how much was tried.

    Where the number is right nothing else is tried.
    """
    found: list[Computed] = []
    tried = 0
    for tried, each in enumerate(hypotheses(one), 1):
        found += reproducing(each, seen)
        right = [item for item in found if not item.departures and not item.by_chance]
        if right:
            return found, min(right, key=_rank), tried
    return sorted(found, key=_rank), None, tried


def _greatest(own: Hypothesis) -> tuple[tuple[int, ...], float]:
    values = own.losses.value(Reduction.ROW)
    place = int(np.argmax(values))  # of NaN, where there is one
    found = np.unravel_index(place, own.rows) if own.rows else ()
    return tuple(map(int, found)), float(values[place])


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
    return frame((item for each in hypotheses(one) for item in _all(each)), seen)


def frame(items: Iterable[Computed], seen: Observed | None) -> pd.DataFrame:
    """The numbers as the frame of `explain`."""
    rows = list(items)
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


def _all(hypothesis: Hypothesis) -> Iterable[Computed]:
    yield from of_rows(hypothesis)
    yield from of_totals(hypothesis)


def _rank(item: Computed) -> tuple[int, bool, bool, bool, float]:
    """Fewer departures first; of those the call itself, then what holds for all rows, since one of many
    may fit by chance.
    """
    fails = item.hypothesis.fails
    return item.departures, item.by_chance, not fails, item.is_row, item.width
