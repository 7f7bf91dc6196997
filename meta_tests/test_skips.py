"""Under CI a skipped test fails; elsewhere it is skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

@pytest.mark.skipif(True, reason="no uv here")
def test_marked(): pass

def test_called():
    pytest.skip("no uv here")

@pytest.fixture
def missing(): pytest.skip("no uv here")

def test_fixture(missing): pass
"""
MODULE = "import pytest\npytest.importorskip('no_such_module')\ndef test_never(): pass\n"
EXCUSED = "import pytest\ndef test_excused():\n    pytest.skip('no Python 3.6 here')\n"


@pytest.mark.parametrize(
    ("ci", "code", "counts"), [(False, 0, "5 skipped"), (True, 1, "1 failed, 1 skipped, 3 errors")]
)
def test_a_missing_tool_fails_under_ci_only(tmp_path: Path, ci: bool, code: int, counts: str):
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    files = {"marked": TESTS, "module": MODULE, "excused": EXCUSED}
    for name, text in files.items():
        (tmp_path / f"test_{name}.py").write_text(text)
    variables = {name: value for name, value in os.environ.items() if name != "CI"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    command += ["--continue-on-collection-errors", f"--rootdir={tmp_path}", "-c", os.devnull]
    done = subprocess.run(
        command,
        env=variables | ({"CI": "true"} if ci else {}),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
    assert counts in done.stdout
    if ci:
        assert "under CI nothing may be skipped: could not import 'no_such_module'" in done.stdout
