"""The table of environments is in order, and each row has a lock that says the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.version import Version

from reports.releases.environments import FILE, LOCKS, Environment, find, indexes, load
from reports.releases.lock import left_out, requirements, versions

ROWS = load()
MINORS = [f"1.{n}" for n in range(16)] + [f"2.{n}" for n in range(22)]
KERAS = ("1.0.7", "1.2.2", "2.0.5", "2.0.6", "2.0.8", "2.1.6", "2.2.5", "2.3.1")
KERAS_3 = frozenset(
    ["3.0.5", "3.3.3", "3.5.0", "3.8.0", "3.10.0", "3.11.3", "3.12.4", "3.13.2", "3.14.1", "3.15.1"]
)
ROW = """
environments = [
    {{ {fields} }},
]
"""
GOOD = {
    "id": "tf-2.21.0",
    "released": "2026-03-06",
    "python": "3.11",
    "tensorflow": "2.21.0",
    "keras": "3.13.2",
    "tf_keras": "",
    "backend": "tensorflow",
    "subject": "tf.keras",
    "parent": "",
}
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)


def pinned(row: Environment) -> dict[str, str]:
    return versions(row.lock.read_text())


def version(text: str) -> Version:
    return Version(text or "0")


def write(folder: Path, **changes: object) -> Path:
    fields = {name: text for name, text in (GOOD | changes).items() if text is not None}
    path = folder / "environments.toml"
    path.write_text(ROW.format(fields=", ".join(f"{n} = {t!r}" for n, t in fields.items())))
    return path


def test_every_minor_release_of_tensorflow_is_measured():
    own = [row.tensorflow for row in ROWS if row.id == f"tf-{row.tensorflow}"]
    assert [text.rpartition(".")[0] for text in own] == MINORS


def test_the_genuine_keras_is_measured():
    own = [r.keras for r in ROWS if r.subject == "keras" and r.tensorflow]
    assert own == list(KERAS)


def test_keras_3_is_measured_on_tensorflow_and_elsewhere():
    on_tensorflow = {row.keras for row in ROWS if row.subject == "tf.keras"}
    assert on_tensorflow.issuperset(KERAS_3)
    assert {row.backend for row in ROWS} == {"tensorflow", "jax", "torch", "openvino"}
    assert find("tf-nightly").tf_keras


def test_parents_stand_above_and_versions_grow():
    for row in ROWS:
        if row.parent and row.backend == "tensorflow":
            parent = find(row.parent)
            before = version(parent.tensorflow), version(parent.keras)
            assert before < (version(row.tensorflow), version(row.keras)), row.id
            assert parent.subject == row.subject


def test_each_line_begins_once():
    assert [row.id for row in ROWS if not row.parent] == ["keras-1.0.7", "tf-1.0.1"]


def test_another_backend_is_compared_with_the_same_keras():
    for row in ROWS:
        if row.backend != "tensorflow":
            assert find(row.parent).keras == row.keras


@each_row
def test_the_lock_pins_what_the_row_says(row):
    found = pinned(row)
    exact = [text.split("==") for text in requirements(row) if "==" in text]
    assert {name: found.get(name) for name, _ in exact} == dict(exact)
    assert not found.keys() & set(left_out(row))
    if not row.keras:
        assert "keras" not in found


@each_row
def test_the_lock_has_hashes_and_no_place(row):
    text = row.lock.read_text()
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "/" not in text


def test_no_lock_is_left_over():
    assert {path.stem for path in LOCKS.iterdir()} == {row.id for row in ROWS}


def test_the_table_is_a_table():
    rows = [line for line in FILE.read_text().splitlines() if line.startswith("    {")]
    assert len(rows) == len(ROWS)
    assert len({line.index("parent = ") for line in rows}) == 1


def test_an_unknown_id_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"no environment 'tf-9'; known: .*tf-2\.21\.0"):
        find("tf-9")


def test_a_good_table_is_read(tmp_path):
    (row,) = load(write(tmp_path, pins=["scipy<2"]))
    assert (row.id, row.pins, row.without, row.note) == ("tf-2.21.0", ("scipy<2",), (), "")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"backend": "theano"}, "backend = 'theano'; allowed: tensorflow, jax, torch, openvino"),
        ({"subject": "tf"}, r"subject = 'tf'; allowed: tf\.keras, keras"),
        ({"released": "2026-3-6"}, "released = '2026-3-6'; allowed: a day such as"),
        ({"python": "3"}, "python = '3'; allowed: a minor release such as '3.11'"),
        ({"keras": "newest"}, "keras = 'newest'; allowed: a version such as"),
        ({"id": "../x"}, "id = '../x'; allowed: small letters"),
        ({"tf_keras": 2}, "tf_keras must be a text, not 2"),
        ({"pins": "scipy"}, "pins must be a list of texts, not 'scipy'"),
        ({"colour": "red"}, "unknown colour; allowed: id, released"),
        ({"locks": "here"}, "unknown locks; allowed: id, released"),
        ({"keras": None}, "missing keras; allowed: id, released"),
        ({"parent": "tf-2.20.0"}, "parent 'tf-2.20.0' must be the id of a row above"),
        ({"parent": "tf-2.21.0"}, "parent 'tf-2.21.0' must be the id of a row above"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_bad_row_is_refused_in_one_line(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message) as caught:
        load(write(tmp_path, **changes))
    assert "environments.toml: row 1" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_id_stands_once(tmp_path):
    path = write(tmp_path)
    line = path.read_text().splitlines()[2]
    path.write_text(path.read_text().replace(line, f"{line}\n{line}"))
    with pytest.raises(ValueError, match=r"row 2 \(tf-2\.21\.0\): this id occurs twice"):
        load(path)


def test_what_is_no_toml_is_refused(tmp_path):
    path = tmp_path / "environments.toml"
    path.write_text("environments = [")
    with pytest.raises(ValueError, match=r"environments\.toml: "):
        load(path)


def test_the_indexes_of_the_machine_are_tried_before_that_of_a_row(tmp_path):
    (usual,) = load(write(tmp_path))
    (nightly,) = load(write(tmp_path, index="https://example.org/simple"))
    assert indexes(usual) == ((),)
    assert indexes(nightly) == ((), ("--extra-index-url=https://example.org/simple",))
