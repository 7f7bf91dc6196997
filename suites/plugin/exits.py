"""The exit codes of a run: those of pytest, with what they mean here, and one of our own."""

from __future__ import annotations

import pytest

INTERNAL_ERROR = pytest.ExitCode.INTERNAL_ERROR
CANNOT_MEASURE = 6
MEANING = {
    0: "every comparison agrees or is a known difference",
    1: "a difference is new, or a known one is gone, or the answers drifted from a pin",
    2: "interrupted; the previous report is as it was",
    3: "a mistake in this suite, with its traceback: please report it",
    4: "usage: an option, a variable, the ledger, a pin or the report folder",
    5: "nothing was selected",
    CANNOT_MEASURE: "not all could be measured: no TensorFlow, too old, a case without an answer, or "
    "something is absent that this release should have",
}
