"""Any two shipped recordings can be compared, in either direction, and what is printed is whole.

Few answers are different: a pair of answers that many pairs of recordings share is compared once.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations

import pytest

from reports.compare.comparison import page, text
from reports.compare.drift.drift import Drift
from reports.compare.drift.marks import LEGEND
from reports.compare.grouping.changes import COLUMNS, Compared, Side, rows
from reports.compare.grouping.groups import groups
from reports.compare.since import timeline
from reports.compare.since.since import Stop
from reports.compare.since.timeline import Timeline
from reports.compare.upgrade import lines
from reports.store.recording import SHIPPED


@pytest.fixture(scope="module")
def whole() -> Timeline:
    return timeline.load(SHIPPED)


@pytest.fixture(scope="module")
def compared(whole: Timeline) -> Compared:
    """All changes between two recordings, each once."""
    states: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for case in whole.cases():
        for one in whole.recorded.values():
            states[case].add((one.answer(case), one.lines.get(case, "")))
    found, pairs = [], {case: permutations(sorted(many), 2) for case, many in states.items()}
    while pairs:  # of each case one pair in every turn, as long as it has any
        turn = {case: pair for case, left in pairs.items() if (pair := next(left, None))}
        pairs = {case: pairs[case] for case in turn}
        before, after = (
            Side(*({case: pair[side][part] for case, pair in turn.items()} for part in (0, 1)))
            for side in (0, 1)
        )
        found.append(rows(before, after, turn))
    changed = tuple(one for part in found for one in part.changed)
    return Compared(changed, sum(part.not_asked for part in found))


def test_there_are_many_of_each_kind(compared: Compared) -> None:
    assert len(compared.frame) > 100_000
    counts = compared.frame["drift"].value_counts()
    shown = [kind for kind in Drift if kind not in (Drift.SAME, Drift.NOT_ASKED)]
    assert all(counts[kind] > 1_000 for kind in shown)
    assert compared.not_asked > 1_000


def test_every_change_says_what_it_is(compared: Compared) -> None:
    frame = compared.frame
    assert tuple(frame.columns) == COLUMNS
    assert set(frame["mark"]) == set(LEGEND)
    kind = frame[frame["drift"] == Drift.KIND]
    assert (kind["was"] != kind["now"]).all()
    assert (kind["was"] != "").all()
    value = frame[frame["drift"] == Drift.VALUE]
    assert (value["old"] != value["new"]).all()
    assert (value["relative"] > 0).all()
    turned = {"+": "-", "-": "+", "x": "*", "*": "x"}
    for mark, other in turned.items():
        assert (frame["mark"] == mark).sum() == (frame["mark"] == other).sum()


def test_all_of_it_can_be_printed(compared: Compared) -> None:
    grouped = groups(compared.changed)
    assert sum(len(group.changed) for group in grouped) == len(compared.changed)
    way = [Stop("a", Side({}, {}), None)]
    whole = "\n".join(lines([], compared, way, "all losses", whole=True))
    for printed in (text(compared, "a", "b", rounding=True), whole):
        assert "right -> right" not in printed
        assert " 1 cases" not in printed
        assert "nan ULP" not in printed
    assert page(compared, "a", "b").count("<tr>") == len(grouped) + 1


@pytest.mark.parametrize(
    ("before", "after"),
    [("tf-2.10.1", "tf-2.11.1"), ("tf-2.0.4", "tf-2.15.1"), ("tf-1.13.2", "tf-2.11.1")],
)
def test_pairs_with_nan_at_other_places_have_words_for_it(
    whole: Timeline, before: str, after: str
) -> None:
    sides = [whole.recorded[name] for name in (before, after)]
    old, new = (Side(one.answers, one.lines) for one in sides)
    found = rows(old, new, old.answers.keys() | new.answers.keys())
    assert found.changed
    assert text(found, before, after).startswith(f"{before} -> {after}: ")
