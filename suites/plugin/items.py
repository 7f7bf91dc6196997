"""What a test item is: a group of cases, how it is asked and judged, and what its report carries."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress

import pytest

from suites.cases.case import is_of
from suites.observe.client import CannotAsk
from suites.plugin import options
from suites.plugin.exits import Exit
from suites.plugin.in_log import in_log
from suites.plugin.invocation import collects_only, is_worker
from suites.plugin.keys import ANSWERS, BROKEN, CHOICES, ROWS, RUN

CONTRACTS, MODELS = "suites/test_contracts.py::", "suites/test_models.py::"


def group_of(nodeid: str) -> str:
    """The group of an item, "" for a test of none."""
    return nodeid.partition("[")[2].removesuffix("]")


def header(config: pytest.Config) -> list[str]:
    """What is installed, every choice that was made, and how much is asked."""
    if RUN not in config.stash:
        return []
    run = config.stash[RUN]
    lines = [f"{name}: {text}" for name, text in run.environment.items()]
    if variables := options.of_the_suite(os.environ):
        lines.append("variables: " + ", ".join("=".join(pair) for pair in variables.items()))
    if hunted := config.stash[CHOICES].hunt:
        lines = [line for line in lines if not line.startswith("tier: ")]
        return [*map(in_log, lines), f"hunt: {hunted:g} s"]
    cases = sum(map(len, run.groups.values()))
    return [*map(in_log, lines), f"cases: {cases:,} in {len(run.groups)} groups"]


def parametrise(metafunc: pytest.Metafunc) -> None:
    """An item for each group of the cases that a test is marked with."""
    if marker := metafunc.definition.get_closest_marker("cases"):
        every = metafunc.config.stash[RUN].groups.items()
        groups = [group for group, cases in every if is_of(marker.kwargs, cases[0])]
        metafunc.parametrize("group", groups, ids=groups)


def leave_out_empty(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect promises of which no case was chosen, instead of skipping them; and what is about
    Keras alone, where a loss of the user's own is judged. A hunt is a test of its own.
    """
    run = config.stash.get(RUN, None)
    groups = run.groups if run and run.own else None
    hunts = run is not None and config.stash[CHOICES].hunt is not None
    others = [
        item
        for item in items
        if bool(item.get_closest_marker("hunt")) != hunts or not (hunts or _is_asked(item, groups))
    ]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


def _is_asked(item: pytest.Item, groups: Container[str] | None) -> bool:
    if item.name.endswith("[NOTSET]"):
        return False
    return groups is None or group_of(item.nodeid) in groups


def skip_others(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what asks for the public API of Keras 3 on TensorFlow, where that is not judged."""
    if RUN not in config.stash or config.stash[RUN].installed.has_keras_3_on_tensorflow:
        return
    for item in items:
        if item.get_closest_marker("of_keras_3"):
            item.add_marker(pytest.mark.skip(reason="asks for the API of Keras 3 on TensorFlow"))


def put_in_order(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put models before other groups, so that the last of several processes ends soon after the
    first, and contracts after them, which are answered while others are judged. What asks by itself
    comes last, and waits for no group.
    """
    if RUN in config.stash:
        items.sort(key=lambda item: _turn(item.nodeid))


def _turn(item: str) -> tuple[bool, ...]:
    return not group_of(item), CONTRACTS in item, MODELS not in item


def foresee(session: pytest.Session) -> None:
    """Keep which groups come next; a worker of pytest-xdist is not sent them in their order."""
    run = session.config.stash.get(RUN, None)
    if run is None or is_worker(session.config) or collects_only(session.config):
        return
    groups = map(group_of, (item.nodeid for item in session.items))
    run.upcoming.extend(group for group in groups if group in run.groups)


def ask_ahead(config: pytest.Config, *items: pytest.Item | None) -> None:
    """Have the groups of these items asked, and more that come next, so that they are answered while
    others are judged.
    """
    if (run := config.stash.get(RUN, None)) is None:
        return
    with suppress(CannotAsk):  # the check of the group will say so
        for group in [group_of(item.nodeid) for item in items if item]:
            if group in run.groups:
                run.send(group)
        run.send_ahead()


def check(item: pytest.Item, group: str) -> None:
    """Judge the cases of a group; fail where a difference is new or a known one is gone.

    The rows travel with the report of the item, and the answers where they are needed as a whole.
    """
    carried = item.user_properties
    try:
        with _ends_where_nothing_answers(item.config):
            found = item.config.stash[RUN].check(group)
    except Exception:
        carried.append((BROKEN, group))
        raise
    carried.append((ROWS, found.blocks))
    if item.config.stash[CHOICES].keeps_answers:
        carried.append((ANSWERS, found.answers))
    if found.wrong and not item.config.stash[CHOICES].accept:
        pytest.fail(in_log(found.wrong), pytrace=False)


@contextmanager
def _ends_where_nothing_answers(config: pytest.Config) -> Iterator[None]:
    """End the run where nothing can be asked any more; in a worker the group fails alone."""
    try:
        yield
    except CannotAsk as error:
        line = in_log(f"xentcheck: {error}")
        if is_worker(config):
            pytest.fail(line, pytrace=False)
        pytest.exit(line, returncode=Exit.CANNOT_MEASURE)
