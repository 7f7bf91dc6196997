"""Writes the table of what a release may lack, `suites/ledger/absences.toml`, out of the recordings.

python -m reports.compare.absences

Only releases that the suite judges take part, on the line of tf.keras. Whether something is there
must follow from the version of one package, and it must be all of a loss, of a form, of an argument
or of a contract that is not there; where it is not, there is no table, but an error that says so.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, product
from pathlib import Path

from packaging.version import Version

from reports.releases import environments
from reports.store.files import write_whole
from reports.store.recording import SHIPPED
from reports.store.recordings import Recordings
from suites.cases.case import Case
from suites.cases.selection import select
from suites.ledger import absences
from suites.ledger.absences import FIELDS, PACKAGES, Absence, names
from suites.observe import requests
from suites.observe.environment import OLDEST

HEAD = """\
# What releases lack, made from the recordings by: python -m reports.compare.absences
# How to read a row: absences.py. A case that has no answer, and for which no row holds, fails.
"""
Versions = tuple[Version, ...]  # of the packages, as PACKAGES has them
Lacking = Mapping[Case, frozenset[Versions]]  # which recorded releases lack a case


class CannotTell(ValueError):
    """The recordings can't be put into the table; one line that says which case, and why."""


def recorded(folder: Path = SHIPPED) -> tuple[list[Versions], Lacking]:
    """The releases that take part, and for each case those that lack it."""
    rows = environments.load()
    chosen = {
        row.id: (Version(row.tensorflow), Version(row.keras))
        for row in rows
        if row.subject == "tf.keras" and row.keras and Version(row.tensorflow) >= OLDEST
    }
    cases = {requests.key(case): case for case in select(requests.DEVICES)}
    lacking: dict[Case, set[Versions]] = {case: set() for case in cases.values()}
    for name, answers in Recordings(folder).everything(row.id for row in rows):
        if name in chosen:
            for key in cases.keys() - answers.keys():
                lacking[cases[key]].add(chosen[name])
    return list(chosen.values()), {case: frozenset(found) for case, found in lacking.items()}


def table(releases: Iterable[Versions], lacking: Lacking) -> list[Absence]:
    """The rows, by package and version. Raises CannotTell."""
    releases = list(releases)
    spans: dict[tuple[str, str], set[Case]] = defaultdict(set)
    for case, found in lacking.items():
        if found:
            spans[absences.package(case), _span(case, found, releases)].add(case)
    return [
        Absence(package, versions, **fields)
        for (package, versions), lacked in sorted(spans.items(), key=lambda pair: pair[0])
        for fields in _merged(_boxes(lacked, lacking))
    ]


def _span(case: Case, found: frozenset[Versions], releases: Iterable[Versions]) -> str:
    """The versions of its package that lack the case."""
    place = PACKAGES.index(absences.package(case))
    absent: dict[Version, set[bool]] = defaultdict(set)
    for release in releases:
        absent[release[place]].add(release in found)
    ordered = sorted(absent)
    if torn := [version for version in ordered if len(absent[version]) > 1]:
        raise CannotTell(f"{case.id}: there and absent in {PACKAGES[place]} {torn[0]}")
    runs = [(key, list(run)) for key, run in groupby(ordered, lambda version: absent[version])]
    places = [number for number, (key, _) in enumerate(runs) if key == {True}]
    if len(places) > 1:
        raise CannotTell(f"{case.id}: absent, there and absent again")
    first = [f">={runs[places[0]][1][0]}"] if places[0] else []
    last = [f"<{runs[places[0] + 1][1][0]}"] if places[0] + 1 < len(runs) else []
    return ",".join([*first, *last])


LEVELS = (
    *(("loss",), ("argument",), ("loss", "form"), ("loss", "argument")),
    *(("loss", "form", "argument"), ("loss", "form", "inputs")),
)
Fields = dict[str, tuple[str, ...]]


def _boxes(lacked: set[Case], lacking: Lacking) -> Iterator[dict[str, str]]:
    """What the cases have in common that none has that is there, in as few fields as will do."""
    where = frozenset.intersection(*(lacking[case] for case in lacked))
    left = set(lacked)
    for level in LEVELS:
        alike: dict[tuple[str, ...], set[Case]] = defaultdict(set)
        for case in lacking:
            for key in product(*(sorted(names(case, field)) for field in level)):
                alike[key].add(case)
        for key, cases in alike.items():
            if not left.isdisjoint(cases) and all(where <= lacking[case] for case in cases):
                left -= cases
                yield dict(zip(level, key, strict=True))
    if left:
        raise CannotTell(f"{min(left, key=requests.key).id}: absent, and others like it are there")


def _merged(boxes: Iterable[dict[str, str]]) -> list[Fields]:
    """Boxes that differ in one field only put together: forms first, then losses, then the rest."""
    found: list[Fields] = [{name: (text,) for name, text in box.items()} for box in boxes]
    for field in ("form", "loss", "argument", "inputs"):
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
        lines = [f'package = "{row.package}"', f'versions = "{row.versions}"']
        for name in FIELDS:
            if texts := getattr(row, name):
                lines.append(f"{name} = [{', '.join(map(json.dumps, texts))}]")
        parts.append("\n".join(["[[absence]]", *lines, ""]))
    return "\n".join(parts)


def main() -> None:
    write_whole(absences.FILE, text(table(*recorded())))
    print(f"written: {absences.FILE}")


if __name__ == "__main__":
    main()
