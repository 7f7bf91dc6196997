"""The releases between two recordings, and which of them changed an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from reports.compare.drift import known
from reports.compare.drift.drift import Drift, change
from reports.compare.grouping.changes import SILENT, Changed, Side
from reports.compare.grouping.groups import Group
from reports.compare.since.timeline import Recorded
from reports.releases import environments
from reports.releases.environments import Environment
from reports.store.recording import NOT_ASKED
from reports.store.recordings import ancestors, answers_and_diagnoses, in_order
from suites.cases.fields import FIELDS
from suites.judge.diagnosis_text import read

# Forms of Keras, and those of tf_keras that call the same of the Keras before 3.
TWINS: Mapping[str, str] = {
    "function": "tf_keras",
    "class": "tf_keras-class",
    "class-mean": "tf_keras-mean",
    "metric": "tf_keras-metric",
    "backend": "tf_keras-backend",
}
WITHOUT_KERAS = ("nn",)
FORM = FIELDS.index("form")
INSIDE = "of TensorFlow"  # the Keras before 2.6
OTHER_SIZE = (*SILENT, Drift.ROUNDING)


@dataclass(frozen=True)
class Stop:
    """One recording on the way; `environment` is None where the table does not have it."""

    name: str
    side: Side
    environment: Environment | None


@dataclass(frozen=True)
class Since:
    """The two neighbouring releases between which something changed.

    `package` is the one that did it, "" where both changed and nothing tells them apart.
    """

    before: Environment
    after: Environment
    package: str

    def __str__(self) -> str:
        """Such as "Keras 3.14.1 -> 3.15.1"."""
        return ", ".join(f"{name} {old} -> {new}" for name, old, new in self._versions())

    @property
    def brief(self) -> str:
        """Such as "TensorFlow 2.16.2, Keras 3.0.5"."""
        return ", ".join(f"{name} {new}" for name, _, new in self._versions())

    def _versions(self) -> Iterator[tuple[str, str, str]]:
        old, new = self.before, self.after
        if old.backend != new.backend:
            yield "backend", old.backend, new.backend
            return
        pairs = {
            "TensorFlow": (old.tensorflow, new.tensorflow),
            "Keras": (old.keras or INSIDE, new.keras or INSIDE),
        }
        for name, (was, now) in pairs.items():
            if was != now and self.package in ("", name):
                yield name, was, now


def stops(folder: Path, before: str, after: str) -> list[Stop]:
    """The recordings from one to the other, along their line, or both where there is none.

    Raises BadRecording.
    """
    table = {row.id: row for row in environments.load()}
    parents = {name: row.parent for name, row in table.items()}
    recordings = answers_and_diagnoses(folder)
    there = recordings[0].names()
    if missing := [name for name in (before, after) if name not in there]:
        recordings[0].read(missing[0])
    names = [name for name in _between(before, after, parents) if name in there]
    above = {one for name in names for one in ancestors(name, parents) if one in there}
    wanted = in_order(above | set(names), parents)  # each file is read once
    answers, lines = (dict(one.everything(wanted)) for one in recordings)
    return [_stop(name, answers[name], lines[name], table.get(name)) for name in names]


def _stop(
    name: str, answers: Mapping[str, str], lines: Mapping[str, str], row: Environment | None
) -> Stop:
    of_it = known.of_any if row is None else lambda: known.of_release(row)
    return Stop(name, Side(answers, lines, known=of_it), row)


def stop(one: Recorded) -> Stop:
    return _stop(one.environment.id, one.answers, one.lines, one.environment)


def _between(before: str, after: str, parents: Mapping[str, str]) -> list[str]:
    for old, new in ((before, after), (after, before)):
        above = [new, *ancestors(new, parents)]
        if old in above:
            way = above[: above.index(old) + 1]
            return way if new is before else way[::-1]
    return [before, after]


def since(way: Sequence[Stop], group: Group) -> Since | None:
    """Where the example of a group last became what it is; None where that is not known."""
    if group.drift is Drift.ADDED:  # each of its forms when it came
        return None
    found = None
    asked = [stop for stop in way if stop.side.answer(group.example.case) != NOT_ASKED]
    for old, new in pairwise(asked):
        if old.environment and new.environment and _is_here(old.side, new.side, group):
            found = Since(old.environment, new.environment, _package(old, new, group))
    return found


def mended(environment: Environment | None, group: Group) -> Since | None:
    """The first later release in which the known difference of a group is gone."""
    if environment is None or not group.entry or group.is_mended:
        return None
    spans = [one for one in known.entries() if one.id == group.lead]
    before = environment
    for row in environments.load():
        if (
            row.parent == before.id
            and row.subject == environment.subject
            and row.backend == environment.backend
        ):
            there = (known.installation(one) for one in (before, row))
            was, now = (any(span.spans(one) for span in spans) for one in there)
            if was and not now:
                return Since(before, row, _only(before, row) or _by_span(before, row, group.lead))
            before = row
    return None


def _only(before: Environment, after: Environment) -> str:
    """The package that alone is another, "" for none."""
    if before.backend != after.backend:
        return ""
    if before.keras == after.keras:
        return "TensorFlow"
    return "Keras" if before.tensorflow == after.tensorflow else ""


def _is_here(old: Side, new: Side, group: Group) -> bool:
    one = group.example
    if group.lead and group.turned:
        there, here = (
            group.lead in side.known().names(one.fields, side.line(one.case)) for side in (old, new)
        )
        return there != here and here is group.came
    texts = old.answer(one.case), new.answer(one.case)
    diagnoses = read(old.line(one.case)), read(new.line(one.case))
    dtype = one.fields[FIELDS.index("dtype")]
    return change(*texts, diagnoses, dtype).drift not in (
        SILENT if one.change.drift is Drift.ROUNDING else OTHER_SIZE
    )


def _package(old: Stop, new: Stop, group: Group) -> str:
    """What did it: the package that alone is another, or what the rest of the recordings tell."""
    before, after = old.environment, new.environment
    assert before
    assert after
    if only := _only(before, after):
        return only
    if before.backend != after.backend:
        return ""
    if all(one.fields[FORM] in WITHOUT_KERAS for one in group.changed):
        return "TensorFlow"
    if any(_is_kept_by_twin(old.side, new.side, one) for one in group.changed):
        return "Keras"
    return _by_span(before, after, group.lead) if before.keras.startswith("3.") else ""


def _is_kept_by_twin(old: Side, new: Side, one: Changed) -> bool:
    """Whether the Keras before 3, on the new TensorFlow, still answers as before."""
    twin = TWINS.get(one.fields[FORM])
    if not twin:
        return False
    case = ",".join((*one.fields[:FORM], twin, *one.fields[FORM + 1 :]))
    before = old.answer(one.case)
    return before not in (new.answer(one.case), NOT_ASKED) and new.answer(case) == before


def _by_span(before: Environment, after: Environment, lead: str) -> str:
    """The package whose versions alone end the span of an entry between two releases."""
    ends, names = (known.installation(one) for one in (before, after)), set()
    first, last = ends
    for entry in (one for one in known.entries() if one.id == lead):
        if entry.spans(first) == entry.spans(last):
            continue
        outside = last if entry.spans(first) else first
        kept = {
            "TensorFlow": outside.lies_in(entry.line, tensorflow=entry.tensorflow),
            "Keras": outside.lies_in(entry.line, keras=entry.keras),
        }
        names |= {name for name, is_kept in kept.items() if not is_kept}
    return next(iter(names)) if len(names) == 1 else ""
