"""Which Python a text means: a program, a name on the path, or the folder of an environment."""

from __future__ import annotations

import shutil
from pathlib import Path


class NoInterpreter(ValueError):
    """There is no such Python; one line that says what may be given."""


def interpreter(text: str) -> Path:
    """The program that a path, a name or a folder means, absolute. Raises NoInterpreter."""
    path = Path(text).expanduser()
    for program in (path / "bin" / "python", path / "Scripts" / "python.exe", path):
        if found := shutil.which(program):
            return Path(found).absolute()
    raise NoInterpreter(
        f"there is no interpreter {text!r}; give a Python, or the folder of an environment"
    )
