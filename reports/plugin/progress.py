"""The time that is left, beside the percentage that pytest shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

ROOM = len(", 999 min left")


@dataclass(eq=False)  # pytest keeps plugins in sets
class TimeLeft:
    """Lets pytest tell it; a pytest that writes its progress in another way is left as it is."""

    config: pytest.Config
    now: Callable[[], float] = time.monotonic
    begun: float | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self) -> None:
        """The first report starts the clock: what came before does not grow with the tests."""
        if self.begun is None:
            self.begun = self.now()
            self._join(self.config.pluginmanager.get_plugin("terminalreporter"))

    # `Any`: what it takes of the reporter is none of pytest's promises.
    def _join(self, reporter: Any) -> None:
        usual = getattr(reporter, "_get_progress_information_message", None)
        if usual is None or getattr(reporter, "_show_progress_info", None) != "progress":
            return
        started = self.begun or 0.0

        def message() -> str:
            done, whole = reporter.reported_progress, reporter._session.testscollected
            left = time_left(self.now() - started, done, whole)
            return f"{usual().removesuffix(']')}{left}]"

        reporter._get_progress_information_message = message
        reporter._screen_width -= ROOM  # so that the dots leave room for it


def time_left(elapsed: float, done: int, whole: int) -> str:
    """By what it took so far; "" while that says little, and at the end."""
    if elapsed < 1 or not 0 < done < whole:
        return ""
    seconds = elapsed * (whole - done) / done
    return f", {seconds:.0f} s left" if seconds < 100 else f", {seconds / 60:.0f} min left"
