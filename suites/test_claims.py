"""The claims of the request of 2017, with a verdict from the reference and one from TensorFlow."""

from collections.abc import Callable

import pytest

from suites.judge.claims import CLAIMS, Claim, ask_installed, ask_reference, numbers
from suites.observe.client import Client
from suites.observe.environment import is_deterministic


@pytest.mark.of_keras_3
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"claim={claim.number}")
def test_claim(claim: Claim, observer: Client, record_claim: Callable[..., None]) -> None:
    by_reference, why = claim.test(ask_reference)
    by_installed, seen = claim.test(ask_installed(observer))
    record_claim(
        number=str(claim.number),
        who=claim.who,
        claim=claim.text,
        verdict=by_installed,
        reference=f"{by_reference}: {numbers(why)}",
        observed=f"{by_installed}: {numbers(seen)}",
    )
    assert (by_reference, by_installed) == claim.expected(is_deterministic())
