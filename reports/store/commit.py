"""Replace several files of a folder as one.

All new files are written into a folder beside them, which is then renamed: from that moment they are
what the folder holds, wherever they lie, and whoever writes next moves them into place. A kill before
leaves the old files, a kill after it the new ones.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

DRAFT, COMMITTED = ".draft", ".committed"


def commit(folder: Path, files: Mapping[str, str]) -> None:
    """Write the texts to the files, which are named from the folder. Raises OSError."""
    complete(folder)
    new = {name: text for name, text in files.items() if not _holds(folder / name, text)}
    draft = folder / DRAFT
    for name, text in new.items():
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        (draft / name).write_text(text, encoding="utf-8")
    if new:
        draft.replace(folder / COMMITTED)
        complete(folder)


def complete(folder: Path) -> None:
    """Finish what a kill has interrupted: move what is committed into place, remove a mere draft."""
    shutil.rmtree(folder / DRAFT, ignore_errors=True)
    committed = folder / COMMITTED
    for path in list(_files(committed)):
        place = folder / path.relative_to(committed)
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, place)
    shutil.rmtree(committed, ignore_errors=True)


def current(folder: Path, name: str) -> Path:
    """Where a file of the folder lies: what is committed may not have been moved yet."""
    committed = folder / COMMITTED / name
    return committed if committed.is_file() else folder / name


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False
