"""Try one mutant: put it into a copy of the project, and run the tests that can see it.

A test that fails on the changed copy must pass on the unchanged one, or it shows nothing.
"""

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

from meta_tests.mutations.relevant import by_distance
from reports.sensitivity.source.mutation import Mutant

Verdict = Literal["killed", "open", "survived"]  # open: passed the nearest tests, the rest not run
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


class Unsound(Exception):
    """A test fails without any change, so that nothing can be learned from it."""


def attempt(mutant: Mutant, copy: Path, near: int | None = None) -> Trial:
    """Run the tests on a changed copy, the nearest ones first, and put the file back.

    With `near` only so many test files. Raises Unsound.
    """
    tests = by_distance(copy, mutant.file)[:near]
    stages = [tests[:NEAR], tests[NEAR:], ["suites"] if near is None else []]
    path = copy / mutant.file
    source = path.read_bytes()
    path.write_bytes(mutant.apply(source))
    try:
        found = ((_failure(copy, stage), stage) for stage in stages if stage)
        by, stage = next((pair for pair in found if pair[0]), ("", []))
    finally:
        path.write_bytes(source)
    if not by:
        return Trial(mutant.id, "survived" if near is None else "open", "")
    _check_sound(copy, by, stage)
    return Trial(mutant.id, "killed", by)


def _check_sound(copy: Path, by: str, stage: list[str]) -> None:
    """Raise Unsound where the unchanged copy fails as well: the test, or else to collect any."""
    kind, _, test = by.partition(" ")
    of_a_test = kind in ("FAILED", "ERROR")
    if again := _failure(copy, [test]) if of_a_test else _failure(copy, stage, "--collect-only"):
        raise Unsound(f"without a change, too: {again}")


def _failure(copy: Path, tests: list[str], *options: str) -> str:
    """The first test that fails, "" where all pass."""
    command = [sys.executable, "-m", "pytest", *tests, "-x", "-q", "-p", "no:randomly"]
    command += [*options, "-p", "no:cacheprovider", "--no-header", "--tb=no", "-rfE"]
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
