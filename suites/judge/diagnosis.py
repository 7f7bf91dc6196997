"""What the judge found in one answer: the record that stands beside it in a recording.

A line of text holds the findings with tabs between, each of three words and a text:

    gradient wrong 3,7-9 computed in float32 <tab> value unbounded 0 <tab> value error * 9

| kind | of which numbers | the text |
|---|---|---|
| wrong | outside their enclosure, or no numbers at all | the cause |
| unbounded | finite, and nothing is known of their accuracy | empty |
| error | all inside the enclosure, the worst of them far from exact | the binary logarithm of its error in ULP, rounded up |

Places are counted through the whole array; `*` is all of it. An empty line says that everything is
right and as accurate as usual, or that there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property

UNEXPLAINED = "unexplained"
USUAL = 4  # an error of at most 2**USUAL ULP is not written down
EVERYWHERE = "*"


class Quantity(StrEnum):
    CALL = "call"  # the answer as a whole
    VALUE = "value"
    GRADIENT = "gradient"


class Kind(StrEnum):
    WRONG = "wrong"
    UNBOUNDED = "unbounded"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """`places` are ascending; None stands for all of the quantity. `text` is the cause of what is
    wrong, the digits of an error, or empty.
    """

    quantity: Quantity
    kind: Kind
    places: tuple[int, ...] | None
    text: str = ""

    def __str__(self) -> str:
        where = EVERYWHERE if self.places is None else spans(self.places)
        return f"{self.quantity} {self.kind} {where} {' '.join(self.text.split())}".rstrip()


@dataclass(frozen=True)
class Diagnosis:
    """All findings of one answer."""

    findings: tuple[Finding, ...] = ()

    def __str__(self) -> str:
        return "\t".join(sorted(map(str, self.findings)))

    @cached_property
    def wrong(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.kind is Kind.WRONG)

    @cached_property
    def causes(self) -> frozenset[tuple[Quantity, str]]:
        """What is wrong, and why, wherever it is."""
        return frozenset((one.quantity, one.text) for one in self.wrong)

    @property
    def is_right(self) -> bool:
        return not self.wrong

    def error(self, quantity: Quantity) -> int:
        """The binary logarithm of the worst error in ULP of a quantity that is all right."""
        found = [
            int(one.text)
            for one in self.findings
            if one.kind is Kind.ERROR and one.quantity is quantity
        ]
        return max(found, default=USUAL)

    def is_whole(self, quantity: Quantity) -> bool:
        """Whether one cause covers the whole quantity, so that no number of it was compared."""
        of = (quantity, Quantity.CALL)
        return any(one.places is None and one.quantity in of for one in self.wrong)

    def text(self) -> str:
        """The causes for people, each once, with the quantities that they are of."""
        if self.is_right:
            unbounded = any(one.kind is Kind.UNBOUNDED for one in self.findings)
            return "right where it is bounded" if unbounded else "right"
        found: dict[str, list[str]] = {}
        for quantity, cause in sorted(self.causes, key=lambda pair: tuple(reversed(pair))):
            found.setdefault(cause, []).append(quantity)
        parts = [f"{cause} ({' and '.join(sorted(of))})" for cause, of in found.items()]
        return "; ".join(parts)


@cache
def read(line: str) -> Diagnosis:
    """The diagnosis in a line. Raises ValueError for what is none."""
    return Diagnosis(tuple(_finding(part) for part in line.split("\t"))) if line else Diagnosis()


def wrong(line: str) -> str:
    """What is wrong with a line, "" for nothing."""
    try:
        read(line)
    except ValueError as error:
        return str(error)
    return ""


def _finding(part: str) -> Finding:
    try:
        quantity, kind, places, *text = part.split(" ", 3)
        found = Finding(Quantity(quantity), Kind(kind), _places(places), *text)
        if found.kind is Kind.ERROR:
            int(found.text)
    except ValueError:
        raise ValueError(f"{part!r} is no finding of a diagnosis") from None
    if (found.kind is Kind.UNBOUNDED) == bool(found.text):
        raise ValueError(f"{part!r}: a cause or an error needs a text, and nothing else has one")
    return found


def _places(text: str) -> tuple[int, ...] | None:
    if text == EVERYWHERE:
        return None
    ends = [run.partition("-") for run in text.split(",")]
    found = tuple(n for low, _, high in ends for n in range(int(low), int(high or low) + 1))
    if list(found) != sorted(set(found)) or spans(found) != text:
        raise ValueError(f"{text!r} is not how ascending places are written")
    return found


def spans(places: Iterable[int]) -> str:
    """Ascending whole numbers, neighbours together: "3,7-9"."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1] = [runs[-1][0], place]
        else:
            runs.append([place])
    return ",".join("-".join(map(str, run)) for run in runs)
