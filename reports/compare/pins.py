"""Pins: recordings that a user keeps, to compare later runs with.

A pin holds the answers of the cases that were asked; `diagnoses/` holds their diagnoses and the side
file the reasons of all its changes. A run may be compared with a pin or with a shipped release.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reports.compare import comparison, pin_file
from reports.compare.drift.drift import FAILING
from reports.compare.grouping.changes import Compared, Side, rows
from reports.compare.pin_file import About, Entry
from reports.run.summary import counted
from reports.store.commit import current
from reports.store.errors import BadUsage
from reports.store.provenance import UNKNOWN
from reports.store.provenance import read as recorded_about
from reports.store.recording import (
    ABSENT,
    NO_PARENT,
    NOT_ASKED,
    SHIPPED,
    BadRecording,
    Recording,
    Rows,
    write,
)
from reports.store.recordings import DIAGNOSES, Recordings, answers_and_diagnoses
from suites.judge.diagnosis_text import RIGHT

NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
LONGEST = 100  # characters of a name: a file system takes 255 bytes with what is added to them
NOW = "this run"
WHOLE = "restore all files of the pin, or remove them"
DRIFT_PAGE = "drift.html in the report folder"


@dataclass(frozen=True)
class Answers:
    """What was answered to which requests, and the lines of the diagnoses; both by case.

    A case that is not in `rows` is `missing`. `settings` are those of the machine and the process.
    """

    requests: str
    rows: Rows
    lines: Rows
    settings: Mapping[str, str]
    missing: str = NOT_ASKED

    @property
    def side(self) -> Side:
        return Side(self.rows, self.lines, self.missing)


@dataclass(frozen=True)
class Files:
    """Where a pin is kept."""

    name: str
    folder: Path

    @property
    def both(self) -> tuple[Recordings, Recordings]:
        """The answers, and the lines of their diagnoses."""
        diagnoses = Recordings(self.folder / DIAGNOSES, usual=RIGHT)
        return Recordings(self.folder, usual=NOT_ASKED), diagnoses

    @property
    def about(self) -> Path:
        return self.folder / f"{self.name}.json"

    @property
    def all(self) -> tuple[Path, ...]:
        return (*(files.path(self.name) for files in self.both), self.about)


def check(pin: str, against: str, folder: Path) -> None:
    """Find what prevents pinning under a name, or comparing with one; "" for neither.

    Raises BadUsage and BadRecording.
    """
    if pin:
        _check_name(pin)
        _check_folder(folder)
        files = Files(pin, folder)
        for path in files.all:
            if path.exists() and not path.is_file():
                raise BadUsage(f"--pin: {path} is no file; move it away, or choose another name")
        if files.all[0].exists():
            load(pin, folder)
    if against:
        load(against, folder)


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name) or len(name.encode()) > LONGEST:
        allowed = f"letters, digits, '.', '_' and '-', at most {LONGEST}, make one"
        raise BadUsage(f"--pin: {name[:LONGEST]!r} is no name; {allowed}")
    if name in Recordings(SHIPPED).names():
        raise BadUsage(f"--pin: {name} is the name of a shipped release; choose another")


def _check_folder(folder: Path) -> None:
    """Raise BadUsage unless the folder is one to write in, or can be made."""
    for place in (folder, folder / DIAGNOSES):
        there = next(path for path in (place, *place.parents) if path.exists() or path.is_symlink())
        if not there.is_dir():
            raise BadUsage(f"--pin-folder: {there} is no folder")
        if not os.access(there, os.W_OK | os.X_OK):
            raise BadUsage(f"--pin-folder: can't write in {there}")


def load(name: str, folder: Path) -> Answers:
    """A pin of the folder, or a shipped release.

    Raises BadRecording where it is damaged, or neither, with what there is, or both.
    """
    mine, shipped = name in Recordings(folder).names(), name in Recordings(SHIPPED).names()
    if mine and shipped and folder.resolve() != SHIPPED.resolve():
        path = Recordings(folder).path(name)
        raise BadRecording(f"{path} has the name of a shipped release; rename it and its .json")
    if not (mine or shipped):
        known = [*Recordings(folder).names(), *Recordings(SHIPPED).names()]
        raise BadRecording(f"no pin or release {name!r}; there are: {', '.join(known) or 'none'}")
    return recorded(name, SHIPPED) if shipped else _pinned(Files(name, folder))


def recorded(name: str, folder: Path) -> Answers:
    """A recording that was asked everything. Raises BadRecording."""
    answers, lines = answers_and_diagnoses(folder)
    found = answers.answers(name), lines.answers(name)
    path = current(folder, f"{name}.json")
    about = recorded_about(path) if path.is_file() else None
    settings = {**about.versions, **about.settings} if about else {}
    return Answers(answers.read(name).requests, *found, settings, missing=ABSENT)


def _pinned(files: Files) -> Answers:
    if broken := next((path for path in files.all if not path.is_file()), None):
        raise BadRecording(f"{broken} is missing, or no file; {WHOLE}")
    about, (answers, lines) = pin_file.read(files.about), files.both
    for one, total in zip(files.both, (about.answers, about.diagnoses), strict=True):
        if one.read(files.name).total != total:
            path = one.path(files.name)
            which = f"{path} is not the file that {files.about} was written with"
            raise BadRecording(f"{which}; {WHOLE}")
    found = answers.answers(files.name), lines.answers(files.name)
    return Answers(answers.read(files.name).requests, *found, about.history[-1].settings)


def drifted(before: Answers, after: Answers, cases: Iterable[str]) -> Compared:
    """What changed among these cases. Raises BadRecording for other requests."""
    if before.requests != after.requests:
        raise BadRecording(
            f"the recording was asked other requests ({before.requests}) than this version asks"
            f" ({after.requests}); pin again, or compare with a recording of this version"
        )
    return rows(before.side, after.side, cases)


def fails(compared: Compared, level: str) -> int:
    """How many cases drifted further than a level of FAILING lets them."""
    return sum(one.change.drift in FAILING[level] for one in compared.changed)


def in_words(compared: Compared, name: str, before: Answers, after: Answers) -> str:
    """The drift for a terminal, with the settings that differ."""
    text = comparison.text(compared, name, NOW, more=DRIFT_PAGE)
    return "\n".join([*other_settings(name, before, after), text])


def other_settings(name: str, before: Answers, after: Answers) -> list[str]:
    """A line where the settings or the machine are not those of a recording, or are not known."""
    sides = {key: (before.settings.get(key), text) for key, text in after.settings.items()}
    known = {
        key: pair for key, pair in sides.items() if pair[0] is not None and UNKNOWN not in pair
    }
    other = [f"{key} {old} -> {new}" for key, (old, new) in known.items() if old != new]
    lines = [f"{name} was recorded with other settings: {', '.join(other)}"] if other else []
    if missing := [key for key, text in before.settings.items() if text == UNKNOWN]:
        lines.append(f"{name} does not say with which {', '.join(missing)} it was recorded")
    return lines


def update(name: str, folder: Path, now: Answers, entry: Entry) -> list[str]:
    """Write a pin, or merge a run into it; return what to tell of it.

    `entry` has "" for a reason where the user gave none. Raises BadUsage where answers would change
    without a reason, and BadRecording for a damaged pin; both leave it as it was.
    """
    files = Files(name, folder)
    now = replace(now, rows={case: text for case, text in now.rows.items() if text != NOT_ASKED})
    if not files.all[0].is_file():
        first = replace(entry, reason=entry.reason or "first pinned")
        return [_write(files, now, (first,))]
    before, history = load(name, folder), pin_file.read(files.about).history
    if before.requests != now.requests:
        old = f"{counted(len(before.rows), 'answer')} to requests that are no longer asked"
        lines, merged, added = [f"pin {name}: {old}, replaced"], now, 0
    else:
        lines, merged = _changes(name, before, now), _merged(before, now)
        added = len(now.rows.keys() - before.rows.keys())
        lines += [f"pin {name}: {counted(added, 'case')} added"] if added else []
    kept = len(merged.rows.keys() - now.rows.keys())
    rest = [f"pin {name}: {counted(kept, 'case')} not asked, kept"] if kept else []
    if not lines:
        return [f"pin {name}: nothing has changed", *rest]
    only_added = added and len(lines) == 1
    if not entry.reason and not only_added:
        why = "say why with --reason TEXT; the pin is as it was"
        raise BadUsage("\n".join([*lines, f"pin {name} would change: {why}"]))
    last = replace(entry, reason=entry.reason or "more cases")
    return [*lines, *rest, _write(files, merged, (*history, last))]


def _changes(name: str, before: Answers, now: Answers) -> list[str]:
    compared = drifted(before, now, now.rows)
    return [in_words(compared, name, before, now)] if compared.changed else []


def _merged(before: Answers, now: Answers) -> Answers:
    """The answers of a run, and those of a pin that it did not ask for."""
    lines = {case: line for case, line in before.lines.items() if case not in now.rows}
    return replace(now, rows={**before.rows, **now.rows}, lines={**lines, **now.lines})


def _write(files: Files, now: Answers, history: tuple[Entry, ...]) -> str:
    totals = []
    for one, found in zip(files.both, (now.rows, now.lines), strict=True):
        kept = {case: text for case, text in found.items() if text != one.usual}
        recording = Recording(files.name, NO_PARENT, now.requests, kept)
        totals.append(write(recording, one.path(files.name)))
    answers, diagnoses = totals
    pin_file.write(About(answers, diagnoses, history), files.about)
    return f"pin {files.name}: {counted(len(now.rows), 'answer')} written to {files.all[0]}"
