"""Put recordings on a shelf, each as what differs from the environment before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reports.store.answer_text import wrong
from reports.store.commit import commit
from reports.store.recording import NO_PARENT, Recording, Rows, Shelf, differing, written
from suites.judge.diagnosis import wrong as wrong_diagnosis

RIGHT = ""  # the diagnosis of most answers


@dataclass(frozen=True)
class Kept:
    """All that an environment answered, and the digest of what it was asked."""

    requests: str
    rows: Rows


def shelves(folder: Path) -> tuple[Shelf, Shelf]:
    """The recordings of a folder, and the diagnoses of their answers."""
    said = Shelf(folder, usual=RIGHT, part="said", wrong=lambda _, line: wrong_diagnosis(line))
    return Shelf(folder, wrong=wrong), said


def shelve(shelf: Shelf, new: Mapping[str, Kept], parents: Mapping[str, str]) -> None:
    """Add recordings or replace them; what else is on the shelf says the same as before.

    `parents` gives the parent of each environment ("" for none), in an order in which parents come
    first. One that is not on the shelf, or was asked otherwise, is passed over for its own parent.
    Raises BadRecording, before anything is written, if what is there is damaged.
    """
    commit(shelf.folder, shelved(shelf, new, parents))


def shelved(shelf: Shelf, new: Mapping[str, Kept], parents: Mapping[str, str]) -> dict[str, str]:
    """The files that `shelve` writes, with their texts."""
    there = {name: Kept(shelf.read(name).requests, shelf.answers(name)) for name in shelf.names()}
    kept = {**there, **new}
    sums: dict[str, str] = {}
    files: dict[str, str] = {}
    for name in in_order(kept, parents):
        this = kept[name]
        alike = (
            one
            for one in ancestors(name, parents)
            if one in sums and kept[one].requests == this.requests
        )
        parent = next(alike, NO_PARENT)
        before = kept[parent].rows if parent in kept else {}
        rows = differing({**dict.fromkeys(before, shelf.usual), **this.rows}, before, shelf.usual)
        basis = sums.get(parent, "")
        recording = Recording(name, parent, this.requests, rows, basis)
        files[shelf.file(name)], sums[name] = written(recording)
    return files


def ancestors(name: str, parents: Mapping[str, str]) -> Iterator[str]:
    """The environments before one, the next first."""
    while name := parents.get(name, ""):
        yield name


def in_order(names: Iterable[str], parents: Mapping[str, str]) -> list[str]:
    """Names as they stand in `parents`, others behind them."""
    place = {name: number for number, name in enumerate(parents)}
    return sorted(names, key=lambda name: (place.get(name, len(place)), name))
