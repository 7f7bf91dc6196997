"""A mistake in the installed Keras is tried with the cases that reach it, and reported."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from reports.sensitivity import command, journal, keras_tests, reach, table
from reports.sensitivity.bench import Bench, prepare
from reports.sensitivity.equivalent import Equivalent, load
from reports.sensitivity.keras_tests import ByKeras
from reports.sensitivity.order import Order
from reports.sensitivity.reach import Usual
from reports.sensitivity.source import targets
from reports.sensitivity.source.mutation import Mutant
from reports.sensitivity.trial import Trial, Trials
from reports.tasks.executors import processes
from suites.cases.case import Case

needs_keras = pytest.mark.skipif(not find_spec("keras"), reason="TensorFlow is not installed")
MODULE = "keras.src.losses.losses"
BINARY = "binary_crossentropy"


def usual(group: str, seconds: float = 1.0, *lines: int, **known: int) -> Usual:
    return Usual(group, seconds, "", [], known, {MODULE: list(lines)})


def case(form: str, arguments: str = "plain") -> Case:
    names = (BINARY, form, arguments, "probabilities", "float32", "eager", "CPU:0", "hard")
    return Case.of_names((*names, "interior"))


def test_the_quickest_goes_first_then_what_executes_or_asks_something_else() -> None:
    cases = {
        "quick": [case("function")],
        "slow": [case("function")],
        "other lines": [case("function")],
        "other form": [case("class")],
    }
    found = [
        usual("slow", 4.0, 1, 2),
        usual("other form", 2.0, 1, 2),
        usual("other lines", 3.0, 1, 3),
        usual("quick", 1.0, 1, 2),
    ]
    order = Order(cases)
    assert order.of("f", MODULE, found) == ["quick", "other lines", "other form", "slow"]
    order.note("f", "slow")
    assert order.of("f", MODULE, found)[:2] == ["slow", "quick"]
    assert order.of("g", MODULE, found)[0] == "quick"


def test_what_was_measured_of_another_installation_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "reach.jsonl"
    assert reach.load(file, "here") == {}
    reach.add(file, "here", [usual("a", 1.0, 3)])
    reach.add(file, "here", [usual("b", 1.0, 4)])
    assert [*reach.load(file, "here")] == ["a", "b"]
    assert reach.load(file, "here")["b"].reaches(MODULE, range(4, 6))
    assert not reach.load(file, "here")["b"].reaches("another", range(4, 6))
    assert reach.load(file, "there") == {}
    reach.add(file, "there", [usual("c")])
    assert [*reach.load(file, "there")] == ["c"]


def trial(mutant: str, verdict: str, **more: object) -> Trial:
    whole = {
        "mutant": mutant,
        "verdict": verdict,
        "file": "keras/src/a.py",
        "scope": "f",
        "line": 1,
    }
    return Trial(**{**whole, "kind": "number", "change": "1 -> 2", **more})  # type: ignore[arg-type]


TRIALS = [
    trial("a", "caught", seconds=2.0, case="case=1", quantity="value", cause="unexplained"),
    trial("b", "survived", seconds=4.0, reached=3, asked=3),
    trial("c", "survived", seconds=6.0),
    trial("d", "caught", file="keras/src/b.py", cause="gone: entry"),
]
SAME = {"c": Equivalent("c", "keras/src/a.py", "1 -> 2", "both are read as true")}
TESTED = [ByKeras("a", "", 5.0), ByKeras("d", "FAILED test", 1.0)]


def test_what_was_found_is_read_again_and_the_last_line_counts(tmp_path: Path) -> None:
    file = tmp_path / "trials.jsonl"
    assert journal.read(file, Trial) == {}
    journal.add(file, [trial("a", "open"), *TRIALS])
    file.write_text(file.read_text() + '{"mutant": "half')
    assert journal.read(file, Trial) == {one.mutant: one for one in TRIALS}


def test_what_other_cases_did_not_catch_is_tried_again() -> None:
    verdicts = {"caught": True, "survived": False, "not reached": False, "open": False}
    assert {v: command._is_done(trial("a", v, key="old"), "new") for v in verdicts} == verdicts
    verdicts |= {"survived": True, "not reached": True}
    assert {v: command._is_done(trial("a", v, key="new"), "new") for v in verdicts} == verdicts


def test_counts_leave_out_of_the_share_what_changes_nothing() -> None:
    counts = table.counts(table.frame(TRIALS, SAME, TESTED)).set_index("file")
    of_first = counts.loc["keras/src/a.py"]
    assert [*of_first[["mutants", "caught", "equivalent", "survived", "open"]]] == [3, 1, 1, 1, 0]
    assert (of_first["caught of the rest"], of_first["of what is reached"]) == ("50.0%", "50.0%")
    assert (of_first["seconds each"], of_first["median"]) == (4.0, 4.0)
    assert counts["Keras' tests catch"].to_list() == ["0.0% of 1", "100.0% of 1", "50.0% of 2"]


def test_the_page_says_how_many_are_caught_in_a_second_beside_keras_tests() -> None:
    page = table.markdown(table.frame(TRIALS, SAME, [*TESTED, ByKeras("c", "", 4.0)]), {})
    assert "Of 2 mutants that change something the cases catch 1.00 in a\nsecond" in page
    assert "Keras' own tests 0.17: 6.0 times as many.\n" in page
    assert (
        "Of all 3, 1 of which change nothing and are asked everything, it is 0.25 and 0.10." in page
    )
    none = table.markdown(table.frame(TRIALS, SAME, [ByKeras("a", "", 4.0)]), {})
    assert "Keras' own tests 0.00.\n" in none
    assert "in a\nsecond" not in table.markdown(table.frame(TRIALS, SAME), {})


def test_the_page_lists_survivors_before_what_was_caught() -> None:
    page = table.markdown(table.frame(TRIALS, SAME), {"Keras": "3.15.1"})
    heads = [line for line in page.splitlines() if line.startswith("#")]
    assert heads == ["# Sensitivity", "## Survived: 1", "## Equivalent: 1", "## Caught: 2"]
    assert "| b | a.py:1 | f | 1 -> 2 | 3 of 3 |  |" in page
    assert "| case=1 value | unexplained | 2.0 |" in page
    assert "both are read as true" in page


def test_the_end_says_what_is_left_and_what_is_no_longer_equivalent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mutants = [Mutant("keras/src/a.py", "f", "number", 1, 0, 1, "1", "2", nth) for nth in range(5)]
    shown: list[str] = []
    options = command.Options(Path("x"))
    monkeypatch.setattr(command.equivalent, "load", lambda: SAME | {"a": SAME["c"]})
    assert command.summary(options, mutants, TRIALS, lambda *lines: shown.extend(lines))
    assert shown[0] == "2 of 5 caught, 1 equivalent, 1 not caught, 1 not tried"
    assert shown[1] == "caught, so it is not equivalent: a"
    monkeypatch.setattr(command.equivalent, "load", lambda: SAME)
    left = [TRIALS[0], *TRIALS[2:]]
    assert not command.summary(options, mutants[:3], left, lambda *lines: shown.extend(lines))


@needs_keras
def test_equivalent_mutants_are_those_of_the_source_that_is_installed() -> None:
    import importlib.metadata

    if importlib.metadata.version("keras") != "3.15.1":
        pytest.skip("the table is that of Keras 3.15.1")
    every = {one.id: one for one in targets.every(targets.chosen(["all"]))}
    for row in load().values():
        assert (row.file, row.change) == (every[row.mutant].file, every[row.mutant].shown())
        assert len(row.why) > 20


@pytest.fixture(scope="module")
def bench() -> Bench:
    """Some calls of binary cross-entropy."""
    whole = prepare()
    groups = {
        name: cases
        for name, cases in whole.run.groups.items()
        if f"loss={BINARY},form=function,arguments=plain,output=probabilities" in name
        and "dtype=float32,execution=eager" in name
    }
    names = [*groups][:2]
    return Bench(replace(whole.run, groups={name: groups[name] for name in names}))


@pytest.fixture(scope="module")
def trials(bench: Bench) -> Trials:
    found = reach.measure(bench, bench.run.groups, [MODULE])
    return Trials(bench, {one.group: one for one in found}, Order(bench.run.groups), 60.0)


def mutant(scope: str, kind: str, after: str) -> Mutant:
    every = targets.find("keras/src/losses/losses.py").mutants()
    found = [m for m in every if (m.scope, m.kind) == (scope, kind) and after in m.after]
    assert len(found) == 1
    return found[0]


@needs_keras
@pytest.mark.parametrize(
    ("kind", "after", "cause"),
    [
        ("other function", "ops.sum(", ""),
        ("returned value", "None", "raised "),
    ],
)
def test_a_mistake_is_caught_by_a_case_that_is_named(
    trials: Trials, kind: str, after: str, cause: str
) -> None:
    found = trials.attempt(mutant(BINARY, kind, after))
    assert found.verdict == "caught"
    assert f"loss={BINARY},form=function" in found.case
    assert cause in found.cause
    assert 1 <= found.asked <= found.reached <= 2


@needs_keras
def test_what_changes_nothing_survives_and_is_open_where_its_time_ran_out(trials: Trials) -> None:
    same = mutant(BINARY, "removed call", "(y_pred)")
    found = trials.attempt(same)
    assert (found.verdict, found.asked, found.changed) == ("survived", 2, 0)
    assert replace(trials, limit=0.0).attempt(same).verdict == "open"


@needs_keras
def test_what_no_case_executes_is_not_reached(trials: Trials) -> None:
    found = trials.attempt(mutant("categorical_crossentropy", "truth value", "True"))
    assert (found.verdict, found.asked) == ("not reached", 0)


@needs_keras
def test_a_known_difference_that_no_case_shows_any_more_is_noticed(trials: Trials) -> None:
    every = {"a": usual("a", 1.0, here=2), "b": usual("b", 1.0, here=1, there=1)}
    few = replace(trials, usual=every)
    assert few._vanished(Counter(), {"a"}) == ""
    assert few._vanished(Counter(), {"a", "b"}) == "here"
    assert few._vanished(Counter(here=1), {"b"}) == "there"


@needs_keras
def test_keras_own_tests_see_a_mistake(trials: Trials) -> None:
    target = targets.find("keras/src/metrics/probabilistic_metrics.py")
    assert keras_tests.fail_anyway(target) == []
    found = [m for m in target.mutants() if m.kind == "deleted statement"]
    tested = keras_tests.run(found[0], target, [])
    assert tested.mutant == found[0].id
    assert tested.failed.startswith("keras/src/metrics/probabilistic_metrics_test.py::")


def test_after_an_error_no_worker_goes_on() -> None:
    began = time.monotonic()

    def fail() -> None:
        with processes(1) as pool:
            pool.submit(time.sleep, 300.0)
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    for process in multiprocessing.active_children():
        process.join(60.0)
    assert time.monotonic() - began < 120.0


def test_a_line_that_was_cut_off_costs_itself_and_nothing_after_it(tmp_path: Path) -> None:
    file, one = tmp_path / "trials.jsonl", TRIALS[0]
    journal.add(file, [one])
    with file.open("a", encoding="utf-8") as lines:
        lines.write('{"mutant": "cut')
    assert journal.read(file, Trial) == {one.mutant: one}
    journal.add(file, [replace(one, mutant="next")])
    assert journal.read(file, Trial).keys() == {one.mutant, "next"}
