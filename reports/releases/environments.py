"""The releases that are measured: the table `environments.toml`, read and checked.

A row may leave out `pins`, `without`, `index` and `note`; everything else must be there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from reports.store.errors import BadUsage
from suites.judge import table
from suites.judge.table import BadTable

FILE = Path(__file__).with_name("environments.toml")
LOCKS = Path(__file__).parents[1] / "locks"
ALLOWED = {
    "backend": ("tensorflow", "jax", "torch", "openvino"),
    "subject": ("tf.keras", "keras"),
}
LISTS = ("pins", "without")
OPTIONAL = (*LISTS, "index", "note")
SHAPES = {
    "id": (r"[a-z0-9][a-z0-9.-]*", "small letters, digits, '.' and '-'"),
    "python": (r"3\.\d+", "a minor release such as '3.11'"),
    "tensorflow": (r"(\d[\w.]*)?", "a version such as '2.21.0', or ''"),
    "keras": (r"(\d[\w.]*)?", "a version such as '3.15.1', or ''"),
    "tf_keras": (r"(\d[\w.]*)?", "a version such as '2.21.0', or ''"),
}


@dataclass(frozen=True)
class Environment:
    """One row: which packages are measured together, on which Python.

    `tensorflow`, `keras` and `tf_keras` are versions, "" for none; `released` is an ISO date, and
    `parent` the id of the environment to compare with, "" for the first of a line. `locks` is the
    folder of its lock where that is not shipped; the table does not say it.
    """

    id: str
    released: str
    python: str
    tensorflow: str
    keras: str
    tf_keras: str
    backend: str
    subject: str
    parent: str
    pins: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    index: str = ""
    note: str = ""
    locks: Path | None = None

    @property
    def lock(self) -> Path:
        """The file that says exactly what is in it, with hashes."""
        return (self.locks or LOCKS) / f"{self.id}.txt"

    @property
    def settings(self) -> dict[str, str]:
        """The variables that an observer needs in it."""
        return {"KERAS_BACKEND": self.backend, "XENTCHECK_KERAS": self.subject}


FIELDS = tuple(field.name for field in fields(Environment) if field.name != "locks")
NEEDED = tuple(name for name in FIELDS if name not in OPTIONAL)


def load(path: Path = FILE) -> tuple[Environment, ...]:
    """Read the table. Raises BadTable for anything that is not in order."""
    found: dict[str, Environment] = {}
    for where, raw in table.rows(path, "environments", "id"):
        row = _row(where, raw, found)
        found[row.id] = row
    return tuple(found.values())


def find(id: str, environments: Sequence[Environment] | None = None) -> Environment:
    """The environment of this id. Raises BadUsage that lists the ids there are."""
    rows = load() if environments is None else environments
    for row in rows:
        if row.id == id:
            return row
    raise BadUsage(f"no environment {id!r}; known: {', '.join(row.id for row in rows)}")


def chosen(names: Sequence[str]) -> tuple[Environment, ...]:
    """The environments of these ids in the order of the table, all for none. Raises BadUsage."""
    rows = load()
    wanted = {find(name, rows) for name in names} or set(rows)
    return tuple(row for row in rows if row in wanted)


def indexes(environment: Environment) -> tuple[tuple[str, ...], ...]:
    """Options for uv and pip, in the order to try: first the indexes of this machine alone."""
    if not environment.index:
        return ((),)
    return ((), (f"--extra-index-url={environment.index}",))


def _row(where: str, raw: table.Row, above: dict[str, Environment]) -> Environment:
    table.check_keys(where, raw, NEEDED, OPTIONAL)
    values = {name: _value(f"{where}: {name}", name, value) for name, value in raw.items()}
    row = Environment(**values)
    if row.id in above:
        raise BadTable(f"{where}: this id occurs twice")
    if row.parent and row.parent not in above:
        raise BadTable(f"{where}: parent {row.parent!r} must be the id of a row above, or ''")
    return row


# `Any`: a text or texts, as the field of `Environment` has that is named so.
def _value(where: str, name: str, value: object) -> Any:
    if name in LISTS:
        return table.texts(where, value)
    found = table.text(where, value)
    if found not in ALLOWED.get(name, (found,)):
        raise BadTable(f"{where} = {table.shown(found)}; allowed: {', '.join(ALLOWED[name])}")
    if name in SHAPES and not re.fullmatch(SHAPES[name][0], found, re.ASCII):
        raise BadTable(f"{where} = {table.shown(found)}; allowed: {SHAPES[name][1]}")
    if name == "released" and not _is_day(found):
        raise BadTable(f"{where} = {table.shown(found)}; allowed: a day such as '2026-07-29'")
    return found


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
