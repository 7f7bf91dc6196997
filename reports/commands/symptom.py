"""`symptom`: from what somebody sees to the command that decides."""

from __future__ import annotations

import argparse

from reports.commands import arguments
from reports.commands.terminal import say


def add(commands: arguments.Commands) -> None:
    command = commands.add_parser(
        "symptom",
        help="what a loss that surprises you can be, and the command that finds out",
        description="Say what a symptom can be, which command decides, and what to do. "
        "Without words it lists the symptoms.",
        epilog="examples: python -m reports symptom nan; python -m reports symptom 16.118",
    )
    command.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="what you see: a name, a number such as 0.693, words",
    )


def run(options: argparse.Namespace) -> int:
    from reports.explain import symptom_text

    words = " ".join(options.words)
    say(*(symptom_text.lines(symptom_text.find(words)) if words else symptom_text.every()))
    return 0
