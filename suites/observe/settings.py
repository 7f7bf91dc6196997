"""Settings of Keras and XLA that change what is measured, and of this process what it is measured by: a
run under them would blame Keras.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

EXPECTED = {"floatx": "float32", "epsilon": "1e-07", "backend": "tensorflow", "legacy_keras": "no"}
VARIABLES = {"backend": "KERAS_BACKEND", "legacy_keras": "TF_USE_LEGACY_KERAS"}
# Each limits how long a model trains.
LIMITS = ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH")
ON = ("", "1", "true")
UNKNOWN = "unknown"  # a setting that a release does not have


def problem(
    settings: Mapping[str, str], variables: Mapping[str, str], backend: str = "tensorflow"
) -> str:
    """One line: which setting changes what is measured, where it comes from, what to do; or "".

    `settings` are those of an observer, or some of them, `variables` its environment variables;
    `backend` is the one that is expected of Keras.
    """
    return next(_problems(settings, variables, EXPECTED | {"backend": backend}), "")


def of_this_process() -> str:
    """One line: why the reference can't be computed in this process; or "".

    A library that is linked for fast-math has the processor take subnormal numbers for 0, also in the
    program that loads it.
    """
    if sys.float_info.min / 2:
        return ""
    return (
        "this Python takes subnormal numbers for 0, and the reference needs them: leave out what"
        " turns that on, such as a library in LD_PRELOAD that was built with -ffast-math"
    )


def configured(variables: Mapping[str, str]) -> dict[str, str]:
    """The settings that environment variables and Keras's file ask for, as far as they are there.

    An installation that does not start under them can't be asked for its settings.
    """
    found = {name: str(value) for name, value in _file(variables).items() if name in EXPECTED}
    if backend := variables.get("KERAS_BACKEND"):
        found["backend"] = backend
    return found


def keras_home(variables: Mapping[str, str]) -> Path:
    """The folder in which Keras looks for its file keras.json."""
    return Path(variables.get("KERAS_HOME") or "~/.keras").expanduser()


def _problems(
    settings: Mapping[str, str], variables: Mapping[str, str], usual: Mapping[str, str]
) -> Iterator[str]:
    for name, expected in usual.items():
        if (found := settings.get(name, expected)) not in (expected, UNKNOWN):
            source, remedy = _source(name, variables)
            yield f"{name} is {found}, from {source}, and must be {expected}: {remedy}"
    for name in LIMITS:
        if name in variables:
            yield f"{name} is {variables[name]} and must not be set, since models then train less: unset it"
    for flag in _fast_math(variables.get("XLA_FLAGS", "")):
        yield f"XLA computes with fast-math, from {flag} in XLA_FLAGS, and must not: remove the flag"


def _source(name: str, variables: Mapping[str, str]) -> tuple[str, str]:
    """Where a setting comes from, and what to do."""
    variable = VARIABLES.get(name, "")
    if variables.get(variable):
        return f"{variable}={variables[variable]}", f"unset {variable}"
    if name in _file(variables):
        file = keras_home(variables) / "keras.json"
        return str(file), "change it there, or set KERAS_HOME to an empty folder"
    return "a program that runs when Python starts", "leave that out"


def _file(variables: Mapping[str, str]) -> Mapping[str, object]:
    try:
        found = json.loads((keras_home(variables) / "keras.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _fast_math(flags: str) -> Iterator[str]:
    """The flags that turn it on; XLA takes a text without leading "--" for a file of flags."""
    if flags and not flags.startswith("--"):
        try:
            flags = Path(flags).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return
    for flag in flags.split():
        name, _, value = flag.partition("=")
        if name.endswith("enable_fast_math") and value.lower() in ON:
            yield flag
