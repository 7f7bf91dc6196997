"""Pins: recordings that a user keeps, to compare later runs with.

A pin is written with its side file, in which the reasons of all its changes stand. A run may be
compared with a pin or with a release that is shipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from reports.compare import groups, rows, shelves, text
from reports.drift import FAILING
from reports.errors import BadUsage
from reports.files import write_whole
from reports.recording import ABSENT, NO_PARENT, BadRecording, Recording, Rows, Shelf, write

SHIPPED = Path(__file__).with_name("recordings")
NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
STRICT = (*FAILING, "rounding")
NOW = "this run"


@dataclass(frozen=True)
class Answers:
    """What was answered to which questions, and what is said of it; both by case."""

    questions: str
    rows: Rows
    said: Rows


def check_name(name: str) -> None:
    """Raise BadUsage unless a pin can have this name."""
    if not NAME.fullmatch(name):
        raise BadUsage(f"--pin: {name!r} is no name; letters, digits, '.', '_' and '-' make one")


def load(name: str, folder: Path) -> Answers:
    """A pin of the folder, or a shipped release. Raises BadRecording that names what there is."""
    places = [place for place in (folder, SHIPPED) if Shelf(place).path(name).is_file()]
    if not places:
        known = [*Shelf(folder).names(), *Shelf(SHIPPED).names()]
        raise BadRecording(f"no pin or release {name!r}; there are: {', '.join(known) or 'none'}")
    answers, said = shelves(places[0])
    return Answers(answers.read(name).questions, answers.answers(name), said.answers(name))


def drifted(before: Answers, after: Answers, asked: Sequence[str]) -> pd.DataFrame:
    """What changed among the cases that were asked. Raises BadRecording for other questions."""
    if before.questions != after.questions:
        raise BadRecording(
            f"the recording was asked other questions ({before.questions}) than this version asks"
            f" ({after.questions}); pin again, or compare with a recording of this version"
        )
    chosen = {case: before.rows.get(case, ABSENT) for case in asked}
    return rows(chosen, after.rows, before.said, after.said)


def fails(frame: pd.DataFrame, strict: bool) -> int:
    """How many cases drifted further than they may; strictly, their bits must be the same."""
    return int(frame["drift"].isin(STRICT if strict else FAILING).sum())


def told(frame: pd.DataFrame, name: str) -> str:
    """The drift for a terminal."""
    return text(groups(frame), name, NOW)


def update(
    name: str, folder: Path, now: Answers, about: Mapping[str, str], reason: str
) -> list[str]:
    """Write a pin, and return what to tell of it.

    Raises BadUsage where a pin would change without a reason, after which it is as it was.
    """
    shelf, lines = Shelf(folder), []
    side = folder / f"{name}.json"
    history: list[dict[str, Any]] = []
    if shelf.path(name).is_file():
        history = json.loads(side.read_text(encoding="utf-8"))["reasons"] if side.is_file() else []
        before = load(name, folder)
        lines = _changes(name, before, now)
        if not lines:
            return [f"pin {name}: nothing has changed"]
        if not reason:
            why = "say why with --reason TEXT; the pin is as it was"
            raise BadUsage("\n".join([*lines, f"pin {name} would change: {why}"]))
    history.append({"reason": reason or "first pinned", **about})
    for one, found in zip(shelves(folder), (now.rows, now.said), strict=True):
        kept = {case: answer for case, answer in found.items() if answer != one.usual}
        write(Recording(name, NO_PARENT, now.questions, kept), one.path(name))
    write_whole(side, json.dumps({"reasons": history}, indent=2) + "\n")
    return [*lines, f"pin {name}: {len(now.rows):,} answers written to {shelf.path(name)}"]


def _changes(name: str, before: Answers, now: Answers) -> list[str]:
    """What another pin of this name would change; other questions are a change as a whole."""
    if before.questions != now.questions:
        return [f"pin {name}: was asked other questions"]
    frame = drifted(before, now, sorted(before.rows.keys() | now.rows.keys()))
    return [told(frame, name)] if len(frame) else []
