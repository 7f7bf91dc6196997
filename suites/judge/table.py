"""Tables that people write: rows in a TOML file, read so that each mistake is one line."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from suites.observe.visible import visible

Row = dict[str, Any]  # what TOML may hold, not checked yet


class BadTable(ValueError):
    """A table can't be used; the message is one line that names the file, the row and why."""


def rows(path: Path, name: str, label: str, may_be_none: bool = False) -> list[tuple[str, Row]]:
    """The rows `[[name]]` of a file, each after a text that says where it is.

    `label` is the field that names a row; `may_be_none` says that a file without any is in order.
    Raises BadTable.
    """
    found = _data(path)
    if strange := sorted(found.keys() - {name}):
        raise BadTable(f"{path.name}: unknown {_list(strange)}; a row begins with [[{name}]]")
    table = found.get(name, [] if may_be_none else None)
    if not isinstance(table, list) or not all(isinstance(row, dict) for row in table):
        raise BadTable(f"{path.name}: no rows; each begins with [[{name}]]")
    return [(f"{path.name}: {_place(n, row, label)}", row) for n, row in enumerate(table, 1)]


def _data(path: Path) -> Row:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise BadTable(f"{path.name}: brackets are nested too deep") from None
    except (OSError, ValueError) as error:  # not TOML, not UTF-8, or a number of 5,000 digits
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise BadTable(f"{path.name}: {visible(' '.join(str(why).split()))}") from None


def _place(number: int, row: Row, label: str) -> str:
    text = row.get(label)
    named = visible(" ".join(text.split()))[:80] if isinstance(text, str) else f"without {label}"
    return f"row {number} ({named})"


def check_keys(where: str, row: Row, needed: Collection[str], optional: Collection[str]) -> None:
    """Raise BadTable for a field that is missing, and for one that nobody reads."""
    known = (*needed, *optional)
    wrong = {
        "missing": [key for key in needed if key not in row],
        "unknown": [key for key in row if key not in known],
    }
    if parts := [f"{kind} {_list(keys)}" for kind, keys in wrong.items() if keys]:
        raise BadTable(f"{where}: {'; '.join(parts)}; allowed: {_list(known)}")


def text(where: str, value: object) -> str:
    """The value, if it is a text. Raises BadTable."""
    if not isinstance(value, str):
        raise BadTable(f"{where} must be a text, not {shown(value)}")
    return value


def truth(where: str, value: object) -> bool:
    """The value, if it is true or false. Raises BadTable."""
    if not isinstance(value, bool):
        raise BadTable(f"{where} must be true or false, not {shown(value)}")
    return value


def texts(where: str, value: object, known: Collection[str] | None = None) -> tuple[str, ...]:
    """The value, if it is a list of texts that are known. Raises BadTable."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadTable(f"{where} must be a list of texts, not {shown(value)}")
    for one in value:
        if known is not None and one not in known:
            raise BadTable(f"{where}: unknown {shown(one)}; allowed: {', '.join(known)}")
    return tuple(value)


def shown(value: object) -> str:
    """A value of a table, in one short line."""
    line = visible(repr(value))
    return line if len(line) <= 60 else line[:59] + "…"


def _list(names: Collection[str]) -> str:
    return ", ".join(name if name.isidentifier() else shown(name) for name in names)
