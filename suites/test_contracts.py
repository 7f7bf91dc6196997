"""Wrong and unusual arguments: a right number or an error in words, never a silent wrong number."""

from collections.abc import Callable

import pytest

from suites.cases.contract import ERROR
from suites.cases.contracts import CONTRACTS

REFUSED = tuple(name for name, contract in CONTRACTS.items() if contract.expected == ERROR)
TAKEN = tuple(name for name, contract in CONTRACTS.items() if contract.expected != ERROR)


@pytest.mark.cases(is_contract=True, inputs=REFUSED)
def test_what_has_no_loss_is_refused_in_words(group: str, check: Callable[[str], None]) -> None:
    check(group)


@pytest.mark.cases(is_contract=True, inputs=TAKEN)
def test_what_has_a_loss_gets_that_and_no_other(group: str, check: Callable[[str], None]) -> None:
    check(group)
