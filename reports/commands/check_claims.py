"""`check-claims`: what is published about releases, held against their recordings."""

from __future__ import annotations

import argparse

from reports.commands import arguments
from reports.commands.terminal import say


def add(commands: arguments.Commands) -> None:
    command = commands.add_parser(
        "check-claims",
        help="check published claims about old releases against their recordings",
        description="Check published claims about old releases (release notes, issues, source) "
        "against the recordings.",
    )
    arguments.folder(command)


def run(options: argparse.Namespace) -> int:
    from reports.compare import release_claims
    from reports.compare.since import timeline

    say(*release_claims.lines(timeline.load(options.recordings)))
    return 0
