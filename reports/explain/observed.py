"""A number that somebody observed, as precisely as it was written."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from reports.store.errors import BadUsage

NUMBER = re.compile(r"[+-]?(\d+(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?")

VAGUE = 1e-3  # of the number: fewer than about four digits


@dataclass(frozen=True)
class Observed:
    """`half` is half a unit of the last digit that was written: nothing is known below it.

    The number was rounded to that digit, or cut off after it.
    """

    text: str
    value: float
    half: float

    @property
    def is_vague(self) -> bool:
        """Whether so few digits were written that other numbers look the same by chance."""
        return self.half > VAGUE * max(abs(self.value), VAGUE)

    @property
    def lower(self) -> float:
        return self.value - self.half * (2 if self.value < 0 else 1)

    @property
    def upper(self) -> float:
        return self.value + self.half * (2 if self.value > 0 else 1)

    def meets(self, lower: float, upper: float) -> bool:
        """Whether an interval has a number that would be written so."""
        if not math.isfinite(self.value):
            return self.is_same(lower) and self.is_same(upper)
        return self.lower <= upper and lower <= self.upper

    def is_same(self, number: float) -> bool:
        """Whether it is just this number; NaN is NaN."""
        return number == self.value or (math.isnan(number) and math.isnan(self.value))


def observed(text: str) -> Observed:
    """Raises BadUsage for what is no number."""
    written = text.strip()
    if written.lower() in ("nan", "inf", "+inf", "-inf"):
        return Observed(written, float(written), 0.0)
    found = NUMBER.fullmatch(written)
    if not found:
        raise BadUsage(f"--observed: {text!r} is no number, such as 0.693")
    digits = len(found.group(2) or found.group(3) or "")
    exponent = int(found.group(4) or 0) - digits
    return Observed(written, float(written), 0.5 * 10.0**exponent)
