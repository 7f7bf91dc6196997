"""What an error says of an installation: that it lacks what a call names, or that the call failed.

This file travels with `observer.py`, which loads it from the same folder: standard library alone, in
Python 3.6 syntax.
"""

import ast
import os
import re
import traceback

NAME = re.compile(r"name '(\w+)' is not defined")
KEYWORD = re.compile(r"(?:([\w.<>]+)\(\) )?got an unexpected keyword argument '(\w+)'")
# Layers and steps of a compiler are counted in a process: the same call meets another number later.
COUNTED = re.compile(r"(\b(?:dense|masking|sequential|model|functional)_|%reduce\.)\d+")
# Files of TensorFlow and Keras whose wrappers pass a call on as it is.
WRAPPERS = (
    "deprecation.py",
    "dispatch.py",
    "tf_decorator.py",
    "tf_export.py",
    "traceback_utils.py",
)
HEADINGS = ("in user code:", "Graph execution error:")  # the last line says what is wrong
# What programs of this suite call around a loss; an argument of these is none of the loss.
AROUND = (
    "Activation Dense Input LossScaleOptimizer SGD Sequential compile evaluate fit function"
    " load_model predict save test_on_batch train_on_batch"
)


def refusal(error, trees, names):
    """An answer of words: `absent` for what a call names and is not there, `not_asked` for what
    only the program around a loss names, `error` for everything else.

    `trees` are those of the call and of the programs that it leads to, `names` those that they are
    over.
    """
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {_kind(error, nodes, names): one_line(error)}


def one_line(error):
    """Exception type and the first line of its message, or the last after a mere heading."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [""]
    text = [line for line in lines if not line.startswith("[[")]  # those name nodes of a graph
    line = text[-1] if lines[0] in HEADINGS else lines[0]
    name = type(error).__name__ + ": "
    line = line[len(name) :] if line.startswith(name) else line
    return name + COUNTED.sub(r"\1N", line)[:200]


def _kind(error, nodes, names):
    if isinstance(error, NameError):
        found = NAME.search(str(error))
        written = {node.id for node in nodes if isinstance(node, ast.Name)}
        return "absent" if found and found.group(1) in written - set(names) else "error"
    if isinstance(error, AttributeError):
        return "absent" if any(_is_lacking(node, names) for node in nodes) else "error"
    found = KEYWORD.search(str(error)) if isinstance(error, TypeError) else None
    if found is None or not _is_raised_by_call(error):
        return "error"
    return _kind_of_keyword(*found.groups(), nodes=nodes, names=names)


def _is_lacking(node, names):
    """Whether it is a name with dots, such as tf.keras.losses.Loss, of which a part is not there."""
    if not isinstance(node, ast.Attribute):
        return False
    try:
        _resolved(node, names)
    except AttributeError:
        return True
    except Exception:
        return False
    return False


def _resolved(node, names):
    """What a name with dots means. Raises LookupError for any other expression."""
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.Attribute):
        return getattr(_resolved(node.value, names), node.attr)
    raise LookupError


def _is_raised_by_call(error):
    """Whether what was called did not even begin: only wrappers lie between it and the call."""
    files = [frame[0] for frame in traceback.extract_tb(error.__traceback__)]
    if "<string>" not in files:
        return False
    after = files[len(files) - files[::-1].index("<string>") :]
    return all(os.path.basename(file) in WRAPPERS for file in after)


def _kind_of_keyword(function, keyword, nodes, names):
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    passing = [node.func for node in calls if keyword in [part.arg for part in node.keywords]]
    if not any(_may_be(called, function or "", names) for called in passing):
        return "error"
    programs = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    around = [
        getattr(called, "attr", "") in AROUND.split() or getattr(called, "id", "") in programs
        for called in passing
    ]
    return "not_asked" if all(around) else "absent"


def _may_be(called, function, names):
    """Whether what is called can be the function that an error names, for example
    `BinaryCrossentropy.__init__` or, before Python 3.10, `__init__`.
    """
    parts = [part for part in function.split(".") if not part.startswith(("_", "<"))]
    if not parts or not isinstance(called, ast.Attribute):
        return True
    try:
        own = getattr(_resolved(called, names), "__name__", "")
    except Exception:
        own = ""
    return any(part.startswith((called.attr, own or called.attr)) for part in parts)
