"""A folder whose files change all at once, beside files of other people, which stay as they are.

    .xentcheck/               made, filled and emptied by this module alone
        lock                  locked by the process that writes; the system frees it when that ends
        current -> report-x   what readers see
        report-x/             a report
    index.html                -> .xentcheck/current/index.html
    scripts/a.py              -> ../.xentcheck/current/scripts/a.py

Every file of a report is in a folder of its own below `.xentcheck`; the report folder holds links
to them. One rename of `current` turns all of them from the old report to the new one, so a writer
that is killed leaves the old report, or the new one. A link into `.xentcheck/current` is the
report's; nothing else outside of `.xentcheck` is ever replaced or removed.

A program that opens several files while a run ends may see that rename between two of them. It
finds all files of one report in `Path(folder, "index.html").resolve().parent`; the old report is
removed as soon as the new one is there.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reports.store.errors import CannotWrite, is_outside, why
from reports.store.interrupt import held_back, noticed

STORE, CURRENT, NEXT, LOCK, DRAFT = ".xentcheck", "current", "next", "lock", "report-"
MARK = "xentcheck makes and empties this folder: the files that are linked beside it\n"
PATIENCE = 300.0  # seconds for another run to write its report
ADVICE = "move it away, or choose another folder"


def prepare(folder: Path, names: Iterable[str], subfolder: str) -> None:
    """Make the folder, and find what would prevent files of these names, and of any in `subfolder`.

    Raises CannotWrite.
    """
    if os.path.lexists(folder) and not folder.is_dir():
        raise CannotWrite(f"{folder} is no folder: {ADVICE}")
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_strangers(folder, names)
        inner = folder / subfolder
        if inner.is_symlink() or (inner.exists() and not inner.is_dir()):
            raise CannotWrite(f"{inner} is no folder of its own: {ADVICE}")
        store = _store(folder)
        for place in (folder, store, *([inner] if inner.exists() else [])):
            with tempfile.TemporaryFile(dir=place):
                pass
        with (store / LOCK).open("a") as lock:
            _lock(lock.fileno())  # some file systems have no locks
        trial = store / f"{DRAFT}{secrets.token_hex(4)}"
        trial.symlink_to(CURRENT)  # some have no links
        trial.unlink(missing_ok=True)


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """An empty folder to fill; when the block ends, `folder` shows what is in it.

    If the block fails, or Ctrl-C is pressed in it, `folder` shows what it showed before. Waits for
    another process that is writing. Raises CannotWrite.
    """
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        store = _store(folder)
        with _alone(store):
            _tidy(folder)
            draft = store / f"{DRAFT}{secrets.token_hex(4)}"
            try:
                with noticed():
                    draft.mkdir()
                    yield draft
                with held_back():
                    _show(draft, folder)
                    _tidy(folder)
            except BaseException:
                with held_back():
                    _tidy(folder)
                raise


def _show(draft: Path, folder: Path) -> None:
    names = [str(path.relative_to(draft)) for path in draft.rglob("*") if path.is_file()]
    _refuse_strangers(folder, names)
    for part in (path.relative_to(draft) for path in draft.iterdir() if path.is_dir()):
        (folder / part).mkdir(exist_ok=True)
    for name in names:
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(_target(name))
    following = folder / STORE / NEXT
    following.unlink(missing_ok=True)
    following.symlink_to(draft.name)
    following.replace(folder / STORE / CURRENT)


def _tidy(folder: Path) -> None:
    """Remove reports that are not shown, and links to no file. Only who holds the lock may."""
    store = folder / STORE
    shown = os.readlink(store / CURRENT) if (store / CURRENT).is_symlink() else ""
    drafts = list(store.glob(f"{DRAFT}*"))
    parts = {path.name for draft in drafts for path in draft.glob("*/")}
    for draft in drafts:
        if draft.is_symlink():
            draft.unlink(missing_ok=True)
        elif draft.name != shown:
            shutil.rmtree(draft, ignore_errors=True)
    for place in (folder, *(folder / part for part in parts)):
        for path in place.iterdir() if place.is_dir() else ():
            if _is_ours(folder, str(path.relative_to(folder))) and not path.exists():
                path.unlink(missing_ok=True)


def _target(name: str) -> str:
    """Where the link of a file leads, which marks it as the report's."""
    return os.path.join(*[os.pardir] * name.count(os.sep), STORE, CURRENT, name)


def _is_ours(folder: Path, name: str) -> bool:
    path = folder / name
    return path.is_symlink() and os.readlink(path) == _target(name)


def _refuse_strangers(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        if os.path.lexists(folder / name) and not _is_ours(folder, name):
            raise CannotWrite(f"{folder / name} is in the way, and not a report's: {ADVICE}")


def _store(folder: Path) -> Path:
    """The place of the reports, which is made; one that we did not make is refused."""
    store, mark = folder / STORE, folder / STORE / LOCK
    if not store.is_symlink() and not os.path.lexists(store):
        store.mkdir(exist_ok=True)
    if store.is_symlink() or not store.is_dir() or not (mark.is_file() or _is_empty(store)):
        raise CannotWrite(f"{store} is in the way, and not a report's: {ADVICE}")
    if not mark.exists():
        mark.write_text(MARK, encoding="utf-8")
    return store


def _is_empty(place: Path) -> bool:
    return not any(place.iterdir())


@contextmanager
def _alone(store: Path) -> Iterator[None]:
    """Hold the lock, which no two processes can."""
    with (store / LOCK).open("a") as lock:
        end = time.monotonic() + PATIENCE
        while not _lock(lock.fileno()):
            if time.monotonic() > end:
                raise CannotWrite(
                    f"{store.parent}: another run has been writing for {PATIENCE:g} s"
                )
            time.sleep(0.05)
        yield


def _lock(number: int) -> bool:
    """Whether the lock could be taken; other errors are raised."""
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turn an error of the file system into CannotWrite, and leave every other as it is."""
    try:
        yield
    except OSError as error:
        if not is_outside(error) or not _concerns(error.filename, folder):
            raise
        raise CannotWrite(why(error, folder)) from error


def _concerns(name: object, folder: Path) -> bool:
    """Whether a file that an error names, if it names one, has to do with the folder."""
    if name is None:
        return True
    path, whole = Path(str(name)).absolute(), folder.absolute()
    return path.is_relative_to(whole) or whole.is_relative_to(path)
