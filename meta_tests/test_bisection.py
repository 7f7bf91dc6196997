"""The package and the release that changed an answer are found, or it is said why they can't be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from reports.__main__ import main
from reports.bisect import result
from reports.bisect.bisection import Bisection
from reports.bisect.halving import NotMeasured
from reports.bisect.probe import Probe
from reports.compare.since.timeline import Recorded
from reports.releases import lock, package_index
from reports.releases.environments import Environment, find
from reports.releases.package_index import Release

CASE = "loss,form,plain,logits,float32,graph,CPU:0,hard,one"
ON_SALE = {
    "tensorflow": ("2.17.1", "2.18.0", "2.18.1"),
    "keras": ("3.6.0", "3.6.1", "3.7.0", "3.7.1", "3.8.0"),
}
OLD, NEW = find("tf-2.17.1"), find("tf-2.18.1-keras-3.8.0")
MIXED = "tf-2.17.1-keras-3.8.0"
Say = Callable[[str, str], str]


@pytest.fixture(autouse=True)
def index(monkeypatch: pytest.MonkeyPatch) -> None:
    """The releases that are on sale; on no day was there a Keras but 3.6.1."""

    def between(package: str, old: str, new: str, pythons: tuple[str, ...]) -> list[Release]:
        return [Release(one, pythons[0]) for one in ON_SALE[package] if old < one < new]

    monkeypatch.setattr(package_index, "between", between)
    monkeypatch.setattr(package_index, "day", lambda package, version, python: "2025-01-07")
    monkeypatch.setattr(lock, "resolved", lambda row: "keras==3.6.1 \\\n    --hash=sha256:0\n")


def recorded(row: Environment, word: str) -> Recorded:
    if word == "Absent":
        return Recorded(row, {}, {})
    return Recorded(row, {CASE: f"error {word}: why"}, {CASE: "call wrong * unexplained"})


class World:
    """Where `say` gives an answer for a TensorFlow and a Keras, and some can't be measured."""

    def __init__(self, say: Say, broken: Mapping[str, str] | None = None) -> None:
        self.say, self.broken = say, broken or {}
        self.asked: list[Environment] = []

    def ask(self, row: Environment) -> Recorded | NotMeasured:
        self.asked.append(row)
        if row.id in self.broken:
            return NotMeasured(self.broken[row.id])
        return recorded(row, self.say(row.tensorflow, row.keras))

    def find(self, before: Environment = OLD, after: Environment = NEW) -> result.Found:
        ends = (recorded(row, self.say(row.tensorflow, row.keras)) for row in (before, after))
        return Bisection(CASE, self.ask).find(*ends)

    def lines(self, before: Environment = OLD, after: Environment = NEW) -> list[str]:
        return [line.strip() for line in result.lines(self.find(before, after), CASE)]

    @property
    def ids(self) -> list[str]:
        return [row.id for row in self.asked]


def keras_did_it(tensorflow: str, keras: str) -> str:
    return "New" if keras >= "3.7.1" else "Old"


def tensorflow_did_it(tensorflow: str, keras: str) -> str:
    return "New" if tensorflow >= "2.18.0" else "Old"


def both_did_it(tensorflow: str, keras: str) -> str:
    return f"{keras_did_it(tensorflow, keras)}And{tensorflow_did_it(tensorflow, keras)}"


def test_the_new_keras_on_the_old_tensorflow_shows_that_keras_did_it() -> None:
    world = World(keras_did_it)
    assert world.lines() == [
        "tf-2.18.1-keras-3.8.0 (kind; TensorFlow 2.17.1 -> 2.18.1, Keras 3.6.0 -> 3.8.0, "
        "tf_keras 2.17.0 -> 2.18.0):",
        "Keras 3.8.0 on TensorFlow 2.17.1 answers as tf-2.18.1-keras-3.8.0: Keras did it",
        "between Keras 3.6.0 and 3.8.0: 3.6.1, 3.7.0, 3.7.1",
        "Keras 3.7.1 (on TensorFlow 2.17.1) changed it",
        "was Old: why; unexplained (call)",
        "now New: why; unexplained (call)",
    ]
    assert world.ids == [MIXED, "tf-2.17.1-keras-3.7.0", "tf-2.17.1-keras-3.7.1"]


def test_the_new_keras_on_the_old_tensorflow_shows_that_tensorflow_did_it() -> None:
    world = World(tensorflow_did_it)
    assert world.lines()[1:4] == [
        "Keras 3.8.0 on TensorFlow 2.17.1 answers as tf-2.17.1: TensorFlow did it",
        "between TensorFlow 2.17.1 and 2.18.1: 2.18.0",
        "TensorFlow 2.18.0 (with Keras 3.8.0) changed it",
    ]
    assert world.ids == [MIXED, "tf-2.18.0-keras-3.8.0"]


@pytest.mark.parametrize(
    ("say", "how", "what"),
    [
        (keras_did_it, "tf-2.17.1: Keras did it", "Keras 3.7.1 (on TensorFlow 2.18.1) changed it"),
        (
            tensorflow_did_it,
            f"{NEW.id}: TensorFlow did it",
            "TensorFlow 2.18.0 (with Keras 3.6.0) changed it",
        ),
    ],
)
def test_else_the_old_keras_on_the_new_tensorflow_shows_it(say: Say, how: str, what: str) -> None:
    printed = World(say, {MIXED: "does not import"}).lines()
    assert printed[1] == f"Keras 3.6.0 on TensorFlow 2.18.1 answers as {how}"
    assert printed[3] == what


def test_both_can_have_done_it() -> None:
    printed = World(both_did_it).lines()
    assert (
        printed[1]
        == "Keras 3.8.0 on TensorFlow 2.17.1 has a third answer: NewAndOld: why; unexplained (call)"
    )
    assert [line for line in printed if "changed it" in line] == [
        "Keras 3.7.1 (on TensorFlow 2.17.1) changed it",
        "TensorFlow 2.18.0 (with Keras 3.8.0) changed it",
    ]


def test_what_no_mixture_tells_apart_is_looked_for_with_the_keras_of_the_day() -> None:
    broken = {MIXED: "too new", "tf-2.18.1-keras-3.6.0": "too old"}
    world = World(tensorflow_did_it, broken)
    assert world.lines()[1:4] == [
        "Keras and TensorFlow can't be told apart (Keras 3.8.0 on TensorFlow 2.17.1: too new; "
        "Keras 3.6.0 on TensorFlow 2.18.1: too old)",
        "between TensorFlow 2.17.1 and 2.18.1: 2.18.0",
        "TensorFlow 2.18.0 (with Keras 3.6.1) changed it",
    ]
    assert world.ids[2:] == ["tf-2.18.0-keras-3.6.1"]


def test_packages_that_do_not_know_each_other_tell_nothing() -> None:
    def say(tensorflow: str, keras: str) -> str:
        strangers = keras >= "3.7.0" and tensorflow < "2.18.0"
        return "Absent" if strangers else tensorflow_did_it(tensorflow, keras)

    printed = World(say).lines()
    assert (
        printed[1]
        == "Keras 3.6.0 on TensorFlow 2.18.1 answers as tf-2.18.1-keras-3.8.0: TensorFlow did it"
    )
    assert printed[3] == "TensorFlow 2.18.0 (with Keras 3.6.0) changed it"


def test_no_answer_at_one_end_is_an_answer() -> None:
    printed = World(lambda tensorflow, keras: "New" if keras >= "3.7.0" else "Absent").lines()
    assert printed[3:5] == ["Keras 3.7.0 (on TensorFlow 2.17.1) changed it", "was absent"]


def test_a_keras_inside_tensorflow_is_not_mixed() -> None:
    world = World(lambda tensorflow, keras: "New" if tensorflow == "2.6.5" else "Old")
    printed = world.lines(find("tf-2.5.3"), find("tf-2.6.5"))
    assert (
        printed[1]
        == "Keras and TensorFlow can't be told apart (TensorFlow 2.5.3 has its Keras inside)"
    )
    assert printed[3] == "TensorFlow 2.6.5 (with Keras 2.6.0) changed it"


def test_what_cannot_be_measured_leaves_a_doubt_and_has_a_reason() -> None:
    broken = {f"tf-2.17.1-keras-{version}": "it crashed" for version in ("3.7.0", "3.7.1")}
    world = World(keras_did_it, broken)
    assert not world.find().exact
    assert world.lines()[3:6] == [
        "it changed between Keras 3.6.1 (on TensorFlow 2.17.1) and Keras 3.8.0 (on TensorFlow 2.17.1)",
        "3.7.0 not measured: it crashed",
        "3.7.1 not measured: it crashed",
    ]


def test_what_is_not_measured_on_one_side_leaves_no_doubt() -> None:
    found = World(keras_did_it, {"tf-2.17.1-keras-3.7.0": "it crashed"}).find()
    assert not found.exact
    found = World(keras_did_it, {"tf-2.17.1-keras-3.6.1": "it crashed"}).find()
    assert found.exact


def test_without_a_release_between_nothing_is_built() -> None:
    world = World(lambda tensorflow, keras: keras)
    printed = world.lines(find("tf-2.17.1-keras-3.5.0"), OLD)
    assert (
        printed[1] == "no release lies between Keras 3.5.0 and 3.6.0: the recordings leave no gap"
    )
    assert printed[2] == "Keras 3.6.0 (on TensorFlow 2.17.1) changed it"
    assert world.asked == []


def test_another_backend_is_not_bisected() -> None:
    world = World(lambda tensorflow, keras: tensorflow)
    printed = world.lines(find("tf-2.21.0-keras-3.15.1"), find("keras-3.15.1-jax"))
    assert printed[1:] == ["another backend, not another release: nothing to bisect"]


def test_a_gap_that_the_table_fills_is_to_be_recorded_first() -> None:
    with pytest.raises(
        ValueError, match=r"^tf-2\.17\.1 has no recording: python -m reports record"
    ):
        World(keras_did_it).find(find("tf-2.16.2"), NEW)


def test_a_change_that_is_rounding_has_two_sides_as_well() -> None:
    numbers = {at: f"value float64[1] 3ff000000000000{at:d}" for at in (False, True)}

    def ask(row: Environment) -> Recorded:
        return Recorded(row, {CASE: numbers[row.keras >= "3.7.0"]}, {})

    found = Bisection(CASE, ask).find(ask(OLD), ask(NEW))
    (step,) = found.parts[0].steps
    assert (step.before.environment.keras, step.after.environment.keras) == ("3.6.1", "3.7.0")
    assert list(result.lines(found, CASE))[-1] == "    other bits of 1; right"


def test_a_fresh_environment_has_what_both_ends_need() -> None:
    world = World(keras_did_it)
    old = replace(OLD, pins=("scipy==1.1", "numpy<2"), without=("theano",))
    new = replace(NEW, pins=("numpy==2.0",), python="3.12")
    world.find(old, new)
    mixed, probe, *_ = world.asked
    assert mixed.pins == ("scipy==1.1", "numpy<2")
    assert probe.without == ("theano",)
    assert probe.released == "2025-01-07"
    assert mixed.tf_keras == "2.17.0"


LISTS = "sparse_categorical_crossentropy,class,lists-with-class-numbers"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([LISTS, "--bisect"], f"3 changes: name some of tf-2.2.3, .*{NEW.id}, or all"),
        ([LISTS, "--bisect", "tf-9"], r"no change was seen at tf-9, but at tf-2\.2\.3, tf-2\.16"),
        (["constant", "--bisect"], "no case matches 'constant'"),
    ],
    ids=["several", "unknown", "no case"],
)
def test_what_is_to_be_bisected_must_be_known(
    capsys: pytest.CaptureFixture[str], arguments: list[str], text: str
) -> None:
    assert main(["trace", *arguments]) == 4
    out, err = capsys.readouterr()
    assert not out
    assert err.count("\n") == 1
    assert re.search(text, err)


@pytest.mark.parametrize(
    ("case", "name", "code", "text"),
    [
        (
            "binary_crossentropy,function,plain,probabilities,float32,graph,CPU:0,hard,interior",
            "tf-1.14.0",
            0,
            "  TensorFlow 1.14.0 changed it\n",
        ),
        (LISTS, NEW.id, 6, "    2.18.0 not measured: it crashed\n"),
    ],
    ids=["exact", "in doubt"],
)
def test_the_exit_code_says_whether_a_doubt_is_left(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    case: str,
    name: str,
    code: int,
    text: str,
) -> None:
    monkeypatch.setattr(Probe, "ask", lambda probe, row: NotMeasured("it crashed"))
    assert main(["trace", case, "--bisect", name, "--built", str(tmp_path)]) == code
    assert text in capsys.readouterr().out
