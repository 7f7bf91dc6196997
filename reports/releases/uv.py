"""Ask uv which releases fit together, from the package index that it is set up for."""

from __future__ import annotations

import re
import shutil
import subprocess

from reports.releases import build
from suites.observe import process_groups

PLATFORM = "x86_64-manylinux_2_28"
COMPILE = (
    "pip",
    "compile",
    "--quiet",
    "--no-header",
    "--no-annotate",
    "--no-config",
    f"--python-platform={PLATFORM}",
)
PATIENCE = 600  # seconds
NONE_FITS = "No solution found"
UNREACHABLE = ("error sending request", "Failed to fetch", "network was disabled")
WHY = re.compile(r"Because (.+?)(?:,? and you require|, we can conclude|\.$)")


class CannotLock(RuntimeError):
    """The packages can't be chosen; one line that says why."""


class NoneFits(CannotLock):
    """There are no releases of the packages that fit together."""


class NoIndex(RuntimeError):
    """The package index can't be asked at all, which says nothing of any package; one line."""


def resolve(requirements: str, *options: str) -> str:
    """The packages that fit to requirements, a line each, as uv writes them.

    Raises CannotLock, and NoIndex without uv or network.
    """
    uv = shutil.which("uv")
    if uv is None:
        raise NoIndex("uv is needed to choose packages of a day of the past: pip install uv")
    command = [uv, *COMPILE, *options, "-"]
    try:
        done = process_groups.run(command, PATIENCE, input=requirements)
    except subprocess.TimeoutExpired:
        raise NoIndex(f"uv has chosen no packages within {PATIENCE} s") from None
    if done.returncode == 0:
        return done.stdout
    if any(sign in done.stderr for sign in UNREACHABLE):
        raise NoIndex("the package index can't be asked: no network, or it refuses")
    raise (NoneFits if NONE_FITS in done.stderr else CannotLock)(reason(done.stderr))


def reason(text: str) -> str:
    """Why uv found nothing that fits, or with which error it ended, in one line."""
    found = WHY.search(" ".join(text.split()))
    return found[1] if found else build.reason(text)
