"""Say exactly what an environment consists of: a lock, with a hash for each file of each package.

`lock` asks uv, which knows what could be installed on a day of the past. Locks are for Linux on
x86-64; elsewhere a package may be missing, and then the environment is not measured.
"""

from __future__ import annotations

import subprocess
import tempfile
from datetime import date, timedelta
from pathlib import Path

from reports.environments import Environment, indexes
from reports.interpreter import find_interpreter

FIRST_CPU_ONLY = (2, 1)  # from here on tensorflow-cpu has the same code in a smaller package
BUILDERS = ("setuptools", "wheel")  # what builds old packages has to know today's standards
BUILDERS_SINCE = date(2022, 1, 1)
PLATFORM = "x86_64-manylinux_2_28"
HEADER = "# {id}: TensorFlow {tensorflow}, Keras {keras}, Python {python}.\n"
COMPILE = (
    "uv",
    "pip",
    "compile",
    "--quiet",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-config",
    "--no-emit-index-url",
    "--no-emit-find-links",
    f"--python-platform={PLATFORM}",
)


class CannotLock(RuntimeError):
    """No set of packages fits; the message is uv's."""


def requirements(environment: Environment) -> tuple[str, ...]:
    """What is asked for, by the names that PyPI has for it."""
    asked = {
        _tensorflow(environment.tensorflow): environment.tensorflow,
        _nightly("keras", environment.keras): environment.keras,
        _nightly("tf-keras", environment.tf_keras): environment.tf_keras,
    }
    exact = (f"{name}=={version}" for name, version in asked.items() if version)
    return (*exact, *environment.pins)


def left_out(environment: Environment) -> tuple[str, ...]:
    """Dependencies that are not installed; tf_keras would bring TensorFlow a second time."""
    twice = environment.tf_keras and _tensorflow(environment.tensorflow) == "tensorflow-cpu"
    return (*environment.without, *(["tensorflow"] if twice else []))


def lock(environment: Environment) -> Path:
    """Write the lock of an environment and return its path. Raises CannotLock.

    Old packages say what they need only when they are built, so its Python has to be here
    (CannotBuild if it is not).
    """
    for index in indexes(environment):
        done = _compile(environment, index)
        if done.returncode == 0:
            break
    else:
        raise CannotLock(f"{environment.id}: {done.stderr.strip()}")
    environment.lock.parent.mkdir(exist_ok=True)
    environment.lock.write_text(_header(environment) + done.stdout, encoding="utf-8", newline="\n")
    return environment.lock


def _compile(environment: Environment, index: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as folder:
        asked, never = Path(folder, "asked.txt"), Path(folder, "never.txt")
        asked.write_text("\n".join(requirements(environment)))
        never.write_text("\n".join(f"{n}; python_version < '0'" for n in left_out(environment)))
        return subprocess.run(
            [*COMPILE, *_options(environment), *index, f"--override={never}", str(asked)],
            capture_output=True,
            text=True,
        )


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


def _tensorflow(version: str) -> str:
    if ".dev" in version:
        return "tf-nightly"
    major, minor, *_ = (*version.split("."), "0", "0")
    newer = (int(major or 0), int(minor)) >= FIRST_CPU_ONLY
    return "tensorflow-cpu" if newer else "tensorflow"


def _nightly(name: str, version: str) -> str:
    return f"{name}-nightly" if ".dev" in version else name
