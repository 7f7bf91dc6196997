"""Which functions of `programs.py` a call reaches, given the constants that it passes.

A branch whose condition follows from constants is followed alone, any other one in all its parts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

Known = dict[str, object]  # what names mean, as far as constants say
Programs = Mapping[str, ast.FunctionDef]
BUILTINS = {"__builtins__": {}, "len": len, "bool": bool, "int": int}
PLAIN = (type(None), bool, int, float, str, list, tuple, dict)


class _Opaque:
    """A value of which nothing is known; what asks for more than whether it is None fails."""

    def __bool__(self) -> bool:
        raise TypeError("not known")

    def __eq__(self, other: object) -> bool:
        raise TypeError("not known")

    __hash__ = None  # type: ignore[assignment]


UNKNOWN = _Opaque()  # perhaps None
GIVEN = _Opaque()  # not None


def reached(call: ast.AST, programs: Programs) -> list[ast.FunctionDef]:
    """Those of the programs, by name, that a call reaches: each once, in the order of the names."""
    walk = _Walk(programs)
    names = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)} - set(programs)
    walk.visit(call, dict.fromkeys(names, GIVEN))
    return [programs[name] for name in sorted(walk.names)]


class _Walk:
    def __init__(self, programs: Programs) -> None:
        self.programs = programs
        self.names: set[str] = set()
        self._seen: set[tuple[str, str]] = set()

    def _function(self, name: str, known: Known) -> None:
        self.names.add(name)
        if (name, key := repr(sorted(known.items(), key=str))) not in self._seen:
            self._seen.add((name, key))
            self._block(self.programs[name].body, known)

    def _block(self, statements: Iterable[ast.stmt], known: Known) -> bool:
        """Whether nothing after these statements runs."""
        return any(self._statement(statement, known) for statement in statements)

    def _statement(self, statement: ast.stmt, known: Known) -> bool:
        if isinstance(statement, ast.If):
            return self._branch(statement, known)
        compound = any(isinstance(child, ast.stmt) for child in ast.iter_child_nodes(statement))
        if compound:
            _forget(statement, known)
        self._parts(statement, known)
        if isinstance(statement, ast.Assign):
            _assign(statement, known)
        else:
            _forget(statement, known)
        return isinstance(statement, ast.Return | ast.Raise)

    def _branch(self, statement: ast.If, known: Known) -> bool:
        self.visit(statement.test, known)
        holds = _holds(statement.test, known)
        if holds is not UNKNOWN:
            return self._block(statement.body if holds else statement.orelse, known)
        both = [self._block(one, dict(known)) for one in (statement.body, statement.orelse)]
        _forget(statement, known)
        return all(both)

    def _parts(self, node: ast.AST, known: Known) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self._statement(child, dict(known))
            else:
                self.visit(child, known)

    def visit(self, node: ast.AST, known: Known) -> None:
        """Find what an expression reaches."""
        if isinstance(node, ast.IfExp):
            self.visit(node.test, known)
            holds = _holds(node.test, known)
            branches = [node.body, node.orelse]
            for branch in branches if holds is UNKNOWN else branches[not holds :][:1]:
                self.visit(branch, known)
        elif isinstance(node, ast.BoolOp):
            for operand in node.values:
                self.visit(operand, known)
                if _holds(operand, known) is isinstance(node.op, ast.Or):
                    break
        elif isinstance(node, ast.Name):
            if node.id in self.programs:
                self._function(node.id, {})
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in self.programs:
            for argument in (*node.args, *node.keywords):
                self.visit(argument, known)
            name = ast.unparse(node.func)
            self._function(name, _bound(self.programs[name].args, node, known))
        else:
            self._parts(node, known)


def _value(node: ast.expr, known: Known) -> object:
    """What an expression gives, where constants say so."""
    code = compile(ast.Expression(node), "<program>", "eval")
    try:
        found = eval(code, dict(BUILTINS), known)
    except Exception:
        return UNKNOWN
    return found if found is GIVEN or isinstance(found, PLAIN) else UNKNOWN


def _holds(test: ast.expr, known: Known) -> object:
    found = _value(test, known)
    return UNKNOWN if isinstance(found, _Opaque) else bool(found)


def _bound(parameters: ast.arguments, call: ast.Call, known: Known) -> Known:
    """What the parameters of a function are in a call; nothing of those that are not known."""
    names = [parameter.arg for parameter in parameters.args]
    given = {name: _value(node, known) for name, node in zip(names, call.args, strict=False)}
    for keyword in call.keywords:
        value = _value(keyword.value, known)
        if keyword.arg:
            given[keyword.arg] = value
        elif isinstance(value, dict):
            given.update(value)
        else:
            return {}
    defaults = zip(reversed(names), reversed(parameters.defaults), strict=False)
    every = {name: _value(node, {}) for name, node in defaults} | given
    if parameters.kwarg:
        rest = {name: value for name, value in given.items() if name not in names}
        every[parameters.kwarg.arg] = rest
    return {name: value for name, value in every.items() if value is not UNKNOWN}


def _assign(statement: ast.Assign, known: Known) -> None:
    value, target = _value(statement.value, known), statement.targets[0]
    _forget_names(statement, known)
    if isinstance(target, ast.Name) and value is not UNKNOWN:
        known[target.id] = value
    elif isinstance(target, ast.Subscript):
        name, key = ast.unparse(target.value), _value(target.slice, known)
        if isinstance(held := known.pop(name, None), dict) and isinstance(key, str):
            known[name] = {**held, key: value}


def _forget(node: ast.AST, known: Known) -> None:
    """Take out what a node may change."""
    _forget_names(node, known)
    for part in ast.walk(node):
        if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store):
            known.pop(ast.unparse(part.value), None)


def _forget_names(node: ast.AST, known: Known) -> None:
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            known.pop(part.id, None)
