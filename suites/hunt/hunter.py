"""The search: draw, look, and shrink what is odd, until the time is over.

hypothesis draws and shrinks. A find is the smallest call of its kind; what is found once is not
looked for again. A seed and an order of calls that are drawn make it reproducible, its database
begins with what it found before.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, seed, settings
from hypothesis.database import ExampleDatabase
from hypothesis.errors import Flaky, HypothesisException

from suites.cases.drawn import Drawn
from suites.hunt.draw import Scope, draws
from suites.hunt.look import Judge, Key, Oddity
from suites.hunt.reduce import reduced
from suites.observe.client import CannotAsk

ROUND = 500  # draws, after which the next ones begin with another seed


class Found(Exception):
    """A drawn call shows what is looked for."""


@dataclass
class Hunt:
    """One search: `passed` are the finds that are not looked for, `mistakes` calls that this program
    failed to judge, by the error, with a traceback.
    """

    judge: Judge
    scope: Scope
    seed: int
    ends: float  # of time.monotonic
    passed: set[Key]
    database: ExampleDatabase | None = None
    mistakes: dict[str, str] = field(default_factory=dict)
    rounds: int = field(default=0, init=False)

    def finds(self) -> Iterator[Oddity]:
        """The smallest call of each find, until the time is over. Raises CannotAsk."""
        while not self.is_over:
            if found := self._round():
                self.passed.add(found.key)
                yield found
            self.rounds += 1

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.ends

    def _round(self) -> Oddity | None:
        """Draw until something is found, and shrink that; None where nothing is."""
        smallest: list[Oddity] = []

        @seed(self.seed * 1_000_003 + self.rounds)
        @settings(
            max_examples=ROUND,
            deadline=None,
            database=self.database,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )
        @given(draws(self.scope))
        def look(case: Drawn) -> None:
            if self.is_over:
                return
            for one in self._look(case):
                if one.key not in self.passed and (not smallest or one.key == smallest[0].key):
                    smallest.append(one)
                    raise Found

        with suppress(Found, Flaky, HypothesisException):
            look()
        return self._reduced(smallest[-1]) if smallest else None

    def _reduced(self, find: Oddity) -> Oddity:
        """The same find of a smaller call."""

        def again(case: Drawn) -> Oddity | None:
            return next((one for one in self._look(case) if one.key == find.key), None)

        return reduced(find, again)

    def _look(self, case: Drawn) -> list[Oddity]:
        """What is odd about a call; nothing where this program fails. Raises CannotAsk."""
        try:
            return self.judge.look(case)
        except CannotAsk:
            raise
        except Exception as error:
            text = f"{case.call}\n{traceback.format_exc()}"
            self.mistakes.setdefault(f"{type(error).__name__}: {error}", text)
            return []
