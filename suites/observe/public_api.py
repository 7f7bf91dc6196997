"""What the installation offers that means cross-entropy, and what of it calls use.

This file travels with `observer.py`, which loads it from the same folder: standard library alone, in
Python 3.6 syntax. A public object has its shortest name. What only `compile` understands
("crossentropy", "ce") is in no table and is not looked for.
"""

import ast
import inspect
import re
from collections import deque
from functools import lru_cache
from types import ModuleType

MEANING = re.compile(
    r"cross_?entropy|xent|log_?loss|log_?likelihood|perplexity|focal|sampled_softmax|nce_?loss"
    r"|(^|_)(([bcw]|sc)?ce|nll)($|_|loss)",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?<![\w.])[\d.]+(e-?\d+)?")
TELLING = {"from_logits", "label_smoothing", "pos_weight"}  # parameters of cross-entropy alone
PRIVATE = {"src", "python", "core", "compiler"}  # parts of the names of modules that are private
ASSIGNMENTS = (ast.Assign, getattr(ast, "NamedExpr", ast.Assign))
WITH_NAMES_OF_ITS_OWN = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def described(modules, names, calls, programs):
    """As plain data: `names`, each with its parameters, `uses`, pairs of a name and a parameter that
    a call gives it, "" being the call itself, and `aliases`, longer names of the same objects.

    `modules` are walked, `names` are what the calls are over, and `programs` the syntax trees of
    the functions that they call beside, by name.
    """
    shortest = {}
    every = public(modules)
    for name, named in every.items():
        shortest.setdefault(named, name)
    uses = {
        (shortest[named], use)
        for named, use in covered(calls, names, programs)
        if named in shortest
    }
    found = {name: parameters(named) for named, name in shortest.items()}
    aliases = sorted(set(every) - set(found))
    return {"names": found, "uses": sorted(map(list, uses)), "aliases": aliases}


def public(modules):
    """All public names that mean cross-entropy, the shortest first, with what they name.

    A text that a function `get` understands is a name too: of the function with the text.
    """
    found = {}
    queue = deque(sorted(modules.items()))
    packages = {module.__name__ for module in modules.values()}
    seen = {id(module) for module in modules.values()}
    while queue:
        place, space = queue.popleft()
        for name, value in _members(space):
            full = "{}.{}".format(place, name)
            if id(value) not in seen and _is_public_space(value, packages):
                seen.add(id(value))
                queue.append((full, value))
            if callable(value) and not isinstance(value, ModuleType) and _means(name, value):
                found[full] = value
            if name == "get" and inspect.isfunction(value):
                found.update(
                    ("{}({!r})".format(full, text), (value, text)) for text in _texts(value)
                )
    return found


def _members(space):
    if inspect.isclass(space):
        members = list(vars(space).items())
    else:
        members = [(name, getattr(space, name, None)) for name in dir(space)]
    return ((name, value) for name, value in members if not name.startswith("_"))


def _is_public_space(value, packages):
    if not isinstance(value, ModuleType):
        return inspect.isclass(value)
    parts = getattr(value, "__name__", "").split(".")  # a lazy module that is not there has none
    return parts[0] in packages and PRIVATE.isdisjoint(parts)


def _means(name, value):
    return bool(MEANING.search(name)) or not TELLING.isdisjoint(parameters(value))


def _texts(get):
    """What `get` understands: Keras 3 has a table of it, Keras 2 looks into its whole module."""
    table = get.__globals__.get("ALL_OBJECTS_DICT", get.__globals__)
    texts = [text for text in table if MEANING.search(text) and not text.startswith("_")]
    calls = {text: ast.parse("get({!r})".format(text), mode="eval").body for text in texts}
    return [text for text, node in calls.items() if _value(node, {"get": get}) is not None]


def parameters(named):
    """Names of the parameters; for a class, of its constructor and of the call of an object."""
    parts = _signature(named) + (_signature(_call(named))[1:] if inspect.isclass(named) else [])
    return [part.name for part in parts if part.kind not in VARIADIC]


def _call(cls):
    """What the call of an object comes to; a metric has a method for it."""
    return getattr(cls, "update_state", cls.__call__)


def _signature(function):
    try:
        return list(_read(function).parameters.values())
    except (TypeError, ValueError):  # some of C++ have none
        return []


@lru_cache(maxsize=None)
def _read(function):
    return inspect.signature(function)


class _Scope(dict):
    """Names, and what a tree assigns to others, which is made when it is asked for.

    What is made of the same by the same text is made once: `made` is shared by all scopes, since a
    model costs more than all else together.
    """

    def __init__(self, names, tree, made):
        super().__init__(names)
        self.made = made
        self.assigned = dict(_assigned(tree))

    def __missing__(self, name):
        self[name] = self.value(self.assigned.pop(name))
        return self[name]

    def value(self, node):
        """The value of an expression, as `_value` finds it."""
        inside = list(ast.walk(node))
        if any(isinstance(part, WITH_NAMES_OF_ITS_OWN) for part in inside):
            return _value(node, self)
        used = [self._named(part.id) for part in inside if isinstance(part, ast.Name)]
        key = ast.dump(node), tuple(map(id, used))
        if key not in self.made:
            self.made[key] = _value(node, self), used  # which it keeps, so that no id is used again
        return self.made[key][0]

    def _named(self, name):
        try:
            return self[name]
        except KeyError:  # of Python itself
            return None


@lru_cache(maxsize=None)
def _assigned(tree):
    """The names that a tree assigns to, each with the last expression."""
    found = {}
    for node in ast.walk(tree):
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        if isinstance(node, ASSIGNMENTS) and isinstance(targets[0], ast.Name):
            found[targets[0].id] = node.value
    return found


@lru_cache(maxsize=None)
def _calls(tree):
    """The calls in a tree, which is a program that many others call."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def covered(calls, names, programs):
    """What the calls call, and every parameter that they give it.

    A call is an expression over `names`, arrays and `programs`. Nothing of it is run but what makes
    the objects that are called. Calls that differ in numbers alone use the same.
    """
    found, made = set(), {}
    different = {NUMBER.sub("0", call): call for call in calls}
    for tree in map(ast.parse, sorted(different.values())):
        found |= _covered(tree, _Scope(names, tree, made), names, programs)
    return found


def _covered(tree, scope, names, programs):
    """What a tree and the programs that it leads to call."""
    found = set()
    for node in _calls(tree):
        program = programs.get(getattr(node.func, "id", ""))
        if program is None:
            found.update(_uses(node, scope))
        else:
            inner = _Scope(names, program, scope.made)
            inner.update(_arguments(node, program, scope))
            found |= _covered(program, inner, names, programs)
    return found


def _arguments(node, program, scope):
    """The values that a call gives to a program, by parameter, as far as they hold no arrays."""
    names = [parameter.arg for parameter in program.args.args]
    usual = program.args.defaults
    nodes = dict(zip(names[len(names) - len(usual) :], usual))
    nodes.update(zip(names, node.args))
    nodes.update((keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg)
    return {name: scope.value(value) for name, value in nodes.items()}


def _value(node, scope):
    """What an expression without arrays is; None if it has any, or raises something else."""
    try:
        return eval(compile(ast.Expression(node), "a call", "eval"), {}, scope)
    except Exception:
        return None


def _called(node, scope):
    """What a call names, the function that it wraps, and what that takes before the arguments."""
    made_by = _value(node.func.func, scope) if isinstance(node.func, ast.Call) else None
    if inspect.isclass(made_by):  # an object that need not be made to know what it takes
        return made_by, _call(made_by), (None,)
    function = _value(node.func, scope)
    function = getattr(function, "python_function", function)  # of what tf.function made
    named = getattr(function, "__self__", function)  # of a method, its object
    if inspect.isclass(named) or inspect.isroutine(named):
        return named, function, ()
    return type(named), _call(type(named)), (None,)


def _uses(node, scope):
    named, function, itself = _called(node, scope)
    keywords = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    try:
        bound = _read(function).bind_partial(*itself, *node.args, **keywords)
    except (TypeError, ValueError):  # it can't be called so
        return
    arguments = dict(list(bound.arguments.items())[len(itself) :])
    yield from ((named, parameter) for parameter in ("", *arguments))
    if named.__name__ == "get":
        yield from (((named, text), "") for text in map(_literal, arguments.values()) if text)


def _literal(node):
    """The text in the call, None for any other expression."""
    try:
        found = ast.literal_eval(node)
    except ValueError:
        return None
    return found if isinstance(found, str) else None
