"""What the judge says of answers, as the lines of `diagnosis` that recordings keep."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np

from suites.cases.case import Case
from suites.judge.diagnosis import USUAL, Diagnosis, Finding, Kind, Quantity
from suites.judge.judge import Columns, classes_last, judge
from suites.observe.messages import Answer, array
from suites.observe.requests import key


def said(case: Case, answer: Answer, seed: int) -> str:
    """The line for one answer, "" where it is all right."""
    if "absent" in answer or "not_asked" in answer:
        return ""
    return text(case, answer, judge(case, answer, seed))


def text(case: Case, answer: Answer, judged: Iterable[Columns]) -> str:
    """The same of an answer that is judged already."""
    found = (one for columns in judged for one in _findings(case, answer, columns))
    return str(Diagnosis(tuple(found)))


def _findings(case: Case, answer: Answer, columns: Columns) -> Iterator[Finding]:
    quantity = Quantity(columns.quantity)
    if columns.index == [""] and columns.bits == [""]:  # no numbers were compared
        if cause := columns.cause[0]:
            yield Finding(quantity, Kind.WRONG, None, cause)
        return
    numbers = array(answer, quantity)
    assert numbers  # or none were compared
    places = _places(case, quantity, numbers["shape"])
    for cause in sorted({cause for cause in columns.cause if cause}):
        where = (place for place, why in zip(places, columns.cause, strict=True) if why == cause)
        yield Finding(quantity, Kind.WRONG, tuple(sorted(where)), cause)
    unbounded = [not tested for tested in columns.tested]
    if any(unbounded):
        where = (place for place, is_so in zip(places, unbounded, strict=True) if is_so)
        yield Finding(quantity, Kind.UNBOUNDED, tuple(sorted(where)))
    if not any(columns.cause):
        errors = (e for e, is_so in zip(columns.ulp_error, unbounded, strict=True) if not is_so)
        worst = max((abs(error) for error in errors if math.isfinite(error)), default=0.0)
        if worst > 2**USUAL:
            yield Finding(quantity, Kind.ERROR, None, str(math.ceil(math.log2(worst))))


def _places(case: Case, quantity: str, shape: Sequence[int]) -> list[int]:
    """Where each number stands in the answer, in the order of the judge."""
    places = np.arange(math.prod(shape)).reshape(shape)
    return [int(place) for place in classes_last(case, quantity, places).flat]


class Judge:
    """Says it of whole recordings, in which most answers come again and again.

    `unpack` makes of an answer's text what the observer said.
    """

    def __init__(self, cases: Iterable[Case], seed: int, unpack: Callable[[str], Answer]) -> None:
        self.cases = {key(case): case for case in cases}
        self.seed, self.unpack = seed, unpack
        self._known: dict[tuple[str, str], str] = {}

    def said(self, answers: Mapping[str, str]) -> dict[str, str]:
        """The lines of the answers that are not right, by the names of their cases."""
        texts = {name: self._of(name, answer) for name, answer in answers.items()}
        return {name: text for name, text in texts.items() if text}

    def _of(self, name: str, answer: str) -> str:
        if (name, answer) not in self._known:
            text = said(self.cases[name], self.unpack(answer), self.seed)
            self._known[name, answer] = text
        return self._known[name, answer]
