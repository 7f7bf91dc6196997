"""What the installation offers that means cross-entropy, and what of it no case asks for.

`surface.toml` says what is left out, and why: an entry has `names`, patterns of names as they are
reported here, and a `reason`. It leaves out names that no case calls or, if it has `parameters`,
those parameters of names that are called; each name with each parameter must leave something out.
What only `compile` understands ("crossentropy", "ce") stands in no table and is not looked for.
"""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

FILE = Path(__file__).with_name("surface.toml")
MEANING = re.compile(
    r"cross_?entropy|xent|log_?loss|log_?likelihood|perplexity|focal|sampled_softmax|nce_?loss"
    r"|(^|_)(([bcw]|sc)?ce|nll)($|_|loss)",
    re.IGNORECASE,
)
TELLING = {"from_logits", "label_smoothing", "pos_weight"}  # parameters of cross-entropy alone
PRIVATE = {"src", "python", "core", "compiler"}  # parts of the names of modules that are private
VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
Names = Mapping[str, Any]
Use = tuple[Any, str]  # what is called, and a parameter that it is given; "" is the call itself


class Gap(NamedTuple):
    """A name that no case calls or, where there is a parameter, one that no case gives."""

    name: str
    parameter: str

    def __str__(self) -> str:
        return f"{self.name}({self.parameter}=)" if self.parameter else self.name

    def matches(self, pattern: Gap) -> bool:
        return self.parameter == pattern.parameter and fnmatchcase(self.name, pattern.name)


def public(modules: Names) -> dict[str, Any]:
    """All public names that mean cross-entropy, the shortest first, with what they name.

    A text that a function `get` understands is a name too: of the function with the text.
    """
    found: dict[str, Any] = {}
    queue = deque(sorted(modules.items()))
    packages = {module.__name__ for module in modules.values()}
    seen = {id(module) for module in modules.values()}
    while queue:
        place, space = queue.popleft()
        for name, value in _members(space):
            full = f"{place}.{name}"
            if id(value) not in seen and _is_public_space(value, packages):
                seen.add(id(value))
                queue.append((full, value))
            if callable(value) and not isinstance(value, ModuleType) and _means(name, value):
                found[full] = value
            if name == "get" and inspect.isfunction(value):
                found |= {f"{full}({text!r})": (value, text) for text in _texts(value)}
    return found


def _members(space: Any) -> Iterator[tuple[str, Any]]:
    if inspect.isclass(space):
        members = list(vars(space).items())
    else:
        members = [(name, getattr(space, name, None)) for name in dir(space)]
    return ((name, value) for name, value in members if not name.startswith("_"))


def _is_public_space(value: Any, packages: set[str]) -> bool:
    if not isinstance(value, ModuleType):
        return inspect.isclass(value)
    parts = getattr(value, "__name__", "").split(".")  # a lazy module that is not there has none
    return parts[0] in packages and PRIVATE.isdisjoint(parts)


def _means(name: str, value: Any) -> bool:
    return bool(MEANING.search(name)) or not TELLING.isdisjoint(parameters(value))


def _texts(get: Any) -> list[str]:
    """What `get` understands: Keras 3 has a table of it, Keras 2 looks into its whole module."""
    table = get.__globals__.get("ALL_OBJECTS_DICT", get.__globals__)
    texts = [text for text in table if MEANING.search(text) and not text.startswith("_")]
    asked = {text: ast.parse(f"get({text!r})", mode="eval").body for text in texts}
    return [text for text, node in asked.items() if _value(node, {"get": get}) is not None]


def parameters(named: Any) -> list[str]:
    """Names of the parameters; for a class, of its constructor and of the call of an object."""
    parts = _signature(named) + (_signature(_call(named))[1:] if inspect.isclass(named) else [])
    return [part.name for part in parts if part.kind not in VARIADIC]


def _call(cls: type) -> Any:
    """What the call of an object comes to; a metric has a method for it."""
    return getattr(cls, "update_state", cls.__call__)


def _signature(function: Any) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # some of C++ have none
        return []


class _Scope(dict[str, Any]):
    """Names, and what a program assigns to others, which is made when it is asked for."""

    def __init__(self, names: Names, program: ast.AST) -> None:
        super().__init__(names)
        self.assigned: dict[str, ast.expr] = {}
        for node in ast.walk(program):
            match node:
                case (
                    ast.Assign(targets=[ast.Name(name)], value=value)
                    | ast.NamedExpr(target=ast.Name(name), value=value)
                ):
                    self.assigned[name] = value

    def __missing__(self, name: str) -> Any:
        self[name] = _value(self.assigned.pop(name), self)
        return self[name]


def covered(calls: Iterable[str], names: Names) -> set[Use]:
    """What the calls call, and every parameter that they give it.

    A call is an expression or a program over `names` and arrays. Nothing of it is run but what
    makes the objects that are called.
    """
    found: set[Use] = set()
    for tree in map(ast.parse, calls):
        scope = _Scope(names, tree)
        nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        found.update(use for node in nodes for use in _uses(node, scope))
    return found


def _value(node: ast.expr, scope: dict[str, Any]) -> Any:
    """What an expression without arrays is; None if it has any, or raises something else."""
    try:
        return eval(compile(ast.Expression(node), "a call", "eval"), {}, scope)
    except Exception:
        return None


def _uses(node: ast.Call, scope: _Scope) -> Iterator[Use]:
    function = _value(node.func, scope)
    function = getattr(function, "python_function", function)  # of what tf.function made
    keywords = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    named = getattr(function, "__self__", function)  # of a method, its object
    itself: tuple[None, ...] = ()
    if not inspect.isclass(named) and not inspect.isroutine(named):
        named, function, itself = type(named), _call(type(named)), (None,)
    try:
        bound = inspect.signature(function).bind_partial(*itself, *node.args, **keywords)
    except (TypeError, ValueError):  # it can't be called so
        return
    given = list(bound.arguments.items())[len(itself) :]
    yield from ((named, parameter) for parameter in ("", *dict(given)))
    if named.__name__ == "get":
        yield from (((named, v.value), "") for _, v in given if isinstance(v, ast.Constant))


def gaps(surface: Names, uses: set[Use]) -> list[Gap]:
    """What is not called, and what is never given, by the shortest names."""
    shortest: dict[Any, str] = {}
    for name, named in surface.items():
        shortest.setdefault(named, name)
    found: list[Gap] = []
    for named, name in shortest.items():
        wanted = parameters(named) if (named, "") in uses else [""]
        found += [Gap(name, parameter) for parameter in wanted if (named, parameter) not in uses]
    return sorted(found)


def load(path: Path = FILE) -> list[Gap]:
    """Read the table. Raises ValueError, one line, for an entry that is not in order."""
    patterns: list[Gap] = []
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("exclude", []):
        if not {"names", "reason"} <= set(entry) <= {"names", "reason", "parameters"}:
            raise ValueError(f"{path.name}: names and reason are needed, not {list(entry)}")
        parameters = entry.get("parameters", [""])
        patterns += [Gap(name, parameter) for name in entry["names"] for parameter in parameters]
    return patterns


def problems(found: list[Gap], patterns: list[Gap], packages: Iterable[str]) -> list[str]:
    """A line for each gap without a reason, and for each reason without a gap.

    Of packages that are not installed there are no gaps, whatever the table says.
    """
    new = [gap for gap in found if not any(gap.matches(pattern) for pattern in patterns)]
    here = [p for p in patterns if p.name.split(".")[0] in {*packages, "*"}]
    idle = [pattern for pattern in here if not any(gap.matches(pattern) for gap in found)]
    return [
        *(f"{gap}: no case asks for it; add it to forms.py or to {FILE.name}" for gap in new),
        *(f"{pattern}: asked for, or not there; remove it from {FILE.name}" for pattern in idle),
    ]
