"""The focal losses are cross-entropy times (1 - p)^gamma, p the probability of the truth."""

from collections.abc import Callable

import pytest

LOSS = ("categorical_focal_crossentropy", "binary_focal_crossentropy")


@pytest.mark.cases(loss=LOSS, output="probabilities")
def test_probabilities_are_clipped_and_logged(group: str, check: Callable[[str], None]) -> None:
    check(group)


@pytest.mark.cases(loss=LOSS, output="logits")
def test_logits_give_the_loss_of_their_probabilities(
    group: str, check: Callable[[str], None]
) -> None:
    check(group)


@pytest.mark.cases(loss=LOSS, made_inside=True)
def test_an_activation_in_front_changes_nothing(group: str, check: Callable[[str], None]) -> None:
    check(group)
