"""Arrays of the user's: from literals and from files."""

from __future__ import annotations

import ast
import re
import warnings
from pathlib import Path
from typing import Literal

import numpy as np

from reports.store.errors import BadUsage

SUFFIXES = (".npy", ".npz", ".csv")
INFINITY = re.compile(r"\binf(inity)?\b")  # a literal of Python has no name for it,
NAN = re.compile(r"\bnan\b")  # nor for this
MOST = 1 << 25  # numbers that are computed, some hundred megabytes
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
    named = NAN.sub("'nan'", INFINITY.sub("1e999", text.strip().lower()))
    try:
        found = np.asarray(ast.literal_eval(named))
        return found.astype(np.float64) if NAN.search(named) else found
    except (ValueError, SyntaxError, TypeError):
        raise BadUsage(f"{option}: can't read {text!r}; write {FORMATS}") from None


def _of_file(option: str, path: Path) -> np.ndarray:
    try:
        if path.suffix == ".csv":
            with warnings.catch_warnings(action="ignore"):  # that it is empty is said later
                return np.loadtxt(path, delimiter=",", ndmin=1)
        mode: Literal["r"] | None = "r" if path.suffix == ".npy" else None
        loaded = np.load(path, mmap_mode=mode, allow_pickle=False)
    except OSError as error:
        raise BadUsage(f"{option}: can't read {path}: {error.strerror or error}") from None
    except ValueError as error:
        if path.suffix == ".csv":
            why = f"{' '.join(str(error).split())} A .csv file holds numbers alone: remove the heading."
            raise BadUsage(f"{option}: {path}: {why}") from None
        raise BadUsage(f"{option}: {path} holds no plain numbers; objects are not loaded") from None
    if isinstance(loaded, np.ndarray):
        return loaded
    names = loaded.files
    if len(names) != 1:
        raise BadUsage(f"{option}: {path} holds {len(names)} arrays ({', '.join(names)}); save one")
    return np.asarray(loaded[names[0]])


def sampled(
    target: np.ndarray, output: np.ndarray, weight: np.ndarray | None, axis: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, str]:
    """Evenly spaced rows where there are more than can be computed, and a remark, else "".

    Raises BadUsage where there is no axis of rows to sample.
    """
    if output.size <= MOST:
        return target, output, weight, ""
    rows = len(output)
    step = -(-output.size // MOST)
    if output.ndim < 2 or axis % output.ndim == 0 or step > rows:
        raise BadUsage(
            f"--output: {output.size:,} numbers are too many; at most {MOST:,} are computed"
        )
    of_rows = weight is not None and weight.shape[:1] == (rows,)
    chosen = len(range(0, rows, step))
    remark = (
        f"Of {rows:,} rows every {step}th was taken, {chosen:,} in all: what they give together is "
        "only about what all give."
    )
    some = weight[::step] if weight is not None and of_rows else weight
    return target[::step], output[::step], some, remark
