"""What the front door does with a collection, with reports of items and with its options, hook by hook."""

from __future__ import annotations

import gc
import os
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from meta_tests.hooks import ROOT, Config, front_door
from meta_tests.test_spool import block
from reports.plugin.collector import Collector
from suites.ledger.installed import installed
from suites.observe.client import CannotAsk
from suites.plugin import invocation, items
from suites.plugin.keys import ANSWERS, BROKEN, CHOICES, CLAIM, ROWS, RUN
from suites.plugin.short_id import short_id


@pytest.fixture
def door() -> ModuleType:
    return front_door()


def items_of(*names: str, file: str = "suites/test_losses.py", **more: Any) -> list[Any]:
    more |= {"get_closest_marker": lambda name: None}
    return [SimpleNamespace(name=name, nodeid=f"{file}::{name}", **more) for name in names]


def asked(run: Any) -> dict[Any, Any]:
    """What is kept of a run that hunts for nothing."""
    return {RUN: run, CHOICES: SimpleNamespace(hunt=None)}


def test_promises_without_a_case_are_deselected(door: ModuleType) -> None:
    deselected: list[Any] = []
    hook = SimpleNamespace(pytest_deselected=lambda items: deselected.extend(items))
    found = items_of("test_a[x]", "test_a[NOTSET]", "test_b")
    empty = found[1]
    door.pytest_collection_modifyitems(SimpleNamespace(hook=hook, stash={}), found)
    assert deselected == [empty]
    assert [item.name for item in found] == ["test_a[x]", "test_b"]
    door.pytest_collection_modifyitems(SimpleNamespace(hook=None, stash={}), found)
    assert len(found) == 2


def test_models_come_before_other_groups_contracts_after_them_and_last_what_is_of_none(
    door: ModuleType,
) -> None:
    claim, loss = items_of("test_claim", "test_loss[x]")
    (contract,) = items_of("test_contract[y]", file="suites/test_contracts.py")
    (model,) = items_of("test_model[z]", file="suites/test_models.py")
    found = [claim, contract, loss, model]
    door.pytest_collection_modifyitems(SimpleNamespace(hook=None, stash={}), found)
    assert found == [claim, contract, loss, model]  # tests of others stay where they are
    run = SimpleNamespace(
        own=None, installed=installed({"tensorflow": "2.21.0", "keras": "3.15.1"})
    )
    door.pytest_collection_modifyitems(SimpleNamespace(hook=None, stash=asked(run)), found)
    assert found == [model, loss, contract, claim]


def test_beside_a_loss_of_the_users_own_nothing_of_keras_is_left(door: ModuleType) -> None:
    left_out: list[Any] = []
    hook = SimpleNamespace(pytest_deselected=lambda items: left_out.extend(items))
    names = "test_a[g]", "test_a[NOTSET]", "test_claim"
    found = items_of(*names, file="f.py")
    run = SimpleNamespace(own="mine", groups={"g": ()})
    run.installed = installed({"tensorflow": "2.16.2", "keras": "3.15.1"})
    door.pytest_collection_modifyitems(SimpleNamespace(hook=hook, stash=asked(run)), found)
    assert [item.name for item in found] == ["test_a[g]"]
    assert [item.name for item in left_out] == ["test_a[NOTSET]", "test_claim"]


@pytest.mark.parametrize(("keras", "skipped"), [("3.15.1", []), ("2.15.0", ["test_claim"])])
def test_what_asks_for_the_api_of_keras_3_is_skipped_elsewhere(
    door: ModuleType, keras: str, skipped: list[str]
) -> None:
    class Item:
        def __init__(self, name: str, marked: bool) -> None:
            self.name, self.nodeid, self.marked, self.added = name, name, marked, []

        def get_closest_marker(self, name: str) -> bool:
            return self.marked and name == "of_keras_3"

        def add_marker(self, marker: Any) -> None:
            self.added.append(marker.name)

    items = [Item("test_claim", True), Item("test_losses[x]", False)]
    run = SimpleNamespace(installed=installed({"tensorflow": "2.16.2", "keras": keras}), own=None)
    door.pytest_collection_modifyitems(SimpleNamespace(hook=None, stash=asked(run)), items)
    assert [item.name for item in items if item.added == ["skip"]] == skipped


@pytest.mark.parametrize(
    ("argument", "runs"),
    [
        (".", True),
        ("suites", True),
        ("suites/test_losses.py", True),
        ("suites/test_losses.py::test_probabilities[x]", True),
        ("meta_tests", False),
        ("reports/latest", False),
        ("/", True),
    ],
)
def test_the_suites_are_run_by_what_holds_them_or_lies_in_them(
    monkeypatch: pytest.MonkeyPatch, argument: str, runs: bool
) -> None:
    monkeypatch.chdir(ROOT)
    assert invocation.runs_suites(Config(argument)) is runs
    assert invocation.runs_suites(Config("meta_tests", argument)) is runs


@pytest.mark.parametrize(
    ("file", "root", "why"),
    [
        ("my.ini", None, "-c my.ini takes its place; leave out -c"),
        ("my.ini", "/x", "-c my.ini takes its place; leave out -c"),
        (None, "/x", "--rootdir /x is another project; leave out --rootdir"),
        (None, None, "an option's value was taken for a path of tests; write it with '=', --option=VALUE"),
    ],
)  # fmt: skip
def test_why_our_configuration_is_not_read(file: str | None, root: str | None, why: str) -> None:
    config = SimpleNamespace(option=SimpleNamespace(inifilename=file, rootdir=root))
    assert invocation._why_not_read(config) == why


def collector(*groups: str) -> Any:
    run = SimpleNamespace(groups=dict.fromkeys(groups, ()))
    return Collector(SimpleNamespace(stash={RUN: run}))


def report(
    outcome: str = "passed", when: str = "call", name: str = "test_a[g]", **sent: Any
) -> Any:
    properties = [*sent.items(), ("theirs", 1)]
    return SimpleNamespace(
        nodeid=name,
        when=when,
        duration=0.0,
        failed=outcome == "failed",
        user_properties=properties,
    )


def test_what_items_sent_is_gathered_and_taken_from_their_reports(door: ModuleType) -> None:
    found = collector("g")
    blocks = [block(form) for form in ("class", "function", "nn")]
    sent = {ROWS: blocks[2:], CLAIM: {"number": "1"}, ANSWERS: {"c": ({}, "")}}
    for one in (report(**sent), report(**{ROWS: blocks[:2]})):
        found.pytest_runtest_logreport(one)
        assert one.user_properties == [("theirs", 1)]
    assert list(found.gathered.blocks) == blocks
    assert (found.gathered.claims, found.gathered.answers) == ([{"number": "1"}], {"c": ({}, "")})
    assert found.gathered.crashed == found.gathered.broken == found.failed == set()


def test_the_slowest_groups_are_kept_and_nothing_else_that_took_time() -> None:
    found = collector(*"abcd")
    for name, seconds in zip("abcde", (1.0, 4.0, 2.0, 3.0, 9.0), strict=True):
        one = report(name=f"test_a[{name}]")
        one.duration = seconds
        found.pytest_runtest_logreport(one)
    assert found.gathered.slowest == [(4.0, "b"), (3.0, "d"), (2.0, "c")]


@pytest.mark.parametrize(
    ("one", "crashed", "broken", "failed"),
    [
        (report("failed"), set(), set(), {"g"}),
        (report("failed", "setup"), set(), {"g"}, set()),
        (report("failed", "teardown"), set(), {"g"}, set()),
        (report("failed", "???"), {"g"}, set(), {"g"}),
        (report("passed", "setup"), set(), set(), set()),
        (report("failed", name="test_claim"), set(), set(), {"test_claim"}),
        (report("failed", "setup", name="test_claim"), set(), {"test_claim"}, set()),
        (report("failed", **{"xentcheck-broken": "g"}), set(), {"g"}, {"g"}),
    ],
)
def test_what_a_failed_report_means_by_when_it_failed(
    door: ModuleType, one: Any, crashed: set[str], broken: set[str], failed: set[str]
) -> None:
    found = collector("g")
    found.pytest_runtest_logreport(one)
    assert (found.gathered.crashed, found.gathered.broken, found.failed) == (
        crashed,
        broken,
        failed,
    )


def test_only_items_of_groups_are_waited_for(door: ModuleType) -> None:
    found = collector("g", "h", "i")
    items = [SimpleNamespace(nodeid=name) for name in ("f.py::test_a[g]", "f.py::test_claim")]
    found.pytest_collection_finish(SimpleNamespace(items=items))
    found.pytest_xdist_node_collection_finished(None, ["f.py::test_a[h]", "f.py::test_b[x]"])
    assert found.gathered.asked == {"g", "h"}


@pytest.mark.parametrize(
    ("code", "pin", "lines"),
    [
        (2, None, ["no report written; the previous one, if any, is kept"]),
        (
            3,
            "mine",
            [
                "no report written; the previous one, if any, is kept",
                "pin mine: not written: the run stopped early",
            ],
        ),
    ],
)
def test_a_run_that_stops_writes_nothing_and_says_so(
    door: ModuleType, code: int, pin: str | None, lines: list[str]
) -> None:
    found = collector("g")
    found.config.stash[CHOICES] = SimpleNamespace(pin=pin)
    found.pytest_sessionfinish(SimpleNamespace(exitstatus=code))
    assert [line for part in found.parts for line in part.lines] == lines


def test_the_header_has_the_environment_the_variables_and_the_number_of_cases(
    door: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("XENTCHECK_")]:
        monkeypatch.delenv(name)
    groups = {"g": range(1200), "h": range(3)}
    run = SimpleNamespace(environment={"Keras": "3.15.1", "CPU": "a\x1b"}, groups=groups)
    config = SimpleNamespace(stash=asked(run))
    plain = ["Keras: 3.15.1", "CPU: a\\x1b", "cases: 1,203 in 2 groups"]
    assert items.header(config) == plain
    monkeypatch.setenv("XENTCHECK_TIER", "quick")
    monkeypatch.setenv("XENTCHECK_SEED", "7")
    header = items.header(config)
    assert [*header[:2], header[3]] == plain
    assert header[2] in (
        "variables: XENTCHECK_TIER=quick, XENTCHECK_SEED=7",
        "variables: XENTCHECK_SEED=7, XENTCHECK_TIER=quick",
    )
    assert items.header(SimpleNamespace(stash={})) == []


def test_an_item_is_found_by_its_id_in_the_letters_that_k_takes(door: ModuleType) -> None:
    item = SimpleNamespace(extra_keyword_matches=set(), nodeid="f.py::test[loss=bce,form=class]")
    door.pytest_itemcollected(item)
    short = short_id("loss=bce,form=class")
    assert item.extra_keyword_matches == {"f.py::test[loss:bce/form:class]", short}
    assert len(short) == 8


def test_a_group_is_what_stands_in_brackets(door: ModuleType) -> None:
    assert (
        items.group_of("suites/test_losses.py::test_probabilities[loss=a,form=b]")
        == "loss=a,form=b"
    )
    assert items.group_of("suites/test_claims.py::test_claim") == ""


@pytest.mark.parametrize("on_worker", [False, True])
def test_nothing_that_can_be_asked_ends_the_run_or_fails_the_item_of_a_worker(
    door: ModuleType, on_worker: bool
) -> None:
    config = SimpleNamespace(workerinput={}) if on_worker else SimpleNamespace()
    kind = pytest.fail.Exception if on_worker else pytest.exit.Exception
    with (
        pytest.raises(kind, match=r"^xentcheck: no\\x1b more$") as raised,
        items._ends_where_nothing_answers(config),
    ):
        raise CannotAsk("no\x1b more")
    if not on_worker:
        assert raised.value.returncode == 6


def test_the_group_after_this_one_is_asked_ahead(door: ModuleType) -> None:
    sent: list[str] = []
    run = SimpleNamespace(groups={"g": (), "h": ()}, send=sent.append, send_ahead=lambda: None)
    config = SimpleNamespace(stash={RUN: run})
    g, h, claim = (SimpleNamespace(nodeid=f"f.py::t{name}", config=config) for name in ("[g]", "[h]", ""))  # fmt: skip
    door.pytest_runtest_protocol(g, h)
    door.pytest_runtest_protocol(h, claim)
    door.pytest_runtest_protocol(claim, None)
    assert sent == ["g", "h", "h"]
    door.pytest_runtest_protocol(SimpleNamespace(nodeid="f.py::t[g]", config=SimpleNamespace(stash={})), h)  # fmt: skip
    assert sent == ["g", "h", "h"]


@pytest.mark.parametrize(
    ("kind", "wanted"), [({}, ["h", "g"]), ({"workerinput": {}}, []), ({"collects": True}, [])]
)
def test_the_groups_that_come_next_are_known_where_all_run_in_this_process(
    door: ModuleType, kind: dict[str, Any], wanted: list[str]
) -> None:
    config = Config(collectonly="collects" in kind)
    vars(config).update(kind)
    run = config.stash[RUN] = SimpleNamespace(groups={"g": (), "h": ()}, upcoming=[])
    found = items_of("test[h]", "test_claim", "test[g]", "test[else]")
    door.pytest_collection_finish(SimpleNamespace(config=config, items=found))
    assert run.upcoming == wanted
    door.pytest_collection_finish(SimpleNamespace(config=Config(), items=found))


def test_data_is_sent_with_the_report_of_the_call_alone(door: ModuleType) -> None:
    node = SimpleNamespace(user_properties=[])
    for name, call in (("record_claim", {"number": "1"}), ("check", None)):
        fixture = getattr(door, name).__wrapped__(SimpleNamespace(node=node))
        send = next(fixture)
        if call:
            send(**call)
            assert node.user_properties == [(CLAIM, call)]
        node.user_properties.append(("theirs", 1))
        assert next(fixture, None) is None
        assert node.user_properties == []


def group_checked(check: Any, keeps: bool = False, accept: str = "") -> tuple[list[Any], Any]:
    """What is sent of a group, and what its item raises."""
    run, chosen = SimpleNamespace(check=check), SimpleNamespace(keeps_answers=keeps, accept=accept)
    config = SimpleNamespace(stash={RUN: run, CHOICES: chosen})
    item = SimpleNamespace(user_properties=[], config=config)
    try:
        items.check(item, "g")
    except (Exception, pytest.fail.Exception) as error:
        return item.user_properties, error
    return item.user_properties, None


def test_a_group_sends_its_rows_and_its_answers_where_they_are_kept(door: ModuleType) -> None:
    found = SimpleNamespace(blocks=[1], answers={"c": 2}, wrong="")
    assert group_checked(lambda group: found) == ([(ROWS, [1])], None)
    both = [(ROWS, [1]), (ANSWERS, {"c": 2})]
    assert group_checked(lambda group: found, keeps=True) == (both, None)


def test_what_is_wrong_fails_the_item_without_a_traceback(door: ModuleType) -> None:
    found = SimpleNamespace(blocks=[1], answers={}, wrong="why\x1b")
    sent, error = group_checked(lambda group: found)
    assert sent == [(ROWS, [1])]
    assert isinstance(error, pytest.fail.Exception)
    assert (error.msg, error.pytrace) == ("why\\x1b", False)
    assert group_checked(lambda group: found, accept="meant") == (sent, None)


def test_a_mistake_of_ours_says_which_group_it_broke(door: ModuleType) -> None:
    sent, error = group_checked(lambda group: 1 / 0)
    assert sent == [(BROKEN, "g")]
    assert isinstance(error, ZeroDivisionError)


@pytest.mark.parametrize(
    ("options", "is_worker", "is_started", "is_ended", "collects"),
    [
        ({}, False, True, False, True),
        ({"dist": "no"}, False, True, False, True),
        ({"dist": "load"}, False, True, True, True),
        ({"dist": "load"}, True, True, False, False),
        ({"collectonly": True}, False, True, False, False),
        ({"setupplan": True}, False, True, False, False),
        ({"help": True}, False, False, False, False),
        ({"markers": True}, False, False, False, False),
    ],
)
def test_who_asks_and_who_collects(
    monkeypatch: pytest.MonkeyPatch,
    door: ModuleType,
    options: dict[str, Any],
    is_worker: bool,
    is_started: bool,
    is_ended: bool,
    collects: bool,
) -> None:
    monkeypatch.chdir(ROOT)
    ended: list[str] = []
    client = SimpleNamespace(end=lambda: ended.append("ended"))
    run = SimpleNamespace(client=client, groups={}, end=client.end)
    monkeypatch.setattr("reports.plugin.start.started", lambda config: run)
    config = Config(**options)
    if is_worker:
        config.workerinput = {}
    door.pytest_configure(config)
    assert config.option.keyword == "loss:bce/form:class"
    assert config.lines == ["markers"]
    assert (config.stash.get(RUN) is run) is is_started
    assert config.cleanups == [client.end] * is_started + [gc.freeze] * is_worker
    assert ended == ["ended"] * is_ended
    assert config.plugins == ["xentcheck-collector", "xentcheck-time-left"] * collects


def test_other_tests_start_no_run_and_another_configuration_is_refused(
    monkeypatch: pytest.MonkeyPatch, door: ModuleType
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(door, "_start", lambda config: pytest.fail("it was started"))
    door.pytest_configure(Config("meta_tests"))
    for name, path in (("rootpath", ROOT / "suites"), ("inipath", ROOT / "my.ini")):
        config = Config()
        setattr(config, name, path)
        with pytest.raises(pytest.UsageError, match=r"^pyproject.toml is not read: an option's"):
            door.pytest_configure(config)
