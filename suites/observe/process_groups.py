"""The processes that this one has started: each leads a group of its own, and all can be ended at once."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

Started = subprocess.Popen[Any]  # whose pipes are of text or of bytes
_running: set[Started] = set()
_lock = threading.Lock()
_closed = threading.Event()


class Stopped(RuntimeError):
    """No process is started any more, since this one was asked to end."""


def start(command: Sequence[str], **options: Any) -> Started:  # those of Popen
    """As `subprocess.Popen`. Raises Stopped after `end_all`, and OSError."""
    with _lock:
        if _closed.is_set():
            raise Stopped("interrupted")
        process = subprocess.Popen(command, start_new_session=True, **options)
        _running.add(process)
    return process


def end(process: Started) -> None:
    """End a process with all that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    _running.discard(process)


def run(
    command: Sequence[str], timeout: float, env: Mapping[str, str] | None = None, input: str = ""
) -> subprocess.CompletedProcess[str]:
    """As `subprocess.run` with its output as text. Raises Stopped, OSError and TimeoutExpired."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with start(command, text=True, env=env, **pipes) as process:
        try:
            out, err = process.communicate(input, timeout)
        finally:
            end(process)
    if _closed.is_set():
        raise Stopped("interrupted")
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def end_all() -> None:
    """End every process that runs, and let no other start until `allow`."""
    _closed.set()
    with _lock:
        left = list(_running)
    for process in left:
        end(process)


def allow() -> None:
    """Let processes start again."""
    _closed.clear()


def stopped() -> bool:
    """Whether processes were ended from here: what they leave says nothing."""
    return _closed.is_set()
