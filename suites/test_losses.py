"""Each loss is what its source says: of probabilities, of logits, and after an activation.

categorical_crossentropy: probabilities are normalised, clipped and logged; logits give log-softmax.
sparse_categorical_crossentropy: probabilities are clipped, logged and normalised after that.
binary_crossentropy: both logarithms of clipped probabilities, and the mean over the classes.
categorical_focal_crossentropy, binary_focal_crossentropy: the same times (1 - p)^gamma, p the
    probability of the truth.
categorical_generalized_cross_entropy: one less a power of the probability.
weighted_sigmoid_crossentropy: positives count by their weight.

A part of a name chooses among them: `pytest -k sparse_categorical`.
"""

from collections.abc import Callable

import pytest


@pytest.mark.cases(output="probabilities")
def test_probabilities_have_the_loss_of_the_source(
    group: str, check: Callable[[str], None]
) -> None:
    check(group)


@pytest.mark.cases(output="logits")
def test_logits_have_the_loss_of_their_probabilities_and_its_gradient(
    group: str, check: Callable[[str], None]
) -> None:
    check(group)


@pytest.mark.cases(made_inside=True)
def test_an_activation_in_front_changes_nothing(group: str, check: Callable[[str], None]) -> None:
    check(group)
