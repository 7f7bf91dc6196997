"""`lock`: the exact packages of an environment."""

from __future__ import annotations

import argparse

from reports.commands import arguments
from reports.commands.terminal import say


def add(commands: arguments.Commands) -> None:
    command = commands.add_parser(
        "lock",
        help="resolve the packages of environments and write their lock files (needs uv)",
        description="Resolve the packages of environments as of the day of their release, and write lock files "
        "with hashes. Needs uv.",
    )
    command.add_argument(
        "names", nargs="+", metavar="ENVIRONMENT", help="ids in reports/releases/environments.toml"
    )


def run(options: argparse.Namespace) -> int:
    from reports.releases import environments, lock
    from reports.releases.uv import CannotLock

    for environment in environments.chosen(options.names):
        try:
            say(str(lock.lock(environment)))
        except CannotLock as error:
            raise CannotLock(f"{environment.id}: {error}") from None
    return 0
