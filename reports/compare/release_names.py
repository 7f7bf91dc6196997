"""The recording that somebody means by a version of TensorFlow or Keras, or by its id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from reports.releases import environments
from reports.releases.environments import Environment
from reports.store.errors import BadUsage
from reports.store.recordings import answers_and_diagnoses

KERAS = re.compile(r"keras[-= ]*(\d.*)")
NUMBER = re.compile(r"\d[\w.]*")
NEAR = 3  # names that may have been meant


def find(
    version: str, table: Sequence[Environment], recorded: Iterable[str], keras_version: str = ""
) -> Environment:
    """The recorded environment of a TensorFlow such as "2.15", with the Keras of its day or another.

    "keras-3.8" is a Keras, and an id is taken as it is. Raises BadUsage with the nearest.
    """
    names = set(recorded)
    there = [row for row in table if row.id in names]
    if keras_version:
        return _with_keras(version.strip().lower().removeprefix("tf-"), keras_version, there)
    if found := [row for row in there if row.id in (version, f"tf-{version}")]:
        return found[0]
    of_tensorflow = [row for row in there if row.backend == "tensorflow"]
    text = version.strip().lower()
    if keras := KERAS.fullmatch(text):
        found = of_keras(keras[1], of_tensorflow)
    else:
        plain = (row for row in of_tensorflow if row.id == f"tf-{row.tensorflow}")
        found = [row for row in plain if _is_of(text.removeprefix("tf-"), row.tensorflow)]
    if not found:
        raise BadUsage(
            f"no recording of {version!r}; {'; '.join(_near(text, of_tensorflow, there))}"
        )
    return found[-1]


def _with_keras(version: str, keras: str, there: Sequence[Environment]) -> Environment:
    """The newest recorded pair of both versions. Raises BadUsage with the Keras that there are."""
    rows = [row for row in there if row.subject == "tf.keras" and row.backend == "tensorflow"]
    rows = [row for row in rows if _is_of(version, row.tensorflow)]
    if found := [row for row in rows if row.keras and _is_of(keras.strip(), row.keras)]:
        return found[-1]
    known = ", ".join(row.keras for row in rows if row.keras) or "none"
    raise BadUsage(
        f"no recording of TensorFlow {version} with Keras {keras}; with it there are: {known}"
    )


def meant(
    folder: Path, texts: Sequence[str], keras: Sequence[str] = ("", "")
) -> tuple[tuple[Environment, Environment], list[Environment]]:
    """The two recordings of a folder that are meant, each perhaps of a Keras, and all that there are."""
    names = answers_and_diagnoses(folder)[0].names()
    table = [row for row in environments.load() if row.id in names]
    old, new = (find(text, table, names, of) for text, of in zip(texts, keras, strict=True))
    return (old, new), table


def pair(folder: Path, before: str, after: str) -> tuple[str, str]:
    """The ids of two recordings, each of which may be given as a version."""
    if {before, after} <= {*answers_and_diagnoses(folder)[0].names()}:
        return before, after
    (old, new), _ = meant(folder, (before, after))
    return old.id, new.id


def _is_of(version: str, whole: str) -> bool:
    return whole == version or whole.startswith(f"{version}.")


def of_keras(version: str, rows: Iterable[Environment]) -> list[Environment]:
    """Environments with this Keras, those of the package alone last."""
    found = [row for row in rows if _is_of(version, row.keras)]
    return sorted(found, key=lambda row: row.subject == "keras")


def _near(
    text: str, of_tensorflow: Sequence[Environment], there: Sequence[Environment]
) -> Iterator[str]:
    """What may have been meant, and all that there is in few words."""
    if NUMBER.fullmatch(text) and of_keras(text, of_tensorflow):
        yield f"for Keras write keras-{text}"
    elif near := get_close_matches(text, [row.id for row in there], NEAR, 0.5):
        yield f"did you mean {' or '.join(near)}?"
    ends = {
        "TensorFlow": [row.tensorflow for row in there if row.subject == "tf.keras"],
        "Keras": [row.keras for row in there if row.keras],
    }
    parts = (f"{name} {found[0]} to {found[-1]}" for name, found in ends.items() if found)
    yield f"there are {', '.join(parts)}"
