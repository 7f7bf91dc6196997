"""`rejudge`: the diagnoses of all recordings, computed again."""

from __future__ import annotations

import argparse

from reports.commands import arguments
from reports.commands.asked import everything
from reports.commands.terminal import say
from reports.store.errors import BadUsage


def add(commands: arguments.Commands) -> None:
    command = commands.add_parser(
        "rejudge",
        help="recompute the diagnoses of all recordings, after a change of the reference",
        description="Recompute the diagnoses of all recordings, after a change of reference/ or "
        "suites/judge. Nothing is installed or measured again.",
    )
    arguments.folder(command)


def run(options: argparse.Namespace) -> int:
    from reports.releases import environments
    from reports.releases.record import check, put
    from reports.releases.sweep import alone
    from reports.store.recordings import answers_and_diagnoses

    recordings = answers_and_diagnoses(options.recordings)[0]
    if not recordings.names():
        raise BadUsage(f"--recordings: there is no recording in {options.recordings}")
    with alone(options.recordings):
        check(options.recordings)
        names = [row.id for row in environments.load() if row.id in recordings.names()]
        put(options.recordings, dict(recordings.everything(names)), everything())
    say(f"{len(names)} recordings judged")
    return 0
