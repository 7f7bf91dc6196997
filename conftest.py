"""The front door: options, the header, what a test item gets, and what becomes of its rows.

An item sends its comparisons along with its test report, which survives a crashing worker of
pytest-xdist; the controller collects them and writes the report at the end.
"""

from __future__ import annotations

import argparse
import os
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import pytest

from suites.observe.visible import visible
from suites.plugin import options
from suites.plugin.options import BadChoice, Choices

SUITES = Path(__file__).parent / "suites"
ROWS, CLAIM, ANSWERS = "xentcheck-rows", "xentcheck-claim", "xentcheck-answers"
BROKEN = "xentcheck-broken"
CANNOT_MEASURE = 6  # exit code, beside pytest's own
INTERNAL_ERROR = pytest.ExitCode.INTERNAL_ERROR
SHOWS_ONLY = ("help", "version", "showfixtures", "show_fixtures_per_test", "markers", "cacheshow")
COLLECTS_ONLY = ("collectonly", "setuponly", "setupplan")
KEYWORD = str.maketrans("=,", ":/")  # -k takes neither "=" nor ",", of which our ids are made
UNCHANGED = "no report written; the previous one, if any, is as it was"
RUN: pytest.StashKey[Any] = pytest.StashKey()
CHOICES: pytest.StashKey[Choices] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add_to(parser)
    if find_spec("xdist") is None:  # whose options would be called unrecognized, without a reason
        group = parser.getgroup("xdist", "distributed testing")
        text = "run in N processes; needs pytest-xdist, which is not installed"
        group._addoption("-n", "--numprocesses", "--dist", action=_NeedsXdist, help=text)


class _NeedsXdist(argparse.Action):
    def __call__(self, parser: Any, namespace: Any, values: Any, name: Any = None) -> NoReturn:
        raise pytest.UsageError(f"{name} needs pytest-xdist: pip install pytest-xdist")


def pytest_configure(config: pytest.Config) -> None:
    config.option.keyword = config.option.keyword.translate(KEYWORD)
    config.addinivalue_line("markers", "cases(**names): the cases that a test is run for")
    if _has(config, SHOWS_ONLY) or not _runs_suites(config):
        return
    if (config.rootpath, config.inipath) != (SUITES.parent, SUITES.with_name("pyproject.toml")):
        raise pytest.UsageError(f"pyproject.toml is not read: {_why_not_read(config)}")
    run = config.stash[RUN] = _started(config)
    config.add_cleanup(run.asking.end)
    if config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput"):
        run.asking.end()  # the workers ask, each by itself
    if not hasattr(config, "workerinput") and not _has(config, COLLECTS_ONLY):
        config.pluginmanager.register(Collector(config), "xentcheck-collector")


def _has(config: pytest.Config, names: Iterable[str]) -> bool:
    return any(config.getoption(name, False) for name in names)


def _runs_suites(config: pytest.Config) -> bool:
    paths = [Path(arg.split("::")[0]).resolve() for arg in config.args]
    return any(path == SUITES or SUITES in path.parents or path in SUITES.parents for path in paths)


def _why_not_read(config: pytest.Config) -> str:
    if config.option.inifilename:
        return f"-c {config.option.inifilename} takes its place; leave out -c"
    if config.option.rootdir:
        return f"--rootdir {config.option.rootdir} is another project; leave out --rootdir"
    return "an option's value was taken for a path of tests; write it with '=', --option=VALUE"


def _started(config: pytest.Config) -> Any:
    from suites.observe.requirement import missing

    try:
        return _start(config)
    except ImportError as error:
        if not (line := missing(error)):
            raise
        pytest.exit(f"xentcheck: {line}", returncode=CANNOT_MEASURE)


def _start(config: pytest.Config) -> Any:
    """Read the choices and start the run; only what the user can mend becomes one line."""
    from reports.run.write import check_writable
    from reports.store.errors import BadUsage, CannotWrite
    from reports.store.recording import BadRecording
    from suites.judge.table import BadTable
    from suites.observe.environment import CannotMeasure
    from suites.plugin.run import NothingChosen, start

    try:
        chosen = config.stash[CHOICES] = options.from_pytest(config, os.environ)
        if not _has(config, COLLECTS_ONLY):
            check_writable(_folder(config))
        _check_pins(config)
        return start(chosen, _shown(chosen))
    except CannotWrite as error:
        raise pytest.UsageError(f"--report-folder: {error}") from None
    except (BadChoice, BadUsage, BadTable, BadRecording) as error:
        raise pytest.UsageError(str(error)) from None
    except NothingChosen as error:
        pytest.exit(f"xentcheck: {error}", returncode=pytest.ExitCode.NO_TESTS_COLLECTED)
    except CannotMeasure as error:
        pytest.exit(f"xentcheck: {error}", returncode=CANNOT_MEASURE)


def _shown(chosen: Choices) -> Callable[[str, Any], str]:
    """What says which recorded releases gave an answer, where they were asked the same."""
    from reports.compare.same_answer import Shown
    from suites.observe import requests

    if chosen.seed != requests.SEED:
        return lambda case, answer: ""
    found = Shown(requests.digest_of_all)
    return found.by


def _check_pins(config: pytest.Config) -> None:
    """Find out before a long run, and not after, what stands against pinning or comparing."""
    from reports.compare import pins
    from suites.observe import requests

    chosen = config.stash[CHOICES]
    if chosen.keeps_answers and chosen.seed != requests.SEED:
        raise BadChoice(f"--seed: pins and recordings are of the seed {requests.SEED} alone")
    if chosen.keeps_answers:
        pins.check(chosen.pin or "", chosen.against or "", _pins(config))


def _pins(config: pytest.Config) -> Path:
    return config.rootpath / config.stash[CHOICES].pin_folder


def _folder(config: pytest.Config) -> Path:
    return config.rootpath / config.stash[CHOICES].report_folder


def pytest_report_header(config: pytest.Config) -> list[str]:
    if RUN not in config.stash:
        return []
    run = config.stash[RUN]
    cases = sum(map(len, run.groups.values()))
    header = [f"{name}: {text}" for name, text in run.environment.items()]
    if variables := options.of_the_suite(os.environ):
        header.append("variables: " + ", ".join("=".join(pair) for pair in variables.items()))
    header = [visible(line) for line in header]
    return [*header, f"cases: {cases:,} in {len(run.groups)} groups"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker("cases")
    if marker is None:
        return
    from suites.cases.case import is_of

    every = metafunc.config.stash[RUN].groups.items()
    groups = [group for group, cases in every if is_of(marker.kwargs, cases[0])]
    metafunc.parametrize("group", groups, ids=groups)


def pytest_itemcollected(item: pytest.Item) -> None:
    item.extra_keyword_matches.add(item.nodeid.translate(KEYWORD))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave promises out of which no case was chosen, instead of skipping them."""
    empty = [item for item in items if item.name.endswith("[NOTSET]")]
    if empty:
        config.hook.pytest_deselected(items=empty)
        items[:] = [item for item in items if item not in empty]


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Have the next group asked while this one is judged."""
    if (run := item.config.stash.get(RUN, None)) is None:
        return
    from suites.observe.client import CannotAsk

    with suppress(CannotAsk):  # the check of the group will say so
        for group in [_group(one.nodeid) for one in (item, nextitem) if one]:
            if group in run.groups:
                run.send(group)


@contextmanager
def _asking(config: pytest.Config) -> Iterator[None]:
    """End the run where nothing can be asked any more; a worker goes on, and its groups fail."""
    from suites.observe.client import CannotAsk

    try:
        yield
    except CannotAsk as error:
        line = visible(f"xentcheck: {error}")
        if hasattr(config, "workerinput"):
            pytest.fail(line, pytrace=False)
        pytest.exit(line, returncode=CANNOT_MEASURE)


@pytest.fixture
def observer(pytestconfig: pytest.Config) -> Any:
    return pytestconfig.stash[RUN].asking


@pytest.fixture
def attach(request: pytest.FixtureRequest) -> Iterator[Callable[[str, Any], None]]:
    """Send plain data along with the report of the test's call."""
    properties = request.node.user_properties
    yield lambda name, data: properties.append((name, data))
    properties.clear()  # the report of the teardown needs no second copy


@pytest.fixture
def check(pytestconfig: pytest.Config, attach: Callable[[str, Any], None]) -> Callable[[str], None]:
    """Ask and judge every case of a group; fail if a difference is new or a known one is gone."""

    def check_group(group: str) -> None:
        try:
            with _asking(pytestconfig):
                found = pytestconfig.stash[RUN].check(group)
        except Exception:
            attach(BROKEN, group)
            raise
        attach(ROWS, found.blocks)
        if pytestconfig.stash[CHOICES].keeps_answers:
            attach(ANSWERS, found.answers)
        if found.wrong:
            pytest.fail(visible(found.wrong), pytrace=False)

    return check_group


@pytest.fixture
def record_claim(attach: Callable[[str, Any], None]) -> Callable[..., None]:
    return lambda **claim: attach(CLAIM, claim)


class Collector:
    """The controller's side: gathers what the items sent, and writes the report."""

    def __init__(self, config: pytest.Config) -> None:
        self.config, self.run = config, config.stash[RUN]
        self.started = time.monotonic()
        self.blocks: list[dict[str, Any]] = []
        self.claims: list[dict[str, str]] = []
        self.answers: dict[str, tuple[dict[str, Any], str]] = {}
        self.asked: set[str] = set()
        self.crashed: set[str] = set()
        self.broken: set[str] = set()
        self.failed: set[str] = set()
        self.lines: list[str] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._expect(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        self._expect(ids)

    def _expect(self, nodeids: Iterable[str]) -> None:
        self.asked |= {_group(nodeid) for nodeid in nodeids} & set(self.run.groups)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, data in report.user_properties:
            if name == ROWS:
                self.blocks += data
            elif name == CLAIM:
                self.claims.append(data)
            elif name == ANSWERS:
                self.answers |= data
            elif name == BROKEN:
                self.broken.add(data)
        mine = (ROWS, CLAIM, ANSWERS, BROKEN)
        report.user_properties = [pair for pair in report.user_properties if pair[0] not in mine]
        if report.when not in ("setup", "call", "teardown"):
            self.crashed.add(_group(report.nodeid))
        if report.failed:
            name = _group(report.nodeid) or report.nodeid
            (self.failed if report.when not in ("setup", "teardown") else self.broken).add(name)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            self.lines = [UNCHANGED]
            if name := self.config.stash[CHOICES].pin:
                self.lines.append(f"pin {name}: not written: the run stopped early")
        else:
            self._finish(session)

    def _finish(self, session: pytest.Session) -> None:
        """Report, and give what goes wrong here, outside of any test, its lines and exit code."""
        from reports.store.errors import CannotWrite

        try:
            self._report(session)
        except KeyboardInterrupt:
            self.lines = [self.lines[0] if self.lines else UNCHANGED, "xentcheck: interrupted"]
            session.exitstatus = pytest.ExitCode.INTERRUPTED
        except CannotWrite as error:
            self.lines = [UNCHANGED, f"xentcheck: --report-folder: {error}"]
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        except Exception:
            why = "xentcheck: a mistake in the suite itself, which says nothing about TensorFlow"
            self.lines += [*traceback.format_exc().splitlines(), why]
            session.exitstatus = INTERNAL_ERROR

    def _report(self, session: pytest.Session) -> None:
        from reports.run.frame import from_blocks
        from reports.run.summary import headline
        from reports.run.write import write_report
        from suites.plugin.outcome import Outcome

        outcome = Outcome(self.run, self.blocks, self.asked, self.crashed, self.broken)
        session.exitstatus = outcome.exit_code(int(session.exitstatus), self.failed)
        frame = from_blocks(outcome.blocks)
        claims = sorted(self.claims, key=lambda claim: int(claim["number"]))
        seconds = time.monotonic() - self.started
        differences, scripts = outcome.differences(), outcome.scripts()
        about = (self.run.environment, claims, differences, scripts)
        drift, pages = self._drift(session) if self.answers else ([], {})
        summary = write_report(_folder(self.config), frame, *about, seconds, pages)
        self.lines = [
            headline(summary),
            *outcome.remarks(),
            f"tier: {self.run.environment['tier']}",
            f"report: {_folder(self.config)}/index.html",
            *drift,
        ]
        if self.config.stash[CHOICES].pin:
            self._pin(session, outcome.incomplete(session.shouldstop or session.shouldfail))

    def _drift(self, session: pytest.Session) -> tuple[list[str], dict[str, str]]:
        """Hold the answers against a pin or a release: lines for the terminal, and two files."""
        from reports.compare import groups, pins
        from reports.run.frame import csv_text
        from reports.store.recording import BadRecording

        chosen = self.config.stash[CHOICES]
        name = chosen.against
        if not name:
            return [], {}
        try:
            before, now = pins.load(name, _pins(self.config)), self._now()
            compared = pins.drifted(before, now, now.rows)
        except BadRecording as error:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
            return [f"xentcheck: {error}"], {}
        if pins.fails(compared, chosen.drift) and session.exitstatus != INTERNAL_ERROR:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        page = groups.page(compared, name, pins.NOW)
        files = {"drift.csv": csv_text(compared.frame), "drift.html": page}
        return ["", *pins.told(compared, name, before, now).splitlines()], files

    def _pin(self, session: pytest.Session, incomplete: str) -> None:
        """Write the answers as a pin, unless some of those that were asked for are missing."""
        from reports.compare import pin_file, pins
        from reports.store import provenance as recorded
        from reports.store.errors import BadUsage
        from reports.store.recording import BadRecording

        chosen = self.config.stash[CHOICES]
        if incomplete:
            self.lines.append(f"pin {chosen.pin}: not written: {incomplete}")
            return
        now, commit = self._now(), recorded.this_suite()
        about = dict(self.run.versions), dict(self.run.settings)
        entry = pin_file.Entry(chosen.reason or "", len(now.rows), commit, *about)
        try:
            self.lines += pins.update(chosen.pin, _pins(self.config), now, entry)
        except (BadUsage, BadRecording, OSError) as error:
            self.lines.append(f"xentcheck: {error}")
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def _now(self) -> Any:
        """The answers of this run, as a pin holds them."""
        from reports.compare import pins
        from reports.store import answer_text
        from suites.observe import requests

        rows = {name: answer_text.pack(answer) for name, (answer, _) in self.answers.items()}
        said = {name: text for name, (_, text) in self.answers.items() if text}
        settings = dict(self.run.settings)
        return pins.Answers(requests.digest_of_all(), rows, said, settings)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        terminalreporter.section("xentcheck")
        for line in self.lines:
            terminalreporter.write_line(visible(line))


def _group(nodeid: str) -> str:
    return nodeid.partition("[")[2].removesuffix("]")
