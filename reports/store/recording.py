"""What one environment answered to every request, as text that is exact, sorted and checked.

A recording holds only the answers that differ from its parent's, the environment before it in
time, so that a value is stored once and the file of a release shows what the release changed. In a
recording without a parent everything that is not there is absent. The first lines say what it is:

    xentcheck recording 2
    environment tf-2.21.0
    parent tf-2.20.0 5c0d1e2f...
    requests 0f1e2d3c4b5a6978
    rows 2
    sum 1a2b3c4d...

The last is the sha256 of all that follows; after the parent's name comes that of its file.
After the empty line come groups of cases: a line with what their names begin with, then a row for
each case, with tabs between a sum (CRC-32) of this line and the one before it, the rest of the name and the
answer. So a row that was changed, added or removed is found, and a new one changes no line but the
next. An answer is `absent`, `not asked`, `error` with type and first line, or value and gradient: a
dtype, a shape, and the bits of each number in hexadecimal. `= 9b8a7c6d` is the answer of the row of that sum.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

from reports.store.files import write_whole

SHIPPED = Path(__file__).parents[1] / "recordings"  # those of the releases
FIRST = "xentcheck recording 2"
FIELDS = ("environment", "parent", "requests", "rows", "sum")
ABSENT = "absent"
NOT_ASKED = "not asked"
UNANSWERED = (ABSENT, NOT_ASKED)
NO_PARENT = "none"
SAME = "= "
REPAIR = "restore the file or record again"
Rows = Mapping[str, str]


class BadRecording(ValueError):
    """A file is no recording, or not as it was written; one line that says where."""


@dataclass(frozen=True)
class Recording:
    """`rows` are the answers that differ from the parent's; `requests` names what was asked.

    `basis` is the sum of the parent's file, and `total` that of this one once it is in a file.
    """

    environment: str
    parent: str
    requests: str
    rows: Rows
    basis: str = ""
    total: str = field(default="", compare=False)


def write(recording: Recording, path: Path) -> str:
    """Write the whole file, or nothing; return its sum."""
    text, total = written(recording)
    write_whole(path, text)
    return total


def written(recording: Recording) -> tuple[str, str]:
    """The text of the file, and its sum."""
    rows = sorted((*split(case), answer) for case, answer in recording.rows.items())
    lines = list(_lines(rows))
    parent = f"{recording.parent} {recording.basis}".strip()
    total = _whole("\n".join(lines))
    values = (recording.environment, parent, recording.requests, len(rows), total)
    head = (f"{name} {value}" for name, value in zip(FIELDS, values, strict=True))
    return "\n".join([FIRST, *head, "", *lines]) + "\n", total


def _whole(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _sum(text: str) -> str:
    return f"{crc32(text.encode()):08x}"


def split(case: str) -> tuple[str, str]:
    """What the name of a case begins with, and its last two fields."""
    parts = case.rsplit(",", 2)
    return (parts[0], ",".join(parts[1:])) if len(parts) == 3 else ("", case)


def _lines(rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    group, before = "", ""
    sums: dict[str, str] = {}  # of the rows that hold answers
    taken: set[str] = set()
    for first, rest, answer in rows:
        if first != group:
            group = before = first
            yield first
        text = f"{rest}\t{SAME + sums[answer] if answer in sums else answer}"
        check = _sum(before + text)
        if check not in taken:
            sums.setdefault(answer, check)
        taken.add(check)
        before = text
        yield f"{check}\t{text}"


def read(path: Path) -> Recording:
    """The recording in a file. Raises BadRecording for one that is not as it was written."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRecording(f"{path.name}: {error}") from None
    head, body = lines[: len(FIELDS) + 2], lines[len(FIELDS) + 2 : -1]
    about = _about(path.name, head)
    rows = _rows(path.name, len(head), body)
    if lines[-1] or len(rows) != int(about["rows"]):
        raise BadRecording(
            f"{path.name}: ends after line {len(head) + len(body)} with {len(rows)} of"
            f" {about['rows']} rows; {REPAIR}"
        )
    if _whole("\n".join(body)) != about["sum"]:
        raise BadRecording(f"{path.name}: the sum of all lines is another; {REPAIR}")
    parent, _, basis = about["parent"].partition(" ")
    return Recording(about["environment"], parent, about["requests"], rows, basis, about["sum"])


def _rows(name: str, above: int, body: list[str]) -> dict[str, str]:
    """The answers in the lines of a file, by case. Raises BadRecording."""
    group, before = "", ""
    rows: dict[str, str] = {}
    answers: dict[str, str] = {}
    for number, line in enumerate(body, above + 1):
        check, tab, text = line.partition("\t")
        if not tab:
            group = before = line
            continue
        rest, tab, answer = text.partition("\t")
        case = f"{group},{rest}" if group else rest
        known = not answer.startswith(SAME) or answer[len(SAME) :] in answers
        if check != _sum(before + text) or not tab or not known:
            raise BadRecording(
                f"{name}: line {number} ({case or 'no case'}) is not as it was written, or a line"
                f" before it is missing; {REPAIR}"
            )
        before = text
        answer = answers[answer[len(SAME) :]] if answer.startswith(SAME) else answer
        answers.setdefault(check, answer)
        rows[sys.intern(case)] = answer
    return rows


def _about(name: str, head: list[str]) -> dict[str, str]:
    if head[:1] != [FIRST]:
        raise BadRecording(f"{name}: line 1 is not {FIRST!r}: not a recording of this version")
    about = dict(line.split(" ", 1) for line in head[1:-1] if " " in line)
    if tuple(about) != FIELDS or head[-1] or not _is_number(about["rows"]):
        raise BadRecording(f"{name}: the first lines must give {', '.join(FIELDS)}, and end empty")
    return about


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def differing(answers: Rows, parent: Rows, usual: str = ABSENT) -> Rows:
    """The answers that a recording has to hold, given those of its parent."""
    return {case: answer for case, answer in answers.items() if parent.get(case, usual) != answer}
