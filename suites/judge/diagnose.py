"""The judge's diagnosis of answers, one by one and of whole recordings."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from suites.cases.case import Case
from suites.judge.comparison import Numbers, OfCase
from suites.judge.diagnosis import USUAL, Diagnosis, Finding, Inaccurate, Unbounded, Wrong
from suites.judge.judge import classes_last, judge
from suites.observe.messages import Answer, array
from suites.observe.requests import key


def diagnose(case: Case, answer: Answer, judged: Iterable[OfCase]) -> Diagnosis:
    """The diagnosis of an answer that is judged already."""
    return Diagnosis(tuple(one for found in judged for one in _findings(case, answer, found)))


def _findings(case: Case, answer: Answer, found: OfCase) -> Iterator[Finding]:
    if not isinstance(found, Numbers):
        if found.cause:
            yield Wrong(found.quantity, None, found.cause)
        return
    numbers = array(answer, found.quantity)
    assert numbers  # or none were compared
    places = _places(case, found.quantity, numbers["shape"])
    for cause in sorted({cause for cause in found.cause if cause}, key=str):
        where = (place for place, why in zip(places, found.cause, strict=True) if why == cause)
        yield Wrong(found.quantity, tuple(sorted(where)), cause)
    if not all(found.tested):
        where = (place for place, is_so in zip(places, found.tested, strict=True) if not is_so)
        yield Unbounded(found.quantity, tuple(sorted(where)))
    if not any(found.cause):
        errors = (e for e, is_so in zip(found.ulp_error, found.tested, strict=True) if is_so)
        worst = max((abs(error) for error in errors if math.isfinite(error)), default=0.0)
        if worst > 2**USUAL:
            yield Inaccurate(found.quantity, math.ceil(math.log2(worst)))


def _places(case: Case, quantity: str, shape: Sequence[int]) -> list[int]:
    """Where each number is in the answer, in the order of the judge."""
    places = np.arange(math.prod(shape)).reshape(shape)
    return [int(place) for place in classes_last(case, quantity, places).flat]


class Judge:
    """Judges whole recordings, in which most answers come again and again.

    `unpack` makes of an answer's text what the observer sent.
    """

    def __init__(self, cases: Iterable[Case], seed: int, unpack: Callable[[str], Answer]) -> None:
        self.cases = {key(case): case for case in cases}
        self.seed, self.unpack = seed, unpack
        self._known: dict[tuple[str, str], Diagnosis] = {}

    def diagnoses(self, answers: Mapping[str, str]) -> dict[str, Diagnosis]:
        """Those of the answers about which anything was found, by the names of their cases."""
        found = {name: self._of(name, answer) for name, answer in answers.items()}
        return {name: one for name, one in found.items() if one.findings}

    def _of(self, name: str, text: str) -> Diagnosis:
        if (name, text) not in self._known:
            case, answer = self.cases[name], self.unpack(text)
            absent = "absent" in answer or "not_asked" in answer
            judged = [] if absent else judge(case, answer, self.seed)
            self._known[name, text] = diagnose(case, answer, judged)
        return self._known[name, text]
