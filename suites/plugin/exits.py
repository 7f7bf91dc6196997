"""The exit codes of a run: those of pytest, with what they mean here, and one of our own."""

from __future__ import annotations

import pytest

INTERNAL_ERROR = pytest.ExitCode.INTERNAL_ERROR
CANNOT_MEASURE = 6
MEANING = {
    0: "every comparison agrees or is a known difference",
    1: "a new difference, a known one that is gone, or a change against a pin or release",
    2: "interrupted; the previous report is kept",
    3: "an error in xentcheck itself, with its traceback: please report it",
    4: "usage: an option, a variable, the ledger, a pin or the report folder",
    5: "nothing was selected",
    CANNOT_MEASURE: "not everything was measured: TensorFlow is missing or too old, a case has no result, "
    "or this release lacks an API that it should have",
}
