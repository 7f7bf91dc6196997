"""A Python of a minor release is looked for in an order, and believed only if it says that it is one."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reports.releases import interpreter
from reports.releases.interpreter import NoInterpreter, find_interpreter

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


class Machine:
    """What programs print, by the name of the program; others can't be started."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, pyenv: Path) -> None:
        self.prints: dict[str, str] = {}
        self.started: list[str] = []
        self.on_path: dict[str, str] = {}
        monkeypatch.setenv("PYENV_ROOT", str(pyenv))
        monkeypatch.setattr(shutil, "which", self.on_path.get)
        monkeypatch.setattr(subprocess, "run", self.run)

    def run(self, command: list[str], **_: Any) -> SimpleNamespace:
        name = "uv" if command[0] == "uv" else str(command[0])
        self.started.append(name)
        if name not in self.prints:
            raise FileNotFoundError(name)
        return SimpleNamespace(stdout=self.prints[name], returncode=0)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    for version in ("3.6.1", "3.6.15", "3.60.1", "2.7.18"):
        (tmp_path / "versions" / version / "bin").mkdir(parents=True)
        (tmp_path / "versions" / version / "bin/python").touch()
    return Machine(monkeypatch, tmp_path)


def pyenv(tmp_path: Path, version: str) -> str:
    return str(tmp_path / "versions" / version / "bin/python")


def test_path_comes_before_pyenv_and_uv_is_asked_last(machine: Machine, tmp_path: Path) -> None:
    machine.on_path |= {"python3.6": "/shim/python3.6", "uv": "/bin/uv"}
    machine.prints |= {"/shim/python3.6": "", "uv": "/by/uv\n", "/by/uv": "3.6\n/real/python\n"}
    assert find_interpreter("3.6") == Path("/real/python")
    old, new = pyenv(tmp_path, "3.6.1"), pyenv(tmp_path, "3.6.15")
    assert machine.started == ["/shim/python3.6", new, old, "uv", "/by/uv"]


def test_the_first_that_says_the_version_is_taken(machine: Machine, tmp_path: Path) -> None:
    machine.on_path["python3.6"] = "/usr/bin/python3.6"
    machine.prints |= {
        "/usr/bin/python3.6": "3.7\n/usr/bin/python3.7\n",
        pyenv(tmp_path, "3.6.1"): "3.6\n/pyenv/python\n",
    }
    assert find_interpreter("3.6") == Path("/pyenv/python")


def test_this_interpreter_is_the_first_candidate_of_its_own_release(machine: Machine) -> None:
    own = getattr(sys, "_base_executable", sys.executable)
    machine.prints[own] = f"{HERE}\n/this/python\n"
    assert find_interpreter(HERE) == Path("/this/python")
    assert machine.started == [own]


def test_none_is_one_line_that_says_where_it_was_looked_for(machine: Machine) -> None:
    why = "no interpreter for Python 3.5: none on PATH, known to uv or among pyenv's versions"
    with pytest.raises(NoInterpreter, match=f"^{re.escape(why)}$"):
        find_interpreter("3.5")
    assert machine.started == []
    assert interpreter.PATIENCE == 60
