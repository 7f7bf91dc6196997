"""Writes the table of what a release may lack, `suites/ledger/absences.toml`, out of the recordings.

python -m reports.compare.absences

The releases of a line (`suites/ledger/installed.py`) are put in order by the version of one package;
TensorFlow with Keras 3 is apart from what was before it. What is absent must be all cases that have
some fields in common; where it is not, there is no table, but an error that says so.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, product
from pathlib import Path
from typing import Literal, NamedTuple

from packaging.version import Version

from reports.releases import environments
from reports.store import provenance
from reports.store.files import write_whole
from reports.store.recording import ABSENT, NOT_ASKED, SHIPPED
from reports.store.recordings import Recordings
from suites.cases.case import Case
from suites.cases.selection import select
from suites.ledger import absences
from suites.ledger.absences import FIELDS, Absence, names
from suites.ledger.installed import Installed, installed
from suites.observe import requests

HEAD = """\
# What releases lack, made from the recordings by: python -m reports.compare.absences
# How to read a row: absences.py. A case that has no answer, and for which no row holds, fails.
"""
Answered = Literal["there", "absent", "not asked"]
Found = Mapping[Case, Mapping[Installed, Answered]]  # of each case what a recorded release has
KERAS_3 = Version("3.dev0")
FIRST_WITH_KERAS_3 = "2.16"  # of TensorFlow


class CannotTell(ValueError):
    """The recordings can't be put into the table; one line that says which case, and why."""


class Part(NamedTuple):
    """Releases that one package puts in order; `begin` and `end` are bounds of its versions."""

    package: str
    releases: tuple[Installed, ...]
    begin: str = ""
    end: str = ""

    def version(self, release: Installed) -> Version:
        found = release.tensorflow if self.package == "tensorflow" else release.keras
        return found or Version("0")


def recorded(folder: Path = SHIPPED) -> tuple[list[Installed], Found]:
    """The releases that are recorded, and what each of them has."""
    rows = environments.load()
    cases = {requests.key(case): case for case in select(requests.DEVICES)}
    found: dict[Case, dict[Installed, Answered]] = {case: {} for case in cases.values()}
    releases = []
    for row in rows:
        about = provenance.read(folder / f"{row.id}.json")
        if about is not None:
            releases.append((row.id, installed(about.versions, row.backend, row.subject)))
    answers = dict(Recordings(folder).everything(name for name, _ in releases))
    for name, release in releases:
        for key, case in cases.items():
            found[case][release] = _answered(answers[name].get(key, ABSENT))
    return [release for _, release in releases], found


def _answered(answer: str) -> Answered:
    if answer == ABSENT:
        return "absent"
    return "not asked" if answer == NOT_ASKED else "there"


def table(releases: Iterable[Installed], found: Found) -> list[Absence]:
    """The rows, by line, package and version. Raises CannotTell."""
    rows = []
    for part, cases in _parts(releases, found):
        spans: dict[str, set[Case]] = defaultdict(set)
        for case in cases:
            for span in _spans(case, found[case], part):
                spans[span].add(case)
        line = part.releases[0].line
        for span, lacked in sorted(spans.items()):
            inside = [one for one in part.releases if one.lies_in(line, **{part.package: span})]
            for box in _merged(_boxes(lacked, found, inside)):
                rows.append(Absence(line, part.package, span, box))
    return rows


def _parts(releases: Iterable[Installed], found: Found) -> Iterator[tuple[Part, list[Case]]]:
    """The parts of all lines, each with the cases that its package decides about."""
    lines: dict[tuple[str, bool], list[Installed]] = defaultdict(list)
    for release in releases:
        lines[release.line, release.keras is not None and release.keras >= KERAS_3].append(release)
    for (line, is_3), those in lines.items():
        if line != "tf.keras":
            yield Part("keras", tuple(those)), list(found)
        elif not is_3:
            yield Part("tensorflow", tuple(those), end=f"<{FIRST_WITH_KERAS_3}"), list(found)
        else:
            begins = {"keras": ">=3.0", "tensorflow": f">={FIRST_WITH_KERAS_3}"}
            for package, begin in begins.items():
                cases = [case for case in found if absences.package(case) == package]
                yield Part(package, tuple(those), begin=begin), cases


def _spans(case: Case, has: Mapping[Installed, Answered], part: Part) -> Iterator[str]:
    """The versions that lack the case; those that are not asked for it are on either side."""
    answers: dict[Version, set[Answered]] = defaultdict(set)
    for release in part.releases:
        if has[release] != "not asked":
            answers[part.version(release)].add(has[release])
    if torn := [version for version, of in sorted(answers.items()) if len(of) > 1]:
        raise CannotTell(f"{case.id}: there and absent in {part.package} {torn[0]}")
    ordered = sorted(answers)
    runs = [(of, list(run)) for of, run in groupby(ordered, lambda version: answers[version])]
    for number, (of, run) in enumerate(runs):
        if of == {"absent"}:
            first = f">={run[0]}" if number else part.begin
            last = f"<{runs[number + 1][1][0]}" if number + 1 < len(runs) else part.end
            yield ",".join(filter(None, (first, last)))


LEVELS: tuple[tuple[str, ...], ...] = (
    *(("loss",), ("argument",), ("form",), ("loss", "form"), ("loss", "argument")),
    *(("loss", "form", "argument"), ("loss", "form", "inputs"), ("dtype",), ("form", "dtype")),
    *(("loss", "form", "without"), ("loss", "form", "argument", "without")),
    *(("output",), ("loss", "form", "dtype"), ("loss", "form", "output")),
    *(("inputs",), ("form", "inputs"), ("loss", "form", "argument", "output")),
    *(("loss", "form", "argument", "dtype"), ("loss", "form", "dtype", "output")),
    ("loss", "form", "dtype", "output", "labels", "execution", "inputs"),
)
Fields = dict[str, tuple[str, ...]]


def _boxes(
    lacked: set[Case], found: Found, inside: Sequence[Installed]
) -> Iterator[dict[str, str]]:
    """What the cases have in common that none has that is there, in as few fields as will do."""
    free = {case for case, has in found.items() if all(has[one] != "there" for one in inside)}
    left = set(lacked)
    for level in LEVELS:
        if not left:
            return
        alike: dict[tuple[str, ...], set[Case]] = defaultdict(set)
        for case in found:
            for key in product(*(sorted(names(case, field)) for field in level)):
                alike[key].add(case)
        for key, cases in alike.items():
            if not left.isdisjoint(cases) and cases <= free:
                left -= cases
                yield dict(zip(level, key, strict=True))
    if left:
        raise CannotTell(f"{min(left, key=requests.key).id}: absent, and others like it are there")


def _merged(boxes: Iterable[dict[str, str]]) -> list[Fields]:
    """Boxes that differ in one field only put together: forms first, then losses, then the rest."""
    found: list[Fields] = [{name: (text,) for name, text in box.items()} for box in boxes]
    for field in ("form", "loss", *(name for name in FIELDS if name not in ("form", "loss"))):
        alike: dict[tuple[tuple[str, tuple[str, ...]], ...], list[str]] = defaultdict(list)
        for box in found:
            others = tuple((name, texts) for name, texts in box.items() if name != field)
            alike[others] += box.get(field, ())
        found = [
            dict(others) | ({field: tuple(dict.fromkeys(texts))} if texts else {})
            for others, texts in alike.items()
        ]
    return found


def text(rows: Iterable[Absence]) -> str:
    """The table as a file holds it."""
    parts = [HEAD]
    for row in rows:
        lines = [f"{name} = {json.dumps(getattr(row, name))}" for name in absences.WHERE]
        for name in FIELDS:
            if texts := row.box.get(name):
                lines.append(f"{name} = [{', '.join(map(json.dumps, texts))}]")
        parts.append("\n".join(["[[absence]]", *lines, ""]))
    return "\n".join(parts)


def main() -> None:
    write_whole(absences.FILE, text(table(*recorded())))
    print(f"written: {absences.FILE}")


if __name__ == "__main__":
    main()
