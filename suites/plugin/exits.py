"""The exit codes of a run, beside those of pytest."""

from __future__ import annotations

import pytest

INTERNAL_ERROR = pytest.ExitCode.INTERNAL_ERROR  # a mistake of the suite itself
CANNOT_MEASURE = 6  # cases without an answer, or no installation that can be measured
