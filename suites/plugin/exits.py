"""The exit codes of `pytest` and of `python -m reports`: those of pytest, and one of our own.

Newer versions of pytest end with 6, too, but only with `--max-warnings`, which this suite does not set.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """`of_run` is what the documents say of a code where tests run, `of_command` where a command of
    `reports` does; "" where that never ends so.
    """

    of_run: str
    of_command: str

    def __new__(cls, code: int, of_run: str, of_command: str) -> Exit:
        one = int.__new__(cls, code)
        one._value_, one.of_run, one.of_command = code, of_run, of_command
        return one

    DONE = (
        0,
        "every comparison agrees or is a known difference",
        "done; no difference",
    )
    DIFFERENT = (
        1,
        "a new difference, a known one that is gone, or a change against a pin or release",
        "`compare`, `verify`: results differ by more than rounding, or `verify` got no result; "
        "`sensitivity`: a mutant was not caught",
    )
    INTERRUPTED = (
        2,
        "interrupted; the previous report is kept",
        "interrupted",
    )
    MISTAKE = (
        3,
        "an error in xentcheck itself, with its traceback: please report it",
        "an error in xentcheck itself, with its traceback: please report it",
    )
    UNUSABLE = (
        4,
        "usage: an option, a variable, the ledger, a pin or the report folder",
        "usage: a wrong argument, recording or table, or a file that can't be written",
    )
    NOTHING_CHOSEN = (
        5,
        "nothing was selected",
        "",
    )
    CANNOT_MEASURE = (
        6,
        "not everything was measured: TensorFlow is missing, a case has no result, "
        "or this release lacks an API that it should have",
        "not measured: a package, an interpreter or the network is missing",
    )


OF_COMMANDS = tuple(code for code in Exit if code.of_command)
