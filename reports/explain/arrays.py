"""Arrays of the user's: from literals and from files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np

from reports.store.errors import BadUsage

SUFFIXES = (".npy", ".npz", ".csv")
INFINITY = re.compile(r"\binf(inity)?\b")  # a literal of Python has no name for it
FORMATS = "a .npy, .npz or .csv file, or a literal such as '[[0, 1], [1, 0]]'"


def array(option: str, text: str) -> np.ndarray:
    """The array that a text names. Raises BadUsage, with the option, where there is none."""
    path = Path(text).expanduser()
    if path.suffix in SUFFIXES:
        found = _of_file(option, path)
    elif text.lstrip()[:1] in "[(-+.0123456789":
        found = _of_literal(option, text)
    else:
        raise BadUsage(f"{option}: {text!r} is neither {FORMATS}")
    if found.dtype.kind not in "biuf":
        raise BadUsage(f"{option}: numbers are needed, and this array has dtype {found.dtype}")
    return found


def _of_literal(option: str, text: str) -> np.ndarray:
    try:
        return np.asarray(ast.literal_eval(INFINITY.sub("1e999", text.strip())))
    except (ValueError, SyntaxError, TypeError):
        raise BadUsage(f"{option}: can't read {text!r}; write {FORMATS}") from None


def _of_file(option: str, path: Path) -> np.ndarray:
    try:
        if path.suffix == ".csv":
            return np.loadtxt(path, delimiter=",", ndmin=1)
        loaded = np.load(path, allow_pickle=False)
    except OSError as error:
        raise BadUsage(f"{option}: can't read {path}: {error.strerror or error}") from None
    except ValueError as error:
        raise BadUsage(f"{option}: {path}: {' '.join(str(error).split())}") from None
    if isinstance(loaded, np.ndarray):
        return loaded
    names = loaded.files
    if len(names) != 1:
        raise BadUsage(f"{option}: {path} holds {len(names)} arrays ({', '.join(names)}), not one")
    return np.asarray(loaded[names[0]])
