"""What is installed here, and whether it can be measured at all. Nothing of it is imported."""

from __future__ import annotations

import importlib.util
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from suites.observe import settings
from suites.observe.arrays import packed
from suites.observe.client import CannotAsk, Client

OBSERVER = Path(__file__).with_name("observer.py")
KERAS = ("floatx", "epsilon", "backend", "image_data_format")
OF_THIS_PYTHON = ("PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__")
FLAGS = ("XLA_FLAGS", "TF_XLA_FLAGS")
BACKEND, SUBJECT = "KERAS_BACKEND", "XENTCHECK_KERAS"  # the second: whose losses are asked
OWN_LOSS = "XENTCHECK_SUBJECT"


def is_deterministic() -> bool:
    """Whether TensorFlow computes with deterministic operations, a mode of the whole process."""
    return os.environ.get("TF_DETERMINISTIC_OPS", "").lower() in ("1", "true")


class CannotMeasure(RuntimeError):
    """The environment can't be measured; the message is one line that says why and what to do."""


def require_tensorflow() -> None:
    """Raise CannotMeasure unless a TensorFlow is installed; imports nothing."""
    if importlib.util.find_spec("tensorflow") is None:
        raise CannotMeasure(
            "TensorFlow is not installed, so nothing can be measured; "
            "install it with: pip install -r requirements.txt, or name another environment: --python"
        )


@dataclass(frozen=True)
class Other:
    """Another environment to measure: its Python, and the variables that an observer needs in it.

    `release` is its id in the table of releases, "" for one that somebody brought.
    """

    python: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    release: str = ""

    @property
    def backend(self) -> str:
        """What Keras is to compute with there."""
        return self.variables.get(BACKEND) or os.environ.get(BACKEND) or "tensorflow"


def start(other: Other | None = None, own_loss: str = "") -> Client:
    """Start to ask what is installed here, or in another environment, under this process's variables.
    `own_loss` is the text of a loss of the user's own, which calls may refer to.

    What the user has set is measured on purpose; where this Python looks for packages is no setting
    of another one. Raises CannotMeasure if there is nothing to ask, or nothing to judge it by.
    """
    if wrong := settings.of_this_process():
        raise CannotMeasure(wrong)
    variables = {"PYTHONHASHSEED": "0", **os.environ}
    if own_loss:
        variables[OWN_LOSS] = own_loss
    if other is None:
        require_tensorflow()
    else:
        variables = {name: text for name, text in variables.items() if name not in OF_THIS_PYTHON}
        variables |= other.variables
    client = Client(other.python if other else Path(sys.executable), OBSERVER, variables)
    try:
        client.begin()
    except CannotAsk as error:
        raise CannotMeasure(str(error)) from None
    return client


def require_defaults(client: Client, backend: str = "tensorflow") -> Mapping[str, str]:
    """The settings. Raises CannotMeasure where they change what is measured, or nothing answers.

    `backend` is what Keras is to compute with.
    """
    variables = client.variables
    if wrong := settings.problem(settings.configured(variables), variables, backend):
        raise CannotMeasure(wrong)
    try:
        client.about()
    except CannotAsk as error:
        what = "TensorFlow" if backend == "tensorflow" else "Keras"
        raise CannotMeasure(f"{what} does not start: {error}") from None
    try:
        found = client.settings()
    except CannotAsk as error:
        raise CannotMeasure(f"Keras does not start: {error}") from None
    if wrong := settings.problem(found, variables, backend):
        raise CannotMeasure(wrong)
    _require_xla(client)
    return found


def _require_xla(client: Client) -> None:
    """Raise CannotMeasure if XLA ends the process because of its flags, which it reads late."""
    flags = " ".join(
        f"{name}={client.variables[name]}" for name in FLAGS if name in client.variables
    )
    if flags and "error" in client.ask(_through_xla()):
        raise CannotMeasure(f"XLA does not start with {flags}: {client.last_words}")


def _through_xla() -> dict[str, object]:
    one = {"output": packed(np.ones(1, np.float32))}
    return {"call": "output + 1", "arrays": one, "execution": "xla", "device": "CPU:0"}


def describe(
    versions: Mapping[str, str],
    found: Mapping[str, str],
    working: Iterable[str],
    broken: Mapping[str, str],
    variables: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """Everything of an installation that a result may depend on, for the header and the report.

    `variables` are those of the process that is asked, `found` the settings, the rest as `Client` says it.
    """
    missing = [f"{name}: {why}" for name, why in broken.items()]
    if not any("GPU" in name for name in (*working, *broken)):
        missing.append("GPU: TensorFlow finds none")
    return {
        "TensorFlow": versions["tensorflow"],
        "Keras": found["keras"],
        "NumPy": versions["numpy"],
        "Python": versions["python"],
        "platform": f"{platform.system()} {platform.machine()}, {platform.libc_ver()[0] or 'libc'}",
        "CPU features": found["cpu_features"],
        "Keras settings": ", ".join(f"{name} {found[name]}" for name in KERAS),
        "KERAS_HOME": str(settings.keras_home(variables)),
        "oneDNN": f"{found['onednn']}, instructions {found['onednn_isa']}",
        "determinism": found["determinism"],
        "threads": f"in an operation {found['intra_op_threads']}, of operations {found['inter_op_threads']}",
        "XLA_FLAGS": found["xla_flags"],
        "TF_XLA_FLAGS": found["tf_xla_flags"],
        "devices": ", ".join(working),
        "not measured": "; ".join(missing) or "none",
        "suite": _commit(),
    }


def _commit() -> str:
    """The commit of this suite, and whether files of it were changed since."""
    root = Path(__file__).parents[2]
    try:
        prefix, commit = _git(root, "rev-parse", "--show-prefix", "HEAD").splitlines()
        changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, ValueError, subprocess.SubprocessError):
        return "unknown"
    if prefix:  # it is part of somebody's own repository
        return "unknown"
    return f"{commit[:12]}, with uncommitted changes" if changed else commit[:12]


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout
