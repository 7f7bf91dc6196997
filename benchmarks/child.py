"""Processes that benchmarks start: what they print, and what they take."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def ended(command: list[str], variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """A command that has ended, well or not, with these variables beside all others."""
    environment = {**os.environ, **variables}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def finished(command: list[str], **variables: str) -> str:
    """What a command prints, with these variables beside all others; stops with its end if it fails."""
    done = ended(command, variables)
    if done.returncode:
        sys.exit(f"{' '.join(command[:4])} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def cpu_seconds() -> float:
    """Seconds of CPU of this process and of those that it started and that have ended."""
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def number(pattern: str, text: str) -> int:
    """The whole number, perhaps with commas, that a pattern finds in the lines of a text."""
    found = re.search(pattern, text, re.MULTILINE)
    assert found, f"no {pattern} in the output"
    return int(found[1].replace(",", ""))
