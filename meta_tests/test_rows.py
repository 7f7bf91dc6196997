"""What a form, a loss, an option or a regime is stands in its row: no other module tests its name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CASES = ROOT / "suites" / "cases"
TABLES = {
    *(CASES / "forms").glob("*.py"),
    *(
        CASES / f"{name}.py"
        for name in ("contracts", "inputs", "loss_options", "losses", "outputs", "relations")
    ),
}
MODULES = sorted(
    path
    for room in ("reference", "suites", "reports")
    for path in (ROOT / room).rglob("*.py")
    if path not in TABLES
)
FIELDS = ("loss", "form", "arguments", "output", "labels", "inputs")  # of a case, which are names
ROWS = ("form", "loss", "option", "argument", "regime", "contract")  # whose `name` is one
TESTS_OF_TEXT = ("startswith", "endswith", "find", "index", "count")


def is_a_name(node: ast.expr) -> bool:
    """Whether this is the name of a row: `case.form`, or `form.name`."""
    if not isinstance(node, ast.Attribute):
        return False
    if node.attr == "name":
        of = node.value
        return (of.attr if isinstance(of, ast.Attribute) else getattr(of, "id", "")) in ROWS
    return node.attr in FIELDS


def is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(map(is_literal, node.elts))
    if isinstance(node, ast.Starred):
        return is_literal(node.value)
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def found_in(source: str) -> Iterator[str]:
    """The expressions that hold the name of a row against text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare):
            sides = (node.left, *node.comparators)
            tested = any(map(is_a_name, sides)) and any(map(is_literal, sides))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            tested = node.func.attr in TESTS_OF_TEXT and is_a_name(node.func.value)
        else:
            continue
        if tested:
            yield ast.unparse(node)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_outside_the_tables_tests_the_name_of_a_row(path: Path) -> None:
    assert [*found_in(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "source",
    [
        "case.form == 'fit-mixed'",
        "'rank-1' != self.case.inputs",
        "'metric' in case.form",
        "form.name in ('function', 'nn')",
        "self.form.name in (*MAIN, 'nn')",
        "case.form.startswith('evaluate')",
        "case.arguments == 'plain'",
    ],
)
def test_such_a_test_is_found(source: str) -> None:
    assert [*found_in(source)] == [source]


@pytest.mark.parametrize(
    "source",
    [
        "case.form == other.form",
        "(case.loss, case.form) in FORMS",
        "case.execution == 'eager'",
        "path.name == 'index.html'",
        "case.arguments == PLAIN",
    ],
)
def test_others_are_let_through(source: str) -> None:
    assert [*found_in(source)] == []
