"""A folder of recordings, each written as what differs from the environment before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reports.store.answer_text import wrong
from reports.store.commit import COMMITTED, commit, current
from reports.store.recording import (
    ABSENT,
    NO_PARENT,
    REPAIR,
    BadRecording,
    Recording,
    Rows,
    differing,
    read,
    written,
)
from suites.judge import diagnosis_text
from suites.judge.diagnosis_text import RIGHT

DIAGNOSES = "diagnoses"  # the folder of them beside the answers


@dataclass(frozen=True)
class Recordings:
    """A folder of recordings, each in `<environment>.txt`; `usual` is what is left out of them.

    They may be a `part` of what the folder holds, in a folder of that name. `wrong` is a check of a
    case and its answer: it returns what is wrong, "" for nothing.
    """

    folder: Path
    usual: str = ABSENT
    part: str = ""
    wrong: Callable[[str, str], str] = lambda case, answer: ""

    def names(self) -> list[str]:
        parts = (self.folder / self.part, self.folder / COMMITTED / self.part)
        return sorted({path.stem for part in parts for path in part.glob("*.txt")})

    def file(self, name: str) -> str:
        """The file of an environment, from the folder."""
        return f"{self.part}/{name}.txt" if self.part else f"{name}.txt"

    def path(self, name: str) -> Path:
        return current(self.folder, self.file(name))

    def answers(self, name: str) -> dict[str, str]:
        """Everything an environment answered but what is usual.

        Raises BadRecording for a file that is missing or damaged, or asked other requests than
        its parent.
        """
        chain = [self.read(name)]
        while (child := chain[-1]).parent != NO_PARENT:
            chain.append(self.read(child.parent))
            _check_kinship(child, chain[-1])
        merged: dict[str, str] = {}
        for recording in reversed(chain):
            merged.update(recording.rows)
        return {case: answer for case, answer in merged.items() if answer != self.usual}

    def everything(self, names: Iterable[str]) -> Iterator[tuple[str, dict[str, str]]]:
        """The answers of many, parents before their children; each file is read once."""
        known: dict[str, tuple[Recording, dict[str, str]]] = {}
        for name in names:
            found = self.read(name)
            merged: dict[str, str] = {}
            if found.parent != NO_PARENT:
                if found.parent not in known:
                    known[found.parent] = self.read(found.parent), self.answers(found.parent)
                parent, merged = known[found.parent]
                _check_kinship(found, parent)
            answers = {case: a for case, a in {**merged, **found.rows}.items() if a != self.usual}
            known[name] = found, answers
            yield name, answers

    def read(self, name: str) -> Recording:
        if not self.path(name).is_file():
            known = ", ".join(self.names()) or "none"
            raise BadRecording(f"no recording {name!r}; there are: {known}")
        found = read(self.path(name))
        if found.environment != name:
            raise BadRecording(f"{name}.txt: holds the recording of {found.environment}")
        for case, answer in found.rows.items():
            if wrong := self.wrong(case, answer):
                raise BadRecording(f"{name}.txt: {case}: {wrong}; {REPAIR}")
        return found


def _check_kinship(child: Recording, parent: Recording) -> None:
    if parent.requests != child.requests:
        raise BadRecording(
            f"{child.environment}.txt: asked other requests ({child.requests}) than its"
            f" parent {child.parent} ({parent.requests}); record it again"
        )
    if parent.total != child.basis:
        raise BadRecording(
            f"{child.environment}.txt: its parent {child.parent} is another than when it was"
            " written; restore both files or record again"
        )


@dataclass(frozen=True)
class Content:
    """All answers of an environment, or their diagnoses, and the digest of its requests."""

    requests: str
    rows: Rows


def answers_and_diagnoses(folder: Path) -> tuple[Recordings, Recordings]:
    """The recordings of a folder, and the diagnoses of their answers."""
    diagnoses = Recordings(folder, RIGHT, DIAGNOSES, lambda _, line: diagnosis_text.mistake(line))
    return Recordings(folder, wrong=wrong), diagnoses


def add(recordings: Recordings, new: Mapping[str, Content], parents: Mapping[str, str]) -> None:
    """Add recordings or replace them; all others keep their answers.

    `parents` gives the parent of each environment ("" for none), in an order in which parents come
    first. One that is not recorded, or was sent other requests, is passed over for its own parent.
    Raises BadRecording, before anything is written, if what is there is damaged.
    """
    commit(recordings.folder, files_with(recordings, new, parents))


def files_with(
    recordings: Recordings, new: Mapping[str, Content], parents: Mapping[str, str]
) -> dict[str, str]:
    """The files that `add` writes, with their texts."""
    there = {
        name: Content(recordings.read(name).requests, recordings.answers(name))
        for name in recordings.names()
    }
    every, usual = {**there, **new}, recordings.usual
    sums: dict[str, str] = {}
    files: dict[str, str] = {}
    for name in in_order(every, parents):
        this = every[name]
        alike = (
            one
            for one in ancestors(name, parents)
            if one in sums and every[one].requests == this.requests
        )
        parent = next(alike, NO_PARENT)
        before = every[parent].rows if parent in every else {}
        rows = differing({**dict.fromkeys(before, usual), **this.rows}, before, usual)
        recording = Recording(name, parent, this.requests, rows, sums.get(parent, ""))
        files[recordings.file(name)], sums[name] = written(recording)
    return files


def ancestors(name: str, parents: Mapping[str, str]) -> Iterator[str]:
    """The environments before one, the next first."""
    while name := parents.get(name, ""):
        yield name


def in_order(names: Iterable[str], parents: Mapping[str, str]) -> list[str]:
    """Names in the order of `parents`, others after them."""
    place = {name: number for number, name in enumerate(parents)}
    return sorted(names, key=lambda name: (place.get(name, len(place)), name))
