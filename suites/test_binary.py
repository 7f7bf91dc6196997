"""binary_crossentropy takes both logarithms of clipped probabilities, and their mean."""

from collections.abc import Callable

import pytest

LOSS = "binary_crossentropy"


@pytest.mark.cases(loss=LOSS, output="probabilities")
def test_probabilities_are_clipped_and_both_terms_logged(
    group: str, check: Callable[[str], None]
) -> None:
    check(group)


@pytest.mark.cases(loss=LOSS, output="logits")
def test_logits_give_the_stable_form_and_its_gradient(
    group: str, check: Callable[[str], None]
) -> None:
    check(group)


@pytest.mark.cases(loss=LOSS, made_inside=True)
def test_an_activation_in_front_changes_nothing(group: str, check: Callable[[str], None]) -> None:
    check(group)
