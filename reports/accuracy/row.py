"""One line of a table of accuracy, and how it is made of a tally."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np

from reference.arithmetic import exact
from reference.arithmetic.formats import get_format
from reference.evaluation import run
from reference.specification import QUANTITIES, Quantity
from reports.accuracy.exact.bounds import check, in_arb, share_of_radius
from reports.accuracy.exact.errors import decided
from reports.accuracy.exact.families import FAMILIES, FORM, Family
from reports.accuracy.tally import Region, Tally, Worst
from suites.cases.execution import Execution

DIGITS = 12
ALL, PART, SEARCH = "all", "part", "search"


def _column(meaning: str) -> str:
    return field(metadata={"meaning": meaning})


@dataclass(frozen=True)
class Row:
    """All fields are texts, as a CSV has them; "" where there is nothing."""

    function: str = _column("what is a function of one number, as `--function` takes it")
    loss: str = _column("the loss that is called")
    form: str = _column("how it is called")
    dtype: str = _column("the dtype of labels and predictions")
    execution: str = _column("eager, graph or xla")
    quantity: str = _column("value, or gradient by the number")
    region: str = _column("what the exact results of this row are")
    coverage: str = _column("all numbers of the dtype, part of them, or the worst of a search")
    inputs: str = _column("how many numbers are counted")
    right: str = _column("percent of the results that are the exact one correctly rounded")
    of_other_kind: str = _column(
        "how many are NaN, infinite or not 0 where the exact one is not so"
    )
    other_input: str = _column("the bits of the first input of these")
    ulps: str = _column("the largest error, in ULP of the exact result")
    input: str = _column("the number that has it")
    input_bits: str = _column("its bits")
    returned: str = _column("what was returned for it")
    exact: str = _column("what is exact for it")
    of_radius: str = _column(
        "the largest error by the radius of the derived enclosure; inf if there is no bound"
    )
    outside: str = _column("how many results lie outside of their enclosure (16 bits only)")
    decided: str = _column("how many were so near to a half that Arb decided")
    histogram: str = _column("errors by powers of two: `below:count`, in ULP")
    tensorflow: str = _column("version")
    keras: str = _column("version")

    @property
    def key(self) -> tuple[str, ...]:
        return (self.function, self.dtype, self.execution, self.quantity, self.region)


COLUMNS = {column.name: column.metadata["meaning"] for column in fields(Row)}


@dataclass(frozen=True)
class Asked:
    """Which tally a row is of."""

    function: str
    dtype: str
    execution: Execution
    quantity: Quantity
    region: Region

    @property
    def family(self) -> Family:
        return FAMILIES[self.function]


def row(asked: Asked, tally: Tally, coverage: str, installed: Mapping[str, str]) -> Row:
    half = get_format(asked.dtype).dtype.itemsize == 2
    judged = asked.region is not Region.UNDEFINED
    return Row(
        **{"function": asked.function, "loss": asked.family.loss, "form": FORM},
        **{"dtype": asked.dtype, "execution": asked.execution, "quantity": asked.quantity},
        **{"region": asked.region, "coverage": coverage, "inputs": str(tally.inputs)},
        right=f"{100 * tally.right / tally.inputs:.4f}" if judged else "",
        of_other_kind=str(tally.of_other_kind) if judged else "",
        other_input="" if tally.example is None else _hex(tally.example, asked.dtype),
        **_of_worst(asked, tally.worst),
        outside=str(tally.outside) if half and judged else "",
        decided=str(tally.decided),
        histogram=" ".join(_bins(tally)),
        **{name: installed[name] for name in ("tensorflow", "keras")},
    )


def _bins(tally: Tally) -> list[str]:
    return [f"{2**k}:{count}" for k, count in enumerate(tally.histogram) if count]


def number(bits: int, dtype: str) -> np.ndarray:
    """An array of the number that has these bits."""
    kind = get_format(dtype).dtype
    return np.array([bits], f"u{kind.itemsize}").view(kind)


def _hex(bits: int, dtype: str) -> str:
    return f"{bits:#0{2 + 2 * get_format(dtype).dtype.itemsize}x}"


def _of_worst(asked: Asked, worst: Worst | None) -> dict[str, str]:
    """The largest error, measured once more with Arb. Raises OracleMistake."""
    names = ("ulps", "input", "input_bits", "returned", "exact", "of_radius")
    if worst is None:
        return dict.fromkeys(names, "")
    family, place = asked.family, QUANTITIES.index(asked.quantity)
    there, given = number(worst.input, asked.dtype), number(worst.returned, asked.dtype)
    wide = given.astype(np.float64)
    real = None
    if np.isfinite(there).all():
        check(family, there)
        real = in_arb(family, there)[place]
    format = get_format(asked.dtype)
    ulps = decided(real.hi, real.lo, wide, format).ulps[0] if real else worst.ulps
    used = share_of_radius(family, there, wide)[place] if real else np.inf
    texts = (f"{ulps:.4g}", str(there[0]), _hex(worst.input, asked.dtype), str(given[0]))
    return dict(zip(names, (*texts, _exact(family, there, place), f"{used:.3g}"), strict=True))


def _exact(family: Family, numbers: np.ndarray, place: int) -> str:
    if not np.isfinite(numbers).all():
        found = family.exact(family.predictions(numbers))
        return str(float((found.value, found.gradient)[place][0]))
    format = get_format(numbers.dtype.name)
    spec, inputs = family.specification(format.name), family.inputs(numbers)
    parts = exact.evaluate(lambda: run(spec, inputs, exact.Exact()), format.smallest_subnormal)
    return str(exact.decimal(parts[place].reshape(1, -1)[:, 0], DIGITS)[0])
