"""The lines that must be executed for a mutant to matter: those of its statement."""

from __future__ import annotations

import ast

from reports.sensitivity.source.mutation import Mutant


def lines(mutant: Mutant, source: bytes) -> range:
    """The lines of the innermost statement around a change; of one in the defaults of a function
    those of its body, since the line of `def` is executed when it is imported.
    """
    first = mutant.line
    last = first + source[mutant.start : mutant.end].count(b"\n")
    around = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt) and node.lineno <= first and last <= _end(node)
    ]
    inner = max(around, key=lambda node: (node.lineno, -_end(node)))
    if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
        return range(_body(inner), _end(inner) + 1)
    if isinstance(inner, ast.If | ast.For | ast.While | ast.With | ast.Try):
        return range(inner.lineno, max(inner.lineno + 1, inner.body[0].lineno))
    return range(inner.lineno, _end(inner) + 1)


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The first line after the docstring."""
    documented = ast.get_docstring(function) is not None and len(function.body) > 1
    return function.body[documented].lineno
