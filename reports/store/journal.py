"""The answers of an environment while it is asked: a line each, safe against any interruption.

A line is JSON: the name of a request, a sum of the request, the answer, and a sum of these three.
What is in it need not be asked again; a line that was cut off or damaged is, and so is a request
that has changed since. That there was no answer, since the process ended or took too long, is
believed when it is in the file twice: the first time something else may have been the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from zlib import crc32

from suites.observe.messages import Request

Line = tuple[str, str, str]  # name, sum of the request, answer
NO_ANSWER = ("error Crash: ", "error Timeout: ")
FROM_OUTSIDE = ("error Crash: SIGTERM", "error Crash: SIGINT", "error Crash: SIGHUP")


def add(path: Path, name: str, request: Request, answer: str) -> None:
    """Append one answer; it is in the file when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = name, total(request), answer
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps([*line, _sum(line)]) + "\n")


def total(request: Request) -> str:
    return f"{crc32(json.dumps(request, sort_keys=True).encode()):08x}"


def _sum(line: Line) -> str:
    return f"{crc32(json.dumps(line).encode()):08x}"


def read(path: Path, requests: Mapping[str, Request]) -> dict[str, str]:
    """The answers to these requests that the file has; what was cut off is taken out of it."""
    known = {name: total(request) for name, request in requests.items()}
    lines = [line for line in _lines(whole_lines(path)) if known.get(line[0]) == line[1]]
    return _believed(lines)


def whole_lines(path: Path) -> bytes:
    """The lines of a file to which lines are added; one that was cut off is taken out of it."""
    if not path.is_file():
        return b""
    whole = path.read_bytes()
    if not whole.endswith(b"\n"):
        whole = whole[: whole.rfind(b"\n") + 1]
        path.write_bytes(whole)
    return whole


def _believed(lines: list[Line]) -> dict[str, str]:
    answers: dict[str, str] = {}
    doubted: set[tuple[str, str]] = set()
    for name, _, answer in lines:
        if not answer.startswith(NO_ANSWER):
            answers[name] = answer
        elif (name, answer) in doubted and answer not in FROM_OUTSIDE:
            answers.setdefault(name, answer)
        doubted.add((name, answer))
    return answers


def count(path: Path) -> int:
    """How many answers the file has, those to old requests included."""
    return path.read_bytes().count(b"\n") if path.is_file() else 0


def _lines(whole: bytes) -> Iterator[Line]:
    """The lines that are as they were written."""
    for text in whole.split(b"\n"):
        try:
            name, digest, answer, sum_ = json.loads(text)
        except (ValueError, TypeError):  # no JSON, or not four things
            continue
        if sum_ == _sum((name, digest, answer)):
            yield name, digest, answer
