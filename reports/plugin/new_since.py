"""Since when a new difference is there: which recorded releases gave such an answer.

A difference with a cause shows where the recorded diagnosis has that cause, an unexplained one
where the very same number was recorded.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.cause import read
from reports.compare.since.same_answer import SameAnswer
from reports.compare.since.timeline import Recorded
from reports.plugin.since import recorded
from reports.run.tables.causes import is_unexplained
from reports.run.tables.strip import Cell, Strip
from reports.run.tables.tables import Record
from reports.store.answer_text import unpack
from suites.cases.case import Case
from suites.cases.fields import FIELDS
from suites.observe import requests
from suites.observe.messages import Answer, Packed, array

OF_A_CALL = ("value", "gradient", "call")  # a relation has two, of which a recording has one


def strips(digest: Callable[[], str] = requests.digest_of_all) -> Callable[[Record], Strip | None]:
    """What makes the strip of a group of new differences from its example, None where there is none.

    `digest` is that of what is asked; recordings of other requests are left out.
    """
    answers = SameAnswer(digest)
    return lambda group: _strip(answers, group)


def _strip(answers: SameAnswer, group: Record) -> Strip | None:
    if group["verdict"] != "new" or group["quantity"] not in OF_A_CALL:
        return None
    case = requests.key(Case.of_names(tuple(group[name] for name in FIELDS)))
    found = {name: one for line in answers.lines for name, one in line.items()}
    if not found:
        return None
    cells = [
        Cell(installed.line, name, name in found and _shows(found[name], case, group))
        for name, installed in recorded().items()
    ]
    return Strip(cells)


def _shows(one: Recorded, case: str, group: Record) -> bool:
    if not is_unexplained(group["cause"]):
        return (group["quantity"], read(group["cause"])) in one.diagnosis(case).causes
    return bool(group["bits"]) and group["bits"] == _bits(unpack(one.answer(case)), group)


def _bits(answer: Answer, group: Record) -> str:
    """The recorded number at the place of the example, in hexadecimal, "" for none."""
    packed = array(answer, group["quantity"])
    place = _place(packed, group["index"]) if packed else None
    if packed is None or place is None:
        return ""
    size = len(packed["hex"]) // int(np.prod(packed["shape"]))
    digits = packed["hex"][place * size : (place + 1) * size]
    return bytes.fromhex(digits)[::-1].hex()


def _place(packed: Packed, index: str) -> int | None:
    """How many entries there are before one, None where the array has no such place."""
    where = tuple(map(int, index.split()))
    shape = packed["shape"]
    if len(where) != len(shape) or any(i >= n for i, n in zip(where, shape, strict=True)):
        return None
    return int(np.ravel_multi_index(where, shape)) if where else 0
