"""On how many cores a run goes, where the command line does not say it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from suites.plugin import invocation

SMALL = 3 * 2**30  # bytes, which is room for one process


def cores(
    typed: dict[str, str | int] | None = None,
    args: tuple[str, ...] = (str(invocation.SUITES.parent),),
    plugins: tuple[str, ...] = ("xdist",),
    **given: object,
) -> SimpleNamespace:
    """The options of pytest-xdist after a command line."""
    option = SimpleNamespace(**{"numprocesses": None, "maxprocesses": None} | given)
    values = {"dist": "no", "capture": "fd", **(typed or {})}
    config: Any = SimpleNamespace(
        option=option,
        args=list(args),
        pluginmanager=SimpleNamespace(hasplugin=lambda name: name in plugins),
        getoption=lambda name, default=None: values.get(name, default),
    )
    invocation.use_all_cores(config)
    return option


def test_a_whole_tier_takes_all_cores() -> None:
    assert cores().numprocesses == "auto"
    assert cores({"--tier": "everything"}).numprocesses == "auto"
    assert cores({"--against": "tf-2.19.1"}).numprocesses == "auto"


@pytest.mark.parametrize(
    "typed",
    [
        {"--tier": "quick"},
        {"--losses": "binary_crossentropy"},
        {"--hunt": "10m"},
        {"--subject": "my_losses:mine", "--like": "binary_crossentropy"},
        {"--tier": "slow"},
        {"keyword": "sigmoid"},
        {"lf": 1},
        {"collectonly": 1},
        {"capture": "no"},
        {"dist": "each"},
    ],
    ids=str,
)
def test_a_short_run_takes_one_process(typed: dict[str, str | int]) -> None:
    assert cores(typed).numprocesses is None


def test_the_command_line_has_the_last_word() -> None:
    assert cores(numprocesses=0).numprocesses == 0
    assert cores(maxprocesses=3).maxprocesses == 3
    assert cores(plugins=()).numprocesses is None
    assert cores(args=("suites/test_losses.py::test_a[x]",)).numprocesses is None
    assert cores(args=("meta_tests",)).numprocesses is None


def test_a_variable_chooses_as_an_option_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XENTCHECK_TIER", "quick")
    assert cores().numprocesses is None


def test_there_are_no_more_processes_than_the_memory_has_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": SMALL // 4096}
    monkeypatch.setattr(invocation.os, "sysconf", sizes.__getitem__)
    assert cores().maxprocesses == 1
