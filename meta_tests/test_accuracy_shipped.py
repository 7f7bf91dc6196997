"""The table of accuracy that is shipped is whole, agrees with Arb, and its worst numbers are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from reference.arithmetic.formats import NAMES, get_format
from reference.specification import QUANTITIES
from reports.accuracy import table, worst_inputs
from reports.accuracy.exact.bounds import in_arb
from reports.accuracy.exact.errors import decided
from reports.accuracy.exact.families import FAMILIES
from reports.accuracy.row import ALL, SEARCH, Row, number
from reports.accuracy.tally import Region
from suites.cases import inputs
from suites.cases import worst_inputs as asked
from suites.cases.inputs import Asked
from suites.cases.losses import LOSSES
from suites.cases.selection import select

ROWS = table.read()
MAIN = {name for name, loss in LOSSES.items() if loss.main}
EXHAUSTIVE = ("float16", "bfloat16")


def test_every_function_is_there_in_both_executions() -> None:
    found = {(row.function, row.dtype, row.execution, row.quantity) for row in ROWS}
    for function in FAMILIES:
        for dtype in (*EXHAUSTIVE, "float64"):
            for execution in ("eager", "xla"):
                assert {(function, dtype, execution, one) for one in QUANTITIES} <= found


@pytest.mark.parametrize("dtype", NAMES)
def test_all_numbers_are_counted_where_it_says_so(dtype: str) -> None:
    counts: dict[tuple[str, ...], int] = {}
    for row in ROWS:
        if row.dtype == dtype and row.coverage == ALL:
            key = (row.function, row.execution, row.quantity)
            counts[key] = counts.get(key, 0) + int(row.inputs)
    assert {*counts.values()} <= {2 ** (8 * get_format(dtype).dtype.itemsize)}
    assert bool(counts) or dtype not in EXHAUSTIVE
    assert dtype != "float64" or {r.coverage for r in ROWS if r.dtype == dtype} == {SEARCH}


@pytest.mark.parametrize(
    "row", [one for one in ROWS if one.ulps], ids=lambda row: "-".join(row.key)
)
def test_a_largest_error_is_that_of_its_number(row: Row) -> None:
    there = number(int(row.input_bits, 16), row.dtype)
    returned = (
        np.array([float(row.returned)]).astype(get_format(row.dtype).dtype).astype(np.float64)
    )
    real = in_arb(FAMILIES[row.function], there)[QUANTITIES.index(row.quantity)]  # type: ignore[arg-type]
    ulps = decided(real.hi, real.lo, returned, get_format(row.dtype)).ulps[0]
    assert f"{ulps:.4g}" == row.ulps


def test_errors_of_one_bin_are_below_its_bound() -> None:
    for row in ROWS:
        if row.ulps and row.coverage != SEARCH:  # what a search finds is not counted
            bins = [tuple(map(float, one.split(":"))) for one in row.histogram.split()]
            assert float(row.ulps) <= float(f"{bins[-1][0]:.4g}")
            assert sum(int(count) for _, count in bins) <= int(row.inputs)


def test_the_worst_numbers_are_those_of_the_table() -> None:
    assert asked.FILE.read_text(encoding="utf-8") == worst_inputs.text(ROWS)


@pytest.mark.parametrize("dtype", NAMES)
@pytest.mark.parametrize("logits", [False, True])
def test_each_worst_number_meets_both_labels(dtype: str, logits: bool) -> None:
    rows = inputs.predictions("worst", logits, dtype, 0)
    assert rows.shape == inputs.shape("worst") == (2 * asked.NUMBERS, 2)
    assert (rows[::2] == rows[1::2]).all()
    kind = "logits" if logits else "probabilities"
    found = rows[::2, 0].view(f"u{rows.dtype.itemsize}")
    assert tuple(int(bits) for bits in found) == asked.numbers(kind, dtype)
    targets = inputs.labels("binary", "hard", rows.shape, dtype, 0)
    assert (targets[::2, 0] != targets[1::2, 0]).all()


def test_the_worst_are_asked_of_the_main_losses_by_day_eagerly() -> None:
    assert inputs.PROBABILITIES["worst"].asked is Asked.OF_MAIN_LOSSES
    by_day = [case for case in select(["CPU:0"]) if case.inputs == "worst"]
    by_night = [case for case in select(["CPU:0"], tier="everything") if case.inputs == "worst"]
    assert {case.execution for case in by_day} == {"eager"}
    for found in (by_day, by_night):
        assert {case.loss for case in found} == MAIN
        assert {case.dtype for case in found} == {*NAMES}
    assert {case.execution for case in by_night} == {"eager", "graph", "xla"}


def test_a_region_that_is_not_judged_has_no_errors() -> None:
    for row in ROWS:
        if row.region == Region.UNDEFINED:
            assert (row.right, row.of_other_kind, row.ulps) == ("", "", "")


def test_no_largest_error_exceeds_its_bound() -> None:
    bounded = [row for row in ROWS if row.of_radius not in ("", "inf")]
    assert len(bounded) > 100
    assert not [row.key for row in bounded if float(row.of_radius) > 1]
