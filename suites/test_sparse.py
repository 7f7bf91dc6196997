"""sparse_categorical_crossentropy clips, takes logarithms and normalises after that."""

from collections.abc import Callable

import pytest

LOSS = "sparse_categorical_crossentropy"


@pytest.mark.cases(loss=LOSS, output="probabilities")
def test_probabilities_are_clipped_logged_and_normalised(
    group: str, check: Callable[[str], None]
) -> None:
    check(group)


@pytest.mark.cases(loss=LOSS, output="logits")
def test_logits_give_log_softmax_and_its_gradient(group: str, check: Callable[[str], None]) -> None:
    check(group)


@pytest.mark.cases(loss=LOSS, made_inside=True)
def test_an_activation_in_front_changes_nothing(group: str, check: Callable[[str], None]) -> None:
    check(group)
