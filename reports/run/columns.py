"""The columns of the comparisons, a row each: what a report's frame holds, in which dtype and unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dtype = Literal["category", "str", "float64"]


@dataclass(frozen=True)
class Column:
    """`dtype` is that of the frame: "category" where there are few texts. `unit` is "" for none."""

    name: str
    dtype: Dtype
    meaning: str
    unit: str = ""


COLUMNS = (
    Column("loss", "category", "the loss, such as `binary_crossentropy`"),
    Column("form", "category", "the way of calling it"),
    Column("arguments", "category", "its options, `name:value` joined by `+`; `plain` for none"),
    Column("output", "category", "how the predictions come about"),
    Column("dtype", "category", "dtype of predictions and labels"),
    Column("execution", "category", "`eager`, `graph` or `xla`"),
    Column("device", "category", "logical device, such as `CPU:0`"),
    Column("labels", "category", "the kind of labels"),
    Column("inputs", "category", "the kind of predictions, or the name of a contract"),
    Column(
        "quantity",
        "category",
        "`value`, `gradient`, `call` where there are no numbers, or the name of a relation",
    ),
    Column("index", "category", "place in the result, `3 1`; of a relation `value 3 1`"),
    Column("low", "float64", "lower end of the interval of correct results", "nats"),
    Column("high", "float64", "upper end of it", "nats"),
    Column("exact", "str", "exact value to 20 digits; what IEEE arithmetic gives if it is none", "nats"),
    Column("observed", "str", "what came back, in decimal, or the error that was raised", "nats"),
    Column("bits", "str", "the same in hexadecimal; empty for a relation"),
    Column("observed_dtype", "category", "dtype in which it came"),
    Column("ulp_error", "float64", "(observed - exact) / ULP of `dtype` at the exact value", "ULP"),
    Column(
        "radius_share",
        "float64",
        "distance from the middle of the interval, as a share of half its width",
    ),
    Column("other", "str", "of a relation: what the other call returned", "nats"),
    Column("distance", "float64", "of a relation: how far both are apart", "nats"),
    Column("bound", "float64", "of a relation: how far they may be apart", "nats"),
    Column(
        "verdict",
        "category",
        "`agree`, `known`, `new`, `gone`, `missing`, `not_tested` or `not_measured`",
    ),
    Column("cause", "str", "why it differs, computed, or why it was not measured; else empty"),
    Column("known", "str", "id of the known difference that accounts for it; else empty"),
    Column("severity", "category", "`A` (silently wrong in common use) to `D` (precision only), if it differs"),
)  # fmt: skip
NAMES = tuple(column.name for column in COLUMNS)
