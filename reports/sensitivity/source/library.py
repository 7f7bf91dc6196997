"""The changes that suit the source of a library: those of any program, and what losses are made of.

Left alone is what no call can see: the text of an error or a warning, decorators, annotations.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from reports.sensitivity.source.mutation import Change, Kind, of_expression, of_statement, walk

# A call of one of these is replaced by its first argument.
REMOVED = (
    "cast",
    "clip",
    "clip_by_value",
    "convert_to_tensor",
    "expand_dims",
    "squeeze",
    "reshape",
)
# One function instead of another, which takes the same arguments.
OTHERS = {
    "sum": "mean",
    "mean": "sum",
    "reduce_sum": "reduce_mean",
    "reduce_mean": "reduce_sum",
    "softmax": "sigmoid",
    "sigmoid": "softmax",
    "log": "log1p",
    "any": "all",
    "all": "any",
    "categorical_crossentropy": "binary_crossentropy",
    "binary_crossentropy": "categorical_crossentropy",
    "scale_loss_for_distribution": "unscale_loss_for_distribution",
    "unscale_loss_for_distribution": "scale_loss_for_distribution",
}
# Calls of these are left as they are: the order of two arguments has no effect, or no meaning.
UNORDERED = (
    *("add", "equal", "logical_and", "logical_or", "maximum", "minimum", "multiply", "not_equal"),
    *("min", "max", "isinstance", "hasattr", "getattr"),
)
DEFAULTS = {"sum_over_batch_size": "sum", "float32": "float16", "auto": "none"}  # of a parameter


def changes(tree: ast.Module) -> Iterator[Change]:
    """Scope, place, kind and new text of each change of a library's source."""
    left_alone = _left_alone(tree)
    for scope, node in walk(tree, ""):
        if node in left_alone:
            continue
        if isinstance(node, ast.stmt):
            yield from ((scope, place, kind, text) for place, kind, text in _of_statement(node))
        elif isinstance(node, ast.expr):
            yield from ((scope, node, kind, text) for kind, text in _of_expression(node))


def _left_alone(tree: ast.Module) -> set[ast.AST]:
    """Decorators, texts of errors, and warnings but for whether they are given."""
    inside: list[ast.AST] = []
    for node in ast.walk(tree):
        match node:
            case ast.Raise(exc=ast.expr() as error):
                inside.append(error)
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="warn")) as call):
                inside.append(call)
            case (
                ast.FunctionDef(decorator_list=decorators) | ast.ClassDef(decorator_list=decorators)
            ):
                inside += decorators
    return {part for node in inside for part in ast.walk(node)}


def _of_statement(node: ast.stmt) -> Iterator[tuple[ast.expr | ast.stmt, Kind, str]]:
    yield from (change for change in of_statement(node) if change[1] != "condition")
    match node:
        case ast.If(test=test):
            yield test, "forced branch", "True"
            yield test, "forced branch", "False"
        case ast.While(test=test):
            yield test, "forced branch", "False"
        case ast.Assign(targets=[target], value=value) if _changes_itself(target, value):
            yield node, "deleted statement", "pass"
        case ast.FunctionDef(args=parameters):
            for default in (*parameters.defaults, *parameters.kw_defaults):
                if isinstance(default, ast.Constant) and default.value in DEFAULTS:
                    yield default, "default", repr(DEFAULTS[default.value])


def _changes_itself(target: ast.expr, value: ast.expr) -> bool:
    """Whether an assignment only changes what has the name already, so that one may leave it out."""
    names = {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
    used = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    plain = isinstance(target, ast.Name | ast.Tuple)
    return plain and bool(names) and names <= used and not _is_removed(target, value)


def _is_removed(target: ast.expr, value: ast.expr) -> bool:
    """Whether the assignment is one of a call that is removed anyway, to its own argument."""
    match target, value:
        case ast.Name(id=name), ast.Call(func=function, args=[ast.Name(id=first), *_]):
            return name == first and _name(function) in REMOVED
    return False


def _of_expression(node: ast.expr) -> Iterator[tuple[Kind, str]]:
    yield from of_expression(node)
    match node:
        case ast.IfExp(body=body, orelse=other):
            yield "forced branch", f"({ast.unparse(body)})"
            yield "forced branch", f"({ast.unparse(other)})"
        case ast.Call(func=function, args=[first, *_]) if _name(function) in REMOVED:
            if not isinstance(first, ast.Starred):
                yield "removed call", f"({ast.unparse(first)})"
    if isinstance(node, ast.Call):
        yield from _of_call(node)


def _of_call(node: ast.Call) -> Iterator[tuple[Kind, str]]:
    other = OTHERS.get(_name(node.func))
    if other and isinstance(node.func, ast.Attribute):
        function: ast.expr = ast.Attribute(node.func.value, other, ast.Load())
        yield "other function", ast.unparse(ast.Call(function, node.args, node.keywords))
    elif other:
        function = ast.Name(other, ast.Load())
        yield "other function", ast.unparse(ast.Call(function, node.args, node.keywords))
    pair = len(node.args) >= 2 and all(_is_reference(part) for part in node.args[:2])
    if pair and _name(node.func) not in UNORDERED:
        first, second, *rest = node.args
        swapped = ast.Call(node.func, [second, first, *rest], node.keywords)
        yield "swapped arguments", ast.unparse(swapped)


def _is_reference(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Attribute)


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
