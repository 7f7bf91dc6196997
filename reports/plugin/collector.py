"""The controller's side of a run: gathers what the items sent, and has it reported at the end.

An item sends its comparisons along with its test report, which survives a crashing worker of
pytest-xdist.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from reports.plugin.end import Ended, Gathered, end
from reports.plugin.screen import Part, screen
from reports.store.errors import CannotWrite
from suites.plugin.exits import Exit
from suites.plugin.in_log import in_log
from suites.plugin.items import group_of
from suites.plugin.keys import ANSWERS, BROKEN, CARRIED, CHOICES, CLAIM, ROWS, RUN

UNCHANGED = "no report written; the previous one, if any, is kept"
MISTAKE = "xentcheck: an error in xentcheck itself, not in TensorFlow or Keras"


@dataclass(eq=False)  # pytest keeps plugins in sets
class Collector:
    config: pytest.Config
    gathered: Gathered = field(default_factory=Gathered)
    failed: set[str] = field(default_factory=set)
    parts: list[Part] = field(default_factory=list)
    traceback: list[str] = field(default_factory=list)
    annotations: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._expect(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: list[str]) -> None:
        self._expect(ids)

    def _expect(self, nodeids: Iterable[str]) -> None:
        groups = self.config.stash[RUN].groups.keys()
        self.gathered.asked |= {group_of(nodeid) for nodeid in nodeids} & groups

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, data in report.user_properties:
            self._take(name, data)
        report.user_properties = [pair for pair in report.user_properties if pair[0] not in CARRIED]
        if report.when not in ("setup", "call", "teardown"):
            self.gathered.crashed.add(group_of(report.nodeid))
        group = group_of(report.nodeid)
        if report.when == "call" and group in self.config.stash[RUN].groups:
            self.gathered.took(report.duration, group)
        if report.failed:
            ours = report.when in ("setup", "teardown")
            failed = self.gathered.broken if ours else self.failed
            failed.add(group_of(report.nodeid) or report.nodeid)

    # `Any`: plain data, whose shape its name decides.
    def _take(self, name: str, data: Any) -> None:
        if name == ROWS:
            for block in data:
                self.gathered.blocks.add(block)
        elif name == CLAIM:
            self.gathered.claims.append(data)
        elif name == ANSWERS:
            self.gathered.answers |= data
        elif name == BROKEN:
            self.gathered.broken.add(data)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.exitstatus not in (Exit.DONE, Exit.DIFFERENT):
            self.parts = [Part([UNCHANGED])]
            if name := self.config.stash[CHOICES].pin:
                self.parts.append(Part([f"pin {name}: not written: the run stopped early"]))
        else:
            self._end(session)

    def _end(self, session: pytest.Session) -> None:
        """Report, and give what goes wrong here, outside of any test, its lines and exit code."""
        ended = Ended(int(session.exitstatus), session.shouldstop or session.shouldfail)
        try:
            end(self.config, self.gathered, self.failed, time.monotonic() - self.started, ended)
        except KeyboardInterrupt:
            ended.parts = [*(ended.parts[:1] or [Part([UNCHANGED])])]
            ended.add("xentcheck: interrupted")
            ended.code = Exit.INTERRUPTED
        except CannotWrite as error:
            ended.parts = [Part([UNCHANGED, f"xentcheck: --report-folder: {error}"], whole=True)]
            ended.code = Exit.UNUSABLE
        except Exception:
            self.traceback = traceback.format_exc().splitlines()
            ended.add(MISTAKE)
            ended.code = Exit.MISTAKE
        self.parts, session.exitstatus = ended.parts, ended.code
        self.annotations = ended.annotations

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Generator[None, object, object]:
        """Last, so that it is what a terminal shows of a run with many failures."""
        result = yield
        terminalreporter.section("xentcheck")
        for line in (*self.traceback, *screen(self.parts)):
            terminalreporter.write_line(in_log(line))
        for line in self.annotations:
            terminalreporter.write_line(line)
        return result
