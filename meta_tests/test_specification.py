"""What stands before and after a formula, on formulas that are so plain that all can be worked out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reference.arithmetic.native import Native
from reference.evaluation import run, run_cast
from reference.expectation import in_native
from reference.history import Formula
from reference.reduction import Reduction
from reference.specification import ACROSS, Inputs, Joined, Specification, one_hot

IDENTITY = Formula("identity", lambda target, output, a: output, "", elementwise=True)
PRODUCT = Formula("product", lambda target, output, a: target * output, "", elementwise=True)
DIFFERENCE = Formula("difference", lambda target, output, a: target - output, "", elementwise=True)
GATHERED = Formula("gathered", lambda target, output, a: a.gather(output, target), "", sparse=True)
LOSSES = [
    [1.0, 3.0],
    [4.0, 4.0],
    [5.0, 1.0],
    [8.0, 8.0],
]  # of which the rows have the means 2, 4, 3, 8


def asked(
    formula: Formula = IDENTITY, reduction: Reduction = Reduction.ROW, **fields: Any
) -> Specification:
    return Specification(formula, "float64", "", reduction, **fields)


def inputs(weight: list[float] | None = None) -> Inputs:
    output = np.array(LOSSES)
    return Inputs(np.zeros_like(output), output, None if weight is None else np.array(weight))


@pytest.mark.parametrize(
    ("reduction", "weight", "expected"),
    [
        (Reduction.NONE, None, LOSSES),
        (Reduction.NONE, [2, 0, 1, 1], [[2.0, 6.0], [0.0, 0.0], [5.0, 1.0], [8.0, 8.0]]),
        (Reduction.ROW, None, [2, 4, 3, 8]),
        (Reduction.ROW, [2, 0, 1, 0.5], [4, 0, 3, 4]),
        (Reduction.SUM, None, 17),
        (Reduction.SUM, [2, 0, 1, 0.5], 11),
        (Reduction.MEAN, None, 17 / 4),
        (Reduction.MEAN, [2, 0, 1, 0.5], 11 / 4),
        (Reduction.WEIGHTED_MEAN, None, 17 / 4),
        (Reduction.WEIGHTED_MEAN, [2, 0, 1, 1], 15 / 4),
        (Reduction.WEIGHTED_MEAN, [0, 0, 0, 0], 0),
        (Reduction.MEAN_OF_WEIGHED_ROWS, [2, 0, 1, 0.5], 11 / 3),
        (Reduction.UNGUARDED_MEAN, [2, 0, 1, 1], 15 / 4),
        (Reduction.WEIGHT_COUNTED_ONCE, [2, 2, 2, 2], 34 / 2),
        (Reduction.UNWEIGHTED_MEAN, [2, 0, 1, 1], 17 / 4),
        (Reduction.FIRST_HALF, None, 6 / 2),
    ],
)  # fmt: skip
def test_what_a_reduction_makes_of_losses(
    reduction: Reduction, weight: list[float] | None, expected: object
) -> None:
    value, _ = in_native(asked(reduction=reduction), inputs(weight))
    assert value.tolist() == expected


@pytest.mark.parametrize(
    ("reduction", "fields", "expected"),
    [
        (Reduction.MEAN, {}, 17 / 4),
        (Reduction.SUM, {}, 17),
        (Reduction.MEAN, {"joined": Joined.BY_ROWS}, 17 / 4),
        (Reduction.SUM, {"joined": Joined.BY_ROWS}, (3 * 9 + 8) / 4),
        (Reduction.MEAN, {"joined": Joined.ALIKE}, (3 + 8) / 2),
        (Reduction.MEAN, {"joined": Joined.LAST}, 8),
        (Reduction.MEAN, {"halves": "averaged"}, (3 * (3 + 3) / 2 + 8 / 2) / 4),
        (Reduction.MEAN, {"halves": "added"}, (3 * (3 + 3) + 8) / 4),
        (Reduction.MEAN, {"joined": Joined.BY_HALVES}, (2 * 3 + 8) / 3),
        (Reduction.MEAN, {"joined": Joined.SHORT_AS_ONE}, (3 * 3 + 8) / 4),
        (Reduction.MEAN, {"loss_weight": 0.5}, 17 / 8),
        (Reduction.MEAN, {"loss_weight": 0.5, "outputs": 5.0}, 5 * 17 / 8),
    ],
)
def test_batches_of_three_rows_and_of_one(
    reduction: Reduction, fields: dict[str, Any], expected: float
) -> None:
    value, _ = in_native(asked(reduction=reduction, batch_size=3, **fields), inputs())
    assert value == expected


def test_each_batch_has_the_gradient_of_its_own_mean() -> None:
    """Of numbers that are averaged over two classes and over the rows of a batch."""
    every = in_native(asked(reduction=Reduction.MEAN), inputs())[1]
    assert every.tolist() == [[1 / 8, 1 / 8]] * 4
    batches = asked(reduction=Reduction.MEAN, batch_size=3, loss_weight=2.0, outputs=3.0)
    found = in_native(batches, inputs())[1]
    assert np.round(found, 12).tolist() == [[0.333333333333] * 2] * 3 + [[1.0, 1.0]]
    alone = in_native(replace(batches, halves="averaged", batch_size=1), inputs())[1]
    assert alone.tolist() == [[0.5, 0.5]] * 4


def test_rows_that_are_masked_count_in_no_mean() -> None:
    masked = replace(inputs([2, 0, 1, 1]), mask=np.array([1, 1, 0, 1]))
    means = {
        Reduction.MEAN: (4 + 0 + 8) / 3,
        Reduction.WEIGHTED_MEAN: (4 + 0 + 8) / 3,
        Reduction.SUM: 12,
    }
    for reduction, expected in means.items():
        assert in_native(asked(reduction=reduction), masked)[0] == pytest.approx(expected)


def test_a_row_counts_as_often_as_its_class_says() -> None:
    """Rows of classes 1, 0, 1, 1, of which class 1 counts a quarter."""
    labels = np.array([[0, 1], [1, 0], [0, 1], [0, 1]], float)
    given = replace(inputs([1, 1, 1, 2]), target=labels)
    spec = asked(PRODUCT, Reduction.SUM, class_weight=(1.0, 0.25))
    losses = (labels * LOSSES).mean(axis=-1) * [0.25, 1, 0.25, 0.5]
    assert in_native(spec, given)[0] == losses.sum()


def test_weights_of_samples_may_be_laid_along_the_last_axis() -> None:
    """Two samples of two rows, with weights 1 and 3; and with the classes of the greatest place."""
    output = np.array(LOSSES).reshape(2, 2, 2)
    labels = np.array([[0, 1], [1, 0]])
    weight = np.array([[1.0, 1.0], [3.0, 3.0]])
    rows = np.take_along_axis(output, labels[..., None], -1)[..., 0]
    given = Inputs(labels, output, weight)
    right = asked(GATHERED, Reduction.SUM)
    assert in_native(right, given)[0] == (rows * weight).sum()
    assert in_native(replace(right, weights_last=True), given)[0] == (rows * [1, 3]).sum()
    by_place = replace(right, class_weight=(1.0, 5.0), classes_by_place=True)
    assert in_native(by_place, Inputs(labels, output))[0] == (rows * [[5], [1]]).sum()


def test_a_mean_without_a_weight_is_none_where_nothing_guards_it() -> None:
    value, _ = in_native(asked(reduction=Reduction.UNGUARDED_MEAN), inputs([0, 0, 0, 0]))
    assert np.isnan(value)


@pytest.mark.parametrize(
    ("reduction", "expected"),
    [
        (Reduction.ROW, [1, 0, 5, 8]),
        (Reduction.MEAN, 14 / 3),
        (Reduction.MEAN_OF_ALL_ROWS, 14 / 4),
        (Reduction.PADDED_MEAN, 14 / 4 * (4 / 3.5)),
    ],
)
def test_rows_of_an_ignored_class_do_not_count(reduction: Reduction, expected: object) -> None:
    """Of classes 0, 7, 0, 1, where 7 is ignored and epsilon is a half."""
    given = Inputs(np.array([0, 7, 0, 1]), np.array(LOSSES))
    spec = asked(GATHERED, reduction, ignored=7, epsilon=0.5)
    value, _ = in_native(spec, given)
    assert np.round(value, 12).tolist() == np.round(expected, 12).tolist()


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_row_of_an_ignored_class_does_not_count_though_it_is_no_number(number: float) -> None:
    losses = np.array(LOSSES)
    losses[1] = number
    spec = asked(GATHERED, Reduction.MEAN, ignored=7)
    value, gradient = in_native(spec, Inputs(np.array([0, 7, 0, 1]), losses))
    assert np.round(value, 12) == np.round(14 / 3, 12)
    assert gradient[1].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("reduction", "expected"),
    [
        (Reduction.MEAN, 9 / 2),
        (Reduction.MEAN_OF_MASKED_ROWS_TOO, 9 / 3),
        (Reduction.MEAN_OF_ALL_ROWS, 9 / 4),
    ],
)
def test_beside_an_ignored_class_masked_rows_may_count(
    reduction: Reduction, expected: float
) -> None:
    """Of losses 1, ignored, 5, 8 the third is masked."""
    mask = np.array([1.0, 1.0, 0.0, 1.0])
    given = Inputs(np.array([0, 7, 0, 1]), np.array(LOSSES), mask=mask)
    value, _ = in_native(asked(GATHERED, reduction, ignored=7), given)
    assert np.round(value, 12) == expected


def test_labels_are_smoothed_towards_their_share() -> None:
    """t (1 - s) + s / n: of two where classes do not exclude each other, else of all or of some."""
    labels, ones = np.array([[1.0, 0.0, 0.0, 0.0]]), np.ones((1, 4))
    each = {
        "two": asked(PRODUCT, Reduction.NONE, smoothing=0.5),
        "eight": asked(PRODUCT, Reduction.NONE, smoothing=0.5, classes=8),
    }
    found = {name: in_native(one, Inputs(labels, ones))[0].tolist() for name, one in each.items()}
    assert found["two"] == [[0.75, 0.25, 0.25, 0.25]]
    assert found["eight"] == [[0.5625, 0.0625, 0.0625, 0.0625]]
    whole = Formula("product", lambda target, output, a: target * output, "")
    spec = Specification(whole, "float64", "", Reduction.NONE, smoothing=0.5)
    value = run(spec, Inputs(labels, ones), Native("float64"))[0]
    assert np.asarray(value).tolist() == [[0.625, 0.125, 0.125, 0.125]]


def test_class_numbers_become_rows_of_zeros_and_a_one() -> None:
    numbers = Inputs(np.array([2, 0]), np.zeros((2, 3)))
    assert one_hot(numbers).tolist() == [[0, 0, 1], [1, 0, 0]]
    rows = Inputs(np.array([[0.5, 0.5]]), np.zeros((1, 2)))
    assert one_hot(rows).tolist() == [[0.5, 0.5]]


def test_targets_and_predictions_may_change_places() -> None:
    given = Inputs(np.array([[1.0]]), np.array([[3.0]]))
    assert in_native(asked(DIFFERENCE, Reduction.NONE), given)[0].tolist() == [[-2.0]]
    assert in_native(asked(DIFFERENCE, Reduction.NONE, swapped=True), given)[0].tolist() == [[2.0]]


@pytest.mark.parametrize(("by", "gradient"), [("output", [[3.0, 5.0]]), ("target", [[2.0, 4.0]])])
def test_a_gradient_is_by_what_is_asked_for_wherever_the_loss_is(
    by: str, gradient: list[list[float]]
) -> None:
    given = Inputs(np.array([[3.0, 5.0]]), np.array([[2.0, 4.0]]))
    spec = asked(PRODUCT, Reduction.NONE, by=by)
    for loss_dtype in ("", "float32"):
        value, found = in_native(spec, given, loss_dtype=loss_dtype)
        assert value.tolist() == [[6.0, 20.0]]
        assert found.tolist() == gradient
    cast = run_cast(spec, given, Native("float64"), Native("float32"))
    assert np.asarray(cast[0]).dtype == np.float32


def test_a_step_leaves_the_output_less_its_gradient() -> None:
    given = Inputs(np.array([[3.0, 5.0]]), np.array([[2.0, 4.0]]))
    for loss_dtype in ("", "float32"):
        _, found = in_native(
            asked(PRODUCT, Reduction.NONE, stepped=True), given, loss_dtype=loss_dtype
        )
        assert found.tolist() == [[-1.0, -1.0]]


def test_a_softmax_across_the_rows_makes_each_column_a_distribution() -> None:
    given = Inputs(np.zeros((2, 2)), np.log(np.array([[1.0, 1.0], [3.0, 1.0]])))
    across = Specification(IDENTITY, "float64", ACROSS, Reduction.NONE)
    along = Specification(IDENTITY, "float64", "softmax", Reduction.NONE)
    assert np.round(in_native(across, given)[0], 12).tolist() == [[0.25, 0.5], [0.75, 0.5]]
    assert np.round(in_native(along, given)[0], 12).tolist() == [[0.5, 0.5], [0.75, 0.25]]
    assert across.couples_rows
    assert not along.couples_rows
    assert asked(reduction=Reduction.MEAN).couples_rows
    assert (across.of_logits, asked().of_logits) == (True, False)
