"""What was found so far: a line of JSON for each, so that the same command goes on from there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from reports.sensitivity.keras_tests import ByKeras
from reports.sensitivity.trial import Trial
from reports.store.journal import whole_lines

One = TypeVar("One", Trial, ByKeras)


def read(file: Path, kind: type[One]) -> dict[str, One]:
    """What the file holds, by the id of the mutant; the last line of each counts."""
    found = [kind(**json.loads(line)) for line in whole_lines(file).splitlines()]
    return {one.mutant: one for one in found}


def add(file: Path, found: Iterable[Trial | ByKeras]) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.writelines(json.dumps(asdict(one)) + "\n" for one in found)
