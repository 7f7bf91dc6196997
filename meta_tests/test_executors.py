"""Where tasks run: as many processes as there are cores, or a cluster that answers."""

from __future__ import annotations

import os

import pytest

from reports.store.errors import BadUsage
from reports.tasks import executors


def test_there_is_a_process_for_each_core_at_most() -> None:
    assert 1 <= executors.cores() <= (os.cpu_count() or 1)
    with executors.processes(1) as executor:
        assert executor.submit(pow, 2, 3).result() == 8


def test_an_address_that_is_none_is_one_line() -> None:
    with pytest.raises(BadUsage) as error, executors.cluster("nonsense"):
        pass
    assert str(error.value).startswith("--scheduler nonsense: ")
    assert "\n" not in str(error.value)
