"""The quoted source: where it stood, and the numbers of the specification that started from it."""

import re

import numpy as np
import pytest

from reference import history, quoted
from reference.arithmetic.exact import Exact, decimal, evaluate
from reference.arithmetic.formats import get_format
from reference.evaluation import run
from reference.expectation import in_native
from reference.specification import Inputs, Specification

RELEASES = [
    *("1.0.7", "1.0.8", "1.1.0", "1.1.1", "1.1.2", "1.2.0", "1.2.1", "1.2.2"),
    *("2.0.0", "2.0.1", "2.0.2", "2.0.3", "2.0.4", "2.0.5"),
]
STATEMENTS = (
    "output /= tf.reduce_sum(output, reduction_indices=len(output.get_shape()) - 1, keep_dims=True)",
    "# manual computation of crossentropy",
    "epsilon = _to_tensor(_EPSILON, output.dtype.base_dtype)",
    "output = tf.clip_by_value(output, epsilon, 1. - epsilon)",
    "return - tf.reduce_sum(target * tf.log(output), reduction_indices=len(output.get_shape()) - 1)",
)
FIRST, SECOND = (0.7, 0.1, 0.1, 0.1), (0.73, 0.26, 0.05, 0.05)
LOG_OF_EPSILON = "16.118095650958319788"  # 7 log 10
CATEGORICAL = Specification(history.CATEGORICAL, "float64")


def _exact(spec: Specification, *output: float, true_class: int = 0) -> str:
    """The loss of one row, in decimal digits of the real number."""
    inputs = Inputs(np.eye(len(output))[[true_class]], np.array([output]))
    smallest = get_format("float64").smallest_subnormal
    value, _ = evaluate(lambda: run(spec, inputs, Exact()), smallest)
    return str(decimal(value).item())


def test_source_stands_in_fourteen_releases() -> None:
    assert re.findall(r"\d+\.\d+\.\d+", quoted.__doc__ or "") == RELEASES


def test_source_is_quoted_line_by_line() -> None:
    lines = [line.strip() for line in (quoted.__doc__ or "").splitlines()]
    at = lines.index(STATEMENTS[0])
    assert tuple(lines[at : at + len(STATEMENTS)]) == STATEMENTS


@pytest.mark.parametrize(
    ("output", "quoted_source", "both_terms", "mean_of_both"),
    [
        pytest.param(FIRST, "0.356674943939", "0.672756490912", "0.168189122728", id="first"),
        pytest.param(SECOND, "0.400888441081", "0.718402426399", "0.179600606600", id="second"),
    ],
)
def test_numbers_of_the_answer(
    output: tuple[float, ...], quoted_source: str, both_terms: str, mean_of_both: str
) -> None:
    both = Specification(history.BOTH_TERMS_SUMMED, "float64")
    keras = Specification(history.BINARY_DIRECT, "float64")
    found = [_exact(spec, *output) for spec in (CATEGORICAL, both, keras)]
    assert [f"{float(text):.12f}" for text in found] == [quoted_source, both_terms, mean_of_both]


@pytest.mark.parametrize(
    ("output", "quoted_source", "both_terms"),
    [
        pytest.param((0.73, 0.26, 0.005, 0.005), "0.31471", "0.62584", id="corrected"),
        pytest.param((0.71, 0.27, 0.01, 0.01), "0.34249", "0.67730", id="reversed"),
        pytest.param((0.705, 0.285, 0.005, 0.005), "0.34956", "0.69506", id="reversed-further"),
    ],
)
def test_numbers_of_rows_that_sum_to_one(
    output: tuple[float, ...], quoted_source: str, both_terms: str
) -> None:
    both = Specification(history.BOTH_TERMS_SUMMED, "float64")
    found = [_exact(spec, *output) for spec in (CATEGORICAL, both)]
    assert [f"{float(text):.5f}" for text in found] == [quoted_source, both_terms]


def test_row_is_normalised_before_it_is_clipped() -> None:
    """2e-7 of 9 lies below epsilon only after the division: clipped first it would cost 17.6."""
    assert _exact(CATEGORICAL, 2e-7, 9.0) == LOG_OF_EPSILON


def test_row_is_clipped_after_it_is_normalised() -> None:
    """Entries above one come through: clipped first, both would be alike and cost log 2."""
    assert _exact(CATEGORICAL, 3.0, 1.0).startswith("0.28768207245178")  # log 4/3


def test_epsilon_bounds_the_loss_from_both_sides() -> None:
    assert _exact(CATEGORICAL, 0.0, 1.0) == LOG_OF_EPSILON
    assert _exact(CATEGORICAL, 1.0, 0.0).startswith("1.00000005000000333")  # -log(1 - 1e-7)
    assert _exact(CATEGORICAL, 1.0, 0.0).endswith("e-7")


def test_epsilon_of_old_releases_went_through_float32() -> None:
    assert float(np.float32(1e-7)) == quoted.EPSILON_THROUGH_FLOAT32
    old = Specification(history.CATEGORICAL_FLOAT32_EPSILON, "float64")
    value, _ = in_native(old, Inputs(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])))
    assert value.item() == pytest.approx(16.118095639272223, abs=1e-14)
