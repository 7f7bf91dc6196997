"""`compare`: what changed between two recordings."""

from __future__ import annotations

import argparse

from reports.commands import arguments
from reports.commands.terminal import say
from reports.compare.drift.marks import LEGEND
from reports.store.files import write_out
from suites.plugin.exits import Exit

MARKS = "Marks before a change:\n" + "\n".join(f"  {mark}  {text}" for mark, text in LEGEND.items())


def add(commands: arguments.Commands) -> None:
    command = commands.add_parser(
        "compare",
        help="list what changed between two recordings, grouped by cause",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=MARKS,
        epilog=f"example:\n  python -m reports compare tf-2.15.1 tf-2.21.0 --dtype float32\n\n{arguments.CODES}",
    )
    command.add_argument(
        "before",
        metavar="BEFORE",
        help="id of a recording, such as tf-2.15.1, or a version as `upgrade` takes it",
    )
    command.add_argument("after", metavar="AFTER", help="another one")
    arguments.folder(command)
    arguments.narrow(command)
    command.add_argument(
        "--rounding", action="store_true", help="also show differences in rounding"
    )
    for name, text in (("csv", "one row per case"), ("html", "the comparison as a web page")):
        arguments.output(command, name, f"write {text}, to this file")


def run(options: argparse.Namespace) -> int:
    from reports.compare import comparison, pins, release_names
    from reports.compare.grouping import changes
    from reports.compare.since import since
    from reports.run.frame import csv_text

    pair = release_names.pair(options.recordings, options.before, options.after)
    way = since.stops(options.recordings, *pair)
    found = changes.compare(way[0].side, way[-1].side, arguments.chosen(options))
    if options.csv:
        write_out(options.csv, csv_text(found.frame))
    if options.html:
        write_out(options.html, comparison.page(found, *pair, way))
    say(comparison.text(found, *pair, options.rounding, way=way))
    return Exit.DIFFERENT if pins.fails(found, "value") else 0
