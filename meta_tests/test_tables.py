"""Whatever stands in a table that people write, reading it ends in rows or in one line."""

from __future__ import annotations

import json
import math
import random
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.compare import release_claims
from reports.releases import environments
from suites.judge import surface
from suites.judge.table import BadTable, rows, shown
from suites.ledger import ledger_file

HOSTILE = "\x1b]0;owned\x07\u202e"
DIFFERENCE = {
    "id": "a",
    "title": "t",
    "why": "w",
    "links": ["https://example.org/1"],
    "seen": "2026-11-23",
    "tensorflow": ">=2.16",
    "keras": "",
    "causes": ["unexplained"],
    "always": [{"loss": ["binary_crossentropy"], "fused": True}],
    "sometimes": [{"inputs": ["interior"]}],
    "rare": False,
}
ENVIRONMENT = {
    "id": "tf-2.21.0",
    "released": "2026-03-06",
    "python": "3.11",
    "tensorflow": "2.21.0",
    "keras": "3.15.1",
    "tf_keras": "",
    "backend": "tensorflow",
    "subject": "tf.keras",
    "parent": "",
    "pins": ["numpy<3"],
}
STATEMENT = {
    "statement": "s",
    "verdict": "confirmed",
    "line": "tf",
    "case": "c",
    "shows": "right",
    "spans": [["tf-1.0.1", "tf-2.21.0"]],
}
EXCLUSION = {"names": ["keras.losses.x"], "reason": "r", "parameters": ["name"]}
TABLES: dict[str, tuple[dict[str, Any], Callable[[Path], object]]] = {
    "difference": (DIFFERENCE, ledger_file.load),
    "environments": (ENVIRONMENT, environments.load),
    "history": (STATEMENT, release_claims.load),
    "exclude": (EXCLUSION, surface.load),
}
VALUES = st.recursive(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from([HOSTILE, "", "tensorflow", "../../x", ">=2"]),
        st.booleans(),
        st.integers(-(10**20), 10**20),
        st.floats(),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def toml(value: Any) -> str:
    """A value as TOML, which has no null and writes characters, not halves of them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(one):08x}" for one in value) + '"'
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return json.dumps(value)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Each container in a document, with a key that it has."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    inner = [value[key] for key in keys if isinstance(value[key], (dict, list))]
    return [*((value, key) for key in keys), *(place for one in inner for place in places(one))]


@st.composite
def documents(draw: st.DrawFn, name: str) -> str:
    """A good table after one to three changes: of a value, of a name, or of what is there."""
    whole: dict[str, Any] = json.loads(json.dumps({name: [TABLES[name][0]]}))
    for _ in range(draw(st.integers(1, 3))):
        if not (found := places(whole)):
            break
        container, key = found[draw(st.integers(0, len(found) - 1))]
        how = draw(st.sampled_from(["replace", "remove", "rename", "double"]))
        if how == "replace":
            container[key] = draw(VALUES)
        elif how == "remove" or not isinstance(container, dict):
            del container[key]
        elif how == "rename":
            container[draw(st.text(max_size=6))] = container.pop(key)
        elif isinstance(container[key], list):
            container[key] = container[key] * 2
    return "\n".join(f"{toml(key)} = {toml(value)}" for key, value in whole.items())


def read(name: str, folder: Path, content: bytes) -> object:
    """The rows of a table; what is refused is refused in one line that names the file."""
    path = folder / f"{name}.toml"
    path.write_bytes(content)
    try:
        return TABLES[name][1](path)
    except BadTable as refusal:
        line = str(refusal)
        assert line.startswith(f"{name}.toml: ")
        assert not [one for one in line if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp")]
        return None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


@pytest.mark.parametrize("name", TABLES)
def test_a_good_table_is_read(folder: Path, name: str) -> None:
    good = f"{name} = {toml([TABLES[name][0]])}"
    assert len(read(name, folder, good.encode())) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("name", TABLES)
@given(data=st.data())
def test_a_changed_table_is_read_or_refused(folder: Path, name: str, data: st.DataObject) -> None:
    read(name, folder, data.draw(documents(name)).encode())


@pytest.mark.parametrize("name", TABLES)
@given(seed=st.integers(0, 2**32), cut=st.integers(1, 40), put=st.binary(max_size=20))
def test_damaged_bytes_are_refused(
    folder: Path, name: str, seed: int, cut: int, put: bytes
) -> None:
    good = f"{name} = {toml([TABLES[name][0]])}".encode()
    start = random.Random(seed).randrange(len(good))
    read(name, folder, good[:start] + put + good[start + cut :])


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)),
        b"[" * 5000,
        b"x = " + b"[" * 5000,
        b"x = " + b"9" * 5000,
        b"\xff\xfe",
        b"",
    ],
    ids=["random", "brackets", "nested", "digits", "no UTF-8", "empty"],
)
def test_what_is_no_table_is_refused(folder: Path, name: str, content: bytes) -> None:
    own_file_without_entries = name == "difference" and not content
    assert read(name, folder, content) == (() if own_file_without_entries else None)


@pytest.mark.parametrize("name", TABLES)
def test_a_file_that_is_missing_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadTable, match=r"gone\.toml: No such file"):
        TABLES[name][1](tmp_path / "gone.toml")


@pytest.mark.parametrize("name", TABLES)
def test_every_field_that_is_not_a_text_is_refused(folder: Path, name: str) -> None:
    """No field may be read as something that it is not."""
    for field in TABLES[name][0]:
        row = {**TABLES[name][0], field: 3}
        assert read(name, folder, f"{name} = {toml([row])}".encode()) is None, field


def test_a_value_is_shown_in_full_up_to_a_length() -> None:
    assert [len(shown("x" * size)) for size in (57, 58, 59, 200)] == [59, 60, 60, 60]
    assert shown("x" * 58) == f"'{'x' * 58}'"
    assert shown("x" * 59) == f"'{'x' * 58}…"


def test_a_row_is_named_by_as_much_of_its_label_as_fits(tmp_path: Path) -> None:
    (tmp_path / "t.toml").write_text(f'[[row]]\nname = "{"x" * 81}"\n')
    assert rows(tmp_path / "t.toml", "row", "name")[0][0] == f"t.toml: row 1 ({'x' * 80})"


@pytest.mark.parametrize("rare", [True, False])
def test_a_truth_is_read_as_it_is(tmp_path: Path, rare: bool) -> None:
    row = {**DIFFERENCE, "rare": rare}
    (tmp_path / "t.toml").write_text(f"difference = {toml([row])}")
    assert [entry.rare for entry in ledger_file.load(tmp_path / "t.toml")] == [rare]
