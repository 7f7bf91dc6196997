"""Hypothesis draws the same examples in every run of a CI, and new ones on a desk.

`--hypothesis-profile=soak` looks for trouble a hundred times as long, and takes no samples. Under CI a test that would be
skipped fails, since a tool that is missing there would stay missing without anybody noticing.
"""

import os
import signal
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("desk", deadline=None, max_examples=15)
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True)
settings.register_profile("soak", settings.get_profile("desk"), max_examples=1500)
settings.load_profile("ci" if "CI" in os.environ else "desk")

# A shell has what it starts in the background ignore Ctrl-C, and so would all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Those that take longest begin first: with `--dist loadscope` a worker takes one module after another,
# and the last of them leaves the other workers without work.
LONGEST = (
    *("test_forecast", "test_front_door", "test_own_loss", "test_exit_codes", "test_every_option"),
    *("test_shipped", "test_pins_at_the_door", "test_interrupt", "test_sensitivity"),
    *("test_planted", "test_all_pairs", "test_absences", "test_sweep", "test_surroundings"),
    *("test_orders", "test_end", "test_ledger"),
)

# What a test may be skipped for, even under CI, and why.
MAY_BE_MISSING = {
    "no Python 3.6 here": "few machines still have it; the syntax of the observer is tested anyway",
}


@pytest.fixture(scope="session")
def soak(pytestconfig: pytest.Config) -> bool:
    """Whether this is the night, in which nothing need be a sample."""
    return bool(pytestconfig.getoption("--hypothesis-profile") == "soak")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False  # else by the number of tests in a module


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    return _without_skips((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    return _without_skips((yield))


def _without_skips(report: Any) -> Any:
    """The report, failed under CI if it was a skip that nothing excuses."""
    if not report.skipped or "CI" not in os.environ or hasattr(report, "wasxfail"):
        return report
    reason = report.longrepr[2].removeprefix("Skipped: ")
    if reason not in MAY_BE_MISSING:
        report.outcome = "failed"
        report.longrepr = f"under CI nothing may be skipped: {reason}"
    return report
