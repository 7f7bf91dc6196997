"""Mutants that no call can tell from the unchanged source, each with a reason that can be checked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True)
class Equivalent:
    """`why` is the reason; `line` and `change` are for a reader who looks it up."""

    mutant: str
    file: str
    change: str
    why: str


def load(file: Path = FILE) -> dict[str, Equivalent]:
    rows = tomllib.loads(file.read_text(encoding="utf-8")).get("mutant", [])
    found = [Equivalent(row["id"], row["file"], row["change"], row["why"]) for row in rows]
    return {one.mutant: one for one in found}
