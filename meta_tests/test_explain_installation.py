"""What an installation answers about a user's numbers, and how its answers are explained."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from reports import __main__ as command
from reports.explain.call import call
from reports.explain.installation import Answered, answered
from reports.explain.text import table
from suites.observe import environment
from suites.observe.arrays import packed
from suites.observe.client import Client
from suites.observe.messages import Answer, Request

LOGITS = np.array([[2.0, -1.0, 3.0], [0.5, 0.25, -4.0], [4.0, 0.0, 1.0]])
CLASSES = np.array([0, 2, 1])
ROWS = np.log(np.exp(LOGITS).sum(axis=-1)) - LOGITS[np.arange(3), CLASSES]


class Canned:
    """A client whose answers come from a function of the request."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self.canned = answer

    def send(self, request: Request) -> Canned:
        found = Canned(self.canned)
        found.request = request
        return found

    def answer(self) -> Answer:
        return self.canned(self.request)


def of(answer: Callable[[Request], Answer], **options: object) -> dict[str, Answered]:
    """What is made of canned answers, by way and execution."""
    one = call("scce", CLASSES, LOGITS, from_logits=True, **options)
    found = answered(one, Canned(answer), "CPU:0")
    return {f"{each.way.name} {each.execution}": each for each in found}


def value(number: np.ndarray | float) -> Answer:
    return {"value": packed(np.asarray(number, np.float32)), "gradient": None}


def test_answers_are_right_by_the_reduction_of_their_way() -> None:
    found = of(lambda request: value(ROWS if "crossentropy(" in request["call"] else ROWS.mean()))
    assert all(each.is_as_asked for each in found.values())
    assert {"function eager", "class xla", "metric eager", "evaluate, loss by class graph"} <= {
        *found
    }


def test_a_sum_for_a_mean_is_named() -> None:
    lines = [*table([*of(lambda request: value(ROWS.sum())).values()])]
    assert sum(line.endswith("differs: the sum over all rows") for line in lines) == len(lines) - 1


def test_what_nothing_gives_is_said_so_and_an_error_is_shown() -> None:
    found = of(lambda request: value(123.456) if request["by"] else {"error": "ValueError: no"})
    lines = "\n".join(table([*found.values()]))
    assert "123.456001    differs, and nothing that was tried gives this" in lines
    assert "none: ValueError: no" in lines


def test_more_precision_than_was_asked_is_no_difference() -> None:
    found = of(lambda request: value(ROWS.mean()), dtype="float16")
    assert found["class eager"].is_as_asked


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with environment.start(environment.Other(Path(sys.executable))) as client:
        yield client


def test_a_string_takes_logits_for_probabilities(client: Client) -> None:
    one = call("scce", CLASSES, LOGITS, from_logits=True)
    lines = [*table([*answered(one, client, "CPU:0")])]
    wrong = [line for line in lines if "differs: the logits were taken for probabilities" in line]
    assert [line.split(",")[0].strip() for line in wrong] == ["evaluate", "fit", "train_on_batch"]
    assert all("loss by string" in line for line in wrong)
    assert sum("correct" in line for line in lines) >= 5


def test_weights_and_settings_reach_every_way(client: Client) -> None:
    target, output = np.eye(3)[CLASSES], np.exp(LOGITS) / np.exp(LOGITS).sum(-1, keepdims=True)
    weight = np.array([0.5, 2.0, 0.0])
    one = call("cce", target, output, sample_weight=weight, epsilon=0.01, label_smoothing=0.125)
    found = {each.way.name: each for each in answered(one, client, "CPU:0")}
    assert found["class"].is_as_asked
    assert found["metric"].is_as_asked
    assert found["fit, loss by class"].is_as_asked
    by = found["fit, loss by string"].by
    assert by
    assert by.label == "label_smoothing was ignored"


def test_no_interpreter_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    arrays = ["--loss", "bce", "--target", "[0, 1]", "--output", "[0.5, 0.5]"]
    assert command.main(["explain", *arrays, "--python", "/no/python"]) == 4
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.startswith("xentcheck: --python: there is no interpreter '/no/python'")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--release", "tf-2.4.9"], "no release 'tf-2.4.9'; did you mean 'tf-2.4.4'"),
        (["--release", "tf-2.4.4", "--python", "x"], "argument --python: not allowed with"),
    ],
)
def test_no_release_is_one_line(
    capsys: pytest.CaptureFixture[str], more: list[str], why: str
) -> None:
    arrays = ["--loss", "bce", "--target", "[0, 1]", "--output", "[0.5, 0.5]"]
    assert command.main(["explain", *arrays, *more]) == 4
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.startswith(f"xentcheck: {why}")
