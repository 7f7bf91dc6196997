"""The side file of a pin: when, why and where its answers were recorded.

    {"answers": "1a2b3c4d", "diagnoses": "5e6f7a8b", "history": [
      {"reason": "first pinned", "cases": 69, "suite": "0f1e2d3", "versions": {...}, "settings": {...}}]}

The first two are the sums of the recordings beside it. It is written last, so that a pin of which
a part is missing, or older than the rest, is found.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from reports.store.files import write_whole
from reports.store.recording import BadRecording

SUMS = ("answers", "diagnoses")


@dataclass(frozen=True)
class Entry:
    """One writing: `cases` were asked, with packages and settings by name; `suite` is the commit."""

    reason: str
    cases: int
    suite: str
    versions: Mapping[str, str]
    settings: Mapping[str, str]


@dataclass(frozen=True)
class About:
    """All of a side file; the newest entry is the last."""

    answers: str
    diagnoses: str
    history: tuple[Entry, ...]


def write(about: About, path: Path) -> None:
    write_whole(path, json.dumps(asdict(about), indent=2) + "\n")


def read(path: Path) -> About:
    """The side file of a pin. Raises BadRecording, which names the file, for what is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BadRecording(f"{path} is not the side file of a pin: {reason}") from None
    if fault := _fault(data):
        raise BadRecording(f"{path} is not the side file of a pin: {fault}; restore it")
    history = tuple(Entry(**entry) for entry in data["history"])
    return About(data["answers"], data["diagnoses"], history)


def _fault(data: object) -> str:
    """What is wrong with the data of a side file, "" for nothing."""
    if not isinstance(data, dict) or set(data) != {*SUMS, "history"}:
        return "it must have answers, diagnoses and history"
    if not all(isinstance(data[name], str) for name in SUMS):
        return "answers and diagnoses must be sums"
    if not isinstance(data["history"], list) or not data["history"]:
        return "history must be a list of entries"
    if not all(_is_entry(entry) for entry in data["history"]):
        fields = ", ".join(Entry.__dataclass_fields__)
        return f"each entry of history must have {fields}"
    return ""


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, dict) or set(entry) != set(Entry.__dataclass_fields__):
        return False
    texts = [entry["reason"], entry["suite"]]
    for name in ("versions", "settings"):
        if not isinstance(entry[name], dict):
            return False
        texts += entry[name].values()
    return all(isinstance(text, str) for text in texts) and type(entry["cases"]) is int
