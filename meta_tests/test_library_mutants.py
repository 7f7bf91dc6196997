"""The mistakes that are made in a library's source: which there are, and how they get into a process."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.sensitivity import planted
from reports.sensitivity.source import library, place, targets
from reports.sensitivity.source.mutation import Mutant, mutants
from reports.store.errors import BadUsage

LOSS = b'''\
@export("loss")
def loss(y_true, y_pred, axis=-1, reduction="sum_over_batch_size"):
    """Docstring 1."""
    y_pred = ops.cast(y_pred, "float32")
    y_true = normal(y_true)
    if axis < 2:
        raise ValueError(f"no {axis + 1}", 1)
    warnings.warn("text", stacklevel=2)
    return ops.sum(y_true * y_pred, axis=axis)
'''
needs_keras = pytest.mark.skipif(not find_spec("keras"), reason="TensorFlow is not installed")


def changes(source: bytes) -> set[tuple[str, str, str]]:
    return {
        (one.kind, one.before, one.after) for one in mutants("file.py", source, library.changes)
    }


def test_a_loss_is_changed_in_all_its_parts_and_its_texts_are_left_alone() -> None:
    whole = "ops.sum(y_true * y_pred, axis=axis)"
    assert changes(LOSS) == {
        ("negation", "-1", "(1)"),
        ("number", "1", "2"),
        ("default", '"sum_over_batch_size"', "'sum'"),
        ("removed call", 'ops.cast(y_pred, "float32")', "(y_pred)"),
        ("deleted statement", "y_true = normal(y_true)", "pass"),
        ("comparison", "axis < 2", "(axis <= 2)"),
        ("forced branch", "axis < 2", "True"),
        ("forced branch", "axis < 2", "False"),
        ("number", "2", "3"),
        ("deleted statement", 'raise ValueError(f"no {axis + 1}", 1)', "pass"),
        ("deleted statement", 'warnings.warn("text", stacklevel=2)', "pass"),
        ("returned value", whole, "None"),
        ("dropped keyword", whole, "ops.sum(y_true * y_pred)"),
        ("other function", whole, "ops.mean(y_true * y_pred, axis=axis)"),
        ("operator", "y_true * y_pred", "(y_true / y_pred)"),
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"f(a, b)", {("swapped arguments", "f(b, a)")}),
        (b"isinstance(a, b)", set()),
        (b"ops.multiply(a, b)", set()),
        (b"f(a, 'b')", set()),
        (b"sum(x)", {("other function", "mean(x)")}),
        (b"x = cast(x, y)", {("removed call", "(x)"), ("swapped arguments", "cast(y, x)")}),
        (b"a, b = g(a, b, 'c')", {("swapped arguments", "g(b, a, 'c')")}),
        (b"a if b else c", {("condition", "(c if b else a)"), ("forced branch", "(a)"), ("forced branch", "(c)")}),
        (b"while a:\n    pass", {("forced branch", "False")}),
    ],
)  # fmt: skip
def test_what_a_library_has_more_of(source: bytes, expected: set[tuple[str, str]]) -> None:
    found = {(kind, after) for kind, _, after in changes(source) if kind != "deleted statement"}
    assert found == expected


def test_an_assignment_is_deleted_where_the_name_has_a_value_before() -> None:
    deleted = {
        before
        for kind, before, _ in changes(b"a = f(a)\nb = f(a)\n")
        if kind == "deleted statement"
    }
    assert deleted == {"a = f(a)"}


@pytest.mark.parametrize(
    ("before", "lines"),
    [
        ('"sum_over_batch_size"', range(4, 10)),  # a default needs the body of its function
        ("axis < 2", range(6, 7)),
        ('raise ValueError(f"no {axis + 1}", 1)', range(7, 8)),
        ("y_true * y_pred", range(9, 10)),
    ],
)
def test_the_lines_that_a_change_needs(before: str, lines: range) -> None:
    mutant = next(one for one in mutants("f.py", LOSS, library.changes) if one.before == before)
    assert place.lines(mutant, LOSS) == lines


def test_a_long_change_is_shown_from_where_it_differs() -> None:
    long = f"f({'a' * 100}, b, c=1)"
    mutant = Mutant("f.py", "", "dropped keyword", 1, 0, 9, long, long.replace(", c=1", ""), 1)
    assert mutant.shown(20) == "...aaaaaaa, b, c=1) -> ...aaaaaaa, b)"


SOURCE = b"""\
import functools

def double(x, by=2):
    return x * by

class Base:
    def __init__(self, start=1):
        self.start = start

class Loss(Base):
    def __init__(self):
        super().__init__(
            start=5
        )

    @property
    def value(self): return self.start + 0

def last():
    return 1
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    (tmp_path / "small_library.py").write_bytes(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("small_library")
    del sys.modules["small_library"]


def plant(before: str, after: str) -> None:
    start = SOURCE.index(before.encode())
    planted.plant("small_library", start, start + len(before.encode()), after)


def test_code_that_is_imported_is_changed_where_it_is(module: ModuleType) -> None:
    double, loss, last = module.double, module.Loss(), module.last.__code__
    plant("x * by", "(x / by)")
    assert double(8) == 4
    plant("self.start + 0", "(self.start - 1)")
    assert loss.value == loss.start - 1
    assert module.last.__code__ is last


def test_a_default_is_changed(module: ModuleType) -> None:
    plant("2", "3")
    assert module.double(1) == 3


def test_a_method_may_lose_its_only_use_of_super(module: ModuleType) -> None:
    plant("super().__init__(\n            start=5\n        )", "pass")
    assert not hasattr(module.Loss(), "start")


def test_what_no_function_has_is_not_planted(module: ModuleType) -> None:
    with pytest.raises(ImportError, match="no function of small_library"):
        plant("functools", "itertools")


def test_a_module_that_is_not_imported_yet_is_imported_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "small_library.py").write_bytes(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    plant("x * by", "0")
    assert importlib.import_module("small_library").double(8) == 0
    del sys.modules["small_library"]


@needs_keras
def test_there_are_mutants_of_each_file_and_none_of_other_losses() -> None:
    found = {target.name: target.mutants() for target in targets.TARGETS if target.path()}
    assert min(map(len, found.values())) >= 20
    every = [mutant for of_file in found.values() for mutant in of_file]
    assert len({mutant.id for mutant in every}) == len(every)
    assert not [one for one in every if "Huber" in one.scope or "__repr__" in one.scope]


@needs_keras
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_each_mutant_changes_one_function_and_no_line(data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(targets.TARGETS[:7]), label="target")
    mutant = data.draw(st.sampled_from(target.mutants()), label="mutant")
    path = target.path()
    assert path
    source = path.read_bytes()
    after = planted.changed(source, mutant.start, mutant.end, mutant.after)
    assert after.count(b"\n") == source.count(b"\n")
    texts = [planted.Text.of(text, str(path)) for text in (source, after)]
    codes = (planted._functions(text.code) for text in texts)
    other = [old for old, new in zip(*codes, strict=True) if old != new]
    assert len(other) == 1 or planted._other_defaults(*(text.tree for text in texts))


@needs_keras
def test_files_are_named_by_the_ends_of_their_paths() -> None:
    names = [one.name for one in targets.chosen(["trainer.py"])]
    assert names == ["keras/src/trainers/trainer.py", "keras/src/backend/tensorflow/trainer.py"]
    with pytest.raises(BadUsage, match=r"--files: huber\.py is none of keras"):
        targets.chosen(["huber.py"])
