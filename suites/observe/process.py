"""A program in a process of its own, which is written lines and answers with lines of JSON.

Lines are written ahead and read as they come, so that neither side waits for the other. The process
leads a group of its own, and the whole group ends with it.
"""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from suites.observe import process_groups

Line = dict[str, Any]  # an object of JSON, of any shape
KEPT, LONGEST = 50, 500  # lines of standard error that are kept, and characters of each


PATIENCE = 1.0  # seconds for what a process that has ended still holds open


class Ended(RuntimeError):
    """The process ended; one line that says how, and `words`, its last ones."""

    def __init__(self, how: str, words: str) -> None:
        super().__init__(how)
        self.words = words


class Process:
    """`python program` under exactly these environment variables.

    Raises OSError if there is no such interpreter, and Stopped while this process ends.
    """

    def __init__(self, python: Path, program: Path, variables: Mapping[str, str]) -> None:
        self._process = process_groups.start(
            [str(python), str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="backslashreplace",
            env=dict(variables),
        )
        self._written: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._read: queue.SimpleQueue[Line | None] = queue.SimpleQueue()
        self._errors: deque[str] = deque(maxlen=KEPT)
        work: dict[Callable[..., None], tuple[object, object]] = {
            _write: (self._process.stdin, self._written),
            _read: (self._process.stdout, self._read),
            _keep: (self._process.stderr, self._errors),
        }
        self._threads = [
            threading.Thread(target=target, args=ends, daemon=True) for target, ends in work.items()
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def write(self, line: Mapping[str, object]) -> None:
        """Have a line written; this returns at once."""
        self._written.put(json.dumps(line) + "\n")

    def read(self, limit: float) -> Line:
        """The next line that is an object of JSON; all others are noise, which is left out.

        Raises queue.Empty after `limit` seconds without one, and Ended.
        """
        found = self._read.get(timeout=limit)
        if found is None:
            raise Ended(self._how(), self._last_words())
        return found

    def _how(self) -> str:
        try:
            return _name(self._process.wait(PATIENCE))
        except subprocess.TimeoutExpired:
            return "standard output was closed"

    def _last_words(self) -> str:
        """The last line that it wrote to standard error, "" if there is none."""
        self._threads[-1].join(PATIENCE)
        return next((line for line in reversed(self._errors) if line), "")

    def end(self) -> None:
        """End the process with all that it started."""
        process_groups.end(self._process)
        self._written.put(None)
        pipes = self._process.stdin, self._process.stdout, self._process.stderr
        for thread, pipe in zip(self._threads, pipes, strict=True):
            thread.join(PATIENCE)
            if pipe and not thread.is_alive():  # else somebody outside of the group still has it
                with suppress(OSError):
                    pipe.close()


def _write(pipe: IO[str], lines: queue.SimpleQueue[str | None]) -> None:
    with suppress(OSError):  # it ended; who reads will see
        while (line := lines.get()) is not None:
            pipe.write(line)
            pipe.flush()


def _read(pipe: IO[str], lines: queue.SimpleQueue[Line | None]) -> None:
    for line in pipe:
        with suppress(ValueError):
            found = json.loads(line)
            if isinstance(found, dict):
                lines.put(found)
    lines.put(None)


def _keep(pipe: IO[str], errors: deque[str]) -> None:
    while line := pipe.readline(LONGEST):
        errors.append(line.strip())


def _name(code: int) -> str:
    """How a process ended, in the words of the system."""
    if code >= 0:
        return f"exit {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:  # one of those that have numbers only
        return f"signal {-code}"
