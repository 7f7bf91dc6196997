"""The module of the front door, and a stand-in for a configuration, for tests of hooks one by one."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from suites.plugin.keys import CHOICES

ROOT = Path(__file__).parents[1]


@cache
def front_door() -> ModuleType:
    """conftest.py as a module of its own, beside the one that pytest has loaded."""
    spec = importlib.util.spec_from_file_location("the_front_door", ROOT / "conftest.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Config:
    """As much of a configuration as our hook needs."""

    def __init__(self, *arguments: str, **options: Any) -> None:
        self.option = SimpleNamespace(keyword="loss=bce,form=class", inifilename=None, rootdir=None)
        self.options = options
        self.stash: dict[Any, Any] = {CHOICES: SimpleNamespace(hunt=None)}
        self.args = list(arguments or ("suites",))
        self.rootpath, self.inipath = ROOT, ROOT / "pyproject.toml"
        self.lines: list[str] = []
        self.cleanups: list[Any] = []
        self.plugins: list[str] = []
        self.pluginmanager = SimpleNamespace(
            register=lambda plugin, name: self.plugins.append(name)
        )

    def getoption(self, name: str, default: Any = None) -> Any:
        return self.options.get(name, default)

    def addinivalue_line(self, name: str, line: str) -> None:
        self.lines.append(name)

    def add_cleanup(self, function: Any) -> None:
        self.cleanups.append(function)
