"""The second front door: recordings of releases, made and compared.

python -m reports sweep [ENVIRONMENT ...]   build environments, ask them everything, record
python -m reports compare BEFORE AFTER      what changed between two recordings, and why
python -m reports trace CASE                one behaviour over all releases; --bisect fills gaps
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reports.files import write_whole
from reports.parser import NARROW, parser
from reports.recording import BadRecording

DIFFERENT, INTERRUPTED, UNUSABLE, CANNOT_MEASURE = 1, 2, 4, 6  # exit codes, as those of pytest


def _sweep(options: argparse.Namespace) -> int:
    from reports.record import record

    places = options.recordings, options.built
    results = record(options.names, _asked(), *places, options.workers, options.scheduler)
    missing = [result for result in results if result.reason]
    print(f"{len(results) - len(missing)} recorded, {len(missing)} not measured")
    for result in missing:
        print(f"  {result.environment}: {result.reason}")
    return CANNOT_MEASURE if missing else 0


def _lock(options: argparse.Namespace) -> int:
    from reports import environments, lock
    from reports.uv import CannotLock

    for environment in environments.chosen(options.names):
        try:
            print(lock.lock(environment))
        except CannotLock as error:
            raise ValueError(f"{environment.id}: {error}") from None
    return 0


def _verify(options: argparse.Namespace) -> int:
    """Record again what is shipped, and hold both against each other."""
    from reports import pins
    from reports.record import record

    again, asked, code = options.built / "verified", _asked(), 0
    for result in record(options.names, asked, again, options.built, options.workers, None):
        name = result.environment
        if result.reason:
            print(f"{name}: not measured: {result.reason}")
            code = code or CANNOT_MEASURE
            continue
        before, after = pins.load(name, options.recordings), pins.load(name, again)
        frame = pins.drifted(before, after, sorted(asked.questions))
        print(pins.told(frame, name))
        code = DIFFERENT if pins.fails(frame, strict=False) else code
    return code


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

    pair = options.before, options.after
    found = compare.compare(options.recordings, *pair, _chosen(options))
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
    case = trace.find(loaded, options.case)
    if options.bisect is None:
        print("\n".join(trace.lines(loaded, case)))
        return 0
    return _bisect(case, trace.chosen(trace.changes(loaded, case), options.bisect), options.built)


def _bisect(case: str, changes: Sequence[Any], built: Path) -> int:
    from reports import bisected
    from reports.bisection import Bisection
    from reports.probe import probe

    code, head = 0, [case]
    with probe(case, _asked(), built) as asking:
        for before, after in changes:
            found = Bisection(case, asking.ask).find(before, after)
            print("\n".join([*head, *bisected.lines(found, case)]), flush=True)
            code, head = code if found.exact else CANNOT_MEASURE, []
    return code


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
    found = compare.compare(options.recordings, before, after, _chosen(options))
    print("\n".join(upgrade.lines(found, before, after)))
    return 0


COMMANDS = {
    "sweep": _sweep,
    "lock": _lock,
    "verify": _verify,
    "judge": _judge,
    "compare": _compare,
    "trace": _trace,
    "timeline": _timeline,
    "history": _history,
    "upgrade": _upgrade,
}


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        code = COMMANDS[options.command](options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # whoever reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("xentcheck: interrupted; the same command goes on from here", file=sys.stderr)
        return INTERRUPTED
    except (BadRecording, ValueError, OSError, RuntimeError) as error:
        print(f"xentcheck: {error}", file=sys.stderr)
        return UNUSABLE


if __name__ == "__main__":
    sys.exit(main())
