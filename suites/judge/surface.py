"""What the installation offers that means cross-entropy, and no case asks for.

`surface.toml` says what is left out, and why: an entry has `names`, patterns of names as they are
reported here, and a `reason`. It leaves out names that no case calls or, if it has `parameters`,
those parameters of names that are called; each name with each parameter must leave something out.
With `keras`, a span of versions, it does so in these alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from suites.cases.forms.names import KERAS
from suites.judge import table
from suites.judge.table import BadTable

# The same twice: what cases call by the one name must be there by the other, too.
SPACES = ("keras", "tf.keras")
SHARED = ("losses.", "metrics.")
FUNCTIONS = tuple(names.loss for names in KERAS if not names.needs)  # losses and metrics alike
FILE = Path(__file__).with_name("surface.toml")


class Gap(NamedTuple):
    """A name that no case calls or, where there is a parameter, one that no case gives."""

    name: str
    parameter: str

    def __str__(self) -> str:
        return f"{self.name}({self.parameter}=)" if self.parameter else self.name

    def matches(self, pattern: Gap) -> bool:
        return self.parameter == pattern.parameter and fnmatchcase(self.name, pattern.name)


def gaps(names: Mapping[str, Iterable[str]], uses: Set[tuple[str, str]]) -> list[Gap]:
    """What is not called, and what is never given; `public_api.described` says what is."""
    found: list[Gap] = []
    for name, parameters in names.items():
        wanted = parameters if (name, "") in uses else [""]
        found += [Gap(name, parameter) for parameter in wanted if (name, parameter) not in uses]
    return sorted(found)


def load(path: Path = FILE, keras: str = "") -> list[Gap]:
    """What the table leaves out of a version of Keras, or of any.

    Raises BadTable for anything that is not in order.
    """
    entries = [_entry(where, row) for where, row in table.rows(path, "exclude", "reason")]
    return [
        gap
        for span, left in entries
        if not keras or span.contains(keras, prereleases=True)
        for gap in left
    ]


def _entry(where: str, row: table.Row) -> tuple[SpecifierSet, list[Gap]]:
    """The versions of one entry, and what it leaves out."""
    table.check_keys(where, row, ("names", "reason"), ("parameters", "keras"))
    table.text(f"{where}: reason", row["reason"])
    names = table.texts(f"{where}: names", row["names"])
    parameters = table.texts(f"{where}: parameters", row.get("parameters", [""]))
    if not (names and parameters):
        raise BadTable(f"{where}: it leaves nothing out; names and parameters may not be empty")
    left = [Gap(name, parameter) for name in names for parameter in parameters]
    return _span(f"{where}: keras", row.get("keras", "")), left


def _span(where: str, raw: object) -> SpecifierSet:
    text = table.text(where, raw)
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        raise BadTable(f"{where}: {table.shown(text)} is no version span, like '>=3.16'") from None


def problems(found: list[Gap], patterns: list[Gap], packages: Iterable[str]) -> list[str]:
    """A line for each gap without a reason, and for each reason without a gap.

    Of packages that are not installed there are no gaps, whatever the table says.
    """
    new = [gap for gap in found if not any(gap.matches(pattern) for pattern in patterns)]
    here = [p for p in patterns if p.name.split(".")[0] in {*packages, "*"}]
    idle = [pattern for pattern in here if not any(gap.matches(pattern) for gap in found)]
    return [
        *(
            f"{gap}: no case asks for it; add it to suites/cases/forms or to {FILE.name}"
            for gap in new
        ),
        *(f"{pattern}: asked for, or not there; remove it from {FILE.name}" for pattern in idle),
    ]


def one_sided(names: Set[str]) -> list[str]:
    """A line for each public name that is not there although its twin is."""
    inside = {
        space: {name.removeprefix(space + ".") for name in names if name.startswith(space + ".")}
        for space in SPACES
    }
    every = {name for found in inside.values() for name in found if name.startswith(SHARED)}
    every |= {f"metrics.{name}" for name in FUNCTIONS if f"losses.{name}" in every}
    return [
        f"{space}.{name}: not there any more, although the same is there by another name"
        for space, found in inside.items()
        for name in sorted(every - found)
    ]
