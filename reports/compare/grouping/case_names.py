"""The names under which a case is looked for: of its fields, their short forms and patterns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from reports.store.errors import BadUsage
from suites.cases.fields import FIELDS
from suites.plugin.short_id import short_id

ALIASES = {
    "bce": "binary_crossentropy",
    "cce": "categorical_crossentropy",
    "scce": "sparse_categorical_crossentropy",
    "bfce": "binary_focal_crossentropy",
    "cfce": "categorical_focal_crossentropy",
    "cgce": "categorical_generalized_cross_entropy",
}
OPTION = "option"
SHORTEST = 3  # letters with which many names may begin
NODE_ID = re.compile(r".*?\[(.*)\]", re.DOTALL)
ID = re.compile("[0-9a-f]{8}")
WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def pieces(text: str) -> list[str]:
    """The parts of a case in a text: a printed test id, names with commas between, or some."""
    inside = NODE_ID.fullmatch(text.strip())
    text = inside.group(1) if inside else text
    return [part for piece in text.split(",") if (part := piece.strip(" '\"\n"))]


def short(fields: Sequence[str]) -> str:
    """Eight letters and digits that mean a case; the file name of its script ends in them, too."""
    id = ",".join(f"{name}={value}" for name, value in zip(FIELDS, fields, strict=True))
    return short_id(id)


def matches(piece: str, fields: Iterable[str]) -> bool:
    """Whether a case has a field that is meant by `name`, `field=name`, an alias or a pattern."""
    column, equals, name = piece.partition("=")
    if equals and column in FIELDS:
        return fits(name, list(fields)[FIELDS.index(column)])
    return any(fits(piece, field) for field in fields)


def fits(name: str, field: str) -> bool:
    """Whether a name, an alias or a pattern with * and ? means a field."""
    return field == name or fnmatchcase(field, name) or field == full(name)


def full(name: str) -> str:
    """The loss that is meant by "bce", "BinaryCrossentropy" or "keras.losses.bce"."""
    last = WORD.sub("_", name.rpartition(".")[2]).lower()
    return ALIASES.get(last, last)


def resolve(option: str, name: str, known: Iterable[str]) -> set[str]:
    """The known fields that a name means. Raises BadUsage, which has the nearest, for none."""
    fields = sorted(set(known))
    if found := {field for field in fields if fits(name, field)}:
        return found
    raise BadUsage(f"{option}: no case has {name!r}; {suggestion(name, fields)}")


def options_of(arguments: str) -> set[str]:
    """The names of the options of a case, alone and with their values; "plain" for none."""
    parts = arguments.split("+")
    return {*parts, *(part.partition(":")[0] for part in parts)}


def has_option(arguments: str, names: Collection[str]) -> bool:
    return not options_of(arguments).isdisjoint(names)


def suggestion(name: str, known: Iterable[str]) -> str:
    """What may have been meant, or else all that there is."""
    fields = sorted(set(known))
    begin = [field for field in fields if len(name) >= SHORTEST and field.startswith(name)]
    if len(begin) > 1:
        return f"did you mean {name}*, or {begin[0]}?"
    near = get_close_matches(full(name.rpartition("=")[2]), fields, n=3, cutoff=0.5)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"known: {', '.join(fields)}"
