"""`timeline`: what each release changed."""

from __future__ import annotations

import argparse

from reports.commands import arguments
from reports.commands.terminal import say
from reports.store.files import write_out
from reports.store.recording import SHIPPED


def add(commands: arguments.Commands) -> None:
    command = commands.add_parser(
        "timeline",
        help="tell what each release changed, as CSV and as a page",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Tell what each release changed: a row for each change of a case, as CSV, and a page with\n"
        "what changed in each release and how much of each form differs.",
        epilog=f"example:\n  python -m reports timeline --loss bce --dtype float32\n\n{arguments.CODES}",
    )
    arguments.folder(command)
    arguments.narrow(command)
    latest = SHIPPED.parent / "latest"
    for kind in ("csv", "html"):
        path = latest / f"timeline.{kind}"
        arguments.output(
            command, kind, f"file to write (default: reports/latest/{path.name})", path
        )


def run(options: argparse.Namespace) -> int:
    from reports.compare import timeline_page
    from reports.compare.grouping.changes import narrowed
    from reports.compare.since import release_steps, timeline
    from reports.compare.upgrade import scope
    from reports.run.frame import csv_text

    loaded, chosen = timeline.load(options.recordings), arguments.chosen(options)
    cases = narrowed(loaded.cases(), chosen)
    found = list(release_steps.release_steps(loaded, cases))
    write_out(options.csv, csv_text(release_steps.frame(found)))
    write_out(options.html, timeline_page.page(loaded, found, cases, scope(chosen)))
    say(*timeline_page.lines(found), f"written: {options.csv}, {options.html}")
    return 0
