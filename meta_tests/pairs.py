"""The releases that README promises to judge, and the text of requirements.txt for each.

They are those of which a recording is shipped, and each TensorFlow with the newest Keras as well.
`python -m meta_tests.pairs oldest` prints the text for one, or for tf-2.18.1-keras-3.9.0.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.version import Version

from reports.releases import environments

OLDEST = Version("2.16")  # of TensorFlow, that requirements.txt is for
REQUIREMENTS = Path(__file__).parents[1] / "requirements.txt"
PYTHONS = ("3.11", "3.12", "3.13")
FIRST_WITH_3_13 = Version("2.20")  # of TensorFlow; older ones have no wheel for it
FIELDS = ("tensorflow", "keras", "tf_keras")
NIGHTLY = ("tf-nightly", "keras-nightly", "tf_keras-nightly")


@dataclass(frozen=True)
class Pair:
    """Versions of TensorFlow, of Keras and of Keras 2 beside it."""

    tensorflow: str
    keras: str
    tf_keras: str

    @property
    def nightly(self) -> bool:
        return ".dev" in self.tensorflow

    @property
    def pythons(self) -> tuple[str, ...]:
        """Those of PYTHONS that this TensorFlow is for."""
        return PYTHONS if Version(self.tensorflow) >= FIRST_WITH_3_13 else PYTHONS[:2]

    @property
    def lines(self) -> tuple[str, ...]:
        """The first lines of requirements.txt; a nightly build is gone after some months."""
        if self.nightly:
            return NIGHTLY
        return tuple(f"{name}=={getattr(self, name)}" for name in FIELDS)

    @property
    def requirements(self) -> str:
        """The text of requirements.txt with these lines for its own."""
        comment, *text = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
        return "\n".join([comment, *self.lines, *text[len(FIELDS) :]]) + "\n"

    def __str__(self) -> str:
        return f"tf-{self.tensorflow}-keras-{self.keras}"


def pairs() -> list[Pair]:
    """The oldest first, those with the newest Keras at the end of each TensorFlow."""
    recorded = [
        Pair(*(getattr(row, name) for name in FIELDS))
        for row in environments.load()
        if row.subject == "tf.keras" and Version(row.tensorflow) >= OLDEST
    ]
    released = [pair for pair in recorded if not pair.nightly]
    newest = max((pair.keras for pair in released), key=Version)
    with_newest = (replace(pair, keras=newest) for pair in released)
    every = dict.fromkeys([*recorded, *with_newest])
    return sorted(every, key=lambda pair: (Version(pair.tensorflow), Version(pair.keras)))


def table() -> list[list[str]]:
    """The cells of README's table: a row for each TensorFlow."""
    rows: dict[str, list[Pair]] = {}
    for pair in pairs():
        rows.setdefault(pair.tensorflow, []).append(pair)
    return [_row(group) for group in rows.values()]


def _row(group: Iterable[Pair]) -> list[str]:
    first, *others = group
    pythons = ", ".join(first.pythons)
    if first.nightly:
        return [*(f"`{name}`" for name in NIGHTLY), pythons]
    keras = ", ".join(pair.keras for pair in (first, *others))
    return [first.tensorflow, keras, first.tf_keras, pythons]


def chosen(name: str) -> Pair:
    """The pair called "oldest" or as `str` has it. Raises ValueError that lists what there is."""
    known = {str(pair): pair for pair in pairs()}
    known["oldest"] = pairs()[0]
    if name not in known:
        raise ValueError(f"no pair {name!r}; there are: {', '.join(known)}")
    return known[name]


if __name__ == "__main__":
    try:
        print(chosen(" ".join(sys.argv[1:])).requirements, end="")
    except ValueError as error:
        sys.exit(str(error))
