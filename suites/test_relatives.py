"""The relatives of cross-entropy: the generalised one, and the one with a weight for positives."""

from collections.abc import Callable

import pytest


@pytest.mark.cases(loss="categorical_generalized_cross_entropy")
def test_generalised_is_one_less_a_power_of_the_probability(
    group: str, check: Callable[[str], None]
) -> None:
    check(group)


@pytest.mark.cases(loss="weighted_sigmoid_crossentropy")
def test_weighted_sigmoid_counts_positives_by_their_weight(
    group: str, check: Callable[[str], None]
) -> None:
    check(group)
