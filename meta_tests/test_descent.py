"""Steps of training beyond the first, and what is reported beside the loss, on plain formulas."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reference.arithmetic.enclosure import Enclosure
from reference.arithmetic.exact import Exact
from reference.arithmetic.native import Native
from reference.expectation import in_enclosure, in_native
from reference.history import Formula
from reference.reduction import BLOCK, Reduction, additions
from reference.specification import Inputs, Joined, Second, Specification

IDENTITY = Formula("identity", lambda target, output, a: output, "", elementwise=True)
SQUARE = Formula("square", lambda target, output, a: output * output, "", elementwise=True)
KERNEL = [[2.0], [4.0], [6.0], [8.0]]  # of one class, so that the losses are the mean of rows


def asked(formula: Formula = IDENTITY, **fields: Any) -> Specification:
    return Specification(
        formula, "float64", **{"reduction": Reduction.MEAN, "stepped": True} | fields
    )


def inputs(**fields: Any) -> Inputs:
    output = np.array(KERNEL)
    return Inputs(np.zeros_like(output), output, **fields)


def found(spec: Specification, given: Inputs | None = None) -> tuple[float, list[float]]:
    value, kernel = in_native(spec, given or inputs())
    return value.item(), kernel.ravel().tolist()


def test_each_epoch_goes_on_where_the_one_before_ended() -> None:
    """The gradient of a mean of four squares is half of each number, which a step leaves of it."""
    assert found(asked(SQUARE)) == (30.0, [1.0, 2.0, 3.0, 4.0])
    assert found(asked(SQUARE, epochs=2)) == (7.5, [0.5, 1.0, 1.5, 2.0])
    assert found(asked(SQUARE, epochs=3)) == (1.875, [0.25, 0.5, 0.75, 1.0])


def test_what_is_validated_is_what_an_epoch_left() -> None:
    assert found(asked(SQUARE, validated=True)) == (7.5, [1.0, 2.0, 3.0, 4.0])
    assert found(asked(SQUARE, validated=True, epochs=2)) == (1.875, [0.5, 1.0, 1.5, 2.0])


def test_all_epochs_may_be_averaged() -> None:
    assert found(asked(SQUARE, epochs=2, averaged=True)) == ((30.0 + 7.5) / 2, [0.5, 1.0, 1.5, 2.0])


def test_what_is_validated_may_be_of_the_first_steps_alone() -> None:
    """Batches of one row: each step takes twice the number off, which leaves its negative."""
    spec = asked(SQUARE, validated=True, batch_size=1, validation_steps=3)
    assert found(spec) == ((4 + 16 + 36) / 3, [-2.0, -4.0, -6.0, -8.0])


def test_rows_that_are_held_out_are_not_trained_on() -> None:
    """The first two rows are a batch, of which a step leaves nothing; the loss is of the others."""
    spec = asked(SQUARE, validated=True, held_out=True, batch_size=2, epochs=2)
    assert found(spec) == ((36 + 64) / 2, [0.0, 0.0, 6.0, 8.0])


def test_epochs_of_batches_descend_each_in_its_own_rows() -> None:
    """In batches of two the gradient is each number itself, and a step leaves nothing."""
    assert found(asked(SQUARE, epochs=2, batch_size=2)) == (0.0, [0.0] * 4)


@pytest.mark.parametrize(
    ("fields", "sizes"),
    [
        ({"batch_size": 3}, [3, 1]),
        ({"batch_size": 3, "first_batch": 1}, [1, 3]),
        ({"batch_size": 2, "first_batch": 1}, [1, 2, 1]),
        ({"batch_size": 64, "first_batch": 1}, [1, 3]),
    ],
)
def test_the_first_batch_may_be_short(fields: dict[str, int], sizes: list[int]) -> None:
    """A row of a batch of n has the gradient 1 / n."""
    of_rows = [1 / size for size in sizes for _ in range(size)]
    value, kernel = found(asked(**fields))
    assert value == 5.0
    assert kernel == pytest.approx([row[0] - of for row, of in zip(KERNEL, of_rows, strict=True)])


def test_rows_after_the_last_step_are_left_alone() -> None:
    assert found(asked(batch_size=1, steps=3)) == (4.0, [1.0, 3.0, 5.0, 8.0])


def test_a_penalty_is_added_to_loss_and_gradient() -> None:
    """Half the squares of the kernel leave nothing of it but the gradient of the loss."""
    squares = 4 + 16 + 36 + 64
    assert found(asked(penalty="kernel")) == (5 + squares / 2, [-0.25] * 4)
    assert found(asked(penalty="activity"))[0] == 5 + squares / 8
    assert found(asked(penalty="activity"))[1] == [2 - 0.25 - 0.5, 2.75, 4.25, 5.75]
    halves = found(asked(penalty="activity", predicts="sigmoid"), inputs_of_zeros())
    assert halves == (0.125, [-0.25 - 0.5 * 0.25 / 4] * 4)


def inputs_of_zeros() -> Inputs:
    return Inputs(np.zeros((4, 1)), np.zeros((4, 1)))


def test_a_metric_is_reported_in_place_of_the_loss() -> None:
    given = inputs(weight=np.array([1.0, 0.0, 1.0, 0.0]))
    spec = asked(batch_size=3)
    metric = replace(spec, batch_size=0, reduction=Reduction.UNWEIGHTED_MEAN)
    weighted = replace(metric, reduction=Reduction.WEIGHTED_MEAN)
    kernel = found(spec, given)[1]
    assert found(replace(spec, reported=metric), given) == (5.0, kernel)
    assert found(replace(spec, reported=weighted), given) == (4.0, kernel)


def test_nan_in_one_row_reaches_the_rows_of_all_samples_and_steps_of_time() -> None:
    """A layer multiplies the gradient by rows that are 0 elsewhere: 0 times NaN is NaN."""
    output = np.array([[[1.0, 2.0], [np.inf, 2.0]], [[1.0, 2.0], [1.0, 2.0]]])
    kernel = in_native(asked(SQUARE), Inputs(np.zeros_like(output), output))[1]
    assert np.isnan(kernel[..., 0]).all()
    assert np.isfinite(kernel[..., 1]).all()


def test_a_mean_may_be_of_the_rows_that_no_mask_leaves_out() -> None:
    weight, mask = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.0, 1.0, 1.0, 0.0])
    spec = asked(reduction=Reduction.MASKED_MEAN)
    assert found(spec, inputs(weight=weight, mask=mask))[0] == (4 + 6) / 2
    assert found(spec, inputs(weight=weight))[0] == 5.0
    assert found(spec, inputs(weight=weight, mask=0 * mask))[0] == 0.0


def test_a_metric_of_later_epochs_is_of_what_the_loss_has_trained() -> None:
    """Weights that the metric leaves out decide what an epoch leaves of the numbers."""
    given = inputs(weight=np.array([1.0, 0.0, 1.0, 0.0]))
    spec = asked(SQUARE, epochs=2)
    metric = replace(spec, reduction=Reduction.UNWEIGHTED_MEAN)
    left = found(replace(spec, epochs=1), given)[1]
    assert left == [1.0, 4.0, 3.0, 8.0]
    value, kernel = found(replace(spec, reported=metric), given)
    assert value == (1 + 16 + 9 + 64) / 4
    assert kernel == found(spec, given)[1]


def test_the_loss_of_a_second_output_is_added() -> None:
    """Of the first class alone, by another formula, times its weight."""
    output = np.array([[2.0, 10.0], [4.0, 10.0]])
    given = Inputs(np.zeros_like(output), output)
    second = Second(0.5, SQUARE)
    value, kernel = in_native(asked(second=second), given)
    assert value.item() == 6.5 + 0.5 * (4 + 16) / 2
    assert kernel.tolist() == in_native(asked(), given)[1].tolist()


def test_a_second_output_may_have_the_weights_in_reverse() -> None:
    """Rows 2, 4, 6, 8 with weights 1, 0, 0, 2, and twice those with weights 2, 0, 0, 1."""
    given = inputs(weight=np.array([1.0, 0.0, 0.0, 2.0]))
    first, second = (2 + 16) / 4, (4 + 8) / 4
    value, kernel = found(asked(second=Second(2.0)), given)
    assert value == first + 2 * second
    assert kernel == found(asked(), given)[1]


def test_batches_may_count_twice_with_each_that_follows() -> None:
    """Of batches of one row the first counts eight times, of three rows and one six times to one."""
    doubled = asked(batch_size=1, joined=Joined.DOUBLED)
    assert found(doubled)[0] == (8 * 2 + 4 * 4 + 2 * 6 + 1 * 8) / 15
    uneven = asked(batch_size=3, joined=Joined.DOUBLED)
    assert found(uneven)[0] == (6 * 4 + 1 * 8) / 7


def test_only_the_first_half_may_be_summed() -> None:
    spec = replace(asked(), reduction=Reduction.SUM_OF_FIRST_HALF)
    assert found(spec) == (6.0, [1.0, 3.0, 6.0, 8.0])


def test_a_batch_without_rows_is_zero_by_zero() -> None:
    value, kernel = found(asked(batch_size=2, joined=Joined.EMPTY))
    assert np.isnan(value)
    assert kernel == found(asked(batch_size=2))[1]


@pytest.mark.parametrize(
    ("terms", "most"),
    [(1, 0), (8, 7), (BLOCK, BLOCK - 1), (2 * BLOCK, BLOCK + 1), (1_000_000, BLOCK + 10)],
)
def test_more_than_a_block_of_terms_is_added_in_blocks(terms: int, most: int) -> None:
    assert additions(terms) == most


def test_rows_that_are_repeated_have_the_mean_of_few() -> None:
    """Its enclosure is wider; in float16 the sum overflows, as it does in a library."""
    many = asked(repeated=100_000)
    assert found(many)[0] == 5.0
    few, wide = (in_enclosure(spec, inputs())[0] for spec in (asked(), many))
    assert wide.mid == few.mid
    assert 100 * few.rad < wide.rad < 1e-12
    half = replace(many, dtype="float16")
    given = replace(inputs(), output=np.array(KERNEL, np.float16))
    assert np.isnan(in_native(half, given)[0])
    assert np.isfinite(in_enclosure(half, given)[0].rad)


@pytest.mark.parametrize("runs", [1, 4, 16])
def test_copies_are_summed_in_runs(runs: int) -> None:
    """In float32 the runs lose digits that the enclosure allows for, and exact numbers do not."""
    row, times = np.array([[0.1, 0.2, 0.3]], np.float32), 10_000
    exact = Exact().sum_of_copies(Exact().array(row), times, runs)
    native = Native("float32").sum_of_copies(Native("float32").array(row), times, runs)
    ball = Enclosure("float32").sum_of_copies(Enclosure("float32").array(row), times, runs)
    one_by_one = np.float32(0)
    for place in range(0, 3 * times, runs):
        one_by_one += np.tile(row[0], times)[place]
    if runs == 1:
        assert native.item() == one_by_one
    assert native.item() != float(exact.item().mid())
    assert abs(native.item() - ball.mid.item()) <= ball.rad.item()
    assert abs(float(exact.item().mid()) - ball.mid.item()) <= ball.rad.item()
