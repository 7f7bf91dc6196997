"""The twelve claims of 2017: what the reference makes of each, by numbers that were worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from suites.judge.claims import CLAIMS, ask_installed, ask_reference, numbers
from suites.observe.arrays import packed

HOLDS, CONDITION, FAILS = "holds", "holds with a condition", "does not hold"
LN_2 = 0.693147
AT_ONE = 1.0000000500000033e-07  # -log(1 - e): e + e ** 2 / 2 + e ** 3 / 3
# By number: the verdict by the reference, that of fused operations, and numbers to six places.
EXPECTED: dict[int, tuple[str, str, dict[str, float]]] = {
    1: (CONDITION, CONDITION, {"distribution": 0.356675, "row of sum 1.09": 0.400888, "its -log y": 0.314711}),
    2: (CONDITION, CONDITION, {"spread": LN_2, "heaped": LN_2, "larger sum": 1.386294}),
    3: (CONDITION, CONDITION, {"gradient of a wrong logit": 0.258948, "gradient where p < 1e-7": 0.0}),
    4: (HOLDS, HOLDS, {"loss": 0.672756}),
    5: (CONDITION, CONDITION, {"loss": 0.718402, "sum of the row": 1.09}),
    6: (FAILS, FAILS, {"first": 0.356675, "second": 0.400888, "both terms, second made a distribution": 0.625841}),
    7: (CONDITION, CONDITION, {"sum": 0.672756, "Keras (mean of 4)": 0.168189}),
    8: (HOLDS, HOLDS, {"loss": 0.0, "greatest gradient": 0.0}),
    9: (FAILS, CONDITION, {"quoted": 0.0, "logits": 0.0, "through softmax": 0.0}),
    10: (HOLDS, HOLDS, {"greatest gradient": 0.731059}),
    11: (CONDITION, CONDITION, {"least with labels in [0, 1]": 0.0, "label 1.5": -0.993251}),
    12: (FAILS, FAILS, {"loss": 0.0}),
}  # fmt: skip


def test_there_are_twelve_in_their_order() -> None:
    assert [claim.number for claim in CLAIMS] == list(EXPECTED)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: str(claim.number))
def test_what_the_reference_makes_of_a_claim(claim) -> None:
    by_reference, by_fused, found = EXPECTED[claim.number]
    verdict, why = claim.test(ask_reference)
    assert verdict == by_reference
    assert {name: round(number, 6) + 0.0 for name, number in why.items()} == found
    assert claim.expected(True) == (by_reference, by_reference)
    assert claim.expected(False) == (by_reference, by_fused)


@pytest.mark.parametrize(("number", "name"), [(11, "least with labels in [0, 1]"), (12, "loss")])
def test_a_perfect_prediction_costs_the_clip(number: int, name: str) -> None:
    assert CLAIMS[number - 1].test(ask_reference)[1][name] == AT_ONE


# What a library would have to return for another verdict: by way, one value and its gradient.
CHANGED = {
    1: ({"quoted": (0.25, 0.0)}, FAILS),
    2: ({"quoted": (0.25, 0.0)}, HOLDS),
    3: ({"through softmax": (0.0, 0.0), "quoted": (0.0, 0.0)}, FAILS),
    4: ({"both terms": (0.68, 0.0)}, FAILS),
    5: ({"both terms": (0.73, 0.0)}, FAILS),
    7: ({"both terms": (1.0, 0.0), "binary mean": (0.2, 0.0)}, FAILS),
    8: ({"quoted": (0.5, 0.0)}, FAILS),
    9: ({name: (0.0, 0.5) for name in ("quoted", "logits", "through softmax")}, HOLDS),
    10: ({"both terms through sigmoid": (0.0, 0.0)}, FAILS),
    11: ({"quoted": (-0.5, 0.0), "both terms": (0.5, 0.0)}, FAILS),
    12: ({"quoted": (0.0, 0.0)}, HOLDS),
}


@pytest.mark.parametrize("number", CHANGED)
def test_other_numbers_lead_to_another_verdict(number: int) -> None:
    answers, expected = CHANGED[number]

    def ask(way: str, target: object, output: object) -> tuple[np.ndarray, np.ndarray]:
        value, gradient = answers[way]
        return np.array([value]), np.full(4, gradient)

    assert CLAIMS[number - 1].test(ask)[0] == expected


class Canned:
    """Remembers what it is asked, and answers with one value and a gradient of four numbers."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer, self.asked = answer, {}

    def ask(self, spec: dict[str, Any]) -> dict[str, Any]:
        self.asked = spec
        return self.answer


def test_the_installed_library_is_asked_eagerly_in_float64() -> None:
    canned = Canned({"value": packed(np.array([0.5])), "gradient": packed(np.ones((1, 4)))})
    row = (1.0, 0.0, 0.0, 0.0)
    value, gradient = ask_installed(canned)("quoted", row, row)
    assert (value.tolist(), gradient.tolist()) == ([0.5], [1.0] * 4)
    one = {"dtype": "float64", "shape": [1, 4], "hex": "000000000000f03f" + "0" * 48}
    assert canned.asked == {
        "call": "tf.keras.losses.categorical_crossentropy(target, output)",
        **{"execution": "eager", "device": "CPU:0", "arrays": {"target": one, "output": one}},
    }
    with pytest.raises(RuntimeError, match=r"^no value: \{'error': 'E: no'\}$"):
        ask_installed(Canned({"error": "E: no"}))("quoted", row, row)


def test_numbers_of_a_finding_are_a_text() -> None:
    assert numbers({"a": 1 / 3, "b": 2.0}) == "a 0.3333333333, b 2"
