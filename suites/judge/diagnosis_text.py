"""The line of a diagnosis in a recording: its one writer and its one reader.

A line holds the findings with tabs between, each of three words and a text:

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

from collections.abc import Iterable, Mapping
from functools import cache

from reference import cause
from suites.judge.diagnosis import Diagnosis, Finding, Inaccurate, Quantity, Unbounded, Wrong

WRONG, UNBOUNDED, ERROR = "wrong", "unbounded", "error"
EVERYWHERE = "*"
RIGHT = ""  # the line of most answers


def write(diagnosis: Diagnosis) -> str:
    """The line, with its findings in alphabetical order."""
    return "\t".join(sorted(map(_written, diagnosis.findings)))


def write_all(diagnoses: Mapping[str, Diagnosis]) -> dict[str, str]:
    """The lines of many, by the names of their cases."""
    return {case: write(one) for case, one in diagnoses.items()}


def _written(finding: Finding) -> str:
    if isinstance(finding, Wrong):
        where = EVERYWHERE if finding.places is None else spans(finding.places)
        return f"{finding.quantity} {WRONG} {where} {finding.cause}"
    if isinstance(finding, Unbounded):
        return f"{finding.quantity} {UNBOUNDED} {spans(finding.places)}"
    return f"{finding.quantity} {ERROR} {EVERYWHERE} {finding.error}"


@cache
def read(line: str) -> Diagnosis:
    """The diagnosis in a line. Raises ValueError for what is none."""
    return Diagnosis(tuple(_finding(part) for part in line.split("\t"))) if line else Diagnosis()


def mistake(line: str) -> str:
    """What is wrong with a line, "" for nothing."""
    try:
        read(line)
    except ValueError as error:
        return str(error)
    return ""


def _finding(part: str) -> Finding:
    try:
        name, kind, where, *rest = part.split(" ", 3)
        quantity, text = Quantity(name), "".join(rest)
        if kind == WRONG:
            return Wrong(
                quantity, None if where == EVERYWHERE else _places(where), cause.read(text)
            )
        if kind == UNBOUNDED and not text:
            return Unbounded(quantity, _places(where))
        if kind == ERROR and where == EVERYWHERE:
            return Inaccurate(quantity, int(text))
    except ValueError as error:
        raise ValueError(f"{part!r} is no finding of a diagnosis: {error}") from None
    raise ValueError(f"{part!r} is no finding of a diagnosis")


def _places(text: str) -> tuple[int, ...]:
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
