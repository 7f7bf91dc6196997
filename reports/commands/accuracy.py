"""`accuracy`: the largest errors over all numbers of a dtype."""

from __future__ import annotations

import argparse
from pathlib import Path

from reports.commands import arguments
from reports.commands.terminal import say
from reports.store.files import check_folder
from reports.store.recording import SHIPPED
from reports.tasks import executors

DESCRIPTION = """\
Ask the installed TensorFlow for every number of a dtype, and write how large the errors of value
and gradient are, in ULP, and where. The 2^16 numbers of half precision take seconds, the 2^32 of
float32 some minutes for each function and execution; of float64 the worst are searched. The
command goes on where it was interrupted. docs/accuracy.md lists the functions."""
EXAMPLES = """\
examples:
  python -m reports accuracy
  python -m reports accuracy --dtype float32 --function bce-of-1 --execution xla --csv bce.csv"""
NAMED = (
    ("function", None, "functions of one number (default: all)"),
    ("dtype", ["float16", "bfloat16"], "dtypes (default: float16,bfloat16)"),
    ("execution", ["eager", "xla"], "executions (default: eager,xla)"),
)


def add(commands: arguments.Commands) -> None:
    command = commands.add_parser(
        "accuracy",
        help="the largest error of losses over all numbers of a dtype, in ULP",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=DESCRIPTION,
        epilog=f"{EXAMPLES}\n\n{arguments.CODES}",
    )
    for name, default, text in NAMED:
        command.add_argument(
            f"--{name}",
            type=arguments.names,
            metavar="NAMES",
            default=default,
            help=f"{text}, separated by commas",
        )
    _how_much(command)
    csv = SHIPPED.parent / "latest" / "accuracy.csv"
    arguments.output(command, "csv", "file to write (default: reports/latest/accuracy.csv)", csv)
    command.add_argument(
        "--workers",
        type=arguments.positive,
        metavar="N",
        help="processes (default: one for each core)",
    )
    arguments.scheduler(command)


def _how_much(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--blocks",
        type=arguments.positive,
        metavar="N",
        help="so many of the 256 blocks of float32, evenly spread (default: all)",
    )
    command.add_argument(
        "--searches",
        type=arguments.positive,
        default=16,
        metavar="N",
        help="of float64, for each function and execution (default: 16)",
    )
    command.add_argument(
        "--folder",
        type=arguments.file,
        default=Path(".accuracy"),
        metavar="FOLDER",
        help="folder for what is counted already (default: %(default)s)",
    )
    command.add_argument(
        "--only-there", action="store_true", help="ask nothing; write what the folder has"
    )


def run(options: argparse.Namespace) -> int:
    from reports.accuracy import table, wanted

    check_folder(options.folder)
    asked = wanted.Wanted(
        options.function, options.dtype, options.execution, options.blocks, options.searches
    )
    workers = options.workers or executors.cores()
    place = options.folder, workers, options.scheduler, options.only_there
    rows, installed = wanted.measure(asked, *place)
    table.write(options.csv, rows, installed)
    say(*table.lines(rows), f"written: {options.csv}")
    return 0
