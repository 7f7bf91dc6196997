"""The arguments that several commands take, and the message where one can't be read."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any, NoReturn

from reports.store.errors import BadUsage
from reports.store.recording import SHIPPED
from suites.plugin.exits import OF_COMMANDS

OUTPUTS = ("csv", "html")
NARROW = {  # options that name what is shown, with what they name
    "loss": "losses",
    "form": "forms (ways of calling a loss)",
    "dtype": "dtypes",
    "execution": "executions (eager, graph, xla)",
    "option": "options, such as axis or reduction=sum; plain for none",
}
CODES = "exit codes:\n" + "\n".join(f"  {code:d}  {code.of_command}" for code in OF_COMMANDS)
Commands = Any  # what argparse gives for subcommands has no public name


class Parser(argparse.ArgumentParser):
    """Raises BadUsage for what it can't read; argparse itself would end with 2, "interrupted"."""

    def error(self, message: str) -> NoReturn:
        raise BadUsage(f"{message}; {self.prog} --help lists what is allowed")


def file(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("an empty text names no file")
    return Path(text).expanduser()


def existing(text: str) -> Path:
    place = file(text)
    if not place.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return place


class _Outputs(argparse.Action):
    """Of two files that are written, one must not take the place of the other."""

    def __call__(  # `Any`: the signature of argparse
        self, parser: argparse.ArgumentParser, options: argparse.Namespace, path: Any, _: Any = None
    ) -> None:
        setattr(options, self.dest, path)
        found = [one for name in OUTPUTS if (one := getattr(options, name, None)) is not None]
        if len({os.path.realpath(one) for one in found}) < len(found):
            parser.error("--csv and --html are the same file")


def names(text: str) -> list[str]:
    found = [name.strip() for name in text.split(",") if name.strip()]
    if not found:
        raise argparse.ArgumentTypeError("the list is empty")
    return found


def folder(command: argparse.ArgumentParser, new: bool = False) -> None:
    command.add_argument(
        "--recordings",
        type=file if new else existing,
        default=SHIPPED,
        metavar="FOLDER",
        help="folder of the recordings (default: the shipped ones)",
    )


def narrow(command: argparse.ArgumentParser) -> None:
    for name, plural in NARROW.items():
        text = f"show only these {plural}, separated by commas"
        command.add_argument(f"--{name}", type=names, metavar="NAMES", help=text)


def built(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--built",
        type=file,
        default=Path(".environments"),
        metavar="FOLDER",
        help="folder for built environments and unfinished recordings (default: %(default)s)",
    )


def where(command: argparse.ArgumentParser) -> None:
    built(command)
    command.add_argument(
        "--workers",
        type=positive,
        default=2,
        metavar="N",
        help="environments to record at the same time (default: 2)",
    )


def scheduler(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--scheduler",
        metavar="URL",
        help="address of a Dask scheduler to run on, such as tcp://host:8786",
    )


def positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def output(
    command: argparse.ArgumentParser, name: str, text: str, default: Path | None = None
) -> None:
    command.add_argument(
        f"--{name}", action=_Outputs, type=file, default=default, metavar="FILE", help=text
    )


def chosen(options: argparse.Namespace) -> dict[str, list[str]]:
    """What NARROW names, as it was given."""
    given = {name: getattr(options, name) for name in NARROW}
    return {name: found for name, found in given.items() if found is not None}
