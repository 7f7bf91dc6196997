"""What the package index has of a package between two releases, and when it came out.

uv is asked, not the index itself: it knows where the index is and how to log in, leaves out what was
yanked and what has no file for a Python, and what it finds it can also lock. It tells one release at
a time, the newest that is allowed, so a list is asked for from its end.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reports.releases import uv
from reports.releases.lock import package_name

# A Python that is asked about need not be here, and uv need not look for it.
LISTING = ("--no-deps", "--format=pylock.toml", f"--python={sys.executable}")


@dataclass(frozen=True)
class Release:
    """`python` is one that it is for, `day` an ISO date, "" where the index does not say it."""

    version: str
    python: str
    day: str = ""


def between(package: str, old: str, new: str, pythons: Sequence[str]) -> list[Release]:
    """The releases after `old` and before `new`, oldest first, without pre-releases.

    `package` is "tensorflow" or "keras"; of `pythons`, such as "3.11", a release gets the first
    that it is for. Raises NoIndex, and CannotLock if uv is too old.
    """
    found: dict[str, Release] = {}
    for name in dict.fromkeys(
        package_name(package, one) for one in (old, new) if ".dev" not in one
    ):
        _check(name, old, pythons)
        for one in _walk(name, old, new, pythons):
            if package_name(package, one.version) == name:
                found.setdefault(one.version, one)
    return sorted(found.values(), key=_numbers)


def day(package: str, version: str, python: str) -> str:
    """When a release came out, "" where the index does not say it. Raises as `between`."""
    found = newest(f"{package_name(package, version)}=={version}", python, prerelease="allow")
    return found.day if found else ""


def newest(wanted: str, python: str, prerelease: str = "disallow") -> Release | None:
    """The newest release of a requirement such as "keras<3". Raises as `between`."""
    options = (f"--python-version={python}", f"--prerelease={prerelease}")
    try:
        return _release(uv.resolve(wanted, *LISTING, *options), python)
    except uv.NoneFits:
        return None


def _release(text: str, python: str) -> Release:
    (package,) = tomllib.loads(text)["packages"]
    files = [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
    times = [file["upload-time"] for file in files if "upload-time" in file]
    return Release(package["version"], python, min(times).date().isoformat() if times else "")


def _walk(name: str, old: str, new: str, pythons: Iterable[str]) -> Iterator[Release]:
    for python in dict.fromkeys(pythons):
        before = new
        while found := newest(f"{name}>{old},<{before}", python):
            yield found
            before = found.version


def _check(name: str, old: str, pythons: Iterable[str]) -> None:
    """Tell an index that has nothing between from one that does not know the package at all."""
    if not any(newest(f"{name}>={old}", python) for python in pythons):
        raise uv.NoIndex(f"the package index has no {name} from {old} on")


def _numbers(release: Release) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", release.version)]
