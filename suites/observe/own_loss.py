"""A loss of the user's own, to which a call refers as `subject`: imported, and described.

This file travels with `observer.py`, which loads it from the same folder: standard library alone, in
Python 3.6 syntax. `XENTCHECK_SUBJECT` of the observer's process says what to import: "package.module:name"
or "folder/file.py:name". Modules are looked for in the current folder first, as in pytest.
"""

import difflib
import importlib
import inspect
import os
import sys

NAME = "subject"
OF_CLASSES = ("call", "forward", "__call__")  # in which a class takes labels and predictions
PLAIN = (bool, int, float, str, type(None))  # values that travel as JSON


class CannotImport(Exception):
    """One line: what can't be imported, and what is near. `found` is whether its module was found."""

    def __init__(self, line, found=False):
        super(CannotImport, self).__init__(line)
        self.found = found


def load(text):
    """The function, class or object that a text names. Raises CannotImport."""
    place, _, name = text.partition(":")
    if not (place and name):
        raise CannotImport("{!r} is no subject; write package.module:name".format(text))
    found = _module(place)
    for part in name.split("."):
        if not hasattr(found, part):
            raise CannotImport("{} has no {!r}{}".format(place, part, _near(part, found)))
        found = getattr(found, part)
    if not callable(found):
        raise CannotImport("{} is {!r} and can't be called".format(text, type(found).__name__))
    return found


def _module(place):
    """The module of a name with dots, or of a file."""
    folder, name = os.getcwd(), place
    if place.endswith(".py"):
        folder, name = os.path.split(os.path.abspath(place))
        name = name[: -len(".py")]
        if not os.path.exists(place):
            raise CannotImport("there is no file {}".format(place))
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    except ImportError as error:
        absent = getattr(error, "name", None) or ""
        if absent and (name == absent or name.startswith(absent + ".")):
            where = "neither in {} nor among the packages".format(folder)
            raise CannotImport("there is no module {}: it is {}".format(absent, where))
        raise CannotImport("{} can't be imported: {}".format(place, _one_line(error)), True)
    except (Exception, SystemExit) as error:
        raise CannotImport("{} can't be imported: {}".format(place, _one_line(error)), True)


def _one_line(error):
    lines = str(error).splitlines() or [""]
    return "{}: {}".format(type(error).__name__, lines[0][:200])


def _near(name, module):
    known = [each for each in dir(module) if not each.startswith("_")]
    near = difflib.get_close_matches(name, known, 3)
    return "; did you mean {}?".format(" or ".join(near)) if near else ""


def described(text):
    """What it is, and what it takes, as JSON; `error` where it can't be imported.

    `created` are the parameters of a class, `called` those of the call with labels and predictions,
    `open` says which of both take any keyword.
    """
    try:
        found = load(text)
    except CannotImport as error:
        return {"error": str(error), "found": error.found}
    kind = "class" if inspect.isclass(found) else "function"
    created = _parameters(found) if kind == "class" else []
    ways = [_parameters(way) for way in _ways(found, kind)] or [[]]
    called = list(ways[0])
    names = [each["name"] for each in called]
    called += [each for way in ways[1:] for each in way if each["name"] not in names]
    if kind == "class":
        called = called[1:]  # without self
    return {
        "kind": kind,
        "created": [each for each in created if each["kind"] != "open"],
        "called": [each for each in called if each["kind"] != "open"],
        "open": {
            "created": any(each["kind"] == "open" for each in created),
            "called": any(each["kind"] == "open" for each in called),
        },
    }


def _ways(found, kind):
    """What takes labels and predictions: a function itself, of a class its methods."""
    if kind == "function":
        return [found]
    methods = [getattr(found, name, None) for name in OF_CLASSES]
    own = [method for method in methods if inspect.isfunction(method)]
    return own


def _parameters(function):
    """Names and defaults; nothing of what says nothing of itself."""
    function = getattr(function, "python_function", function)  # of tf.function
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [_parameter(each) for each in parameters if each.kind != each.VAR_POSITIONAL]


def _parameter(parameter):
    default = parameter.default
    required = default is parameter.empty
    return {
        "name": parameter.name,
        "kind": "open" if parameter.kind == parameter.VAR_KEYWORD else "one",
        "required": required,
        "default": default if isinstance(default, PLAIN) and not required else None,
    }
