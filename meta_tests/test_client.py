"""The client of an observer, on a process that is played: what is written, what is read, who is to blame."""

from __future__ import annotations

import queue
from pathlib import Path
from typing import Any

import pytest

from suites.observe import client
from suites.observe.client import CannotAsk, Client, ObserverMistake
from suites.observe.process import Ended

VERSIONS = {"tensorflow": "2.21.0"}
CRASH, HANG = Ended("exit 3", "last words"), queue.Empty()


class Played:
    """Plays one process after another: each is a list of what it answers."""

    def __init__(self, *lives: list[Any]) -> None:
        self.lives = [list(life) for life in lives]
        self.written: list[list[Any]] = []
        self.limits: list[float] = []
        self.reads: list[int] = []  # which process is read, where it is not the last
        self.ended = 0

    def __call__(self, python: Path, observer: Path, variables: dict[str, str]) -> Played:
        self.written.append([])
        return self

    def write(self, request: Any) -> None:
        self.written[-1].append(request)

    def read(self, limit: float) -> Any:
        self.limits.append(limit)
        life = self.reads.pop(0) if self.reads else len(self.written) - 1
        answer = self.lives[life].pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def end(self) -> None:
        self.ended += 1


def new_client(monkeypatch: pytest.MonkeyPatch, *lives: list[Any]) -> tuple[Client, Played]:
    played = Played(*lives)
    monkeypatch.setattr(client, "Process", played)
    return Client(Path("python"), Path("observer.py"), {}, limit=7.0, start=30.0), played


def test_requests_are_written_ahead_and_answered_in_their_order(monkeypatch) -> None:
    one, played = new_client(monkeypatch, [VERSIONS, {"error": "a"}, {"error": "b"}])
    first, second = one.send({"call": 1}), one.send({"call": 2})
    assert played.written == [[{}, {"call": 1}, {"call": 2}]]
    assert second.answer() == {"error": "b"}
    assert first.answer() == {"error": "a"}
    assert played.limits == [30.0, 7.0, 7.0]
    assert one.about() == VERSIONS
    assert not one._waiting


def test_one_that_ends_the_process_is_asked_twice_and_the_others_again(monkeypatch) -> None:
    lives = [[VERSIONS, CRASH], [VERSIONS, CRASH], [VERSIONS, {"error": "b"}]]
    one, played = new_client(monkeypatch, *lives)
    first, second = one.send({"call": 1}), one.send({"call": 2})
    assert first.answer() == {"error": "Crash: exit 3"}
    assert one.last_words == "last words"
    assert second.answer() == {"error": "b"}
    both = [{}, {"call": 1}, {"call": 2}]
    assert played.written == [both, both, [{}, {"call": 2}]]
    assert played.ended == 2


def test_one_that_takes_too_long_once_gets_its_answer(monkeypatch) -> None:
    one, _ = new_client(monkeypatch, [VERSIONS, HANG], [VERSIONS, {"error": "a"}])
    assert one.ask({"call": 1}) == {"error": "a"}
    never, _ = new_client(monkeypatch, [VERSIONS, HANG], [VERSIONS, HANG])
    assert never.ask({"call": 1}) == {"error": "Timeout: no answer within 7 s"}


def test_a_mistake_of_the_observer_is_no_answer(monkeypatch) -> None:
    one, _ = new_client(monkeypatch, [VERSIONS, {"mistake": "Traceback ... AttributeError: ours"}])
    with pytest.raises(ObserverMistake, match="AttributeError: ours"):
        one.ask({"call": 1})


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (HANG, "no answer within 30 s"),
        (CRASH, "python: last words (exit 3)"),
        (Ended("exit 3", ""), "python: it ended without an answer (exit 3)"),
        ({"error": "no TensorFlow"}, "no TensorFlow"),
    ],
)
def test_what_does_not_start_can_not_be_asked(monkeypatch, answer: Any, why: str) -> None:
    one, played = new_client(monkeypatch, [answer])
    with pytest.raises(CannotAsk) as raised:
        one.ask({"call": 1})
    assert str(raised.value) == why
    assert played.ended == 1


def test_no_interpreter_is_named(monkeypatch) -> None:
    def refuse(*_: Any) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(client, "Process", refuse)
    with pytest.raises(CannotAsk, match=r"^python does not start: No such file or directory$"):
        Client(Path("python"), Path("observer.py"), {}).begin()


def test_what_was_sent_is_forgotten_when_it_ends(monkeypatch) -> None:
    one, played = new_client(monkeypatch, [VERSIONS], [VERSIONS, {"error": "b"}])
    with one as same:
        same.send({"call": 1})
    assert played.ended == 1
    one.end()
    assert played.ended == 1
    assert one.ask({"call": 2}) == {"error": "b"}
    assert played.written == [[{}, {"call": 1}], [{}, {"call": 2}]]


def test_the_installation_says_more_of_itself(monkeypatch) -> None:
    found = [
        {"floatx": "float32"},
        {"working": ["CPU:0"], "broken": {"GPU:0": "no"}},
        {"names": {"a": ["b"]}, "uses": [["a", "b"], ["a", ""]], "aliases": ["c"]},
        {"error": "no Keras"},
    ]
    one, played = new_client(monkeypatch, [VERSIONS, *found])
    assert one.settings() == {"floatx": "float32"}
    assert one.devices() == (["CPU:0"], {"GPU:0": "no"})
    assert one.public_api(iter(["x"])) == ({"a": ["b"]}, {("a", "b"), ("a", "")}, ["c"])
    with pytest.raises(CannotAsk, match=r"^no Keras$"):
        one.settings()
    asked = [{"about": "settings"}, {"about": "devices"}, {"about": "public_api", "calls": ["x"]}]
    assert played.written == [[{}, *asked, {"about": "settings"}]]


def test_calls_that_differ_get_a_fresh_process_after_so_many(monkeypatch) -> None:
    monkeypatch.setattr(client, "DIFFERENT", 2)
    a, b, c = ({"error": name} for name in "abc")
    one, played = new_client(monkeypatch, [VERSIONS, a, a, b], [VERSIONS, c])
    sent = [one.send({"call": call}) for call in (1, 1, 2, 3)]
    written = [[{}, {"call": 1}, {"call": 1}, {"call": 2}], [{}, {"call": 3}]]
    assert played.written == written
    played.reads = [0, 0, 0, 0, 1, 1]
    assert [each.answer() for each in sent[:3]] == [a, a, b]
    assert played.ended == 0
    assert sent[3].answer() == c
    assert played.ended == 1
    assert one.about() == VERSIONS


def test_calls_that_differ_in_numbers_alone_are_one(monkeypatch) -> None:
    monkeypatch.setattr(client, "DIFFERENT", 1)
    one, played = new_client(monkeypatch, [])
    packed = {"dtype": "float32", "shape": [1]}
    for number in ("0000803f", "00000040"):
        one.send({"call": "f(output)", "arrays": {"output": packed | {"hex": number}}})
    assert len(played.written) == 1
    one.send({"call": "f(output)", "arrays": {"output": packed | {"dtype": "int32", "hex": ""}}})
    assert len(played.written) == 2


def test_what_waits_for_two_processes_is_all_asked_again(monkeypatch) -> None:
    monkeypatch.setattr(client, "DIFFERENT", 2)
    answers = [{"error": name} for name in "abc"]
    one, played = new_client(
        monkeypatch, [VERSIONS, CRASH], [], [VERSIONS, *answers[:2]], [VERSIONS, answers[2]]
    )
    sent = [one.send({"call": call}) for call in (1, 2, 3)]
    played.reads = [0, 0, 2, 2, 2, 3, 3]
    assert [each.answer() for each in sent] == answers
    assert played.written[2:] == [[{}, {"call": 1}, {"call": 2}], [{}, {"call": 3}]]
