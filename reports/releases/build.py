"""Build an environment from its lock, with uv where it is installed and with pip elsewhere.

It is built beside its place and renamed when it is complete, so a build that was killed is seen and
begun again. What is complete holds a stamp, the sha256 of its lock, and is used again as it is. Only
`<folder>/<id>/bin/python` is meant to be run: the scripts beside it know the place of before. Bytecode
is left to the first import, which needs a third of all modules.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from reports.releases.environments import Environment, indexes
from reports.releases.interpreter import CannotBuild, find_interpreter
from suites.observe import process_groups

__all__ = ["CannotBuild", "build", "is_built", "python_of", "reason", "remove"]

STAMP = "lock.sha256"
PATIENCE = 3600  # seconds for one command
IN_THE_WAY = ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
PIPS = {"3.6": "21.3.1", "3.7": "24.0", "3.8": "25.0.1"}  # the last for old Pythons
PIP = "25.3"
NO_NETWORK = ("error sending request", "Failed to establish a new connection")


def is_built(environment: Environment, folder: Path) -> bool:
    """Whether an environment is complete, from the lock of today. Raises CannotBuild without one."""
    return _stamp(folder / environment.id) == _sha256(environment.lock)


def build(environment: Environment, folder: Path) -> Path:
    """The Python of an environment in `folder`, which is built unless it is there already.

    Raises CannotBuild, one line: no interpreter, no package, no network.
    """
    place, beside = folder / environment.id, _beside(environment, folder)
    if is_built(environment, folder):
        return python_of(place)
    interpreter = find_interpreter(environment.python)
    remove(environment, folder)
    folder.mkdir(parents=True, exist_ok=True)
    _fill(interpreter, beside, environment)
    (beside / STAMP).write_text(_sha256(environment.lock))
    os.replace(beside, place)
    return python_of(place)


def remove(environment: Environment, folder: Path) -> None:
    """Remove an environment, and what a build that was killed has left of it."""
    for path in (folder / environment.id, _beside(environment, folder)):
        if path.exists():
            shutil.rmtree(path)


def python_of(place: Path) -> Path:
    """The interpreter of a virtual environment."""
    return place / "bin" / "python"


def _fill(interpreter: Path, place: Path, environment: Environment) -> None:
    if uv := shutil.which("uv"):
        _run([uv, "venv", "--no-config", "--python", str(interpreter), str(place)])
        install = [uv, "pip", "sync", "--no-config", "--python", str(python_of(place))]
    else:
        pip = [str(python_of(place)), "-m", "pip", "install", "--quiet"]
        _run([str(interpreter), "-m", "venv", str(place)])
        known = PIPS.get(environment.python, PIP)
        _run([*pip, f"pip=={known}"])  # that of an old Python does not know today's wheels
        install = [*pip, "--no-deps", "--no-compile", "-r"]
    install += [str(environment.lock), "--require-hashes"]
    _first_that_works([[*install, *index] for index in indexes(environment)])


def _first_that_works(commands: Sequence[Sequence[str]]) -> None:
    *others, last = commands
    for command in others:
        try:
            return _run(command)
        except CannotBuild:
            continue
    _run(last)


def _run(command: Sequence[str]) -> None:
    env = _surroundings()
    try:
        done = process_groups.run(command, PATIENCE, env)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotBuild(_line(str(error))) from None
    if done.returncode:
        raise CannotBuild(reason(done.stderr or done.stdout))


def _surroundings() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if name not in IN_THE_WAY}


def reason(text: str) -> str:
    """The error that uv or pip ended with, and its first cause, in one line."""
    if any(sign in text for sign in NO_NETWORK):
        return "no network: the packages can't be fetched"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    causes = [line for line in lines if line.startswith("cause:")]
    return _line(
        "; ".join((*errors[-1:], *causes[:1])) or "; ".join(lines[-1:]) or "no reason given"
    )


def _line(text: str) -> str:
    return " ".join(text.split())[:300]


def _beside(environment: Environment, folder: Path) -> Path:
    return folder / f".{environment.id}-unfinished"


def _stamp(place: Path) -> str:
    try:
        return (place / STAMP).read_text()
    except OSError:
        return ""


def _sha256(lock: Path) -> str:
    try:
        return hashlib.sha256(lock.read_bytes()).hexdigest()
    except OSError:
        raise CannotBuild(f"no lock: {lock.name} is missing") from None
