"""The second front door: recordings of releases, made and compared.

python -m reports sweep [ENVIRONMENT ...]   build environments, ask them everything, record
python -m reports compare BEFORE AFTER      what changed between two recordings, and why
python -m reports trace CASE                one behaviour over all releases
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reports.files import write_whole
from reports.recording import BadRecording

RECORDINGS = Path(__file__).with_name("recordings")
DIFFERENT, UNUSABLE, CANNOT_MEASURE = 1, 4, 6  # exit codes, as those of pytest
Commands = Any  # what argparse gives for subcommands has no public name
NARROW = ("loss", "form", "dtype", "execution")


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog="python -m reports",
        description="Recordings of TensorFlow and Keras releases: make them, compare them.",
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_sweep(commands)
    _add_judge(commands)
    _add_compare(commands)
    _add_trace(commands)
    _add_upgrade(commands)
    _add_timeline(commands)
    _add_history(commands)
    return whole


def _folder(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--recordings",
        type=Path,
        default=RECORDINGS,
        metavar="FOLDER",
        help="where recordings stand (default: those that are shipped)",
    )


def _narrow(command: argparse.ArgumentParser) -> None:
    for name in NARROW:
        text = f"only these, with commas between; a name of the column {name!r}"
        command.add_argument(f"--{name}", metavar="NAMES", help=text)


def _add_sweep(commands: Commands) -> None:
    command = commands.add_parser(
        "sweep",
        help="build environments, ask them everything, and record what they answer",
        description="Build each environment from its lock, ask it every case, record the answers. "
        "A sweep that was interrupted goes on where it was; what can't be measured gets a reason.",
        epilog="example: python -m reports sweep tf-2.20.0 tf-2.21.0 --workers 2",
    )
    command.add_argument("names", nargs="*", metavar="ENVIRONMENT", help="default: the whole table")
    _folder(command)
    command.add_argument(
        "--built",
        type=Path,
        default=Path(".environments"),
        metavar="FOLDER",
        help="where environments are built, and answers kept in between (default: %(default)s)",
    )
    command.add_argument(
        "--workers", type=int, default=2, metavar="N", help="environments at once (default: 2)"
    )
    command.add_argument(
        "--scheduler", metavar="URL", help="a Dask scheduler to run on, such as tcp://host:8786"
    )
    command.set_defaults(run=_sweep)


def _add_judge(commands: Commands) -> None:
    command = commands.add_parser(
        "judge",
        help="judge recordings anew, after the reference or the judge has changed",
        description="Judge all answers of recordings anew, and write what is said of them.",
    )
    _folder(command)
    command.set_defaults(run=_judge)


def _add_compare(commands: Commands) -> None:
    command = commands.add_parser(
        "compare",
        help="what changed between two recordings, grouped by cause",
        description="Marks: + a difference came, - one went, ! another kind of answer, x no answer "
        "any more, * an answer where none was, ~ rounding.",
        epilog="example: python -m reports compare tf-2.15.1 tf-2.21.0 --dtype float32",
    )
    command.add_argument("before")
    command.add_argument("after")
    _folder(command)
    _narrow(command)
    command.add_argument("--rounding", action="store_true", help="show what is rounding only, too")
    command.add_argument("--csv", type=Path, metavar="FILE", help="write a row for each case")
    command.add_argument("--html", type=Path, metavar="FILE", help="write the groups as a page")
    command.set_defaults(run=_compare)


def _add_trace(commands: Commands) -> None:
    command = commands.add_parser(
        "trace",
        help="one behaviour over all releases, and the release that changed it",
        description="CASE is what `compare --csv` writes in its first nine columns, with commas "
        "between, or pieces of it that together mean one case.",
        epilog="example: python -m reports trace "
        "binary_crossentropy,function,plain,probabilities,float32,eager,CPU:0,hard,rails",
    )
    command.add_argument("case")
    _folder(command)
    command.set_defaults(run=_trace)


def _add_timeline(commands: Commands) -> None:
    command = commands.add_parser(
        "timeline",
        help="every behaviour over all releases, as a table and a picture",
        description="Write what is right and what is not, and why, of every case in every release.",
    )
    _folder(command)
    latest = RECORDINGS.parent / "latest"
    for kind in ("csv", "html"):
        path = latest / f"timeline.{kind}"
        command.add_argument(f"--{kind}", type=Path, metavar="FILE", default=path)
    command.set_defaults(run=_timeline)


def _add_history(commands: Commands) -> None:
    command = commands.add_parser(
        "history",
        help="what is said of old releases, and what their recordings show",
        description="Hold what is said of old releases against their recordings.",
    )
    _folder(command)
    command.set_defaults(run=_history)


def _add_upgrade(commands: Commands) -> None:
    command = commands.add_parser(
        "upgrade",
        help="what a user notices when TensorFlow is upgraded, in plain words",
        description="Say what an upgrade changes, with the Keras of each TensorFlow's day.",
        epilog="example: python -m reports upgrade --from 2.15 --to 2.21 --loss binary_crossentropy",
    )
    command.add_argument("--from", dest="old", required=True, metavar="VERSION")
    command.add_argument("--to", dest="new", required=True, metavar="VERSION")
    _folder(command)
    _narrow(command)
    command.set_defaults(run=_upgrade)


def _sweep(options: argparse.Namespace) -> int:
    from reports.record import record

    places = options.recordings, options.built
    results = record(options.names, _asked(), *places, options.workers, options.scheduler)
    missing = [result for result in results if result.reason]
    print(f"{len(results) - len(missing)} recorded, {len(missing)} not measured")
    for result in missing:
        print(f"  {result.environment}: {result.reason}")
    return CANNOT_MEASURE if missing else 0


def _asked() -> Any:
    """What the suites ask; here alone the reports meet them."""
    from reports.answers import unpack
    from reports.record import Asked
    from suites import observer, questions
    from suites.said import Judge
    from suites.selection import select

    cases = select(questions.DEVICES)
    asked = questions.questions(cases, questions.SEED)
    judge = Judge(cases, questions.SEED, unpack)
    text, digest = questions.as_json(asked), questions.digest(asked)
    return Asked(asked, text, digest, Path(observer.__file__), judge.said)


def _judge(options: argparse.Namespace) -> int:
    from reports import compare, environments
    from reports.record import put

    shelf = compare.shelves(options.recordings)[0]
    names = [row.id for row in environments.load() if row.id in shelf.names()]
    put(options.recordings, dict(shelf.everything(names)), _asked())
    print(f"{len(names)} recordings judged")
    return 0


def _compare(options: argparse.Namespace) -> int:
    from reports import compare

    found = compare.compare(options.recordings, options.before, options.after)
    found = compare.narrowed(found, _chosen(options))
    if options.csv:
        write_whole(options.csv, found.to_csv(index=False))
    grouped = compare.groups(found)
    if options.html:
        write_whole(options.html, compare.page(grouped, options.before, options.after))
    print(compare.text(grouped, options.before, options.after, options.rounding))
    return DIFFERENT if (~found["mark"].isin(["~", "*"])).any() else 0


def _chosen(options: argparse.Namespace) -> dict[str, list[str]]:
    given = {name: getattr(options, name) for name in NARROW}
    return {name: text.split(",") for name, text in given.items() if text}


def _trace(options: argparse.Namespace) -> int:
    from reports import timeline, trace

    loaded = timeline.load(options.recordings)
    print("\n".join(trace.lines(loaded, trace.find(loaded, options.case))))
    return 0


def _timeline(options: argparse.Namespace) -> int:
    from reports import timeline

    table = timeline.frame(timeline.load(options.recordings))
    write_whole(options.csv, table.to_csv(index=False))
    write_whole(options.html, timeline.page(table))
    print(f"written: {options.csv}, {options.html}")
    return 0


def _history(options: argparse.Namespace) -> int:
    from reports import history, timeline

    print("\n".join(history.lines(timeline.load(options.recordings))))
    return 0


def _upgrade(options: argparse.Namespace) -> int:
    from reports import compare, environments, upgrade

    table, names = environments.load(), compare.shelves(options.recordings)[0].names()
    before, after = (upgrade.find(text, table, names) for text in (options.old, options.new))
    found = compare.compare(options.recordings, before, after)
    found = compare.narrowed(found, _chosen(options))
    print("\n".join(upgrade.lines(found, before, after)))
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # whoever reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (BadRecording, ValueError, OSError) as error:
        print(f"xentcheck: {error}", file=sys.stderr)
        return UNUSABLE


if __name__ == "__main__":
    sys.exit(main())
