"""What the hooks keep in pytest's stash, and the names under which an item's report carries data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # a package that they need may be missing
    from suites.plugin.options import Choices
    from suites.plugin.run import Run

RUN: pytest.StashKey[Run] = pytest.StashKey()
CHOICES: pytest.StashKey[Choices] = pytest.StashKey()
ROWS, CLAIM, ANSWERS = "xentcheck-rows", "xentcheck-claim", "xentcheck-answers"
BROKEN = "xentcheck-broken"  # a group in which the suite itself failed
CARRIED = (ROWS, CLAIM, ANSWERS, BROKEN)
