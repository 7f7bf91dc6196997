"""`sensitivity`: plant mistakes in the installed Keras, and name the case that sees each."""

from __future__ import annotations

import argparse
from pathlib import Path

from reports.commands import arguments
from reports.commands.terminal import say
from reports.store.files import check_folder
from reports.tasks.executors import cores
from suites.plugin.exits import Exit

DESCRIPTION = """\
Tell which mistakes in the installed Keras the suite sees. Its source is changed in one place at a
time, in the memory of a process of its own: an operator, a constant, a default, a keyword argument,
a statement, a branch. The cases that execute the place are asked until one differs from what the
unchanged installation gives. The installed files stay as they are.

First all cases are asked once, with the lines that each executes (some ten minutes on two cores).
Everything is kept in --folder as soon as it is there, and the same command goes on from there.
sensitivity.md and sensitivity.csv say what was caught, by which case and in what time, and what was
not. A change that changes nothing is in reports/sensitivity/equivalent.toml, with the reason."""
EXAMPLES = """\
examples:
  python -m reports sensitivity --list --files losses.py
  python -m reports sensitivity --files compile_utils.py,trainer.py --sample 100 --minutes 60
  python -m reports sensitivity --sample 50 --seed 2 --keras-tests"""
CORES = cores()


def add(commands: arguments.Commands) -> None:
    command = commands.add_parser(
        "sensitivity",
        help="plant mistakes in the installed Keras, one at a time, and name the case that sees each",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=DESCRIPTION,
        epilog=f"{EXAMPLES}\n\n{arguments.CODES}",
    )
    _which(command)
    _how_much(command)


def _which(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--files",
        type=arguments.names,
        default=(),
        metavar="NAMES",
        help="the ends of paths of files, separated by commas, or all "
        "(default: losses, their reduction and metrics, and the TensorFlow backend)",
    )
    count = arguments.positive
    command.add_argument(
        "--sample", type=count, metavar="N", help="try N of the mutants, drawn by --seed"
    )
    command.add_argument(
        "--seed", type=int, default=1, metavar="N", help="of the sample (default: 1)"
    )
    command.add_argument(
        "--only", type=arguments.names, default=(), metavar="IDS", help="try these mutants alone"
    )
    command.add_argument("--list", action="store_true", help="print the mutants and try none")
    command.add_argument(
        "--keras-tests", action="store_true", help="run Keras' own tests on the same mutants, too"
    )


def _how_much(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--folder",
        type=arguments.file,
        default=Path(".sensitivity"),
        metavar="FOLDER",
        help="where everything is kept; what is there is not done again (default: %(default)s)",
    )
    command.add_argument(
        "--workers",
        type=arguments.positive,
        default=CORES,
        metavar="N",
        help="mutants to try at the same time (default: all cores)",
    )
    command.add_argument(
        "--limit",
        type=arguments.positive,
        default=120,
        metavar="SECONDS",
        help="for one mutant; one that is not caught by then is open, and tried again by the same "
        "command (default: 120)",
    )
    command.add_argument(
        "--minutes", type=arguments.positive, metavar="N", help="start no trial after N minutes"
    )


def run(options: argparse.Namespace) -> int:
    from reports.sensitivity import command

    asked = command.Options(
        folder=options.folder,
        files=options.files,
        sample=options.sample,
        seed=options.seed,
        only=options.only,
        workers=options.workers,
        limit=options.limit,
        minutes=options.minutes,
        keras_tests=options.keras_tests,
    )
    mutants = command.chosen(asked)
    if options.list:
        say(*map(command.line, mutants), f"{len(mutants):,} mutants")
        return 0
    check_folder(options.folder)
    trials = command.run(asked, say)
    return Exit.DIFFERENT if command.summary(asked, mutants, trials, say) else 0
