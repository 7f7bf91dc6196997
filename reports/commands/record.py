"""`record`: build environments, and keep their answers to every case."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from reports.commands import arguments
from reports.commands.asked import everything
from reports.commands.terminal import say
from reports.store.files import check_folder
from suites.plugin.exits import Exit

if TYPE_CHECKING:
    from reports.releases.record import Asked


def add(commands: arguments.Commands) -> None:
    command = commands.add_parser(
        "record",
        help="build environments and record their answers to every case",
        description="Build each environment from its lock, put every case to it, and record the answers. "
        "The command resumes after an interruption. An environment that fails is listed with the reason.",
        epilog="example: python -m reports record tf-2.20.0 tf-2.21.0 --workers 2",
    )
    command.add_argument(
        "--new-cases",
        action="store_true",
        help="ask only the cases that a recording does not have, and keep its other answers",
    )
    command.add_argument(
        "names",
        nargs="*",
        metavar="ENVIRONMENT",
        help="ids in reports/releases/environments.toml (default: all)",
    )
    arguments.folder(command, new=True)
    arguments.where(command)
    arguments.scheduler(command)


def run(options: argparse.Namespace) -> int:
    from reports.releases.record import record

    places = options.recordings, options.built
    for folder in places:
        check_folder(folder)
    asked = everything()
    if options.new_cases:
        _keep(options, asked)
    results = record(options.names, asked, *places, options.workers, options.scheduler)
    missing = [result for result in results if result.reason]
    say(f"{len(results) - len(missing)} recorded, {len(missing)} not measured")
    for result in missing:
        say(f"  {result.environment}: {result.reason}")
    return Exit.CANNOT_MEASURE if missing else 0


def _keep(options: argparse.Namespace, asked: Asked) -> None:
    from reports.releases import environments, kept, sweep
    from reports.run.summary import counted
    from suites.observe import requests

    names = [one.id for one in environments.chosen(options.names)]
    with sweep.alone(options.built):
        journals = options.built / "answers"
        new = kept.keep(options.recordings, names, asked.requests, requests.digest, journals)
    say(f"new: {counted(new, 'case')} of {len(asked.requests):,}")
