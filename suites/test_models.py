"""A loss inside a model is the same loss, and one step moves the weights by its gradient."""

from collections.abc import Callable

import pytest

LAYERS = ("layers.Dense", "layers.Activation", "layers.Softmax", "layers.Lambda")


@pytest.mark.cases(in_model=True, output=LAYERS)
def test_a_model_with_an_activation_has_the_loss_of_its_probabilities(
    group: str, check: Callable[[str], None]
) -> None:
    check(group)


@pytest.mark.cases(in_model=True, output="logits")
def test_a_model_of_logits_has_their_loss(group: str, check: Callable[[str], None]) -> None:
    check(group)
