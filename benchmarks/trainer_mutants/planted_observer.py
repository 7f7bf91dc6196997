"""The observer of a Keras that has one mistake: in memory, the installed files stay as they are.

The variable `PLANTED` holds the mistake, as `Mutation.text` writes it; without one nothing is planted.
"""

import json
import os
import runpy
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

OBSERVER = Path(__file__).parents[2] / "suites/observe/observer.py"


class Planted(SourceFileLoader):
    """A module whose `old` text, which must occur once, becomes `new`."""

    old = new = ""

    def get_code(self, fullname: str) -> CodeType:
        source = Path(self.path).read_text(encoding="utf-8")
        if source.count(self.old) != 1:
            raise ImportError(f"{fullname} does not have the text once that is to be replaced")
        return compile(source.replace(self.old, self.new), self.path, "exec", dont_inherit=True)


class Planting(MetaPathFinder):
    """Finds the one module that has the mistake."""

    def __init__(self, module: str, old: str, new: str) -> None:
        self.module, self.old, self.new = module, old, new

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == self.module else None
        if spec is None or spec.origin is None:
            return None
        loader = Planted(fullname, spec.origin)
        loader.old, loader.new = self.old, self.new
        spec.loader = loader
        return spec


if __name__ == "__main__":
    if "PLANTED" in os.environ:
        sys.meta_path.insert(0, Planting(**json.loads(os.environ["PLANTED"])))
    sys.path[0] = str(OBSERVER.parent)
    runpy.run_path(str(OBSERVER), run_name="__main__")
