"""The module of the front door, for tests that call its hooks one by one."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

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
