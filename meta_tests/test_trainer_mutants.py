"""The mistakes that are planted in Keras' training: where they go, and that they are seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.trainer_mutants.__main__ import caught_before, problems
from benchmarks.trainer_mutants.mutation import Mutation, source
from benchmarks.trainer_mutants.table import HOLES, MUTATIONS
from benchmarks.trainer_mutants.trial import Bench, Trial, attempt, prepare

BY_NAME = {mutation.name: mutation for mutation in MUTATIONS}
SEEN = {  # by cases of this form
    "a training step drops the sample weights": "fit-class",
    "evaluate averages its batches, each alike": "evaluate-class",
    "a mean is not divided by the replicas": "fit-mirrored",
}
NEAR = 3  # groups that one of these is asked about
needs_keras = pytest.mark.skipif(not find_spec("keras"), reason="TensorFlow is not installed")


def test_mistakes_are_many_and_have_names_of_their_own() -> None:
    assert len(MUTATIONS) >= 60
    assert len(BY_NAME) == len(MUTATIONS)
    assert len({mutation.text for mutation in MUTATIONS}) == len(MUTATIONS)
    assert set(HOLES) <= set(BY_NAME)


@needs_keras
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_each_replaces_one_piece_of_the_source_that_is_installed(mutation: Mutation) -> None:
    assert mutation.places() == 1
    compile(source(mutation.module).replace(mutation.old, mutation.new), mutation.module, "exec")


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """The nearest groups of each mistake that is planted here."""
    whole = prepare()
    nearest = {group for name in SEEN for group in whole.order(BY_NAME[name].near)[:NEAR]}
    run = replace(whole.run, groups={name: whole.run.groups[name] for name in nearest})
    few = replace(whole, run=run)
    yield few
    few.end()


@needs_keras
@pytest.mark.parametrize("name", SEEN)
def test_a_mistake_is_caught_by_a_case_that_is_named(name: str, bench: Bench) -> None:
    trial = attempt(bench, BY_NAME[name], NEAR)
    assert trial.verdict == "caught"
    assert f"form={SEEN[name]}" in trial.case


@needs_keras
def test_what_changes_nothing_survives(bench: Bench) -> None:
    mutation = BY_NAME["metrics drop their options"]
    same = replace(mutation, new=f"{mutation.old}  # the same")
    group, other, *_ = bench.run.groups
    groups = {name: bench.run.groups[name] for name in (group, other)}
    few = replace(bench, run=replace(bench.run, groups=groups))
    assert attempt(few, same, near=1).verdict == "open"
    trial = attempt(few, same)
    assert (trial.verdict, trial.groups) == ("survived", 2)


@needs_keras
def test_text_that_keras_does_not_have_is_not_planted(bench: Bench) -> None:
    trial = attempt(bench, Mutation("other", "losses.loss", "no such text", ""))
    assert trial.verdict == "not planted"
    assert "keras.src.losses.loss does not have the text once" in trial.cause


def test_what_was_caught_is_not_tried_again_unless_it_changed(tmp_path: Path) -> None:
    first, second, third, *_ = MUTATIONS
    trials = (
        Trial(first.name, first.digest, "caught"),
        Trial(second.name, second.digest, "survived"),
        Trial(third.name, "another", "caught"),
    )
    state = tmp_path / "state.jsonl"
    assert not caught_before(state, MUTATIONS)
    state.write_text("".join(json.dumps(asdict(trial)) + "\n" for trial in trials))
    assert caught_before(state, MUTATIONS) == {first.name: trials[0]}
    assert not caught_before(state, MUTATIONS[1:])


def test_survivors_must_be_known_holes_and_holes_must_survive() -> None:
    trials = [
        Trial("a", "", "caught", case="one"),
        Trial("b", "", "survived"),
        Trial("c", "", "caught", case="two"),
        Trial("d", "", "survived"),
        Trial("e", "", "not planted", cause="why"),
        Trial("f", "", "open"),
    ]
    assert problems(trials, ["b", "c"]) == [
        "no hole any more: c, by two",
        "survived: d",
        "not planted: e: why",
        "open: f",
    ]
