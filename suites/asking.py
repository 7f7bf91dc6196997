"""Ask any installation, in a process of its own: a question a line, an answer a line.

A question that kills the process or takes too long costs its own answer and no other: the process
is started anew for the rest.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

Question = dict[str, Any]
Answer = dict[str, Any]
LIMIT = 120.0  # seconds for one answer, of which most take milliseconds
START = 300.0  # for the first, which imports TensorFlow


class CannotAsk(RuntimeError):
    """The installation can't be asked anything; one line that says why."""


@dataclass
class Asking:
    """A running observer: the program `observer` in the interpreter `python`.

    `variables` is the whole environment of the process: nothing is inherited.
    """

    python: Path
    observer: Path
    variables: Mapping[str, str]
    limit: float = LIMIT

    def __post_init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> Asking:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def about(self) -> Answer:
        """The versions that are installed. Raises CannotAsk where nothing answers."""
        if self._process is None:
            self._start()
        answer = self._answer({}, START)
        if "error" in answer:
            raise CannotAsk(answer["error"])
        return answer

    def settings(self) -> Mapping[str, str]:
        """What else a result may depend on. Raises CannotAsk where nothing answers."""
        self.about()
        answer = self._answer({"about": "settings"}, self.limit)
        if "error" in answer:
            raise CannotAsk(answer["error"])
        return answer

    def ask(self, question: Question) -> Answer:
        """One answer; an error of the name Crash or Timeout where there was none."""
        if self._process is None:
            self.about()
        return self._answer(question, self.limit)

    def _answer(self, question: Question, limit: float) -> Answer:
        assert self._process
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._lines.get(timeout=limit)
        except queue.Empty:
            self._stop()
            return {"error": f"Timeout: no answer within {limit:g} s"}
        except BrokenPipeError:
            line = ""
        if line:
            return json.loads(line)
        code = self._process.wait()
        self._stop()
        return {"error": f"Crash: {signal.Signals(-code).name if code < 0 else f'exit {code}'}"}

    def _start(self) -> None:
        self._lines = queue.Queue()
        self._process = subprocess.Popen(
            [str(self.python), str(self.observer)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=self.variables,
            start_new_session=True,
        )
        assert self._process.stdout
        feed = (self._process.stdout, self._lines)
        threading.Thread(target=_pass_on, args=feed, daemon=True).start()

    def _stop(self) -> None:
        """End the process with all that it started."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _pass_on(stream: IO[str], lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")
