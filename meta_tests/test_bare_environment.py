"""In an environment that holds pytest alone, a run is one line and the exit code for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from suites.observe.requirement import PACKAGES
from suites.plugin.exits import Exit

ROOT = Path(__file__).parents[1]
OF_PYTEST = ("packaging",)  # what pytest itself needs
ENVIRONMENTS = {
    "without NumPy": ("numpy",),
    "without ml_dtypes": ("ml_dtypes",),
    "pytest alone": tuple(name for name in PACKAGES if name not in OF_PYTEST),
}


@pytest.mark.parametrize("arguments", [(), ("--tier=quick",), ("--help",)], ids=" ".join)
@pytest.mark.parametrize("blocked", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_what_is_missing_is_one_line(
    tmp_path: Path, blocked: tuple[str, ...], arguments: tuple[str, ...]
) -> None:
    block = "import sys\nsys.modules.update(dict.fromkeys({}))\n"
    (tmp_path / "sitecustomize.py").write_text(block.format(blocked))
    variables = {"PYTHONPATH": str(tmp_path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    first = "numpy" if "numpy" in blocked else "ml_dtypes"
    line = f"xentcheck: {first} is not installed: pip install -r requirements.txt\n"
    assert (done.returncode, done.stderr, done.stdout) == (Exit.CANNOT_MEASURE, line, "")


def test_an_import_error_of_our_own_keeps_its_traceback(tmp_path: Path) -> None:
    block = "import sys\nsys.modules['suites.plugin.items'] = None\n"
    (tmp_path / "sitecustomize.py").write_text(block)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == Exit.UNUSABLE
    assert "suites.plugin.items" in done.stderr
