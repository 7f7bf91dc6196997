"""Which of the project's own tests can see a change of a file: those that import it, nearest first.

Tests that start the program in a process of its own see every file; they come last.
"""

from __future__ import annotations

import ast
from collections import Counter, deque
from collections.abc import Mapping
from pathlib import Path

ROOMS = ("reference", "suites", "reports", "meta_tests")
# What starts a file in a process of its own sees it as well as what imports it.
STARTS = {
    "meta_tests/hooks.py": "conftest.py",
    "meta_tests/door.py": "conftest.py",
    "meta_tests/test_bare_environment.py": "conftest.py",
    "meta_tests/test_front_door.py": "conftest.py",
    "suites/observe/client.py": "suites/observe/observer.py",
    "meta_tests/test_command_line.py": "reports/__main__.py",
}
# They start TensorFlow or many processes, and count as two imports further away.
SLOW = {
    f"meta_tests/test_{name}.py"
    for name in (
        *("absences_live", "all_pairs", "bisection", "build", "command_line", "contributing"),
        *("every_option", "exit_codes", "forecast", "front_door", "page_in_browser"),
        *("pins_at_the_door", "probe", "releases", "sensitivity", "sensitivity_live"),
        *("enclosure_of_formulas", "arithmetics", "observer", "shipped", "sweep"),
    )
}
# It reads the code as a text, and fails for any change of a listed survivor.
OWN = "meta_tests/test_mutations.py"


def by_distance(root: Path, file: str) -> list[str]:
    """Test files in the order of their distance from `file`, both relative to `root`.

    Distance counts imports; what imports the file directly is at distance 1. Test files that reach
    it by no import stand at the end, since they may run it in another process. Of equal ones the one
    that has the name of the file comes first, then those that import the fewest others.
    """
    importers = _importers(root)
    distance, queue = {file: 0}, deque([file])
    while queue:
        name = queue.popleft()
        for importer in sorted(importers.get(name, ())):
            if importer not in distance:
                distance[importer] = distance[name] + 1
                queue.append(importer)
    tests = sorted(str(path.relative_to(root)) for path in (root / "meta_tests").glob("test_*.py"))
    tests = [test for test in tests if test != OWN]
    named = f"meta_tests/test_{Path(file).name}"
    far = len(distance) + 1

    imports = Counter(name for names in importers.values() for name in names)

    def order(test: str) -> tuple[int, bool, int, str]:
        steps = distance.get(test, far) + 2 * (test in SLOW)
        return steps, test != named, imports[test], test

    return sorted(tests, key=order)


def _importers(root: Path) -> Mapping[str, set[str]]:
    """For each file those that import it."""
    found: dict[str, set[str]] = {}
    paths = [path for room in ROOMS for path in (root / room).rglob("*.py")]
    for path in (*paths, root / "conftest.py"):
        for name in _imported(path):
            for file in (name.replace(".", "/") + ".py", name.replace(".", "/") + "/__init__.py"):
                if (root / file).is_file():
                    found.setdefault(file, set()).add(str(path.relative_to(root)))
    for starter, file in STARTS.items():
        found.setdefault(file, set()).add(starter)
    return found


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names
