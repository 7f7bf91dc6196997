"""How pytest was called: whether the suites run at all, and whether our settings of it are read."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import pytest

from suites.plugin.bad_choice import BadChoice

SUITES = Path(__file__).parents[1]
SHOWS_ONLY = ("help", "version", "showfixtures", "show_fixtures_per_test", "markers", "cacheshow")
SELECTS = ("keyword", "lf", "failedfirst", "stepwise")
OF_A_WORKER = 2 * 2**30  # bytes, with the TensorFlow that it asks
COLLECTS_ONLY = ("collectonly", "setuponly", "setupplan")
KEYWORD = str.maketrans("=,", ":/")  # -k takes neither "=" nor ",", of which our ids are made


def runs_suites(config: pytest.Config) -> bool:
    """Whether a test module of the suites is among what is to be run."""
    if _has(config, SHOWS_ONLY):
        return False
    paths = [Path(arg.split("::")[0]).resolve() for arg in config.args]
    return any(path == SUITES or SUITES in path.parents or path in SUITES.parents for path in paths)


def collects_only(config: pytest.Config) -> bool:
    return _has(config, COLLECTS_ONLY)


def is_worker(config: pytest.Config) -> bool:
    """Whether this is a process of pytest-xdist that runs items for another."""
    return hasattr(config, "workerinput")


def is_distributed(config: pytest.Config) -> bool:
    return bool(config.getoption("dist", "no") != "no")


def use_all_cores(config: pytest.Config) -> None:
    """Have pytest-xdist run whole tiers on all cores, where the command line does not say how they run.

    The quick tier takes as long in one process, which starts once.
    """
    if not config.pluginmanager.hasplugin("xdist") or is_worker(config):
        return
    is_open = config.option.numprocesses is None and not is_distributed(config)
    if is_open and _is_long(config):
        config.option.numprocesses = "auto"
        config.option.maxprocesses = config.option.maxprocesses or _most()


def _is_long(config: pytest.Config) -> bool:
    from suites.plugin import options  # what it needs may be missing

    if not runs_suites(config) or collects_only(config) or _has(config, SELECTS):
        return False
    if config.getoption("capture") == "no" or any("::" in arg for arg in config.args):
        return False
    try:
        chosen = options.from_pytest(config, os.environ)
    except BadChoice:  # of which the start of the run speaks
        return False
    return chosen.is_whole and chosen.tier != "quick"


def _most() -> int:
    """How many processes, each with its observer, the memory has room for."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, memory // OF_A_WORKER)


def scheduler(config: pytest.Config, log: object) -> object:
    """What gives each process of pytest-xdist groups that are near each other, which share what is
    expected of them; None where the command line says how they are dealt out.
    """
    if not runs_suites(config) or config.getoption("dist") != "load":
        return None
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


def _has(config: pytest.Config, names: Iterable[str]) -> bool:
    return any(config.getoption(name, False) for name in names)


def require_settings(config: pytest.Config) -> None:
    """Raise UsageError where pytest reads other settings than those of our pyproject.toml."""
    if (config.rootpath, config.inipath) != (SUITES.parent, SUITES.with_name("pyproject.toml")):
        raise pytest.UsageError(f"pyproject.toml is not read: {_why_not_read(config)}")


def _why_not_read(config: pytest.Config) -> str:
    if config.option.inifilename:
        return f"-c {config.option.inifilename} takes its place; leave out -c"
    if config.option.rootdir:
        return f"--rootdir {config.option.rootdir} is another project; leave out --rootdir"
    return "an option's value was taken for a path of tests; write it with '=', --option=VALUE"


def leave_out_lineless(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Drop the places of a traceback that are on no line.

    Python can be interrupted in an instruction that it added to a function by itself. pytest ends
    with an error of its own where it prints such a place.
    """
    places = excinfo.traceback
    excinfo.traceback = places.filter(lambda place: place._rawentry.tb_lineno is not None)


def translate_keyword(config: pytest.Config) -> None:
    """Let -k take the ids of cases as they are printed."""
    config.option.keyword = config.option.keyword.translate(KEYWORD)


def explain_xdist(parser: pytest.Parser) -> None:
    """Without pytest-xdist its options would be called unrecognized, without a reason."""
    if find_spec("xdist") is None:
        group = parser.getgroup("xdist", "distributed testing")
        text = "run in N processes; needs pytest-xdist, which is not installed"
        group._addoption("-n", "--numprocesses", "--dist", action=_NeedsXdist, help=text)


class _NeedsXdist(argparse.Action):
    # `Any`: the signature of argparse.
    def __call__(self, parser: Any, namespace: Any, values: Any, name: Any = None) -> NoReturn:
        raise pytest.UsageError(f"{name} needs pytest-xdist: pip install pytest-xdist")
