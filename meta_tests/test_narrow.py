"""Halving finds the release that changed an answer, with no more specifications than it takes."""

from __future__ import annotations

from itertools import pairwise
from math import ceil, log2

from hypothesis import given
from hypothesis import strategies as st

from reports.bisect.halving import Narrow, NotMeasured, Step

Answers = list[str | None]


class Asked:
    """Releases that answer with a letter, None for one that can't be measured."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.probes: list[int] = []

    def ask(self, item: int) -> str | NotMeasured:
        self.probes.append(item)
        return self.answers[item] or NotMeasured(f"no {item}")

    def steps(self, first: str, last: str) -> list[Step[int, str]]:
        return Narrow(range(len(self.answers)), self.ask, _side).steps(first, last)


def _side(before: str, after: str, found: str) -> int:
    return (found[0] == after[0]) - (found[0] == before[0])


def rows(letters: str) -> st.SearchStrategy[Answers]:
    """Answers of at most 40 releases in the order of these letters, some of them not measured."""
    ordered = st.lists(st.sampled_from(letters), max_size=40).map(sorted)
    labels = ordered.map(lambda row: [f"{letter}{place}" for place, letter in enumerate(row)])
    holes = st.lists(st.booleans(), min_size=40, max_size=40)
    return st.builds(
        lambda a, h: [None if b else x for x, b in zip(a, h, strict=False)], labels, holes
    )


@given(rows("ab"))
def test_one_change_is_found_and_what_hides_it_is_named(answers: Answers) -> None:
    (step,) = Asked(answers).steps("a first", "b last")
    measured = ["a first", *filter(None, answers), "b last"]
    place = next(n for n, text in enumerate(measured) if text[0] == "b")
    assert (step.before, step.after) == (measured[place - 1], measured[place])
    there = ["a first", *answers, "b last"]
    hidden = range(there.index(step.before), there.index(step.after) - 1)
    assert step.skipped == tuple((n, NotMeasured(f"no {n}")) for n in hidden)


@given(rows("ab"))
def test_no_spec_is_asked_twice_or_in_vain(answers: Answers) -> None:
    asked = Asked(answers)
    asked.steps("a first", "b last")
    missing = sum(answers[n] is None for n in asked.probes)
    assert len(asked.probes) == len(set(asked.probes))
    assert len(asked.probes) <= ceil(log2(len(answers) + 1)) + missing


@given(rows("abc"))
def test_a_third_answer_is_a_change_on_either_side(answers: Answers) -> None:
    steps = Asked(answers).steps("a first", "c last")
    measured = ["a first", *filter(None, answers), "c last"]
    changes = [(old, new) for old, new in pairwise(measured) if old[0] != new[0]]
    assert [(step.before, step.after) for step in steps] == changes


def test_with_nothing_between_nothing_is_asked() -> None:
    asked = Asked([])
    assert asked.steps("a", "b") == [Step("a", "b")]
    assert asked.probes == []


def test_seven_releases_take_three_specs() -> None:
    asked = Asked(["a1", "a2", "a3", "a4", "a5", "b6", "b7"])
    (step,) = asked.steps("a0", "b8")
    assert (step.before, step.after) == ("a5", "b6")
    assert len(asked.probes) == 3
