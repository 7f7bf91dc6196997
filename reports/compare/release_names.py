"""The recording that somebody means by a version of TensorFlow or Keras, or by its id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from reports.releases.environments import Environment
from reports.store.errors import BadUsage

KERAS = re.compile(r"keras[-= ]*(\d.*)")
NUMBER = re.compile(r"\d[\w.]*")
NEAR = 3  # names that may have been meant


def find(version: str, environments: Sequence[Environment], recorded: Iterable[str]) -> Environment:
    """The recorded environment of a TensorFlow such as "2.15", with the Keras of its day.

    "keras-3.8" is a Keras, and an id is taken as it is. Raises BadUsage with the nearest.
    """
    names = set(recorded)
    there = [row for row in environments if row.id in names]
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
            f"no recording of {version!r}; {'; '.join(_meant(text, of_tensorflow, there))}"
        )
    return found[-1]


def _is_of(version: str, whole: str) -> bool:
    return whole == version or whole.startswith(f"{version}.")


def of_keras(version: str, rows: Iterable[Environment]) -> list[Environment]:
    """Environments with this Keras, those of the package alone last."""
    found = [row for row in rows if _is_of(version, row.keras)]
    return sorted(found, key=lambda row: row.subject == "keras")


def _meant(
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
