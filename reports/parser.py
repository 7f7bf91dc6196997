"""What `python -m reports` can be asked, and the help that teaches it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any, NoReturn

from reports.compare.drift.marks import LEGEND
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
TRACE = """\
CASE is the short id of a case or all of it, as `upgrade` and `compare` print them, a test id as pytest prints it,
or some of its fields, separated by commas, that together select one case. An alias such as bce names a loss, and
* matches any letters.

--bisect finds the release that changed the answer between two neighbouring recordings. It needs uv.
If both TensorFlow and Keras changed, the new Keras is tried on the old TensorFlow first, or else the
old Keras on the new TensorFlow. Then the releases in between are searched by bisection: each is
installed below --built and runs this one case. Pre-releases are left out."""
TRACE_EXAMPLES = """\
examples:
  python -m reports trace \\
    binary_crossentropy,function,plain,probabilities,float32,eager,CPU:0,hard,rails
  python -m reports trace sparse_categorical_crossentropy,class,lists-with-class-numbers \\
    --bisect tf-2.18.1-keras-3.8.0"""
EXPLAIN = """\
Explain a cross-entropy of your own numbers. Prints the exact loss of each row, the interval of all
correct results in the dtype, what each formula of the releases gives, and which steps matter (the clip,
the normalisation, options, rounding). With --observed it names what gives that number, and what to do.
TensorFlow is not needed."""
EXPLAIN_EXAMPLES = """\
examples:
  python -m reports explain --loss cce --target '[[0, 1]]' --output '[[1, 4.5e-12]]' --observed 26.127
  python -m reports explain --loss bce --target y.npy --output p.npy --dtype bfloat16"""
LOSS_OPTIONS: dict[str, tuple[type, str, str]] = {
    "label-smoothing": (float, "NUMBER", "from 0 to 1"),
    "axis": (int, "NUMBER", "axis of the classes (default: -1)"),
    "ignore-class": (int, "NUMBER", "rows with this label do not count"),
    "epsilon": (
        float,
        "NUMBER",
        "of the clip, as keras.config.set_epsilon sets it (default: 1e-07)",
    ),
    "alpha": (float, "NUMBER", "of the focal losses"),
    "gamma": (float, "NUMBER", "of the focal losses"),
    "q": (float, "NUMBER", "of the generalised cross-entropy"),
    "pos-weight": (float, "NUMBER", "of the weighted sigmoid cross-entropy"),
    "dtype": (
        str,
        "NAME",
        "float16, bfloat16, float32 or float64 (default: that of a file, else float32)",
    ),
}
CODES = "exit codes:\n" + "\n".join(f"  {code:d}  {code.of_command}" for code in OF_COMMANDS)
MARKS = "Marks before a change:\n" + "\n".join(f"  {mark}  {text}" for mark, text in LEGEND.items())
UPGRADE = """\
Tell on one screen what an upgrade changes, the gravest first. 2.15 means TensorFlow 2.15 with the
Keras of its day, keras-3.5 that Keras; the id of a recording is used as it is. It ends with 0
whatever changes; `compare` ends with 1."""
Commands = Any  # what argparse gives for subcommands has no public name


class Parser(argparse.ArgumentParser):
    """Raises BadUsage for what it can't read; argparse itself would end with 2, "interrupted"."""

    def error(self, message: str) -> NoReturn:
        raise BadUsage(f"{message}; {self.prog} --help lists what is allowed")


def parser() -> argparse.ArgumentParser:
    whole = Parser(
        prog="python -m reports",
        description="Compare recorded releases of TensorFlow and Keras, and record new ones.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=CODES,
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_explain(commands)
    _add_symptom(commands)
    _add_record(commands)
    _add_lock(commands)
    _add_verify(commands)
    _add_rejudge(commands)
    _add_compare(commands)
    _add_trace(commands)
    _add_upgrade(commands)
    _add_timeline(commands)
    _add_check_claims(commands)
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

    def __call__(  # `Any`: the signature of argparse
        self, parser: argparse.ArgumentParser, options: argparse.Namespace, path: Any, _: Any = None
    ) -> None:
        setattr(options, self.dest, path)
        found = [one for name in OUTPUTS if (one := getattr(options, name, None)) is not None]
        if len({os.path.realpath(one) for one in found}) < len(found):
            parser.error("--csv and --html are the same file")


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise argparse.ArgumentTypeError("the list is empty")
    return names


def _folder(command: argparse.ArgumentParser, new: bool = False) -> None:
    command.add_argument(
        "--recordings",
        type=_file if new else _existing,
        default=SHIPPED,
        metavar="FOLDER",
        help="folder of the recordings (default: the shipped ones)",
    )


def _narrow(command: argparse.ArgumentParser) -> None:
    for name, plural in NARROW.items():
        text = f"show only these {plural}, separated by commas"
        command.add_argument(f"--{name}", type=_names, metavar="NAMES", help=text)


def _add_explain(commands: Commands) -> None:
    command = commands.add_parser(
        "explain",
        help="explain a loss of your own numbers: what is right, and what gives the number you see",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=EXPLAIN,
        epilog=EXPLAIN_EXAMPLES,
    )
    array = "a literal such as '[0, 1]', or a .npy, .npz or .csv file"
    command.add_argument(
        "--loss", required=True, metavar="NAME", help="such as bce, or its full name"
    )
    command.add_argument("--target", required=True, metavar="ARRAY", help=f"the labels: {array}")
    command.add_argument(
        "--output", required=True, metavar="ARRAY", help="the predictions, likewise"
    )
    command.add_argument(
        "--observed", metavar="NUMBER", help="the loss that you see, as you see it"
    )
    asked = command.add_mutually_exclusive_group()
    asked.add_argument(
        "--python",
        metavar="PATH",
        help="ask the TensorFlow of this Python or environment, too, in every way that people call a loss",
    )
    asked.add_argument(
        "--release",
        metavar="ID",
        help="the same of a recorded release, such as tf-2.17.1; it is built if it is missing",
    )
    _built(command)
    command.add_argument("--from-logits", action="store_true", help="the predictions are logits")
    command.add_argument("--sample-weight", metavar="ARRAY", help="one weight, or one for each row")
    for name, (kind, metavar, text) in LOSS_OPTIONS.items():
        command.add_argument(f"--{name}", type=kind, metavar=metavar, help=text)


def _add_symptom(commands: Commands) -> None:
    command = commands.add_parser(
        "symptom",
        help="what a loss that surprises you can be, and the command that finds out",
        description="Say what a symptom can be, which command decides, and what to do. "
        "Without words it lists the symptoms.",
        epilog="examples: python -m reports symptom nan; python -m reports symptom 16.118",
    )
    command.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="what you see: a name, a number such as 0.693, words",
    )


def _add_record(commands: Commands) -> None:
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
    _folder(command, new=True)
    _where(command)
    command.add_argument(
        "--scheduler",
        metavar="URL",
        help="address of a Dask scheduler to run on, such as tcp://host:8786",
    )


def _add_lock(commands: Commands) -> None:
    command = commands.add_parser(
        "lock",
        help="resolve the packages of environments and write their lock files (needs uv)",
        description="Resolve the packages of environments as of the day of their release, and write lock files "
        "with hashes. Needs uv.",
    )
    command.add_argument(
        "names", nargs="+", metavar="ENVIRONMENT", help="ids in reports/releases/environments.toml"
    )


def _add_verify(commands: Commands) -> None:
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
    _folder(command)
    _where(command)


def _built(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--built",
        type=_file,
        default=Path(".environments"),
        metavar="FOLDER",
        help="folder for built environments and unfinished recordings (default: %(default)s)",
    )


def _where(command: argparse.ArgumentParser) -> None:
    _built(command)
    command.add_argument(
        "--workers",
        type=_positive,
        default=2,
        metavar="N",
        help="environments to record at the same time (default: 2)",
    )


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _add_rejudge(commands: Commands) -> None:
    command = commands.add_parser(
        "rejudge",
        help="recompute the diagnoses of all recordings, after a change of the reference",
        description="Recompute the diagnoses of all recordings, after a change of reference/ or "
        "suites/judge. Nothing is installed or measured again.",
    )
    _folder(command)


def _add_compare(commands: Commands) -> None:
    command = commands.add_parser(
        "compare",
        help="list what changed between two recordings, grouped by cause",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=MARKS,
        epilog=f"example:\n  python -m reports compare tf-2.15.1 tf-2.21.0 --dtype float32\n\n{CODES}",
    )
    command.add_argument(
        "before",
        metavar="BEFORE",
        help="id of a recording, such as tf-2.15.1, or a version as `upgrade` takes it",
    )
    command.add_argument("after", metavar="AFTER", help="another one")
    _folder(command)
    _narrow(command)
    command.add_argument(
        "--rounding", action="store_true", help="also show differences in rounding"
    )
    for name, text in (("csv", "one row per case"), ("html", "the comparison as a web page")):
        _output(command, name, f"write {text}, to this file")


def _add_trace(commands: Commands) -> None:
    command = commands.add_parser(
        "trace",
        help="follow one case through all releases; find the release that changed it",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=TRACE,
        epilog=f"{TRACE_EXAMPLES}\n\n{CODES}",
    )
    command.add_argument("case", metavar="CASE", help="nine fields, or some of them; see above")
    _folder(command)
    command.add_argument(
        "--backends", action="store_true", help="also show Keras on JAX, PyTorch and OpenVINO"
    )
    command.add_argument(
        "--rounding", action="store_true", help="also show releases that changed rounding only"
    )
    command.add_argument(
        "--bisect",
        nargs="?",
        const="",
        metavar="ENVIRONMENT",
        help="install and run the releases between two recordings; ENVIRONMENT is the recording that "
        "first shows the change (several, separated by commas, or all); it may be omitted if only one does",
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
        help="tell what each release changed, as CSV and as a page",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Tell what each release changed: a row for each change of a case, as CSV, and a page with\n"
        "what changed in each release and how much of each form differs.",
        epilog=f"example:\n  python -m reports timeline --loss bce --dtype float32\n\n{CODES}",
    )
    _folder(command)
    _narrow(command)
    latest = SHIPPED.parent / "latest"
    for kind in ("csv", "html"):
        path = latest / f"timeline.{kind}"
        _output(command, kind, f"file to write (default: reports/latest/{path.name})", path)


def _add_check_claims(commands: Commands) -> None:
    command = commands.add_parser(
        "check-claims",
        help="check published claims about old releases against their recordings",
        description="Check published claims about old releases (release notes, issues, source) "
        "against the recordings.",
    )
    _folder(command)


def _add_upgrade(commands: Commands) -> None:
    command = commands.add_parser(
        "upgrade",
        help="tell what an upgrade of TensorFlow or Keras changes",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=UPGRADE,
        epilog=f"example:\n  python -m reports upgrade --from 2.15 --to 2.21 --loss bce\n\n{CODES}",
    )
    text = (
        "a version of TensorFlow such as 2.15, of Keras such as keras-3.5, or the id of a recording"
    )
    command.add_argument("--from", dest="old", required=True, metavar="VERSION", help=text)
    command.add_argument("--to", dest="new", required=True, metavar="VERSION", help=text)
    _folder(command)
    _narrow(command)
    command.add_argument(
        "--all", action="store_true", help="show all that changes, with reasons and links"
    )
