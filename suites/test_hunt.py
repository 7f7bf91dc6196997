"""What no table asks: calls are drawn, and shrunk where they differ in a way that is not known.

It runs with `pytest --hunt 10m` alone, and then nothing else does.
"""

from collections.abc import Callable

import pytest


@pytest.mark.hunt
def test_no_drawn_call_differs_in_a_new_way(hunt: Callable[[], None]) -> None:
    hunt()
