"""Each `Any` in a type has its reason beside it: in a comment, or in the docstring of its function."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# They travel to Python 3.6, and are not type-checked.
UNTYPED = {f"suites/observe/{name}.py" for name in ("observer", "errors", "dialect", "programs")}
FILES = [
    str(path.relative_to(ROOT))
    for room in ("reference", "suites", "reports")
    for path in sorted((ROOT / room).rglob("*.py"))
]
ANY = re.compile(r"\bAny\b")
NEAR = 8  # lines of one definition, in which a text names `Any`


def without_reason(source: str) -> list[str]:
    """The lines with an `Any` of which nothing says why."""
    lines = source.splitlines()
    found = []
    for number, line in enumerate(lines):
        code, _, comment = line.partition("#")
        if not ANY.search(code) or "import" in code or "`Any`" in code:
            continue
        near = lines[max(0, number - NEAR) : number + NEAR]
        above = lines[number - 1].strip().startswith("#")
        if not (comment or above or any("`Any`" in one for one in near)):
            found.append(line.strip())
    return found


@pytest.mark.parametrize("file", [file for file in FILES if file not in UNTYPED])
def test_every_any_has_a_reason(file: str) -> None:
    assert without_reason((ROOT / file).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("x: Any = 1", 1),
        ("x: Any = 1  # why", 0),
        ("# why\nx: Any = 1", 0),
        ('def f(x: Any) -> None:\n    """`Any`, since."""', 0),
        ('def f(x: Any) -> None:\n    """Nothing."""', 1),
        ("from typing import Any", 0),
    ],
)
def test_an_any_without_one_is_found(source: str, count: int) -> None:
    assert len(without_reason(source)) == count
