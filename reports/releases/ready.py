"""A release that `pytest --release` measures: its environment, which is built if it is missing."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

from reports.releases import environments
from reports.releases.build import build, is_built
from reports.releases.environments import Environment
from reports.releases.isolation import variables
from reports.store.errors import BadUsage
from suites.observe.environment import Other

BUILT = Path(".environments")  # where `python -m reports record` builds them, too
PAUSE = 15.0  # seconds between two lines of progress
Tell = Callable[[str], None]


def ready(id: str, folder: Path, tell: Tell) -> Other:
    """The environment of a release below `folder`, ready to be asked; `tell` is sent progress.

    Another process that builds it is waited for. Raises BadUsage for an unknown id, and CannotBuild.
    """
    environment = known(id)
    if not is_built(environment, folder):
        with _turn(folder / ".turns" / id):
            if not is_built(environment, folder):
                with _progress(id, folder, tell):
                    build(environment, folder)
    return Other(build(environment, folder), variables(environment, folder / "homes"), id)


def known(id: str) -> Environment:
    """The environment of this id. Raises BadUsage that names the nearest one, or where they stand."""
    rows = {row.id: row for row in environments.load()}
    if id in rows:
        return rows[id]
    near = get_close_matches(id, rows, 3, 0.5)
    meant = f"did you mean {' or '.join(map(repr, near))}?" if near else "no id is like it;"
    raise BadUsage(f"no release {id!r}; {meant} all {len(rows)} are in {environments.FILE.name}")


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Wait until no other process holds this folder, and hold it."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _progress(id: str, folder: Path, tell: Tell) -> Iterator[None]:
    begun, ended = time.monotonic(), threading.Event()

    def repeat() -> None:
        while not ended.wait(PAUSE):
            tell(f"still building {id}: {time.monotonic() - begun:.0f} s")

    tell(f"building {id} in {folder}, once; this takes up to 2 GB and some minutes")
    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    tell(f"built {id} in {time.monotonic() - begun:.0f} s")
