"""Every small change that can be made to a Python source, as a replacement of its text.

A mutant replaces one expression or statement and leaves the rest of the source as it is, character
by character. Docstrings, annotations and the texts of messages are left alone: no test of
behaviour can see them.
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "comparison",
    "operator",
    "connective",
    "negation",
    "number",
    "truth value",
    "condition",
    "filter",
    "returned value",
    "deleted statement",
    "dropped keyword",
    "forced branch",
    "removed call",
    "other function",
    "swapped arguments",
    "default",
]
Change = tuple[str, ast.expr | ast.stmt, Kind, str]  # scope, place, kind, new text
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
# Keywords that a correct program never notices, or that only a person reads: they stay as they are.
GUARDS = ("frozen", "strict", "encoding", "help", "metavar", "description")


@dataclass(frozen=True)
class Mutant:
    """One change of one file: the bytes from `start` to `end` become `after`.

    `scope` is the qualified name of the function or class around it, `line` is counted from 1.
    """

    file: str
    scope: str
    kind: Kind
    line: int
    start: int
    end: int
    before: str
    after: str
    nth: int

    @property
    def id(self) -> str:
        """A name that does not change when lines move: 8 hexadecimal digits."""
        parts = (self.file, self.scope, self.kind, self.before, self.after, str(self.nth))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]

    def shown(self, width: int = 60) -> str:
        """The change in one line, from a little before the first place in which it differs."""
        before, after = _in_one_line(self.before), _in_one_line(self.after)
        pairs = enumerate(zip(before, after, strict=False))
        first = next((place for place, (one, other) in pairs if one != other), 0)
        start = max(0, first - width // 2)
        dots = "..." if start else ""
        parts = (dots + text[start : start + width] for text in (before, after))
        return " -> ".join(parts)

    def apply(self, source: bytes) -> bytes:
        """The changed source."""
        return source[: self.start] + self.after.encode() + source[self.end :]


def _in_one_line(text: str) -> str:
    """A piece of source without its own layout, so that only what it means can differ."""
    try:
        tree: ast.AST = ast.parse(f"({text})", mode="eval")
    except SyntaxError:  # a statement
        tree = ast.parse(text)
    return " ".join(ast.unparse(tree).split())


def mutants(
    file: str, source: bytes, changes: Callable[[ast.Module], Iterator[Change]] | None = None
) -> list[Mutant]:
    """All mutants of a source, in the order of the text. Each is a program that parses.

    `changes` gives them for a tree; without it they are those that suit the project's own code.
    """
    tree = ast.parse(source)
    lines = _line_starts(source)
    counts: dict[tuple[str, Kind, str, str], int] = {}
    found = []
    for scope, node, kind, changed in (changes or own_changes)(tree):
        start = lines[node.lineno - 1] + node.col_offset
        end = lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        before, after = source[start:end].decode(), changed
        key = (scope, kind, before, after)
        counts[key] = counts.get(key, 0) + 1
        one = Mutant(file, scope, kind, node.lineno, start, end, before, after, counts[key])
        if before != after:
            found.append(one)
    return sorted(found, key=lambda one: (one.start, one.end, one.after))


def _line_starts(source: bytes) -> list[int]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def own_changes(tree: ast.Module) -> Iterator[Change]:
    for scope, node in walk(tree, ""):
        if isinstance(node, ast.stmt):
            yield from ((scope, place, kind, text) for place, kind, text in of_statement(node))
        elif isinstance(node, ast.expr):
            yield from ((scope, node, kind, text) for kind, text in of_expression(node))


def walk(node: ast.AST, scope: str) -> Iterator[tuple[str, ast.AST]]:
    """All nodes below, with the scope of each, without annotations and f-strings."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr):
                continue
            if isinstance(child, ast.keyword) and child.arg in GUARDS:
                continue
            inner = scope
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{scope}.{child.name}".lstrip(".")
            yield scope, child
            yield from walk(child, inner)


def of_statement(node: ast.stmt) -> Iterator[tuple[ast.expr | ast.stmt, Kind, str]]:
    match node:
        case ast.If(test=test) | ast.While(test=test):
            yield test, "condition", f"(not ({ast.unparse(test)}))"
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield value, "returned value", "None"
        case ast.Expr(value=ast.Call() | ast.YieldFrom() | ast.Yield()) | ast.Raise():
            yield node, "deleted statement", "pass"
        case ast.AugAssign() | ast.Delete():
            yield node, "deleted statement", "pass"


def of_expression(node: ast.expr) -> Iterator[tuple[Kind, str]]:
    match node:
        case ast.Compare(ops=[operator], left=left, comparators=[right]):
            swapped = ast.Compare(left, [COMPARISONS[type(operator)]()], [right])
            yield "comparison", f"({ast.unparse(swapped)})"
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
            swapped_ = ast.BinOp(left, OPERATORS[type(operator)](), right)
            if not _is_text(left) and not _is_text(right):
                yield "operator", f"({ast.unparse(swapped_)})"
        case ast.BoolOp(op=ast.And(), values=values):
            yield "connective", f"({ast.unparse(ast.BoolOp(ast.Or(), values))})"
        case ast.BoolOp(values=values):
            yield "connective", f"({ast.unparse(ast.BoolOp(ast.And(), values))})"
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert(), operand=operand):
            yield "negation", f"({ast.unparse(operand)})"
        case ast.Constant(value=bool() as value):
            yield "truth value", str(not value)
        case ast.Constant(value=int() as value):
            yield "number", str(value + 1)
        case ast.Constant(value=float() as value):
            yield "number", repr(2.0 * value if value else 1.0)
        case ast.IfExp(test=test, body=body, orelse=other):
            yield "condition", f"({ast.unparse(ast.IfExp(test, other, body))})"
        case ast.Call(keywords=keywords):
            for keyword in keywords:
                if keyword.arg not in (None, *GUARDS):
                    yield "dropped keyword", _without(node, str(keyword.arg))
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            if any(part.ifs for part in node.generators):
                bare = copy.deepcopy(node)
                for part in bare.generators:
                    part.ifs = []
                yield "filter", ast.unparse(bare)


def _without(call: ast.Call, name: str) -> str:
    left = [keyword for keyword in call.keywords if keyword.arg != name]
    return ast.unparse(ast.Call(call.func, call.args, left))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
