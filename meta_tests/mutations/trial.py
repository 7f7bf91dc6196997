"""Try one mutant: put it into a copy of the project, and run the tests that can see it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from meta_tests.mutations.mutants import Mutant
from meta_tests.mutations.relevant import by_distance

Verdict = Literal["killed", "survived"]
LIMIT = 1800.0  # seconds for one stage of tests; a change may make a loop endless
NEAR = 6  # test files of the first stage, which kills most mutants within seconds
LEFT_OUT = (".git", "latest", ".venv", ".environments", "__pycache__", ".hypothesis", ".*_cache")


@dataclass(frozen=True)
class Trial:
    """What became of a mutant; `by` is the test that failed first, or what ended the run."""

    mutant: str
    verdict: Verdict
    by: str


@contextmanager
def copy_of(root: Path, folder: Path) -> Iterator[Path]:
    """A copy of the project in `folder`, which is removed at the end."""
    place = folder / f"mutant-{os.getpid()}"
    shutil.copytree(root, place, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def attempt(mutant: Mutant, copy: Path) -> Trial:
    """Run the tests on a changed copy, the nearest ones first, and put the file back."""
    path = copy / mutant.file
    source = path.read_bytes()
    path.write_bytes(mutant.apply(source))
    try:
        tests = by_distance(copy, mutant.file)
        for stage in (tests[:NEAR], tests[NEAR:], ["suites"]):
            if by := _failure(copy, stage):
                return Trial(mutant.id, "killed", by)
    finally:
        path.write_bytes(source)
    return Trial(mutant.id, "survived", "")


def _failure(copy: Path, tests: list[str]) -> str:
    """The first test that fails, "" where all pass."""
    command = [sys.executable, "-m", "pytest", *tests, "-x", "-q", "-p", "no:randomly"]
    command += ["-p", "no:cacheprovider", "--no-header", "--tb=no", "-rfE"]
    if tests == ["suites"]:
        command += ["--tier=quick", f"--report-folder={copy / 'reports' / 'latest'}"]
    variables = {**os.environ, "CI": "true", "PYTHONDONTWRITEBYTECODE": "1"}
    variables.pop("PYTEST_ADDOPTS", None)
    with subprocess.Popen(
        command,
        cwd=copy,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            text, _ = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            return f"no end within {LIMIT:g} s"
    if process.returncode == 0:
        return ""
    failed = [line for line in text.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0].partition(" - ")[0] if failed else f"exit {process.returncode}"
