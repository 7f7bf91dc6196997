"""The table of the commands, in the order in which the help lists them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Protocol

from reports.commands import (
    accuracy,
    arguments,
    check_claims,
    compare,
    explain,
    lock,
    record,
    rejudge,
    sensitivity,
    symptom,
    timeline,
    trace,
    upgrade,
    verify,
)


class Command(Protocol):
    """A module of this room. What `run` returns is the exit code."""

    def add(self, commands: arguments.Commands, /) -> None: ...

    def run(self, options: argparse.Namespace, /) -> int: ...


COMMANDS: Mapping[str, Command] = {
    "explain": explain,
    "symptom": symptom,
    "record": record,
    "lock": lock,
    "verify": verify,
    "rejudge": rejudge,
    "compare": compare,
    "trace": trace,
    "upgrade": upgrade,
    "timeline": timeline,
    "check-claims": check_claims,
    "accuracy": accuracy,
    "sensitivity": sensitivity,
}
GO_ON = (
    "accuracy",
    "record",
    "sensitivity",
    "verify",
)  # which keep every answer as soon as it is there


def parser() -> argparse.ArgumentParser:
    whole = arguments.Parser(
        prog="python -m reports",
        description="Compare recorded releases of TensorFlow and Keras, and record new ones.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=arguments.CODES,
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS.values():
        command.add(commands)
    return whole
