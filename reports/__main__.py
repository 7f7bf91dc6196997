"""The command line `python -m reports`: records releases and compares them.

python -m reports record [ENVIRONMENT ...]   build environments, ask them everything, record
python -m reports compare BEFORE AFTER      what changed between two recordings, and why
python -m reports trace CASE                one behaviour over all releases; --bisect fills gaps
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reports.exit_codes import refusal
from reports.parser import LOSS_OPTIONS, NARROW, parser
from reports.store.errors import BadUsage
from reports.store.files import check_folder, write_out
from reports.terminal import be_quiet, complain, say
from suites.plugin.exits import Exit

if TYPE_CHECKING:
    from reports.compare.since.timeline import Recorded
    from reports.explain.call import Call
    from reports.releases.environments import Environment
    from reports.releases.record import Asked
    from suites.observe.environment import Other


def _explain(options: argparse.Namespace) -> int:
    from reports.explain import arrays
    from reports.explain.call import call
    from reports.explain.explain import explanation
    from reports.explain.observed import observed
    from reports.explain.text import lines

    names = [name.replace("-", "_") for name in LOSS_OPTIONS]
    chosen = {name: value for name in names if (value := getattr(options, name)) is not None}
    other = _other(options)
    weights = options.sample_weight
    target, output, weight, remark = arrays.sampled(
        arrays.array("--target", options.target),
        arrays.array("--output", options.output),
        None if weights is None else arrays.array("--sample-weight", weights),
        chosen.get("axis", -1),
    )
    one = call(
        options.loss,
        target,
        output,
        sample_weight=weight,
        from_logits=options.from_logits,
        **chosen,
    )
    if remark:
        say(remark)
    say(*lines(explanation(one, observed(options.observed) if options.observed else None)))
    if other:
        _ask_installation(one, other)
    return 0


def _other(options: argparse.Namespace) -> Other | None:
    """The environment that is asked as well; a release is built if it is missing."""
    from reports.releases.ready import ready
    from suites.observe.environment import Other
    from suites.observe.interpreters import NoInterpreter, interpreter

    if options.release:
        return ready(options.release, options.built, complain)
    try:
        return Other(interpreter(options.python)) if options.python else None
    except NoInterpreter as error:
        raise BadUsage(f"--python: {error}") from None


def _ask_installation(one: Call, other: Other) -> None:
    from reports.explain.installation import answered
    from reports.explain.text import table
    from suites.observe import environment

    with environment.start(other) as client:
        versions = client.about()
        working, _ = client.devices()
        names = {"TensorFlow": versions["tensorflow"], "Keras": versions["keras"]}
        say("", " with ".join(f"{name} {text}" for name, text in names.items()) + " returns:")
        say(*table([*answered(one, client, working[0])]))


def _symptom(options: argparse.Namespace) -> int:
    from reports.explain import symptom_text

    words = " ".join(options.words)
    say(*(symptom_text.lines(symptom_text.find(words)) if words else symptom_text.every()))
    return 0


def _record(options: argparse.Namespace) -> int:
    from reports.releases.record import record

    places = options.recordings, options.built
    for folder in places:
        check_folder(folder)
    asked = _asked()
    if options.new_cases:
        _keep(options, asked)
    results = record(options.names, asked, *places, options.workers, options.scheduler)
    missing = [result for result in results if result.reason]
    say(f"{len(results) - len(missing)} recorded, {len(missing)} not measured")
    for result in missing:
        say(f"  {result.environment}: {result.reason}")
    return Exit.CANNOT_MEASURE if missing else 0


def _keep(options: argparse.Namespace, asked: Asked) -> None:
    from reports.releases import environments, kept, sweep
    from reports.run.summary import counted
    from suites.observe import requests

    names = [one.id for one in environments.chosen(options.names)]
    with sweep.alone(options.built):
        journals = options.built / "answers"
        new = kept.keep(options.recordings, names, asked.requests, requests.digest, journals)
    say(f"new: {counted(new, 'case')} of {len(asked.requests):,}")


def _lock(options: argparse.Namespace) -> int:
    from reports.releases import environments, lock
    from reports.releases.uv import CannotLock

    for environment in environments.chosen(options.names):
        try:
            say(str(lock.lock(environment)))
        except CannotLock as error:
            raise CannotLock(f"{environment.id}: {error}") from None
    return 0


def _verify(options: argparse.Namespace) -> int:
    """Record again what is shipped, and hold both against each other.

    What was asked before an interruption is kept, and nothing else: the next time asks everything.
    """
    import shutil

    from reports.compare import comparison, pins
    from reports.releases.record import record

    check_folder(options.built)
    folder, asked, code = options.built / "verified", _asked(), 0
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


def _asked() -> Asked:
    """What the suites ask; here alone the reports meet them."""
    from reports.releases.record import Asked
    from reports.store.answer_text import unpack
    from suites.cases.selection import select
    from suites.judge.diagnose import Judge
    from suites.observe import observer, requests

    cases = select(requests.DEVICES)
    asked = requests.requests(cases, requests.SEED)
    judge = Judge(cases, requests.SEED, unpack)
    text, digest = requests.as_json(asked), requests.digest(asked)
    forms = {requests.key(case): (case.loss, case.form) for case in cases if not case.is_contract}
    return Asked(asked, text, digest, Path(observer.__file__), judge.diagnoses, forms)


def _rejudge(options: argparse.Namespace) -> int:
    from reports.releases import environments
    from reports.releases.record import check, put
    from reports.releases.sweep import alone
    from reports.store.recordings import answers_and_diagnoses

    recordings = answers_and_diagnoses(options.recordings)[0]
    if not recordings.names():
        raise BadUsage(f"--recordings: there is no recording in {options.recordings}")
    with alone(options.recordings):
        check(options.recordings)
        names = [row.id for row in environments.load() if row.id in recordings.names()]
        put(options.recordings, dict(recordings.everything(names)), _asked())
    say(f"{len(names)} recordings judged")
    return 0


def _compare(options: argparse.Namespace) -> int:
    from reports.compare import comparison, pins
    from reports.compare.grouping import changes
    from reports.compare.since import since
    from reports.run.frame import csv_text

    pair = _pair(options.recordings, options.before, options.after)
    way = since.stops(options.recordings, *pair)
    found = changes.compare(way[0].side, way[-1].side, _chosen(options))
    if options.csv:
        write_out(options.csv, csv_text(found.frame))
    if options.html:
        write_out(options.html, comparison.page(found, *pair, way))
    say(comparison.text(found, *pair, options.rounding, way=way))
    return Exit.DIFFERENT if pins.fails(found, "value") else 0


def _pair(folder: Path, before: str, after: str) -> tuple[str, str]:
    """The ids of two recordings, each of which may be given as a version."""
    from reports.store.recordings import answers_and_diagnoses

    if {before, after} <= {*answers_and_diagnoses(folder)[0].names()}:
        return before, after
    (old, new), _ = _meant(folder, (before, after))
    return old.id, new.id


def _chosen(options: argparse.Namespace) -> dict[str, list[str]]:
    chosen = {name: getattr(options, name) for name in NARROW}
    return {name: names for name, names in chosen.items() if names is not None}


def _trace(options: argparse.Namespace) -> int:
    from reports.compare import find_case, trace
    from reports.compare.since import timeline

    loaded = timeline.load(options.recordings)
    case = find_case.find(loaded.cases(), options.case)
    if options.bisect is None:
        say(*trace.lines(loaded, case, options.backends, options.rounding))
        return 0
    steps = trace.changes(loaded, case, options.backends)
    return _bisect(case, trace.chosen(steps, options.bisect), options.built)


def _bisect(case: str, steps: Sequence[tuple[Recorded, Recorded]], built: Path) -> int:
    from reports.bisect import result
    from reports.bisect.bisection import Bisection
    from reports.bisect.probe import probe

    check_folder(built)
    code, head = 0, [case]
    with probe(case, _asked(), built) as asked:
        for before, after in steps:
            found = Bisection(case, asked.ask).find(before, after)
            say(*head, *result.lines(found, case))
            code, head = code if found.exact else Exit.CANNOT_MEASURE, []
    return code


def _timeline(options: argparse.Namespace) -> int:
    from reports.compare import timeline_page
    from reports.compare.grouping.changes import narrowed
    from reports.compare.since import release_steps, timeline
    from reports.compare.upgrade import scope
    from reports.run.frame import csv_text

    loaded, chosen = timeline.load(options.recordings), _chosen(options)
    cases = narrowed(loaded.cases(), chosen)
    found = list(release_steps.release_steps(loaded, cases))
    write_out(options.csv, csv_text(release_steps.frame(found)))
    write_out(options.html, timeline_page.page(loaded, found, cases, scope(chosen)))
    say(*timeline_page.lines(found), f"written: {options.csv}, {options.html}")
    return 0


def _check_claims(options: argparse.Namespace) -> int:
    from reports.compare import release_claims
    from reports.compare.since import timeline

    say(*release_claims.lines(timeline.load(options.recordings)))
    return 0


def _upgrade(options: argparse.Namespace) -> int:
    from reports.compare import upgrade
    from reports.compare.grouping import changes
    from reports.compare.since import since

    texts, chosen = (options.old, options.new), _chosen(options)
    (old, new), table = _meant(options.recordings, texts)
    if old == new:
        raise BadUsage(f"--from and --to are both {old.id}")
    way = since.stops(options.recordings, old.id, new.id)
    found = changes.compare(way[0].side, way[-1].side, chosen)
    heads = list(upgrade.heading(texts, (old, new), table))
    say(*upgrade.lines(heads, found, way, upgrade.scope(chosen), options.all))
    return 0


def _meant(
    folder: Path, texts: Sequence[str]
) -> tuple[tuple[Environment, Environment], list[Environment]]:
    """The two recordings that are meant, and all that there are."""
    from reports.compare import release_names
    from reports.releases import environments
    from reports.store.recordings import answers_and_diagnoses

    names = answers_and_diagnoses(folder)[0].names()
    table = [row for row in environments.load() if row.id in names]
    old, new = (release_names.find(text, table, names) for text in texts)
    return (old, new), table


COMMANDS = {
    "explain": _explain,
    "symptom": _symptom,
    "record": _record,
    "lock": _lock,
    "verify": _verify,
    "rejudge": _rejudge,
    "compare": _compare,
    "trace": _trace,
    "timeline": _timeline,
    "check-claims": _check_claims,
    "upgrade": _upgrade,
}


GO_ON = ("record", "verify")  # which keep every answer as soon as it is there


def main(arguments: Sequence[str] | None = None) -> int:
    command = ""
    try:
        options = parser().parse_args(arguments)
        command = options.command
        return COMMANDS[command](options)
    except BrokenPipeError:  # whoever reads has read enough
        be_quiet()
        return Exit.DONE
    except KeyboardInterrupt:
        again = command in GO_ON
        complain("interrupted" + ("; the same command goes on from here" if again else ""))
        return Exit.INTERRUPTED
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> int:
    if found := refusal(error):
        code, line = found
        if isinstance(error, OSError):  # it may have been the output that is full
            be_quiet()
        complain(line)
        return code
    traceback.print_exc()
    complain("a mistake in xentcheck itself; please report it with the lines above")
    return Exit.MISTAKE


if __name__ == "__main__":
    sys.exit(main())
