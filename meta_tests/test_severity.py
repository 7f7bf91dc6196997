"""How grave a difference is, by tables written by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from reports.run.columns import COLUMNS, NAMES
from reports.run.grade import severities
from reports.run.summary import by_severity
from suites.cases.case import Case
from suites.cases.everyday import is_everyday

FIELDS = ("loss", "form", "arguments", "output", "dtype", "execution", "device", "labels", "inputs")
EVERYDAY = Case(
    *("binary_crossentropy", "function", "plain", "logits", "float32"),
    *("graph", "CPU:0", "hard", "interior"),
)
WRONG = {"observed": "0.7", "exact": "0.5", "bits": "3f333333", "quantity": "value"}


def severity(case: Case = EVERYDAY, **columns: Any) -> str:
    texts = dict.fromkeys(NAMES, "") | {"distance": float("nan"), "bound": float("nan")}
    row = texts | dict(zip(FIELDS, case.names, strict=True)) | WRONG | {"verdict": "new"} | columns
    numbers = {one.name: "float64" for one in COLUMNS if one.dtype == "float64"}
    frame = pd.DataFrame([{**row, **{name: columns.get(name, 0.0) for name in numbers}}])
    (found,) = severities(frame.assign(distance=row["distance"]))
    return str(found)


@pytest.mark.parametrize(
    "changes",
    [
        {"arguments": "label_smoothing:0.1"},
        {"form": "tf_keras"},
        {"dtype": "float64"},
        {"dtype": "float16"},
        {"output": "keras.activations.softmax"},
        {"labels": "zero"},
        {"inputs": "not-finite"},
        {"inputs": "negative"},
        {"loss": "one_of_a_user"},
    ],
    ids=str,
)
def test_what_is_set_or_at_an_edge_is_no_everyday_use(changes: dict[str, str]) -> None:
    assert is_everyday(EVERYDAY.names)
    assert not is_everyday(replace(EVERYDAY, **changes).names)
    assert severity() == "A"
    assert severity(replace(EVERYDAY, **changes)) == "B"


def test_mixed_precision_and_models_are_everyday_use() -> None:
    model = replace(EVERYDAY, output="layers.Dense")
    assert is_everyday(replace(model, form="fit-string").names)
    assert is_everyday(replace(EVERYDAY, form="metric").names)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"observed": "0.50001"}, "D"),  # float32 has 24 bits: half of them are 2.4e-4
        ({"observed": "0.5002"}, "D"),
        ({"observed": "0.503"}, "A"),
        ({"observed": "1e-5", "exact": "2e-5"}, "D"),  # of a value, 1 nat is the measure
        ({"observed": "1e-5", "exact": "2e-5", "quantity": "gradient"}, "A"),
        ({"observed": "nan"}, "A"),
        ({"observed": "inf"}, "A"),
        ({"observed": "ValueError: no", "exact": "", "bits": "", "quantity": "call"}, "C"),
        ({"observed": "shape (3,)", "bits": ""}, "C"),
        ({"bits": "", "other": "0.7001", "distance": 1e-4, "quantity": "r", "index": "value"}, "D"),
        ({"bits": "", "other": "0.9", "distance": 0.2, "quantity": "r", "index": "value"}, "A"),
        ({"bits": "", "other": "inf", "quantity": "r", "index": "value"}, "A"),
        ({"bits": "", "other": "TypeError", "quantity": "r", "index": "call"}, "C"),
        ({"verdict": "agree"}, ""),
        ({"verdict": "not_tested"}, ""),
        ({"verdict": "known"}, "A"),
    ],
    ids=str,
)
def test_size_and_kind_decide_before_use_does(columns: dict[str, Any], expected: str) -> None:
    assert severity(**columns) == expected


def test_new_differences_are_counted_by_severity_for_the_terminal() -> None:
    frame = pd.DataFrame({"verdict": ["new", "new", "known", "new"], "severity": [*"DAAD"]})
    assert by_severity(frame) == [
        "       1  A: silently wrong in common use",
        "       2  D: less precise than it could be",
    ]
