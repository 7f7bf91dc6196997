"""What the judge says of an answer, as one line: where it is not what is due, and why.

    gradient 3,7-9 the formula itself fails in float16 <tab> value 3 computed in float32

Places are counted through the whole array; without one the cause is that of all of it. The empty
text says that everything is right, or that there is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from suites.cases import Case
from suites.judge import Columns, judge
from suites.questions import key

Answer = dict[str, Any]


def said(case: Case, answer: Answer, seed: int) -> str:
    """The text for one answer, "" where it is all right."""
    return "" if "absent" in answer or "not_asked" in answer else text(judge(case, answer, seed))


def text(judged: Iterable[Columns]) -> str:
    """The same of an answer that is judged already."""
    parts = []
    for columns in judged:
        for cause in sorted({cause for cause in columns.cause if cause}):
            places = [place for place, found in enumerate(columns.cause) if found == cause]
            whole = columns.index == [""]
            parts.append(f"{columns.quantity} {'' if whole else spans(places) + ' '}{cause}")
    return "\t".join(" ".join(part.split()) for part in sorted(parts))


class Judge:
    """Says it of whole recordings, in which most answers come again and again.

    `unpack` makes of an answer's text what the observer said.
    """

    def __init__(self, cases: Iterable[Case], seed: int, unpack: Callable[[str], Answer]) -> None:
        self.cases = {key(case): case for case in cases}
        self.seed, self.unpack = seed, unpack
        self._known: dict[tuple[str, str], str] = {}

    def said(self, answers: Mapping[str, str]) -> dict[str, str]:
        """The texts of the answers that are not right, by the names of their cases."""
        texts = {name: self._of(name, answer) for name, answer in answers.items()}
        return {name: text for name, text in texts.items() if text}

    def _of(self, name: str, answer: str) -> str:
        if (name, answer) not in self._known:
            text = said(self.cases[name], self.unpack(answer), self.seed)
            self._known[name, answer] = text
        return self._known[name, answer]


def spans(places: Iterable[int]) -> str:
    """Ascending whole numbers, neighbours together: "3,7-9"."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1] = [runs[-1][0], place]
        else:
            runs.append([place])
    return ",".join("-".join(map(str, run)) for run in runs)
