"""What a user of some losses notices when TensorFlow or Keras is upgraded, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from reports.compare import groups
from reports.environments import Environment
from reports.errors import BadUsage

SENTENCES = {
    "+": ("Was right and is no more", "{cases} cases of {loss}: {cause_after}"),
    "!": ("Answers in another way", "{cases} cases of {loss}: {cause_before}; now {cause_after}"),
    "-": ("Was wrong and is right now", "{cases} cases of {loss}: was {cause_before}"),
    "x": ("Is not there any more", "{cases} cases of {loss}"),
    "*": ("Is there for the first time", "{cases} cases of {loss}"),
    "~": ("Rounds otherwise, within what is due", "{cases} cases of {loss}"),
}
PER_SECTION = 6


def find(version: str, environments: Sequence[Environment], recorded: Iterable[str]) -> str:
    """The recorded environment of a TensorFlow such as "2.15", with the Keras of its day.

    Raises BadUsage that says which there are. An id is taken as it is.
    """
    there = set(recorded)
    plain = [row for row in environments if row.id in there and row.id == f"tf-{row.tensorflow}"]
    if version in there:
        return version
    for row in plain:
        if row.tensorflow == version or row.tensorflow.startswith(f"{version}."):
            return row.id
    known = ", ".join(row.tensorflow for row in plain)
    raise BadUsage(f"no recording of TensorFlow {version!r}; there are {known}")


def lines(frame: pd.DataFrame, before: str, after: str) -> Iterator[str]:
    """A section for each kind of change, the most frequent changes of it first."""
    yield f"From {before} to {after}:"
    grouped = groups(frame)
    for mark, (title, sentence) in SENTENCES.items():
        section = grouped[grouped["mark"] == mark]
        if section.empty:
            continue
        yield f"\n{title} ({int(section['cases'].sum()):,} cases)"
        if mark in ("x", "*", "~"):
            section = section.groupby("loss")[["cases"]].sum().reset_index()
        rows = section.sort_values("cases", ascending=False).to_dict("records")
        for row in rows[:PER_SECTION]:
            yield "  - " + sentence.format(**{str(name): text for name, text in row.items()})
            if "example" in row:
                yield f"    ({row['form']}; {row['dtype']}; {row['execution']}; {row['inputs']})"
        if len(rows) > PER_SECTION:
            yield f"  - and {len(rows) - PER_SECTION} more kinds: see compare {before} {after}"
    if grouped.empty:
        yield "\nNothing changes."
