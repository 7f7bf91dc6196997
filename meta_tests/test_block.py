"""Comparisons as plain data: each column is in one table, from which frame and blocks are made."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from reference.cause import cause
from reference.cause_kinds import CauseKind
from reports.run import columns, frame
from suites.cases.fields import FIELDS
from suites.cases.selection import select
from suites.judge.comparison import Comparisons, Numbers, OneRaised, Pairs, Whole
from suites.judge.diagnosis import Quantity
from suites.plugin.block import COLUMNS, NUMBERS, as_block, column

CASE = next(iter(select(["CPU:0"])))
WHY = cause(CauseKind.RAISED, "ValueError")
OF_NUMBERS = Numbers(
    quantity=Quantity.VALUE,
    index=["0", "1"],
    low=[0.0, 1.0],
    high=[0.5, 1.5],
    exact=["0.25", "1.25"],
    observed=["0.25", "2.0"],
    bits=["3e800000", "40000000"],
    observed_dtype=["float32", "float32"],
    ulp_error=[0.0, 9.0],
    radius_share=[0.0, 3.0],
    tested=[True, True],
    cause=[None, WHY],
)
OF_PAIRS = Pairs(
    relation="the class is the function",
    quantity=Quantity.GRADIENT,
    index=["0 1"],
    observed=["1.0"],
    observed_dtype=["float32"],
    other=["2.0"],
    distance=[1.0],
    bound=[0.5],
    tested=[True],
    cause=[WHY],
    blamed=["this"],
    own=[(WHY,)],
)
# Each kind, with the columns that it has beside verdict, known and cause.
KINDS: dict[str, tuple[Comparisons, dict[str, list[object]]]] = {
    "numbers": (
        OF_NUMBERS,
        {
            "quantity": ["value", "value"],
            **{
                name: getattr(OF_NUMBERS, name)
                for name in ("index", "low", "high", "exact", "observed", "bits")
            },
            **{name: getattr(OF_NUMBERS, name) for name in ("observed_dtype", "ulp_error")},
            "radius_share": [0.0, 3.0],
        },
    ),
    "pairs": (
        OF_PAIRS,
        {
            "quantity": ["the class is the function"],
            "index": ["gradient 0 1"],
            **{name: getattr(OF_PAIRS, name) for name in ("observed", "observed_dtype", "other")},
            **{"distance": [1.0], "bound": [0.5]},
        },
    ),
    "whole": (
        Whole(Quantity.CALL, "ValueError: no", WHY),
        {"quantity": ["call"], "observed": ["ValueError: no"]},
    ),
    "one raised": (
        OneRaised("r", "ValueError: no", "1.0", WHY, "this", WHY),
        {"quantity": ["r"], "index": ["call"], "observed": ["ValueError: no"], "other": ["1.0"]},
    ),
}


@pytest.mark.parametrize(("found", "own"), KINDS.values(), ids=KINDS)
def test_a_comparison_has_its_own_columns_and_no_others(
    found: Comparisons, own: dict[str, list[object]]
) -> None:
    size = len(own["quantity"])
    block = as_block(CASE, found, ["new"] * size, ["k"] * size)
    assert (block["case"], block["blame"]) == (CASE.names, None)
    assert (block["verdict"], block["known"]) == (["new"] * size, ["k"] * size)
    assert block["cause"] == (["", str(WHY)] if size == 2 else [str(WHY)])
    for name in set(COLUMNS) - {"verdict", "known", "cause"}:
        cells = column(block, name)
        if name in own:
            assert cells == own[name], name
        else:
            assert len(cells) == size
            assert all(math.isnan(cell) if name in NUMBERS else cell == "" for cell in cells), name


@pytest.mark.parametrize("kind", [Numbers, Pairs])
def test_every_list_of_a_comparison_is_a_column(kind: type) -> None:
    lists = {field.name for field in fields(kind)} - {"quantity", "relation"}
    assert lists - set(COLUMNS) == ({"tested"} if kind is Numbers else {"tested", "blamed", "own"})


def test_the_columns_of_the_frame_are_those_that_are_documented() -> None:
    assert (*FIELDS, *COLUMNS, "severity") == columns.NAMES
    kinds = {"float64": np.dtype("float64"), "str": pd.Series(["a"], dtype="str").dtype}
    for one, kind in zip(columns.COLUMNS, frame.from_blocks([]).dtypes, strict=True):
        assert kind == kinds.get(one.dtype, one.dtype), one.name
        assert (one.dtype == "float64") == (one.name in NUMBERS), one.name
