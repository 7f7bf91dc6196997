"""Keras' own tests, which its wheel holds, on the same mutants.

They run in a process that is forked from one with TensorFlow, too, so that both are timed alike. As a
program this file is what is forked: it plants the mistake, and is pytest then.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # as a program it imports nothing of the project but what stands beside it
    from reports.sensitivity.source.mutation import Mutant
    from reports.sensitivity.source.targets import Target

LIMIT = 600.0  # seconds


@dataclass(frozen=True)
class ByKeras:
    """What the tests of a file did with a mutant: the first that failed, or "", and the seconds."""

    mutant: str
    failed: str
    seconds: float


def run(mutant: Mutant, target: Target, left_out: Sequence[str]) -> ByKeras:
    """Run the tests of a target until one fails, without those that fail anyway."""
    began = time.monotonic()
    text = {"module": target.module, "start": mutant.start, "end": mutant.end}
    planted = {"PLANTED": json.dumps({**text, "new": mutant.after})}
    found = _failed(target, ["-x", *(f"--deselect={test}" for test in left_out)], planted)
    return ByKeras(mutant.id, next(iter(found), ""), round(time.monotonic() - began, 2))


def fail_anyway(target: Target) -> list[str]:
    """The tests of a target that fail without any change, such as those that need JAX."""
    return [name for name in _failed(target, [], {}) if "::" in name]


def _failed(target: Target, options: Sequence[str], variables: dict[str, str]) -> list[str]:
    """The tests that fail, or how pytest ended."""
    from reports.sensitivity import forked

    path = target.path()
    assert path
    root = path.parents[len(Path(target.file).parts) - 1]
    tests = [str(root / name) for name in target.tests if (root / name).is_file()]
    whole = {**os.environ, **forked.variables(), forked.PROGRAM: __file__, **variables}
    whole["KERAS_TESTS"] = json.dumps([*tests, f"--rootdir={root}", *_of(target), *options])
    try:
        done = subprocess.run(
            [sys.executable, forked.__file__],
            env=whole,
            cwd=root.parent,  # by which the tests are named
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [f"no end within {LIMIT:g} s"]
    return _names(done.stdout.splitlines()) or [f"exit {done.returncode}"] * bool(done.returncode)


def _of(target: Target) -> list[str]:
    """Of the tests of all operations those of cross-entropies alone."""
    return ["-k", "crossentropy or Crossentropy"] if "nn.py" in target.file else []


def _names(lines: Iterable[str]) -> list[str]:
    found = (line.partition(" - ")[0].partition(" ") for line in lines)
    return [name for word, _, name in found if word in ("FAILED", "ERROR")]


def main() -> None:
    """Be pytest, with the mistake of the variable `PLANTED` in the memory of this process."""
    sys.path[0] = str(Path(__file__).parent)
    import planted  # type: ignore[import-not-found]  # from the folder of this program
    import pytest

    if find_spec("jax") is None:  # tests of the trainer import it whatever the backend is
        sys.modules["jax"] = ModuleType("jax")
    if "PLANTED" in os.environ:
        planted.plant(**json.loads(os.environ["PLANTED"]))
    options = ["-q", "-rfE", "--tb=no", "--no-header", "-p", "no:cacheprovider"]
    options += ["-p", "no:randomly", "--import-mode=importlib", "-c", os.devnull]
    code = pytest.main([*options, *json.loads(os.environ["KERAS_TESTS"])])
    sys.stdout.flush()
    os._exit(int(code))


if __name__ == "__main__":
    main()
