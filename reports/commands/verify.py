"""`verify`: record again, and compare with what is shipped."""

from __future__ import annotations

import argparse

from reports.commands import arguments
from reports.commands.asked import everything
from reports.commands.terminal import say
from reports.store.files import check_folder
from suites.plugin.exits import Exit


def add(commands: arguments.Commands) -> None:
    command = commands.add_parser(
        "verify",
        help="record environments again and compare with the shipped recordings",
        description="Record environments again and compare with the shipped recordings. A difference in rounding "
        "passes, since machines round differently; a difference in value, NaN, dtype or error fails.",
        epilog="example: python -m reports verify keras-2.0.5 tf-2.4.4",
    )
    command.add_argument(
        "names", nargs="+", metavar="ENVIRONMENT", help="ids in reports/releases/environments.toml"
    )
    arguments.folder(command)
    arguments.where(command)


def run(options: argparse.Namespace) -> int:
    """What was asked before an interruption is kept, and nothing else: the next time asks everything."""
    import shutil

    from reports.compare import comparison, pins
    from reports.releases.record import record

    check_folder(options.built)
    folder, asked, code = options.built / "verified", everything(), 0
    again, journals = folder / "recordings", folder / "answers"
    shutil.rmtree(again, ignore_errors=True)
    places = again, options.built, options.workers, None, journals
    for result in record(options.names, asked, *places):
        name = result.environment
        if result.reason:
            say(f"{name}: not measured: {result.reason}")
            code = (code or Exit.CANNOT_MEASURE) if not result.has_interpreter else Exit.DIFFERENT
            continue
        before, after = (pins.recorded(name, folder) for folder in (options.recordings, again))
        compared = pins.drifted(before, after, asked.requests)
        lines = pins.other_settings(name, before, after)
        say(*lines, comparison.text(compared, name, "here", rounding=True))
        code = Exit.DIFFERENT if pins.fails(compared, "value") else code
    shutil.rmtree(folder)
    return code
