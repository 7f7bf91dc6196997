"""Say exactly what an environment consists of: a lock, with a hash for each file of each package.

uv is asked, which knows what could be installed on a day of the past. Locks are for Linux on x86-64;
elsewhere a package may be missing, and then the environment is not measured.
"""

from __future__ import annotations

import re
import tempfile
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

from reports.releases import uv
from reports.releases.environments import Environment, indexes
from reports.releases.interpreter import find_interpreter
from reports.releases.uv import CannotLock
from reports.store.files import write_whole

PACKAGES = ("tensorflow", "keras", "tf_keras")
FIRST_CPU_ONLY = (2, 1)  # from here on tensorflow-cpu has the same code in a smaller package
BUILDERS = ("setuptools", "wheel")  # what builds old packages has to know today's standards
BUILDERS_SINCE = date(2022, 1, 1)
HEADER = "# {id}: TensorFlow {tensorflow}, Keras {keras}, Python {python}.\n"
WITH_HASHES = ("--generate-hashes", "--no-emit-index-url", "--no-emit-find-links")
PINNED = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)


def requirements(environment: Environment) -> tuple[str, ...]:
    """What is asked for, by the names that PyPI has for it."""
    asked = {name: getattr(environment, name) for name in PACKAGES}
    exact = (f"{package_name(n, version)}=={version}" for n, version in asked.items() if version)
    return (*exact, *environment.pins)


def left_out(environment: Environment) -> tuple[str, ...]:
    """Dependencies that are not installed, such as what would bring a package a second time.

    tf_keras would bring TensorFlow, and a TensorFlow a nightly Keras or none beside the other.
    """
    twice = environment.tf_keras and _tensorflow(environment.tensorflow) == "tensorflow-cpu"
    with_it, keras = (package_name("keras", v) for v in (environment.tensorflow, environment.keras))
    other = environment.keras and with_it != keras
    return (*environment.without, *["tensorflow"] * bool(twice), *[with_it] * bool(other))


def lock(environment: Environment) -> Path:
    """Write the lock of an environment and return its path. Raises as `resolved` does."""
    write_whole(environment.lock, _header(environment) + resolved(environment))
    return environment.lock


def resolved(environment: Environment) -> str:
    """The packages of an environment, with their hashes. Raises CannotLock and NoIndex.

    Old packages say what they need only when they are built, so its Python has to be here
    (CannotBuild if it is not).
    """
    *others, last = indexes(environment)
    for index in others:
        with suppress(CannotLock):
            return _compile(environment, index)
    return _compile(environment, last)


def versions(text: str) -> dict[str, str]:
    """The versions in the text of a lock, by the names of packages."""
    return dict(PINNED.findall(text))


def _compile(environment: Environment, index: tuple[str, ...]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        never = Path(folder, "never.txt")
        never.write_text("\n".join(f"{n}; python_version < '0'" for n in left_out(environment)))
        options = (*WITH_HASHES, *_options(environment), *index, f"--override={never}")
        return uv.resolve("\n".join(requirements(environment)), *options)


def _options(environment: Environment) -> tuple[str, ...]:
    """A day of the past for everything but what is pinned to an exact version."""
    after = date.fromisoformat(environment.released) + timedelta(days=1)
    exact = (text.partition("==")[0] for text in requirements(environment) if "==" in text)
    return (
        f"--python={find_interpreter(environment.python)}",
        f"--exclude-newer={after}T00:00:00Z",
        *(f"--exclude-newer-package={name}=2100-01-01" for name in exact),
        *(f"--exclude-newer-package={name}={max(after, BUILDERS_SINCE)}" for name in BUILDERS),
    )


def _header(environment: Environment) -> str:
    texts = {"tensorflow": environment.tensorflow or "none", "keras": environment.keras or "inside"}
    return HEADER.format(**(vars(environment) | texts))


def package_name(package: str, version: str) -> str:
    """The name that PyPI has for one of PACKAGES, of which TensorFlow is that for CPUs."""
    if package == "tensorflow":
        return _tensorflow(version)
    name = package.replace("_", "-")
    return f"{name}-nightly" if ".dev" in version else name


def _tensorflow(version: str) -> str:
    if ".dev" in version:
        return "tf-nightly"
    major, minor, *_ = (*version.split("."), "0", "0")
    newer = (int(major or 0), int(minor)) >= FIRST_CPU_ONLY
    return "tensorflow-cpu" if newer else "tensorflow"
