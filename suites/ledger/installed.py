"""What is judged: the line of releases on which it lies, and its versions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

Line = Literal["tf.keras", "keras", "jax", "torch", "openvino"]
LINES: tuple[Line, ...] = get_args(Line)
TITLES: Mapping[Line, str] = {
    "tf.keras": "",  # the usual one
    "keras": "package Keras: ",
    "jax": "Keras on JAX: ",
    "torch": "Keras on PyTorch: ",
    "openvino": "Keras on OpenVINO: ",
}
PACKAGES = ("tensorflow", "keras")
USUAL = "tensorflow"  # the backend
NUMBER = re.compile(r"\d+(\.\d+)*")


@dataclass(frozen=True)
class Installed:
    """An installation. A version is None where there is no such package, or it names none.

    The line "tf.keras" is TensorFlow with the Keras that it uses, "keras" the package Keras before
    3 on TensorFlow; the others are Keras 3 on another backend.
    """

    line: Line
    tensorflow: Version | None
    keras: Version | None

    @property
    def has_keras_3_on_tensorflow(self) -> bool:
        return self.line == "tf.keras" and self.keras is not None and self.keras.major >= 3

    @property
    def runs_eagerly(self) -> bool:
        return self.tensorflow is None or self.tensorflow.major >= 2

    def lies_in(self, line: Line, **spans: str) -> bool:
        """Whether this lies on a line, and in the `spans` of packages; pre-releases count."""
        return self.line == line and all(
            not span or _contains(span, getattr(self, package)) for package, span in spans.items()
        )


def installed(
    versions: Mapping[str, str], backend: str = USUAL, subject: str = "tf.keras"
) -> Installed:
    """What an observer is asking: its versions, its backend, and whose losses it asks."""
    tensorflow, keras = (_version(versions.get(package, "")) for package in PACKAGES)
    if backend != USUAL and backend in LINES:
        return Installed(backend, tensorflow, keras)
    apart = subject == "keras" and keras is not None and keras.major < 3
    return Installed("keras" if apart else "tf.keras", tensorflow, keras)


def _contains(span: str, version: Version | None) -> bool:
    return version is not None and SpecifierSet(span).contains(version, prereleases=True)


def _version(text: str) -> Version | None:
    """A version; of one such as "2.2.4-tf" its numbers, and None of a text that has none."""
    try:
        return Version(text)
    except InvalidVersion:
        found = NUMBER.match(text)
        return Version(found[0]) if found else None
