"""What a user of some losses notices when TensorFlow or Keras is upgraded, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from reports.compare.changes import Compared
from reports.compare.gravity import MEANING
from reports.compare.groups import Row, groups, how_much, what, where
from reports.releases.environments import Environment
from reports.run.severity import Severity
from reports.run.summary import counted
from reports.store.errors import BadUsage

TITLES = {
    "+": "New differences",
    "!": "Different in another way",
    "-": "Fixed",
    "x": "Removed",
    "*": "Added",
    "^": "Accuracy",
    "~": "Rounding",
}
PER_SECTION = 6
KERAS = re.compile(r"keras[-= ]*(\d.*)")


def find(version: str, environments: Sequence[Environment], recorded: Iterable[str]) -> Environment:
    """The recorded environment of a TensorFlow such as "2.15", with the Keras of its day.

    "keras-3.8" is a Keras, and an id is taken as it is. Raises BadUsage that says which there are.
    """
    there = [row for row in environments if row.id in set(recorded) and row.backend == "tensorflow"]
    if found := [row for row in environments if row.id == version and row.id in set(recorded)]:
        return found[0]
    of_keras = KERAS.fullmatch(version.strip().lower())
    if of_keras:
        found, known = _of_keras(of_keras.group(1), there), [r.keras for r in there if r.keras]
        what = f"Keras {of_keras.group(1)!r}"
    else:
        plain = [row for row in there if row.id == f"tf-{row.tensorflow}"]
        found = [row for row in plain if _is_of(version.removeprefix("tf-"), row.tensorflow)]
        what, known = f"TensorFlow {version!r}", [row.tensorflow for row in plain]
    if not found:
        raise BadUsage(f"no recording of {what}; there are {', '.join(dict.fromkeys(known))}")
    return found[-1]


def _is_of(version: str, whole: str) -> bool:
    return whole == version or whole.startswith(f"{version}.")


def _of_keras(version: str, rows: Iterable[Environment]) -> list[Environment]:
    """Environments with this Keras, those of the package alone last."""
    found = [row for row in rows if _is_of(version, row.keras)]
    return sorted(found, key=lambda row: row.subject == "keras")


def heading(
    texts: tuple[str, str], pair: tuple[Environment, Environment], known: Sequence[Environment]
) -> Iterator[str]:
    """Which versions were taken, and how to ask for a standalone Keras where that may be meant."""
    for word, one in zip(("From", "to  "), pair, strict=True):
        yield f"{word} {_versions(one)} ({one.id})"
    packages = [row for row in known if row.subject == "keras" and row.backend == "tensorflow"]
    meant = [[row.id for row in _of_keras(text, packages)] for text in texts]
    if all(meant):
        yield f"For the package Keras: --from {meant[0][-1]} --to {meant[1][-1]}"


def _versions(one: Environment) -> str:
    if one.subject == "keras":
        backend = f"TensorFlow {one.tensorflow}" if one.tensorflow else one.backend
        return f"Keras {one.keras} on {backend}"
    return (
        f"TensorFlow {one.tensorflow} with {f'Keras {one.keras}' if one.keras else 'its own Keras'}"
    )


def lines(compared: Compared, before: str, after: str) -> Iterator[str]:
    """A section for each kind of change, the greatest changes of it first."""
    grouped = groups(compared.frame)
    yield from verdict(grouped)
    for mark, title in TITLES.items():
        section = grouped[grouped["mark"] == mark]
        if section.empty:
            continue
        yield f"\n{title} ({counted(int(section['cases'].sum()), 'case')})"
        rows = _by_loss(section) if mark == "~" else section.to_dict("records")
        for row in rows[:PER_SECTION]:
            yield from _item(row)
        if len(rows) > PER_SECTION:
            more = counted(len(rows) - PER_SECTION, "more group")
            yield f"  - {more}: python -m reports compare {before} {after}"
    if grouped.empty:
        yield "\nNothing changes."
    if compared.not_asked:
        cases = counted(compared.not_asked, "case")
        yield f"\n{cases} not compared: the suite did not ask one of both."


def verdict(grouped: pd.DataFrame) -> Iterator[str]:
    """Whether everyday use changes, and in how many ways what else does, the gravest first."""
    if grouped.empty:
        return
    counts = grouped["severity"].value_counts()
    common = int(counts.get(Severity.COMMON, 0))
    yield f"\n{_in_everyday_use(common)}"
    for one, meaning in MEANING.items():
        if one in counts:
            yield f"  {one}  {counted(int(counts[one]), 'group')} of cases: {meaning}"


def _in_everyday_use(groups: int) -> str:
    if not groups:
        return "Everyday use does not change: nothing to do, unless you use what is listed below."
    ways = "1 way" if groups == 1 else f"{groups} ways"
    return f"Everyday use changes in {ways}, marked A below."


def _by_loss(section: pd.DataFrame) -> list[Row]:
    """The greatest change of each loss, with all cases of that."""
    cases = section.groupby("loss")["cases"].sum()
    first = section.drop_duplicates("loss")
    return [{**row, "cases": int(cases[row["loss"]])} for row in first.to_dict("records")]


def _item(row: Row) -> Iterator[str]:
    grave = row["severity"] or "-"
    yield f"  {grave} {row['loss']}, {counted(row['cases'], 'case')}: {what(row)}"
    if numbers := how_much(row):
        yield f"    {numbers}"
    yield f"    {where(row)}"
    yield f"    trace {row['example']}"
