"""Ask any installation, in a process of its own: a request a line, an answer a line.

Requests are sent ahead, and answered in their order. One that ends the process, or takes too long,
costs its own answer and no other: it is asked once more in a fresh process, since a signal from
outside or a busy machine may have done it, and so is all that was sent after it.

TensorFlow keeps all that it has traced, some 0.1 MB for each call. After so many of them that differ
a fresh process gets what is sent, while the one before it still answers.
"""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from suites.observe.messages import Answer, Request
from suites.observe.process import Ended, Process

LIMIT = 120.0  # seconds for one answer, of which most take milliseconds
START = 300.0  # for the first, which imports TensorFlow
TRIES = 2
DIFFERENT = 1_000  # calls of one process

Use = tuple[
    str, str
]  # a public name, and a parameter that it is called with; "" is the call itself


class CannotAsk(RuntimeError):
    """The installation can't be asked anything; one line that says why."""


class ObserverMistake(Exception):
    """The observer itself failed, outside of the call; its traceback. No answer of the installation."""


@dataclass(eq=False)
class _Life:
    """A process, the calls that it was sent, and what it says of itself first."""

    process: Process
    calls: set[str] = field(default_factory=set)
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Sent:
    """A request that is on its way to the process of a life."""

    client: Client
    request: Request
    limit: float
    life: _Life | None = None
    tries: int = 0
    found: Answer | None = None

    def answer(self) -> Answer:
        """Wait for the answer; an error of the name Crash or Timeout where there is none.

        Raises CannotAsk where the process can't be started, and ObserverMistake.
        """
        while self.found is None:
            self.client.advance()
        return self.found


@dataclass
class Client:
    """A running observer: the program `observer` in the interpreter `python`.

    `variables` is the whole environment of the process: nothing is inherited. `limit` and `start`
    are seconds for one answer, and for the first. `last_words` is the last line that a process
    which ended by itself wrote to standard error.
    """

    python: Path
    observer: Path
    variables: Mapping[str, str]
    limit: float = LIMIT
    start: float = START
    last_words: str = field(default="", init=False)
    # The first is read from, the last is written to.
    _lives: deque[_Life] = field(default_factory=deque, init=False)
    _waiting: deque[Sent] = field(default_factory=deque, init=False)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def begin(self) -> None:
        """Start the process, without waiting for it. Raises CannotAsk for no interpreter."""
        if not self._lives:
            self._start()
            for sent in self._waiting:
                self._write(sent)

    def _start(self) -> None:
        try:
            process = Process(self.python, self.observer, self.variables)
        except OSError as error:
            raise CannotAsk(f"{self.python} does not start: {error.strerror}") from None
        process.write({})
        self._lives.append(_Life(process))

    def _write(self, sent: Sent) -> None:
        """Write a request to the last process, or to a fresh one where that has traced enough."""
        call = _traced(sent.request)
        if call not in self._lives[-1].calls and len(self._lives[-1].calls) == DIFFERENT:
            self._start()
        sent.life = self._lives[-1]
        sent.life.calls.add(call)
        sent.life.process.write(sent.request)

    def end(self) -> None:
        """End the process, if there is one, and forget what was sent."""
        self._waiting.clear()
        self._stop()

    def about(self) -> Mapping[str, str]:
        """The versions that are installed. Raises CannotAsk where nothing answers."""
        self.begin()
        life = self._lives[0]
        if not life.about:
            try:
                found = life.process.read(self.start)
            except queue.Empty:
                raise self._cannot(f"no answer within {self.start:g} s") from None
            except Ended as ended:
                words = ended.words or "it ended without an answer"
                raise self._cannot(f"{self.python}: {words} ({ended})") from None
            if "error" in found:
                raise self._cannot(found["error"])
            life.about = found
        return life.about

    def settings(self) -> Mapping[str, str]:
        """What else a result may depend on. Raises CannotAsk where nothing answers."""
        return self._ask_about("settings")

    def devices(self) -> tuple[list[str], dict[str, str]]:
        """Names of the devices that compute, and of the others the reason why they do not.

        Raises CannotAsk where nothing answers.
        """
        found = self._ask_about("devices")
        return found["working"], found["broken"]

    def public_api(self, calls: Iterable[str]) -> tuple[dict[str, list[str]], set[Use], list[str]]:
        """The public names that mean cross-entropy, each with its parameters, what calls use, and
        longer names of the same.

        Raises CannotAsk where nothing answers.
        """
        found = self._ask_about("public_api", calls=list(calls))
        uses = {(name, parameter) for name, parameter in found["uses"]}
        return found["names"], uses, found["aliases"]

    # `Any`: JSON, of another shape for each thing that is asked about.
    def _ask_about(self, about: str, **more: Any) -> Any:
        found = self.ask({"about": about, **more})
        if "error" in found:
            raise CannotAsk(found["error"])
        return found

    def ask(self, request: Request) -> Answer:
        """One answer, after those to all that was sent before."""
        return self.send(request).answer()

    def send(self, request: Request) -> Sent:
        """Have a request asked. Raises CannotAsk for no interpreter."""
        self.begin()
        sent = Sent(self, request, self.limit)
        self._waiting.append(sent)
        self._write(sent)
        return sent

    def advance(self) -> None:
        """Wait for the answer that comes next, for as long as its limit at most."""
        self.begin()
        sent = self._waiting[0]
        while self._lives[0] is not sent.life:  # it has answered all
            self._lives.popleft().process.end()
        self.about()
        sent.tries += 1
        try:
            found = self._lives[0].process.read(sent.limit)
            if "mistake" in found:
                raise ObserverMistake(found["mistake"])
            sent.found = cast(Answer, found)
        except queue.Empty:
            self._fail(sent, f"Timeout: no answer within {sent.limit:g} s")
        except Ended as ended:
            self.last_words = ended.words
            self._fail(sent, f"Crash: {ended}")
        if sent.found is not None:
            self._waiting.popleft()

    def _fail(self, sent: Sent, error: str) -> None:
        self._stop()
        if sent.tries == TRIES:
            sent.found = {"error": error}

    def _cannot(self, why: str) -> CannotAsk:
        self._stop()
        return CannotAsk(why)

    def _stop(self) -> None:
        while self._lives:
            self._lives.popleft().process.end()


def _traced(request: Request) -> str:
    """What a request is to TensorFlow, which traces it once whatever its numbers are."""
    arrays = request.get("arrays", {})
    kinds = {name: (one["dtype"], one["shape"]) for name, one in arrays.items()}
    return repr({**request, "arrays": kinds})
