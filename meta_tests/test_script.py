"""A script to pass on ends, with exit code 1 while the difference is there and 0 where it is not."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from suites.cases.case import Case
from suites.cases.forms import FORMS
from suites.cases.loss_options import parse
from suites.cases.selection import select
from suites.observe.arrays import arrays
from suites.plugin.script import Comparison, name, script

EVERY = {case.id: case for case in select(["CPU:0", "CPU:1"])}
NAN = float("nan")
RIGHT = Comparison("value", "0", -1e9, 1e9, "")
WRONG = Comparison("value", "0", 1e9, 2e9, "unexplained")
ROW_RIGHT = Comparison("gradient", "1 0", -1e9, 1e9, "")
SCALAR_WRONG = Comparison("value", "", -2.0, -1.0, "")
NAN_EXPECTED = Comparison("value", "0", NAN, NAN, "")
MANY = Comparison("value", "", NAN, NAN, "returned shape (7,) where (8,) is expected")
OF_DTYPE = Comparison("value", "", NAN, NAN, "returned dtype int32 where float32 is expected")
NO_GRADIENT = Comparison("gradient", "", NAN, NAN, "returned no gradient")
RAISED = Comparison("call", "", NAN, NAN, "raised ValueError")
NOT_RAISED = Comparison("call", "", NAN, NAN, "returned a number where an error is expected")
RELATION = Comparison("class equals function", "value 0", 0.0, 0.0, "the class is wrong")


RUN_ALL = """
import runpy, sys
from contextlib import suppress
from pathlib import Path

for file in sorted(Path(sys.argv[1]).iterdir()):
    print("==", file.name)
    with suppress(SystemExit):
        runpy.run_path(str(file))
"""


def script_of(case: Case, note: str, comparison: Comparison) -> str:
    return script(case, note, arrays(case, 2017), comparison)


def found(**fields: str) -> Case:
    """The first case that is asked and has these fields."""
    wanted = {"dtype": "float32", "inputs": "interior"} | fields
    return next(
        case
        for case in EVERY.values()
        if all(getattr(case, field) == value for field, value in wanted.items())
    )


CASES: Mapping[str, tuple[Mapping[str, str], Comparison, int]] = {
    "plain": ({"form": "function"}, WRONG, 1),
    "no longer": ({"form": "function"}, RIGHT, 0),
    "gradient": ({"form": "function", "execution": "graph"}, ROW_RIGHT, 0),
    "NaN": ({"form": "function"}, NAN_EXPECTED, 1),
    "shape": ({"form": "function"}, MANY, 0),
    "no gradient": ({"form": "function"}, NO_GRADIENT, 0),
    "relation": ({"form": "function"}, RELATION, 1),
    "device": ({"form": "function", "device": "CPU:1"}, RIGHT, 0),
    "dtype": ({"form": "function"}, OF_DTYPE, 0),
    "XLA": ({"form": "function", "execution": "xla"}, WRONG, 1),
    "model": ({"form": "fit-string"}, SCALAR_WRONG, 1),
    "mirrored": ({"form": "fit-mirrored"}, SCALAR_WRONG, 1),
    "metric": ({"form": "metric"}, SCALAR_WRONG, 1),
    "Keras 2": ({"form": "tf_keras"}, RIGHT, 0),
    "contract": ({"form": "class-mean", "inputs": "reduction-unknown"}, RAISED, 1),
    "contract, no error": ({"form": "class-mean", "inputs": "reduction-unknown"}, NOT_RAISED, 0),
}


@pytest.mark.parametrize("kind", CASES)
def test_it_compiles(kind: str) -> None:
    fields, comparison, _ = CASES[kind]
    compile(script_of(found(**fields), "a note", comparison), kind, "exec")


def test_it_begins_with_the_case_the_note_and_what_its_exit_code_means() -> None:
    text = script_of(found(form="function"), 'why "so" \\n \x1b', WRONG)
    doc = ast.get_docstring(ast.parse(text), clean=False)
    assert doc is not None
    lines = doc.splitlines()
    assert lines[0] == found(form="function").id
    assert lines[2] == 'why "so" \\n \\x1b'
    assert lines[4].startswith("Exit code 1: value 0 is not from 1000000000.0 to 2000000000.0; 0: ")


@pytest.mark.parametrize(
    ("comparison", "meaning", "test"),
    [
        (RAISED, "ValueError is raised", "raised == 'ValueError'"),
        (NOT_RAISED, "no error is raised", "not raised"),
        (NO_GRADIENT, "there is no gradient", "not raised and gradient is None"),
        (MANY, "the value has shape (7,)", "not raised and value.shape == (7,)"),
        (OF_DTYPE, "the value is int32", "not raised and value.dtype.name == 'int32'"),
    ],
)
def test_what_it_looks_for_follows_from_the_cause(
    comparison: Comparison, meaning: str, test: str
) -> None:
    text = script_of(found(form="function"), "a note", comparison)
    assert f"Exit code 1: {meaning}; 0:" in text
    assert f"\ndiffers = {test}\n" in text


# Each is a process that imports TensorFlow; these are the ways in which they may differ.
@pytest.mark.parametrize(
    "kind", ["gradient", "mirrored", "model", "metric", "contract", "device", "XLA"]
)
def test_it_ends_in_time_with_its_exit_code(tmp_path: Path, kind: str) -> None:
    pytest.importorskip("tensorflow")
    fields, comparison, code = CASES[kind]
    case = found(**fields)
    file = tmp_path / name(case)
    file.write_text(script_of(case, "a note", comparison))
    begun = time.monotonic()
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, env=os.environ)
    assert done.returncode == code, done.stdout + done.stderr
    assert ("loss None" in done.stdout) == (comparison == RAISED), done.stdout
    assert "Traceback" not in done.stderr  # which ends with 1, too
    assert "no answer within 50 s" not in done.stdout
    assert time.monotonic() - begun < 300


def test_the_scripts_of_models_are_right_for_this_keras(tmp_path: Path) -> None:
    """In one process, which imports TensorFlow once: a model for each program and option."""
    pytest.importorskip("tensorflow")
    chosen = dict[frozenset[str], Case]()
    for case in EVERY.values():
        if FORMS[case.loss, case.form].model and case.execution == "eager":
            named = frozenset(parse(case.arguments))
            chosen.setdefault(named or frozenset([case.form]), case)
    folder = tmp_path / "scripts"
    folder.mkdir()
    for case in chosen.values():
        (folder / name(case)).write_text(script_of(case, "a note", NO_GRADIENT))
    run = tmp_path / "run.py"
    run.write_text(RUN_ALL)
    done = subprocess.run([sys.executable, run, folder], capture_output=True, text=True)
    assert done.stdout.count("== ") == len(chosen) > 30, done.stderr
    ours = [kind for kind in (AttributeError, NameError, TypeError) if kind.__name__ in done.stdout]
    assert not ours, done.stdout  # others are what Keras says to the call


def test_it_has_the_functions_that_the_call_reaches_and_names_the_others() -> None:
    text = script_of(found(form="fit-string"), "a note", WRONG)
    (note,) = [line for line in text.splitlines() if line.startswith("# Left out")]
    defined = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    assert {"fit", "training", "loss_and_gradient"} <= defined
    assert "regularized" in note
    assert "regularized" not in defined
