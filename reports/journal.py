"""The answers of an environment while it is asked: a line each, safe against any interruption.

A line is JSON: the name of a question, a sum of the question, the answer. What is in it need not be
asked again; a line that was cut off by a kill is, and so is a question that has changed since.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

Question = Mapping[str, Any]


def add(path: Path, name: str, question: Question, answer: str) -> None:
    """Append one answer; it is in the file when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps([name, total(question), answer]) + "\n")


def total(question: Question) -> str:
    return f"{crc32(json.dumps(question, sort_keys=True).encode()):08x}"


def read(path: Path, questions: Mapping[str, Question]) -> dict[str, str]:
    """The answers to these questions that the file has; what was cut off is taken out of it."""
    if not path.is_file():
        return {}
    known = {name: total(question) for name, question in questions.items()}
    whole = path.read_bytes()
    if not whole.endswith(b"\n"):
        whole = whole[: whole.rfind(b"\n") + 1]
        path.write_bytes(whole)
    return {name: answer for name, told, answer in _lines(whole) if known.get(name) == told}


def count(path: Path) -> int:
    """How many answers the file has, those to old questions included."""
    return path.read_bytes().count(b"\n") if path.is_file() else 0


def _lines(whole: bytes) -> Iterator[tuple[str, str, str]]:
    for line in whole.decode().splitlines():
        name, told, answer = json.loads(line)
        yield name, told, answer
