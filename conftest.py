"""The hooks of pytest; what they do lives in `suites/plugin` and `reports/plugin`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator

import pytest

from suites.observe.requirement import missing
from suites.plugin.exits import Exit

try:
    from suites.observe.client import Client
    from suites.plugin import invocation, items, options
    from suites.plugin.items import foresee, leave_out_empty, put_in_order, skip_others
    from suites.plugin.keys import CHOICES, CLAIM, RUN
    from suites.plugin.short_id import short_id
except ImportError as error:  # pytest.exit would print a traceback before the options are known
    if not (line := missing(error)):
        raise
    sys.stderr.write(f"xentcheck: {line}\n")
    sys.exit(Exit.CANNOT_MEASURE)


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add_to(parser)
    invocation.explain_xdist(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Before pytest-xdist reads its options."""
    invocation.use_all_cores(config)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "cases(**names): the cases that a test is run for")
    invocation.translate_keyword(config)
    if not invocation.runs_suites(config):
        return
    invocation.require_settings(config)
    try:
        _start(config)
    except ImportError as error:
        if not (line := missing(error)):
            raise
        pytest.exit(f"xentcheck: {line}", returncode=Exit.CANNOT_MEASURE)


def _start(config: pytest.Config) -> None:
    from reports.plugin.start import started  # what it needs may be missing

    run = config.stash[RUN] = started(config)
    config.add_cleanup(run.end)
    if invocation.is_worker(config):
        config.add_cleanup(gc.freeze)  # else it takes apart what it holds, for seconds, to end
        return
    if invocation.is_distributed(config):
        run.client.end()  # the workers ask, each by itself
    if not invocation.collects_only(config) and config.stash[CHOICES].hunt is None:
        from reports.plugin.collector import Collector  # which `started` has imported
        from reports.plugin.progress import TimeLeft

        config.pluginmanager.register(Collector(config), "xentcheck-collector")
        config.pluginmanager.register(TimeLeft(config), "xentcheck-time-left")


def pytest_report_header(config: pytest.Config) -> list[str]:
    return items.header(config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    items.parametrise(metafunc)


def pytest_itemcollected(item: pytest.Item) -> None:
    item.extra_keyword_matches.add(item.nodeid.translate(invocation.KEYWORD))
    if group := items.group_of(item.nodeid):
        item.extra_keyword_matches.add(short_id(group))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    leave_out_empty(config, items)
    skip_others(config, items)
    put_in_order(config, items)


def pytest_collection_finish(session: pytest.Session) -> None:
    foresee(session)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    return invocation.scheduler(config, log)


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    items.ask_ahead(item.config, item, nextitem)


@pytest.hookimpl(tryfirst=True)
def pytest_keyboard_interrupt(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    invocation.leave_out_lineless(excinfo)


@pytest.fixture
def observer(pytestconfig: pytest.Config) -> Client:
    return pytestconfig.stash[RUN].client


@pytest.fixture
def check(request: pytest.FixtureRequest) -> Iterator[Callable[[str], None]]:
    """Ask and judge every case of a group; fail if a difference is new or a known one is gone."""
    yield lambda group: items.check(request.node, group)
    request.node.user_properties.clear()  # the report of the teardown needs no second copy


@pytest.fixture
def hunt(pytestconfig: pytest.Config) -> Callable[[], None]:
    """Draw calls for as long as was chosen; fail where one differs in a new way."""
    from reports.plugin import hunting  # what it needs may be missing

    return lambda: hunting.hunt(pytestconfig)


@pytest.fixture
def record_claim(request: pytest.FixtureRequest) -> Iterator[Callable[..., None]]:
    yield lambda **claim: request.node.user_properties.append((CLAIM, claim))
    request.node.user_properties.clear()
