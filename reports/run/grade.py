"""How grave a difference is: computed for each comparison from its case and its size."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reports.run.severity import HALF_OF_THE_DIGITS, Severity
from suites.cases.everyday import is_everyday
from suites.cases.fields import FIELDS

DIFFERING = ("known", "new", "gone")


def severities(frame: pd.DataFrame) -> pd.Series:
    """The severity of each comparison, as texts, with the index of the frame."""
    rows = frame[frame["verdict"].isin(DIFFERING)]
    found = pd.Series(str(Severity.RARE), rows.index, dtype="str")
    found[_is_everyday(rows)] = str(Severity.COMMON)
    found[_is_precise(rows)] = str(Severity.PRECISION)
    found[(rows["bits"] == "") & ~_is_of_two_numbers(rows)] = str(Severity.ERROR)
    return found.reindex(frame.index, fill_value="")


def _is_precise(rows: pd.DataFrame) -> pd.Series:
    """Whether half of the digits are right; of a value, also of 1 nat."""
    observed, exact = (pd.to_numeric(rows[name], errors="coerce") for name in ("observed", "exact"))
    error, size = (observed - exact).abs(), exact.abs()
    of_pair = _is_of_two_numbers(rows)
    error = error.where(~of_pair, rows["distance"])
    size = size.where(~of_pair, observed.abs())
    is_gradient = (rows["quantity"] == "gradient") | rows["index"].astype(str).str.startswith(
        "gradient"
    )
    size = size.where(is_gradient, np.maximum(size, 1.0))
    half = rows["dtype"].astype(str).map(HALF_OF_THE_DIGITS).astype("float64")
    return error <= size * half


def _is_of_two_numbers(rows: pd.DataFrame) -> pd.Series:
    """Of a relation, neither side of which raised."""
    return (rows["other"] != "") & (rows["index"] != "call")


def _is_everyday(rows: pd.DataFrame) -> np.ndarray:
    cases = zip(*(rows[name] for name in FIELDS), strict=True)
    return np.fromiter(map(is_everyday, cases), bool, len(rows))
