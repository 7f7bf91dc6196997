"""The matrix counts calls that differ in usual use, and apart from them those at the fringe."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from meta_tests.test_page_tables import frame
from reports.run.tables.matrix import Cell, Matrix, calls, matrix
from suites.cases.everyday import is_everyday
from suites.cases.fields import FIELDS
from suites.cases.selection import select

EVERYDAY = next(case for case in select(["CPU:0"]) if is_everyday(case.names))
KNOWN = {"verdict": "known", "severity": "B"}
FRINGE = {"labels": "zero"}


def row(**more: Any) -> dict[str, Any]:
    return dict(zip(FIELDS, EVERYDAY.names, strict=True)) | more


def cell(*rows: dict[str, Any]) -> Cell:
    ((one,),) = matrix(calls(frame(*rows))).rows.values()
    return one


def test_calls_are_counted_and_not_their_comparisons() -> None:
    many = [row(index=str(place), **KNOWN) for place in range(5)]
    found = cell(*many, row(index="9"), row(inputs="saturated"))
    assert found == Cell(2, 1, severity="B", verdict="known")


def test_the_fringe_is_counted_apart() -> None:
    grave = {"verdict": "new", "severity": "A"}
    found = cell(row(), row(**FRINGE, **grave), row(**FRINGE, inputs="rails"))
    assert found == Cell(1, 0, 2, 1, "", "agree")
    assert cell(row(**FRINGE, **grave)) == Cell(0, 0, 1, 1, "", "new")


def test_use_is_usual_in_every_dtype() -> None:
    rows = row(dtype="float16"), row(dtype="float64"), row(dtype="float64", **FRINGE)
    found = matrix(calls(frame(*rows)))
    assert found.heads == [("float16", EVERYDAY.execution), ("float64", EVERYDAY.execution)]
    assert found.dtypes == {"float16": 1, "float64": 1}
    assert [(one.usual, one.fringe) for one in found.rows[EVERYDAY.loss]] == [(1, 0), (1, 1)]


def test_what_was_not_asked_is_an_empty_cell() -> None:
    found = matrix(calls(frame(row(), row(loss="other", dtype="float64"))))
    assert [*found.rows] == sorted([EVERYDAY.loss, "other"])
    assert found.rows["other"][0] == found.rows[EVERYDAY.loss][1] == Cell()
    assert matrix(calls(frame(row()).head(0))) == Matrix()


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        (["agree", "known"], "known"),
        (["known", "missing"], "missing"),
        (["missing", "gone"], "gone"),
        (["gone", "new"], "new"),
        (["not_tested", "agree"], "agree"),
        (["not_measured"], "not_measured"),
    ],
)
def test_a_cell_has_the_worst_of_its_verdicts(verdicts: list[str], worst: str) -> None:
    found = cell(*(row(verdict=verdict, index=str(n)) for n, verdict in enumerate(verdicts)))
    assert found.verdict == worst


def test_the_gravest_severity_is_that_of_usual_use() -> None:
    common, precise = KNOWN | {"severity": "A"}, KNOWN | {"severity": "D"}
    found = cell(row(**precise), row(inputs="rails", **KNOWN), row(**FRINGE, **common))
    assert replace(found, verdict="") == Cell(2, 2, 1, 1, "B")


def test_rows_of_an_unknown_loss_are_at_the_fringe() -> None:
    table: pd.DataFrame = frame({})
    assert cell(*table.to_dict("records")) == Cell(0, 0, 1, 0, "", "agree")
