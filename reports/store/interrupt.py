"""Ctrl-C where it would do harm, and where a library swallows it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

# `Any`: what a handler returns is not used.
Handler = Callable[[int, FrameType | None], Any] | signal.Handlers | int | None


@contextmanager
def noticed() -> Iterator[None]:
    """Let Ctrl-C leave the block as KeyboardInterrupt, whatever a library makes of it.

    Drawing calls Python from C++, where an exception is dropped: the block then ends as if nothing
    had been, or with an error that has nothing to do with it.
    """
    pressed: list[int] = []

    def handle(number: int, _: FrameType | None) -> None:
        pressed.append(number)
        raise KeyboardInterrupt

    with _handling(handle):
        try:
            yield
        except Exception:
            if not pressed:
                raise
        if pressed:
            raise KeyboardInterrupt


@contextmanager
def held_back() -> Iterator[None]:
    """Ignore Ctrl-C for a block that takes milliseconds and should not be left halfway."""
    with _handling(signal.SIG_IGN):
        yield


@contextmanager
def _handling(handler: Handler) -> Iterator[None]:
    """Handle SIGINT so; only the main thread of a program can, and only it gets KeyboardInterrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
