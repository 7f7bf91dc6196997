"""What the pieces of contracts make of a specification and its numbers, by hand."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import pytest

from reference import history
from reference.arithmetic.native import Native
from reference.reduction import Reduction
from reference.specification import Inputs, Specification
from suites.cases import contract

USUAL = Specification(history.BINARY_DIRECT, "float64", reduction=Reduction.ROW)
INPUTS = Inputs(np.array([[1.0, 0.0]]), np.array([[0.25, 0.5]]))


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        (contract.elementwise, "reduction", Reduction.NONE),
        (contract.masked_mean, "reduction", Reduction.WEIGHTED_MEAN),
        (contract.unmasked, "reduction", Reduction.UNWEIGHTED_MEAN),
        (contract.infinite_and_unmasked, "reduction", Reduction.UNWEIGHTED_MEAN),
        (contract.ignoring, "ignored", 255),
        (contract.activated("softmax"), "activation", "softmax"),
    ],
)
def test_a_piece_changes_one_field_of_a_spec(change, field: str, value: object) -> None:
    assert getattr(USUAL, field) != value
    assert getattr(change(USUAL), field) == value


def test_a_mean_of_no_rows_is_unguarded_where_there_is_a_mean() -> None:
    mean = replace(USUAL, reduction=Reduction.MEAN)
    assert contract.unguarded(mean).reduction is Reduction.UNGUARDED_MEAN
    assert contract.unguarded(USUAL) == USUAL


def test_pieces_change_numbers() -> None:
    assert contract.all_ignored(INPUTS).target.tolist() == [[255, 255]]
    assert contract.equal_scores(INPUTS).output.tolist() == [[1, 1]]
    made = contract.example([1, 0])(INPUTS)
    assert (made.target.tolist(), made.output.dtype.name) == ([1, 0], "float32")


def losses(spec: Specification, target: list[float], output: list[float]) -> list[float]:
    """Of float64 arithmetic, to nine places, for eight rows of one prediction each."""
    a = Native("float64")
    arrays = (a.array(np.array(part, float)[:, None]) for part in (target, output))
    with np.errstate(all="ignore"):
        return np.round(np.asarray(spec.formula.steps(*arrays, a)).ravel(), 9).tolist()


LABELS = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]  # of which the mean is 1/4
HALVES = [0.5] * 7 + [0.75]


def test_labels_are_repeated_for_each_prediction_or_the_other_way_round() -> None:
    by_prediction = losses(contract.repeated(USUAL), LABELS, HALVES)
    assert by_prediction == [round(log(2), 9)] * 7 + [round(log(4 / 3) / 4 + log(4) * 3 / 4, 9)]
    of_one, of_zero = (round((7 * log(2) + log(last)) / 8, 9) for last in (4 / 3, 4))
    by_label = losses(contract.repeated_predictions(USUAL), LABELS, HALVES)
    assert by_label == [of_one, *[of_zero] * 6, of_one]
