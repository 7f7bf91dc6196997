"""What `python -m reports` can be asked, and the help that teaches it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any, NoReturn

from reports.compare.marks import LEGEND
from reports.exit_codes import Exit
from reports.store.errors import BadUsage
from reports.store.recording import SHIPPED

OUTPUTS = ("csv", "html")
NARROW = ("loss", "form", "dtype", "execution")
TRACE = """\
CASE is a case as `compare` prints it, a test id as pytest prints it, or some of its names with commas
between that together mean one case. A loss may be called bce, and * stands for any letters.

--bisect finds the release that changed the answer, where the recordings leave a gap. It needs uv.
If TensorFlow and Keras are both others, the new Keras is tried on the old TensorFlow first, or else
the old Keras on the new TensorFlow. Then fresh environments are built below --built for as few of
the releases between as it takes, and each is asked this one case. Pre-releases are left out."""
TRACE_EXAMPLES = """\
examples:
  python -m reports trace \\
    binary_crossentropy,function,plain,probabilities,float32,eager,CPU:0,hard,rails
  python -m reports trace sparse_categorical_crossentropy,class,lists-with-class-numbers \\
    --bisect tf-2.18.1-keras-3.8.0"""
CODES = "exit codes:\n" + "\n".join(f"  {code:d}  {code.meaning}" for code in Exit)
Commands = Any  # what argparse gives for subcommands has no public name


class Parser(argparse.ArgumentParser):
    """Raises BadUsage for what it can't read; argparse itself would end with 2, "interrupted"."""

    def error(self, message: str) -> NoReturn:
        raise BadUsage(f"{message}; {self.prog} --help says what there is")


def parser() -> argparse.ArgumentParser:
    whole = Parser(
        prog="python -m reports",
        description="Recordings of TensorFlow and Keras releases: make them, compare them.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=CODES,
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_sweep(commands)
    _add_lock(commands)
    _add_verify(commands)
    _add_judge(commands)
    _add_compare(commands)
    _add_trace(commands)
    _add_upgrade(commands)
    _add_timeline(commands)
    _add_history(commands)
    return whole


def _file(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("an empty text names no file")
    return Path(text).expanduser()


def _existing(text: str) -> Path:
    folder = _file(text)
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return folder


class _Outputs(argparse.Action):
    """Of two files that are written, one must not take the place of the other."""

    def __call__(
        self, parser: argparse.ArgumentParser, options: argparse.Namespace, path: Any, _: Any = None
    ) -> None:
        setattr(options, self.dest, path)
        found = [one for name in OUTPUTS if (one := getattr(options, name, None)) is not None]
        if len({os.path.realpath(one) for one in found}) < len(found):
            parser.error("--csv and --html are the same file")


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise argparse.ArgumentTypeError("an empty list names none")
    return names


def _folder(command: argparse.ArgumentParser, new: bool = False) -> None:
    command.add_argument(
        "--recordings",
        type=_file if new else _existing,
        default=SHIPPED,
        metavar="FOLDER",
        help="where recordings stand (default: those that are shipped)",
    )


def _narrow(command: argparse.ArgumentParser) -> None:
    for name in NARROW:
        text = f"only these, with commas between; a name of the column {name!r}"
        command.add_argument(f"--{name}", type=_names, metavar="NAMES", help=text)


def _add_sweep(commands: Commands) -> None:
    command = commands.add_parser(
        "sweep",
        help="build environments, ask them everything, and record what they answer",
        description="Build each environment from its lock, ask it every case, record the answers. "
        "A sweep that was interrupted goes on where it was; what can't be measured gets a reason.",
        epilog="example: python -m reports sweep tf-2.20.0 tf-2.21.0 --workers 2",
    )
    command.add_argument("names", nargs="*", metavar="ENVIRONMENT", help="default: the whole table")
    _folder(command, new=True)
    _where(command)
    command.add_argument(
        "--scheduler", metavar="URL", help="a Dask scheduler to run on, such as tcp://host:8786"
    )


def _add_lock(commands: Commands) -> None:
    command = commands.add_parser(
        "lock",
        help="write the locks of environments, with uv",
        description="Choose the packages of environments as they were on their days, with hashes.",
    )
    command.add_argument("names", nargs="+", metavar="ENVIRONMENT", help="ids of the table")


def _add_verify(commands: Commands) -> None:
    command = commands.add_parser(
        "verify",
        help="record environments again, and compare with what is shipped",
        description="Record environments again. Values and kinds of answers must be those that are "
        "shipped; other machines may round otherwise.",
        epilog="example: python -m reports verify keras-2.0.5 tf-2.4.4",
    )
    command.add_argument("names", nargs="+", metavar="ENVIRONMENT", help="ids of the table")
    _folder(command)
    _where(command)


def _built(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--built",
        type=_file,
        default=Path(".environments"),
        metavar="FOLDER",
        help="where environments are built, and answers kept in between (default: %(default)s)",
    )


def _where(command: argparse.ArgumentParser) -> None:
    _built(command)
    command.add_argument(
        "--workers",
        type=_positive,
        default=2,
        metavar="N",
        help="environments at once (default: 2)",
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _add_judge(commands: Commands) -> None:
    command = commands.add_parser(
        "judge",
        help="judge recordings anew, after the reference or the judge has changed",
        description="Judge all answers of recordings anew, and write what is said of them.",
    )
    _folder(command)


def _add_compare(commands: Commands) -> None:
    command = commands.add_parser(
        "compare",
        help="what changed between two recordings, grouped by cause",
        description=f"Marks: {', '.join(f'{mark} {text}' for mark, text in LEGEND.items())}.",
        epilog="example: python -m reports compare tf-2.15.1 tf-2.21.0 --dtype float32",
    )
    command.add_argument("before", metavar="BEFORE", help="an environment, such as tf-2.15.1")
    command.add_argument("after", metavar="AFTER", help="another one")
    _folder(command)
    _narrow(command)
    command.add_argument("--rounding", action="store_true", help="show what is rounding only, too")
    for name, text in (("csv", "a row for each case"), ("html", "the groups as a page")):
        _output(command, name, f"write {text}")


def _add_trace(commands: Commands) -> None:
    command = commands.add_parser(
        "trace",
        help="one behaviour over all releases, and the release that changed it",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=TRACE,
        epilog=TRACE_EXAMPLES,
    )
    command.add_argument("case", metavar="CASE", help="nine names, or some of them; see above")
    _folder(command)
    command.add_argument(
        "--backends", action="store_true", help="show Keras on JAX, PyTorch and OpenVINO, too"
    )
    command.add_argument(
        "--bisect",
        nargs="?",
        const="",
        metavar="ENVIRONMENT",
        help="build and ask the releases between two recordings; ENVIRONMENT is where the change "
        "was seen, several with commas between, or all; it may be left out where there is one",
    )
    _built(command)


def _output(
    command: argparse.ArgumentParser, name: str, text: str, default: Path | None = None
) -> None:
    command.add_argument(
        f"--{name}", action=_Outputs, type=_file, default=default, metavar="FILE", help=text
    )


def _add_timeline(commands: Commands) -> None:
    command = commands.add_parser(
        "timeline",
        help="every behaviour over all releases, as a table and a picture",
        description="Write what is right and what is not, and why, of every case in every release.",
    )
    _folder(command)
    latest = SHIPPED.parent / "latest"
    for kind in ("csv", "html"):
        path = latest / f"timeline.{kind}"
        _output(command, kind, f"where to write it (default: reports/latest/{path.name})", path)


def _add_history(commands: Commands) -> None:
    command = commands.add_parser(
        "history",
        help="what is said of old releases, and what their recordings show",
        description="Hold what is said of old releases against their recordings.",
    )
    _folder(command)


def _add_upgrade(commands: Commands) -> None:
    command = commands.add_parser(
        "upgrade",
        help="what a user notices when TensorFlow or Keras is upgraded, in plain words",
        description="Say what an upgrade changes. A version is that of a TensorFlow, which comes with "
        "the Keras of its day, keras-VERSION that of a Keras; an id of a recording is taken as it is.",
        epilog="example: python -m reports upgrade --from 2.15 --to 2.21 --loss binary_crossentropy",
    )
    text = "of TensorFlow, such as 2.15, or the id of an environment"
    command.add_argument("--from", dest="old", required=True, metavar="VERSION", help=text)
    command.add_argument("--to", dest="new", required=True, metavar="VERSION", help=text)
    _folder(command)
    _narrow(command)
