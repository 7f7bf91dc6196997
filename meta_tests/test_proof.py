"""Each figure of docs/proof.md says how it was measured, and the cheap ones still hold."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.causes import KINDS, OTHER, verdicts
from benchmarks.tightness import MORE, moved, seen
from meta_tests.planted import draw
from suites.cases.case import Case
from suites.cases.fields import FIELDS
from suites.cases.selection import select
from suites.observe.requests import key

ROOT = Path(__file__).parents[1]
FIGURES = tomllib.loads((ROOT / "docs/figures.toml").read_text(encoding="utf-8"))["figure"]
ABOUT = {"about", "claim", "figure", "command", "machine", "date"}


@pytest.mark.parametrize("one", FIGURES, ids=lambda one: one["about"])
def test_a_figure_says_how_when_and_where_it_was_measured(one: dict[str, str]) -> None:
    assert set(one) == ABOUT
    assert all(text.strip() for text in one.values())
    assert date.fromisoformat(one["date"]) <= date.today()
    assert re.search(r"\d", one["figure"])


@pytest.mark.parametrize("one", FIGURES, ids=lambda one: one["about"])
def test_what_measured_it_is_there(one: dict[str, str]) -> None:
    program, *rest = one["command"].split()
    if program == "pytest":
        return
    assert program == "python"
    name = rest[1] if rest[0] == "-m" else rest[0].removesuffix(".py").replace("/", ".")
    assert find_spec(name)


def test_no_planted_cause_is_taken_for_another() -> None:
    for departures, with_deviation in KINDS.values():
        rng = np.random.default_rng((7, departures, with_deviation))
        drawn = draw(rng, departures, with_deviation)
        assert OTHER not in [text for _ in range(5) for text in verdicts(next(drawn))]


def test_a_number_is_seen_where_more_error_leaves_the_interval() -> None:
    step = 2.0**-23
    frame = pd.DataFrame(
        {
            "verdict": ["agree", "agree", "known"],
            "quantity": ["value", "value", "value"],
            "dtype": ["float32"] * 3,
            "exact": ["1.0"] * 3,
            "observed": ["1.0", repr(1 + step), "5.0"],
            "ulp_error": [0.0, 1.0, 1e8],
            "low": [1 - 10 * step, 1 - step, 1.0],
            "high": [1 + 10 * step, 1 + 4 * step, 1.0],
        }
    )
    found = seen(frame)
    assert len(found) == 2
    assert found["4 ULP"].tolist() == [False, True]
    assert found["16 ULP"].tolist() == [True, True]
    assert len(MORE) == 4


def rows(case: Case, *observed: float) -> pd.DataFrame:
    numbers = {"quantity": "value", "observed": list(map(repr, observed)), "verdict": "agree"}
    return pd.DataFrame(dict(zip(FIELDS, case.names, strict=True)) | numbers)


def test_a_number_is_held_against_the_one_that_was_recorded() -> None:
    step = 2.0**-23
    same, other, new = select(["CPU:0"], losses=("binary_crossentropy",), dtypes=("float32",))[:3]
    answers = {
        key(same): "value float32[2] 3f800000 40000000\tgradient none",
        key(other): "value float32[1] 3f800000\tgradient none",
        key(new): "error ValueError: a",
    }
    frame = pd.concat([rows(same, 1.0, 2 + 6 * step), rows(other, 1.0, 1.0), rows(new, 1.0)])
    assert moved(frame, answers).tolist() == [0.0, 3.0]
    frame["verdict"] = ["known", "agree", "agree", "agree", "agree"]
    assert moved(frame, answers).tolist() == [3.0]
