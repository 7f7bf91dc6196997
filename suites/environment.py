"""What is installed here, and whether it can be measured at all."""

from __future__ import annotations

import importlib.util
import os
import platform
from importlib import metadata
from typing import Any

from packaging.version import Version

from suites.observer import Observer
from suites.selection import LEFT_OUT

OLDEST = Version("2.16")  # the first TensorFlow whose Keras is Keras 3
PACKAGES = ("tensorflow", "tensorflow-cpu", "tf-nightly", "tf-nightly-cpu", "tensorflow-intel")
FEATURES = ("SSE42", "AVX2", "FMA3", "F16C", "AVX512F", "AVX512_SPR", "NEON", "ASIMD", "SVE")


def is_deterministic() -> bool:
    """Whether TensorFlow computes with deterministic operations, a mode of the whole process."""
    return os.environ.get("TF_DETERMINISTIC_OPS", "").lower() in ("1", "true")


class CannotMeasure(RuntimeError):
    """The environment can't be measured; the message is one line that says why and what to do."""


def require_tensorflow() -> None:
    """Raise CannotMeasure unless a TensorFlow that is new enough is installed; imports nothing."""
    if importlib.util.find_spec("tensorflow") is None:
        raise CannotMeasure(
            "TensorFlow is not installed, so nothing can be measured; "
            "install it with: pip install -r requirements.txt"
        )
    for package in PACKAGES:
        try:
            version = Version(metadata.version(package))
        except metadata.PackageNotFoundError:
            continue
        if version < OLDEST:
            raise CannotMeasure(
                f"TensorFlow {version} is too old to be measured by this suite; "
                f"{OLDEST} or later is needed: pip install -r requirements.txt"
            )
        return


def start() -> Observer:
    """Import TensorFlow. Raises CannotMeasure if that fails."""
    require_tensorflow()
    try:
        return Observer()
    except Exception as error:
        first = (str(error).strip().splitlines() or [""])[0]
        raise CannotMeasure(
            f"TensorFlow does not import: {type(error).__name__}: {first}"
        ) from error


def describe(observer: Observer, seed: int, tier: str) -> dict[str, str]:
    """Everything a result may depend on, for the header and the report."""
    versions = observer.versions()
    working, broken = observer.devices()
    missing = [f"{name}: {why}" for name, why in broken.items()]
    if not any("GPU" in name for name in (*working, *broken)):
        missing.append("GPU: TensorFlow finds none")
    return {
        "TensorFlow": versions["tensorflow"],
        "Keras": versions["keras"],
        "NumPy": versions["numpy"],
        "Python": versions["python"],
        "platform": f"{platform.system()} {platform.machine()}, {platform.libc_ver()[0] or 'libc'}",
        "CPU features": _cpu_features(),
        "oneDNN": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "default"),
        "determinism": os.environ.get("TF_DETERMINISTIC_OPS", "default"),
        "XLA flags": os.environ.get("XLA_FLAGS", "none"),
        "devices": ", ".join(working),
        "not measured": "; ".join(missing) or "none",
        "seed": str(seed),
        "tier": f"{tier}; left out: {LEFT_OUT[tier]}",
    }


def _cpu_features() -> str:
    try:
        from numpy._core._multiarray_umath import __cpu_features__ as found
    except ImportError:
        found: dict[str, Any] = {}
    return " ".join(name for name in FEATURES if found.get(name)) or "unknown"
