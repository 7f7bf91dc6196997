"""An installation is asked in a process of its own, which may die or hang over one question."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports import journal
from suites.asking import Asking, CannotAsk

# Answers a question with its own words, and does what it is told in between.
OBSERVER = """
import json, os, signal, sys, time
print("noise that comes before", file=sys.stderr)
for line in sys.stdin:
    question = json.loads(line)
    call = question.get("call", "")
    if call == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if call == "leave":
        sys.exit(3)
    if call == "hang":
        time.sleep(60)
    print(json.dumps({"error": call} if question else {"tensorflow": "9.9"}), flush=True)
"""


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Asking]:
    observer = tmp_path / "observer.py"
    observer.write_text(OBSERVER)
    with Asking(Path(sys.executable), observer, os.environ, limit=1.0) as asking:
        yield asking


def test_it_says_what_is_installed(asking: Asking) -> None:
    assert asking.about() == {"tensorflow": "9.9"}


def test_a_question_that_kills_costs_its_own_answer_only(asking: Asking) -> None:
    calls = ["a", "die", "b", "leave", "hang", "c"]
    answers = [asking.ask({"call": call})["error"] for call in calls]
    assert answers == [
        *("a", "Crash: SIGSEGV", "b", "Crash: exit 3"),
        *("Timeout: no answer within 1 s", "c"),
    ]


def test_what_does_not_start_cannot_be_asked(tmp_path: Path) -> None:
    observer = tmp_path / "observer.py"
    observer.write_text("import nothing_of_this_name")
    with Asking(Path(sys.executable), observer, os.environ) as asking, pytest.raises(CannotAsk):
        asking.about()


QUESTIONS = {"one": {"call": "1"}, "two": {"call": "2"}}


def _journal(folder: Path) -> Path:
    path = folder / "journal.jsonl"
    for name, question in QUESTIONS.items():
        journal.add(path, name, question, f"answer {name}")
    return path


def test_a_journal_gives_back_what_is_in_it(tmp_path: Path) -> None:
    whole = {"one": "answer one", "two": "answer two"}
    assert journal.read(_journal(tmp_path), QUESTIONS) == whole
    assert journal.read(tmp_path / "none", QUESTIONS) == {}


def test_a_line_that_was_cut_off_is_asked_again(tmp_path: Path) -> None:
    path = _journal(tmp_path)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        found = journal.read(path, QUESTIONS)
        assert len(found) == whole[:size].count(b"\n")
        journal.add(path, "three", {"call": "3"}, "answer three")
        assert len(journal.read(path, QUESTIONS | {"three": {"call": "3"}})) == len(found) + 1


def test_a_question_that_has_changed_is_asked_again(tmp_path: Path) -> None:
    path = _journal(tmp_path)
    assert journal.read(path, QUESTIONS | {"two": {"call": "2.0"}}) == {"one": "answer one"}
