"""The observer of an installation that has one mistake: in memory, the files stay as they are.

The variable `PLANTED` holds the mistake as JSON: of `module` the bytes from `start` to `end` become
`new`. Without one nothing is planted. A module that is imported already gets the code of its functions
changed, any other one is imported so. With `TRACED`, a file, the lines that each request executes of
the modules `TRACED_MODULES` are written there, a line of JSON for each request.

This is a program that runs in a process of its own and imports nothing of the project.
"""

import ast
import gc
import inspect
import json
import linecache
import os
import runpy
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, NamedTuple

OBSERVER = Path(__file__).parents[2] / "suites/observe/observer.py"
LIVE = "live_functions_of_xentcheck"  # the name of a module of `forked`


def changed(source: bytes, start: int, end: int, new: str) -> bytes:
    """The source with the mistake, on as many lines as before where that can be, so that no other
    function moves.
    """
    before, text, after = source[:start], new.encode(), source[end:]
    fewer = source[start:end].count(b"\n") - text.count(b"\n")
    with suppress(SyntaxError):
        padded = before + text + b" \\\n" * fewer + after
        ast.parse(padded)
        return padded
    return before + text + after


class Planted(SourceFileLoader):
    """Imports a module with the mistake."""

    start = end = 0
    new = ""

    def get_code(self, fullname: str) -> CodeType:
        source = changed(Path(self.path).read_bytes(), self.start, self.end, self.new)
        return compile(source, self.path, "exec", dont_inherit=True)


class Planting(MetaPathFinder):
    """Finds the one module that has the mistake."""

    def __init__(self, module: str, start: int, end: int, new: str) -> None:
        self.module, self.mistake = module, (start, end, new)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == self.module else None
        if spec is None or spec.origin is None:
            return None
        loader = Planted(fullname, spec.origin)
        loader.start, loader.end, loader.new = self.mistake
        spec.loader = loader
        return spec


def plant(module: str, start: int, end: int, new: str) -> None:
    """Put the mistake into this process. Raises ImportError where that can't be done."""
    loaded = sys.modules.get(module)
    if loaded is None:
        sys.meta_path.insert(0, Planting(module, start, end, new))
        return
    path = str(loaded.__file__)
    old = Path(path).read_bytes()
    source = changed(old, start, end, new)
    text = source.decode()
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    before, after = (Text.of(one, path) for one in (old, source))
    if before.code != after.code and not _exchange(path, before, after, vars(loaded)):
        raise ImportError(f"no function of {module} that is in use has the text")


class Text(NamedTuple):
    """The source of a module, parsed and compiled."""

    tree: ast.Module
    code: CodeType

    @classmethod
    def of(cls, source: bytes, path: str) -> "Text":
        tree = ast.parse(source)
        return cls(tree, compile(tree, path, "exec", dont_inherit=True))


def _exchange(path: str, old: Text, new: Text, names: dict[str, object]) -> int:
    """Give the live functions of a file their new code or defaults; how many these are."""
    pairs = zip(_functions(old.code), _functions(new.code), strict=True)
    codes = {_key(before): after for before, after in pairs if before != after}
    defaults = _other_defaults(old.tree, new.tree)
    exchanged = 0
    for function in _live(path):
        key = _key(function.__code__)
        if key not in codes.keys() | defaults.keys():
            continue
        exchanged += 1
        if key in codes:
            function.__code__ = _with_cells(codes[key], function.__code__.co_freevars)
        if key in defaults:
            function.__defaults__ = tuple(_value(one, path, names) for one in defaults[key])
    return exchanged


def _live(path: str) -> list[FunctionType]:
    """The functions of a file, which the process that this one is forked from may know: a look at all
    that there is copies the memory that both share.
    """
    if known := sys.modules.get(LIVE):
        return list(known.of(path))
    found = [one for one in gc.get_objects() if type(one) is FunctionType]
    return [function for function in found if function.__code__.co_filename == path]


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_name, code.co_firstlineno


def _functions(module: CodeType) -> list[CodeType]:
    """The code of all functions of a module and of the classes in it, in an order of the text."""
    found: list[CodeType] = []
    waiting = [module]
    while waiting:
        inner = [one for one in waiting.pop().co_consts if isinstance(one, CodeType)]
        found += [one for one in inner if one.co_flags & inspect.CO_NEWLOCALS]
        waiting += [one for one in inner if not one.co_flags & inspect.CO_NEWLOCALS]
    return found


def _with_cells(code: CodeType, cells: tuple[str, ...]) -> CodeType:
    """The code with the free variables of before: one that it needs no more stays unused."""
    lacks = code.co_freevars != cells and cells[: len(code.co_freevars)] == code.co_freevars
    return code.replace(co_freevars=cells) if lacks else code


def _other_defaults(old: ast.Module, new: ast.Module) -> dict[tuple[str, int], list[ast.expr]]:
    """The new defaults of the functions that have others than before."""
    found = {}
    for before, after in zip(_definitions(old), _definitions(new), strict=True):
        if ast.dump(before.args) != ast.dump(after.args):
            first = min([before.lineno, *(one.lineno for one in before.decorator_list)])
            found[before.name, first] = after.args.defaults
    return found


def _definitions(module: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]


def _value(default: ast.expr, path: str, names: dict[str, object]) -> object:
    return eval(compile(ast.Expression(default), path, "eval"), names)


class Traced:
    """The lines of some files that each request executes; a function that was traced once counts."""

    def __init__(self, modules: Sequence[str], file: str) -> None:
        self.names = {str(sys.modules[name].__file__): name for name in modules}
        self.file, self.lines = file, set[tuple[str, int]]()
        self.of_functions: dict[str, set[tuple[str, int]]] = {}

    def call(self, frame: FrameType, event: str, arg: Any) -> "TraceFunction | None":
        """`Any`: as the standard library types what is traced."""
        if frame.f_code.co_filename not in self.names:
            return None
        self.line(frame, event, arg)
        return self.line

    def line(self, frame: FrameType, event: str, arg: Any) -> "TraceFunction":
        self.lines.add((self.names[frame.f_code.co_filename], frame.f_lineno))
        return self.line

    def answer(self, ask: "Ask") -> "Ask":
        """What answers a request, and writes down the lines."""

        def traced(observer: object, request: dict[str, object]) -> object:
            names = ("call", "execution", "device", "by")
            key = json.dumps([request.get(name) for name in names])
            self.lines = set()
            for setting in (sys.settrace, threading.settrace):
                setting(self.call)
            try:
                return ask(observer, request)
            finally:
                sys.settrace(None)
                threading.settrace(None)
                self.write(self.of_functions.setdefault(key, set()))

        return traced

    def write(self, before: set[tuple[str, int]]) -> None:
        before |= self.lines
        with open(self.file, "a", encoding="utf-8") as file:
            file.write(json.dumps(sorted(before)) + "\n")


TraceFunction = Callable[[FrameType, str, Any], Any]  # `Any`: as the standard library has it
Ask = Callable[[object, dict[str, object]], object]


def main() -> None:
    if "PLANTED" in os.environ:
        plant(**json.loads(os.environ["PLANTED"]))
    sys.path[0] = str(OBSERVER.parent)
    if "TRACED" not in os.environ:
        runpy.run_path(str(OBSERVER), run_name="__main__")
        return
    traced = Traced(os.environ["TRACED_MODULES"].split(","), os.environ["TRACED"])
    names = runpy.run_path(str(OBSERVER), run_name="observer")["main"].__globals__
    names["_answer"] = traced.answer(names["_answer"])
    names["main"]()


if __name__ == "__main__":
    main()
