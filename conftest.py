"""The front door: options, the header, what a test item gets, and what becomes of its rows.

An item sends its comparisons along with its test report, which survives a crashing worker of
pytest-xdist; the controller collects them and writes the report at the end.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from suites import options

SUITES = Path(__file__).parent / "suites"
ROWS, CLAIM, ANSWERS = "xentcheck-rows", "xentcheck-claim", "xentcheck-answers"
CANNOT_MEASURE = 6  # exit code, beside pytest's own: 1 a difference, 2 interrupted, 4 usage
SHOWS_ONLY = ("help", "version", "showfixtures", "show_fixtures_per_test", "markers")
KEYWORD = str.maketrans("=,", ":/")  # -k takes neither "=" nor ",", of which our ids are made
UNCHANGED = "no report written; the previous one, if any, is as it was"
RUN: pytest.StashKey[Any] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add_to(parser)


def pytest_configure(config: pytest.Config) -> None:
    config.option.keyword = config.option.keyword.translate(KEYWORD)
    config.addinivalue_line("markers", "cases(**names): the cases that a test is run for")
    if any(config.getoption(name, False) for name in SHOWS_ONLY) or not _runs_suites(config):
        return
    if config.rootpath != SUITES.parent:
        why = "an option's value was taken for a path of tests; write it with '=', --option=VALUE"
        raise pytest.UsageError(f"pyproject.toml is not read: {why}")
    config.stash[RUN] = _start(config)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Collector(config), "xentcheck-collector")


def _runs_suites(config: pytest.Config) -> bool:
    paths = [Path(arg.split("::")[0]).resolve() for arg in config.args]
    return any(path == SUITES or SUITES in path.parents or path in SUITES.parents for path in paths)


def _start(config: pytest.Config) -> Any:
    from reports.errors import CannotWrite
    from reports.write import check_writable
    from suites.environment import CannotMeasure
    from suites.run import start

    try:
        check_writable(_folder(config))
        _check_pins(config)
        return start(config, _shown(config))
    except CannotWrite as error:
        raise pytest.UsageError(f"--report-folder: {error}") from None
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    except CannotMeasure as error:
        pytest.exit(f"xentcheck: {error}", returncode=CANNOT_MEASURE)


def _shown(config: pytest.Config) -> Callable[[str, Any], str]:
    """What says which recorded releases gave an answer, where they were asked the same."""
    from reports.shown import Shown
    from suites import questions

    if options.seed(config) != questions.SEED:
        return lambda case, answer: ""
    found = Shown(questions.digest_of_all)
    return found.by


def _check_pins(config: pytest.Config) -> None:
    """Find out before a long run, and not after, what stands against pinning or comparing."""
    from reports import pins
    from suites import questions

    if _keeps_answers(config) and options.seed(config) != questions.SEED:
        raise ValueError(f"--seed: pins and recordings are of the seed {questions.SEED} alone")
    options.names(config, "drift", ("value", "bits"))
    if name := options.value(config, "pin"):
        pins.check_name(name)
    if name := options.value(config, "against"):
        pins.load(name, _pins(config))


def _pins(config: pytest.Config) -> Path:
    return config.rootpath / options.value(config, "pin-folder")


def _keeps_answers(config: pytest.Config) -> bool:
    return any(options.value(config, name) for name in ("pin", "against"))


def _folder(config: pytest.Config) -> Path:
    return config.rootpath / options.value(config, "report-folder")


def pytest_report_header(config: pytest.Config) -> list[str]:
    if RUN not in config.stash:
        return []
    run = config.stash[RUN]
    cases = sum(map(len, run.groups.values()))
    header = [f"{name}: {text}" for name, text in run.environment.items()]
    return [*header, f"cases: {cases:,} in {len(run.groups)} groups"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marker = metafunc.definition.get_closest_marker("cases")
    if marker is None:
        return
    from suites.cases import is_of

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


@pytest.fixture
def observer(pytestconfig: pytest.Config) -> Any:
    return pytestconfig.stash[RUN].observer


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
        found = pytestconfig.stash[RUN].check(group)
        attach(ROWS, found.blocks)
        if _keeps_answers(pytestconfig):
            attach(ANSWERS, found.answers)
        if found.wrong:
            pytest.fail(found.wrong, pytrace=False)

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
        mine = (ROWS, CLAIM, ANSWERS)
        report.user_properties = [pair for pair in report.user_properties if pair[0] not in mine]
        if report.when not in ("setup", "call", "teardown"):
            self.crashed.add(_group(report.nodeid))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            self.lines = [UNCHANGED]
        elif not self.config.option.collectonly:
            self._finish(session)

    def _finish(self, session: pytest.Session) -> None:
        """Report, and give what goes wrong here, outside of any test, its lines and exit code."""
        from reports.errors import CannotWrite

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
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR

    def _report(self, session: pytest.Session) -> None:
        from reports.frame import from_blocks
        from reports.summary import headline
        from reports.write import write_report
        from suites.outcome import Outcome

        outcome = Outcome(self.run, self.blocks, self.asked, self.crashed)
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
        if session.exitstatus == pytest.ExitCode.OK:
            unmeasured = CANNOT_MEASURE if outcome.missing else session.exitstatus
            session.exitstatus = pytest.ExitCode.TESTS_FAILED if outcome.vanished else unmeasured
        if self.answers and options.value(self.config, "pin"):
            self._pin(session)

    def _drift(self, session: pytest.Session) -> tuple[list[str], dict[str, str]]:
        """Hold the answers against a pin or a release: lines for the terminal, and two files."""
        from reports import compare, pins

        name = options.value(self.config, "against")
        if not name:
            return [], {}
        try:
            now = self._now()
            frame = pins.drifted(pins.load(name, _pins(self.config)), now, sorted(now.rows))
        except ValueError as error:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
            return [f"xentcheck: {error}"], {}
        if pins.fails(frame, options.value(self.config, "drift") == "bits"):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        page = compare.page(compare.groups(frame), name, pins.NOW)
        files = {"drift.csv": frame.to_csv(index=False), "drift.html": page}
        return ["", *pins.told(frame, name).splitlines()], files

    def _pin(self, session: pytest.Session) -> None:
        """Write the answers as a pin."""
        from reports import pins

        name, reason = (options.value(self.config, text) for text in ("pin", "reason"))
        about = self.run.observer.versions()
        try:
            self.lines += pins.update(name, _pins(self.config), self._now(), about, reason)
        except (ValueError, OSError) as error:
            self.lines.append(f"xentcheck: {error}")
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def _now(self) -> Any:
        """The answers of this run, as a pin holds them."""
        from reports import answers, pins
        from suites import questions

        rows = {name: answers.pack(answer) for name, (answer, _) in self.answers.items()}
        said = {name: text for name, (_, text) in self.answers.items() if text}
        return pins.Answers(questions.digest_of_all(), rows, said)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        terminalreporter.section("xentcheck")
        for line in self.lines:
            terminalreporter.write_line(line)


def _group(nodeid: str) -> str:
    return nodeid.partition("[")[2].removesuffix("]")
