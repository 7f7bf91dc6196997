"""Find a Python of a given minor release on this machine: on PATH, by uv, among pyenv's versions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ASK = "import sys; print('%d.%d' % sys.version_info[:2]); print(sys.executable)"
PATIENCE = 60  # seconds


class CannotBuild(RuntimeError):
    """An environment can't be built here; the message is one line that says why."""


class NoInterpreter(CannotBuild):
    """There is no Python of the release that an environment needs."""


def find_interpreter(python: str) -> Path:
    """The absolute path of a Python of this minor release, such as "3.6". Raises NoInterpreter."""
    for candidate in _candidates(python):
        if found := _ask(candidate, python):
            return found
    raise NoInterpreter(
        f"no interpreter for Python {python}: none on PATH, known to uv or among pyenv's versions"
    )


def _candidates(python: str) -> Iterator[str]:
    if f"{sys.version_info.major}.{sys.version_info.minor}" == python:
        yield getattr(sys, "_base_executable", sys.executable)
    if on_path := shutil.which(f"python{python}"):
        yield on_path
    yield from sorted(map(str, _pyenv().glob(f"{python}.*/bin/python")), reverse=True)
    if shutil.which("uv"):
        command = ["uv", "python", "find", "--no-config", "--no-project", python]
        yield _output(command).strip()


def _pyenv() -> Path:
    return Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")


def _ask(candidate: str, python: str) -> Path | None:
    """What a candidate says it is, for it may be a shim that leads nowhere, or to another release."""
    if not candidate:
        return None
    version, _, path = _output([candidate, "-c", ASK]).strip().partition("\n")
    return Path(path) if version == python and path else None


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
