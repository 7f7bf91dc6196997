"""What a function returned for an array of numbers, counted by quantity and region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from reference.arithmetic.formats import Format
from reference.specification import QUANTITIES, Quantity
from reports.accuracy.exact.bounds import in_arb, outside
from reports.accuracy.exact.double_double import Double
from reports.accuracy.exact.errors import Errors, decided, errors, format_of, overflow
from reports.accuracy.exact.families import Family
from reports.accuracy.exact.oracle import Found
from reports.accuracy.tally import Region, Tally, Worst, counted

Key = tuple[Quantity, Region]
HALVES = ("float16", "bfloat16")  # of which every result is held against its enclosure


@dataclass(frozen=True, eq=False)
class Results:
    """Numbers of the dtype under test, and what was returned for them, as float64."""

    numbers: np.ndarray
    value: np.ndarray
    gradient: np.ndarray

    def part(self, part: slice) -> Results:
        return Results(self.numbers[part], self.value[part], self.gradient[part])


def bits(numbers: np.ndarray) -> np.ndarray:
    return numbers.view(f"u{numbers.dtype.itemsize}")


def measured(family: Family, results: Results) -> dict[Key, Tally]:
    """Tallies of both quantities."""
    with np.errstate(invalid="ignore"):  # ml_dtypes warns of NaN
        return _measured(family, results)


def _measured(family: Family, results: Results) -> dict[Key, Tally]:
    numbers = results.numbers
    found = _settled(family, numbers, family.exact(family.predictions(numbers)))
    half = format_of(numbers.dtype).name in HALVES
    wrong = outside(family, numbers, results.value, results.gradient) if half else (None, None)
    tallies: dict[Key, Tally] = {}
    for place, quantity in enumerate(QUANTITIES):
        reals, returned = getattr(found, quantity), getattr(results, quantity)
        whole = _Part(family, place, reals, returned, numbers, wrong[place])
        for region, mask in _regions(whole, found.clipped):
            if mask.any():
                tallies[quantity, region] = whole.where(mask).tally(region)
    return tallies


def _settled(family: Family, numbers: np.ndarray, found: Found) -> Found:
    """With what Arb says where a number may lie on either side of the clip."""
    places = np.flatnonzero(found.doubt)
    if not len(places):
        return found
    value, gradient = in_arb(family, numbers[places])
    clipped = found.clipped.copy()
    clipped[places] = gradient.hi == 0
    for into, real in ((found.value, value), (found.gradient, gradient)):
        if isinstance(into, Double):
            into.hi[places], into.lo[places] = real.hi, real.lo
        else:
            into[places] = real.hi
    return replace(found, clipped=clipped)


@dataclass(frozen=True, eq=False)
class _Part:
    """One quantity of some numbers, beside what is exact; `place` is that of the quantity."""

    family: Family
    place: int
    reals: np.ndarray | Double
    returned: np.ndarray
    numbers: np.ndarray
    outside: np.ndarray | None

    @property
    def format(self) -> Format:
        return format_of(self.numbers.dtype)

    @property
    def high(self) -> np.ndarray:
        return self.reals.hi if isinstance(self.reals, Double) else self.reals

    def where(self, mask: np.ndarray) -> _Part:
        if mask.all():
            return self
        return replace(
            self,
            reals=self.reals[mask],
            returned=self.returned[mask],
            numbers=self.numbers[mask],
            outside=None if self.outside is None else self.outside[mask],
        )

    def tally(self, region: Region) -> Tally:
        if region is Region.UNDEFINED:
            return Tally(len(self.numbers))
        if self._is_one_result():
            return self.where(np.arange(len(self.numbers)) == 0).tally(region) * len(self.numbers)
        of_zero = region is Region.CLIPPED and self.high[0] == 0
        tally = self._kinds() if of_zero or region is Region.NO_NUMBER else self._errors()
        beyond = 0 if self.outside is None else int(np.count_nonzero(self.outside))
        return replace(tally, outside=beyond)

    def _is_one_result(self) -> bool:
        """Whether all numbers have one result, and get one: most of those outside of the clip do."""
        several = self.outside is None and len(self.numbers) > 1
        return several and all(
            isinstance(x, np.ndarray) and x[0] == x[-1] and bool((x == x[0]).all())
            for x in (self.reals, self.returned)
        )

    def _kinds(self) -> Tally:
        """Of results that are NaN, infinite or 0 exactly: right, or of another kind."""
        over = np.abs(self.high) > self.format.largest
        high = np.where(over, np.copysign(np.inf, self.high), self.high)
        right = (high == self.returned) | (np.isnan(high) & np.isnan(self.returned))
        return self._with_example(Tally(len(high), int(np.count_nonzero(right))), ~right)

    def _with_example(self, tally: Tally, strange: np.ndarray) -> Tally:
        if not strange.any():
            return tally
        first = int(bits(self.numbers[strange]).min())
        return replace(tally, of_other_kind=int(np.count_nonzero(strange)), example=first)

    def _errors(self) -> Tally:
        found = self._decided(errors(self.reals, self.returned, self.format))
        real = np.isfinite(self.returned)
        whole = bool(real.all())
        tally = Tally(
            len(self.numbers),
            int(np.count_nonzero(found.right)),
            decided=int(np.count_nonzero(found.undecided)),
            histogram=counted(found.ulps if whole else found.ulps[real]),
            worst=self._worst(found.ulps if whole else np.where(real, found.ulps, -1.0)),
        )
        return tally if whole else self._with_example(tally, ~real)

    def _decided(self, found: Errors) -> Errors:
        """With what Arb says where rounding is undecided."""
        places = np.flatnonzero(found.undecided)
        if len(places):
            real = in_arb(self.family, self.numbers[places])[self.place]
            better = decided(real.hi, real.lo, self.returned[places], self.format)
            found.ulps[places], found.right[places] = better.ulps, better.right
        return found

    def _worst(self, ulps: np.ndarray) -> Worst | None:
        place = int(np.argmax(ulps))
        if ulps[place] < 0:
            return None
        given = self.returned[place : place + 1].astype(self.format.dtype)
        return Worst(float(ulps[place]), int(bits(self.numbers)[place]), int(bits(given)[0]))


def _regions(part: _Part, clipped: np.ndarray) -> Iterator[tuple[Region, np.ndarray]]:
    """Each region with where it is; most arrays of neighbours lie in one."""
    format, size = part.format, np.abs(part.high)
    smallest, largest = format.smallest_normal, overflow(format)
    if clipped.all():
        yield Region.CLIPPED, clipped
        return
    if not clipped.any() and size.min() >= smallest and size.max() < largest:
        yield Region.NORMAL, ~clipped
        return
    given = np.isnan(part.numbers)
    free = ~(clipped | given)
    yield Region.CLIPPED, clipped
    yield Region.NORMAL, (size >= smallest) & (size < largest) & free
    yield Region.SUBNORMAL, (size < smallest) & free
    yield Region.NO_NUMBER, ((size >= largest) & free) | given
    yield Region.UNDEFINED, np.isnan(size) & free
