"""A pytest that has imported its packages and ours already: it is forked for each run.

It reads a line of JSON for each run, `arguments`, `variables`, the folder to be in and two files, of
output and errors, and writes a line with its exit code. conftest.py, test modules and plugins are
imported by each run; what it changes in a module ends with it.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = (
    *("pytest", "numpy", "pandas", "flint", "ml_dtypes", "jinja2", "packaging.specifiers"),
    *("matplotlib.figure", "matplotlib.backends.backend_svg"),
)
OURS = ("reports.plugin.start", "reports.plugin.collector", "suites.plugin.items")


def run(
    arguments: tuple[str, ...], variables: Mapping[str, str], folder: Path = ROOT
) -> tuple[int, str, str]:
    """The exit code of `python -m pytest` in a folder, and what it wrote to output and errors."""
    with tempfile.TemporaryDirectory() as place:
        files = [Path(place, name) for name in ("output", "errors")]
        asked = {
            "arguments": arguments,
            "variables": dict(variables),
            "folder": str(folder),
            "files": list(map(str, files)),
        }
        server = _server()
        assert server.stdin
        assert server.stdout
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        output, errors = (file.read_text(encoding="utf-8") for file in files)
        return code, output, errors


@cache
def _server() -> subprocess.Popen[str]:
    """One for each process of our tests, which ends with it."""
    command = [sys.executable, __file__]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    server = subprocess.Popen(command, cwd=ROOT, text=True, **pipes)
    atexit.register(server.communicate)
    return server


def main() -> None:
    sys.path[0] = str(ROOT)
    for name in (*PACKAGES, *OURS):
        importlib.import_module(name)
    gc.freeze()  # what is here stays: no run has to look through it
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _be_pytest(**json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _be_pytest(
    arguments: list[str], variables: dict[str, str], folder: str, files: list[str]
) -> None:
    os.environ.clear()
    os.environ.update(variables)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, file in enumerate(files, start=1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    os.chdir(folder)
    more = variables.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:0] = [folder, *filter(None, more)]
    sys.argv = ["pytest", *arguments]
    runpy.run_module("pytest", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
