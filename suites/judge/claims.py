"""The twelve claims of the question of 2017, each put to the reference and to TensorFlow.

A claim is a function that asks for losses and gradients and returns a verdict with the numbers that
it rests on. It neither knows nor cares who answers. Numbers are compared to the digits in which the
claims were made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reference import history
from reference.arithmetic import exact
from reference.arithmetic.formats import get_format
from reference.evaluation import run
from reference.specification import Inputs, Specification
from suites.cases.calls import call
from suites.observe.arrays import packed
from suites.observe.client import Client
from suites.observe.observer import decode

HOLDS, CONDITION, FAILS = "holds", "holds with a condition", "does not hold"
Row = Sequence[float]
Answer = tuple[np.ndarray, np.ndarray]  # value (float64) and gradient by the output
Ask = Callable[[str, Row, Row], Answer]  # way, target, output
Finding = tuple[str, Mapping[str, float]]

# The ways to a loss: what the reference computes for it, and the call that TensorFlow gets.
_REFERENCE = {
    "quoted": Specification(history.CATEGORICAL, "float64"),
    "through softmax": Specification(history.CATEGORICAL, "float64", "softmax"),
    "logits": Specification(history.SOFTMAX, "float64"),
    "binary mean": Specification(history.BINARY_DIRECT, "float64"),
    "both terms": Specification(history.BOTH_TERMS_SUMMED, "float64"),
    "both terms through sigmoid": Specification(history.BOTH_TERMS_SUMMED, "float64", "sigmoid"),
}


def _categorical(output: str, *options: str) -> str:
    return call("tf.keras.losses.categorical_crossentropy", "target", output, *options)


def _both(output: str) -> str:
    terms = call("keras.ops.binary_crossentropy", "target", output)
    return call("tf.reduce_sum", terms, "axis=-1")


_CALLS = {
    "quoted": _categorical("output"),
    "through softmax": _categorical("keras.activations.softmax(output)"),
    "logits": _categorical("output", "from_logits=True"),
    "binary mean": call("tf.keras.losses.binary_crossentropy", "target", "output"),
    "both terms": _both("output"),
    "both terms through sigmoid": _both("tf.sigmoid(output)"),
}


def ask_reference(way: str, target: Row, output: Row) -> Answer:
    """The exact answer, rounded to float64."""
    inputs = Inputs(np.array([target], float), np.array([output], float))
    smallest = get_format("float64").smallest_subnormal
    parts = exact.evaluate(lambda: run(_REFERENCE[way], inputs, exact.Exact()), smallest)
    value, gradient = (exact.split(part)[0] for part in parts)
    return value.ravel(), gradient[0]


def ask_installed(client: Client) -> Ask:
    """Ask the installed TensorFlow, eagerly and in float64."""

    def ask(way: str, target: Row, output: Row) -> Answer:
        rows = {"target": target, "output": output}
        arrays = {name: packed(np.array([row], float)) for name, row in rows.items()}
        request = {"call": _CALLS[way], "execution": "eager", "device": "CPU:0"}
        answer = client.ask(request | {"arrays": arrays})
        if "value" not in answer:
            raise RuntimeError(f"no value: {answer}")
        return decode(answer["value"]).ravel(), decode(answer["gradient"])[0]

    return ask


@dataclass(frozen=True)
class Claim:
    """`verdict` is that of the reference, `fused` that of the fused operations of TensorFlow 2.16 and later."""

    number: int
    who: str
    text: str
    test: Callable[[Ask], Finding]
    verdict: str
    fused: str

    def expected(self, deterministic: bool) -> tuple[str, str]:
        """The verdicts that are expected: by the reference, and by TensorFlow, which does without its fused
        operations where operations are deterministic.
        """
        return self.verdict, self.verdict if deterministic else self.fused


CLAIMS: list[Claim] = []
Decorated = Callable[[Callable[[Ask], Finding]], Callable[[Ask], Finding]]


def _claim(number: int, who: str, text: str, verdict: str, fused: str = "") -> Decorated:
    def add(test: Callable[[Ask], Finding]) -> Callable[[Ask], Finding]:
        CLAIMS.append(Claim(number, who, text, test, verdict, fused or verdict))
        return test

    return add


ONE = (1.0, 0.0, 0.0, 0.0)
NONE = (0.0, 0.0, 0.0, 0.0)
FIRST = (0.7, 0.1, 0.1, 0.1)
SECOND = (0.73, 0.26, 0.05, 0.05)
SHRUNK = (0.73, 0.26, 0.005, 0.005)


def _loss(ask: Ask, way: str, target: Row, output: Row) -> float:
    return float(ask(way, target, output)[0][0])


def _steepest(ask: Ask, way: str, target: Row, output: Row) -> float:
    return float(np.abs(ask(way, target, output)[1]).max())


@_claim(1, "asker", "The code computes J = -sum y' log y.", CONDITION)
def _first(ask: Ask) -> Finding:
    normalised, scaled = _loss(ask, "quoted", ONE, FIRST), _loss(ask, "quoted", ONE, SECOND)
    plain = [-float(np.log(row[0])) for row in (FIRST, SECOND)]
    is_plain = round(normalised, 9) == round(plain[0], 9)
    only_if = round(scaled, 9) == round(-float(np.log(SECOND[0] / sum(SECOND))), 9)
    verdict = CONDITION if is_plain and only_if else FAILS
    return verdict, {"distribution": normalised, "row of sum 1.09": scaled, "its -log y": plain[1]}


@_claim(2, "asker, answer", "Terms with y' = 0 do not contribute to the loss.", CONDITION)
def _second(ask: Ask) -> Finding:
    spread = _loss(ask, "quoted", ONE, (0.5, 0.25, 0.125, 0.125))
    heaped = _loss(ask, "quoted", ONE, (0.5, 0.5, 0.0, 0.0))
    larger = _loss(ask, "quoted", ONE, (0.5, 0.5, 0.5, 0.5))
    verdict = (CONDITION if larger != heaped else HOLDS) if spread == heaped else FAILS
    return verdict, {"spread": spread, "heaped": heaped, "larger sum": larger}


@_claim(3, "answer", "Weights to wrong neurons get gradients, through the softmax.", CONDITION)
def _third(ask: Ask) -> Finding:
    wrong = float(ask("through softmax", ONE, (1.0, 0.5, 0.0, 0.0))[1][1])
    steepest = _steepest(ask, "quoted", ONE, (1e-9, 1.0, 0.0, 0.0))
    verdict = (CONDITION if steepest == 0 else HOLDS) if wrong > 0 else FAILS
    return verdict, {"gradient of a wrong logit": wrong, "gradient where p < 1e-7": steepest}


@_claim(4, "answer", "Both terms, summed, give about 0.67 for [.7 .1 .1 .1].", HOLDS)
def _fourth(ask: Ask) -> Finding:
    loss = _loss(ask, "both terms", ONE, FIRST)
    return (HOLDS if round(loss, 2) == 0.67 else FAILS), {"loss": loss}


@_claim(5, "answer", "... and about 0.72 for [.73 .26 .05 .05].", CONDITION)
def _fifth(ask: Ask) -> Finding:
    loss = _loss(ask, "both terms", ONE, SECOND)
    verdict = (HOLDS if sum(SECOND) == 1 else CONDITION) if round(loss, 2) == 0.72 else FAILS
    return verdict, {"loss": loss, "sum of the row": sum(SECOND)}


@_claim(6, "answer", "Categorical loss finds the second result better.", FAILS)
def _sixth(ask: Ask) -> Finding:
    first, second = (_loss(ask, "quoted", ONE, row) for row in (FIRST, SECOND))
    shrunk = _loss(ask, "both terms", ONE, SHRUNK)
    return (HOLDS if second < first else FAILS), {
        "first": first,
        "second": second,
        "both terms, second made a distribution": shrunk,
    }


@_claim(7, "answer", "Both terms are what Keras' binary_crossentropy computes.", CONDITION)
def _seventh(ask: Ask) -> Finding:
    total = _loss(ask, "both terms", ONE, FIRST)
    mean = _loss(ask, "binary mean", ONE, FIRST)
    verdict = CONDITION if round(4 * mean, 9) == round(total, 9) else FAILS
    return verdict, {"sum": total, "Keras (mean of 4)": mean}


@_claim(8, "comment", "A sample whose labels are all zero has loss zero.", HOLDS)
def _eighth(ask: Ask) -> Finding:
    loss, steepest = _loss(ask, "quoted", NONE, FIRST), _steepest(ask, "quoted", NONE, FIRST)
    return (HOLDS if loss == 0 else FAILS), {"loss": loss, "greatest gradient": steepest}


@_claim(9, "reply", "... and it gets updated all the same.", FAILS, fused=CONDITION)
def _ninth(ask: Ask) -> Finding:
    logits = (1.0, 0.5, 0.0, 0.0)
    steepest = {
        "quoted": _steepest(ask, "quoted", NONE, FIRST),
        "logits": _steepest(ask, "logits", NONE, logits),
        "through softmax": _steepest(ask, "through softmax", NONE, logits),
    }
    updated = [gradient > 0 for gradient in steepest.values()]
    return (HOLDS if all(updated) else CONDITION if any(updated) else FAILS), steepest


@_claim(10, "comment", "With both terms such a sample is learnt from.", HOLDS)
def _tenth(ask: Ask) -> Finding:
    steepest = _steepest(ask, "both terms through sigmoid", NONE, (1.0, 0.5, 0.0, 0.0))
    return (HOLDS if steepest > 0 else FAILS), {"greatest gradient": steepest}


@_claim(11, "comment", "The loss cannot be negative.", CONDITION)
def _eleventh(ask: Ask) -> Finding:
    least = min(_loss(ask, "quoted", ONE, row) for row in (FIRST, SECOND, ONE))
    beyond = _loss(ask, "both terms", (1.5, 0.0, 0.0, 0.0), (0.9, 0.0, 0.0, 0.0))
    verdict = (CONDITION if beyond < 0 else HOLDS) if least >= 0 else FAILS
    return verdict, {"least with labels in [0, 1]": least, "label 1.5": beyond}


@_claim(12, "(implied)", "The loss of a perfect prediction is zero.", FAILS)
def _twelfth(ask: Ask) -> Finding:
    loss = _loss(ask, "quoted", ONE, ONE)
    return (HOLDS if loss == 0 else FAILS), {"loss": loss}


def numbers(finding: Mapping[str, float]) -> str:
    """The numbers of a finding as text, to ten significant digits."""
    return ", ".join(f"{name} {value:.10g}" for name, value in finding.items())
