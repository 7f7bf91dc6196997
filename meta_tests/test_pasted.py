"""A call to paste has the numbers of one row, as the recordings were asked with."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from meta_tests.changes import compared
from meta_tests.recorded import answer
from reports.compare.grouping.changes import Changed
from reports.compare.words.pasted import pasted
from suites.cases.case import Case
from suites.observe.arrays import arrays
from suites.observe.requests import SEED

RAILS = "binary_crossentropy,function,plain,probabilities,float32,eager,CPU:0,hard,rails"
CLASSES = "sparse_categorical_crossentropy,function,plain,probabilities,float32,eager,CPU:0,int32,interior"  # fmt: skip


def changed(case: str, row: int = 1, gradient: bool = False) -> Changed:
    """A change of one row of a batch of eight, in its loss or in its gradient."""
    old = np.zeros((8, 3) if gradient else 8)
    new = old.copy()
    new[row] = 1.0
    name = "gradient" if gradient else "value"
    texts = (answer(**{name: numbers}) for numbers in (old, new))
    return compared({case: (*texts, "", f"{name} wrong {row} unexplained")}).changed[0]


def test_the_row_that_changed_is_given_with_its_labels() -> None:
    assert pasted(changed(RAILS, row=7)) == [
        "target, output = tf.constant([[1.0, 0.0, 1.0]], 'float32'), tf.constant([[0.0, 0.25, 0.75]], 'float32')",
        "print(tf.keras.losses.binary_crossentropy(target, output))",
    ]


@pytest.mark.parametrize("case", [RAILS, CLASSES, CLASSES.replace("float32", "float16")])
@pytest.mark.parametrize("row", [0, 5])
def test_the_numbers_are_those_of_the_case_to_the_last_bit(case: str, row: int) -> None:
    first, _ = pasted(changed(case, row))
    tf = SimpleNamespace(constant=np.array)
    made: dict[str, np.ndarray] = {}
    exec(first, {"tf": tf}, made)
    batch = arrays(Case.of_names(case.split(",")), SEED)
    assert made["output"].tobytes() == batch.output[row].tobytes()
    assert made["target"].tobytes() == batch.target[row : row + 1].tobytes()


def test_a_place_of_a_gradient_means_its_row() -> None:
    assert pasted(changed(RAILS, row=6, gradient=True))[0].endswith("[[0.5, 0.5, 0.0]], 'float32')")


@pytest.mark.parametrize(
    ("execution", "call"),
    [
        ("graph", "print(tf.function(lambda: tf.keras.losses.binary_crossentropy(target, output))())"),
        ("xla", "print(tf.function(lambda: tf.keras.losses.binary_crossentropy(target, output), jit_compile=True)())"),
    ],
)  # fmt: skip
def test_what_is_traced_is_traced(execution: str, call: str) -> None:
    assert pasted(changed(RAILS.replace("eager", execution)))[1] == call


@pytest.mark.parametrize(
    "case",
    [
        RAILS.replace("function", "fit-class"),
        RAILS.replace("function", "class-mean"),
        RAILS.replace("plain", "axis:0"),
        RAILS.replace("plain", "epsilon:0.01"),
        RAILS.replace("rails", "not-finite"),
        RAILS.replace("rails", "rank-3"),
        RAILS.replace("rails", "unknown"),
        RAILS.replace("binary", "my_own"),
        CLASSES.replace("interior", "thousand-classes"),
        CLASSES.replace("interior", "lists-with-class-numbers"),
    ],
)
def test_what_a_row_alone_does_not_show_or_no_table_has_is_left_out(case: str) -> None:
    assert pasted(changed(case, row=0)) == []


def test_a_scalar_is_left_out() -> None:
    one = compared({RAILS: (answer(1.0), answer(2.0), "", "value wrong 0 unexplained")}).changed[0]
    assert pasted(one) == []
