"""What the numbers of one call say of a program that might have made them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from reference.arithmetic.ball import rounded
from reference.arithmetic.deviation import NONE
from reference.arithmetic.formats import CORRECTLY_ROUNDED, Format, get_format, ulp
from reference.expectation import Expected, admits, in_enclosure, in_native
from reference.program import ANOTHER_DTYPE, FEW, Match, Program
from reference.specification import Inputs

STEPS = 16.0  # ULP of their terms, in sums that cancel


@dataclass(frozen=True, eq=False)
class Evidence:
    """Numbers of one quantity (0: value, 1: gradient) of one call, beside what is expected.

    `came_in` is the dtype of the result.
    """

    observed: np.ndarray
    expected: Expected
    quantity: int
    inputs: Inputs
    came_in: str

    @cached_property
    def wrong(self) -> np.ndarray:
        return ~self.expected.holds(self.observed)

    @cached_property
    def is_broken(self) -> bool:
        """Whether a wrong number is NaN or infinite."""
        return bool((self.wrong & ~np.isfinite(self.observed)).any())

    def match(self, program: Program) -> Match | None:
        """Hold the numbers against the program; None if it gives none of the wrong ones."""
        if program.elsewhere:
            return self._broken_beside(program)
        natives = self._natives(program)
        off = np.fmin.reduce([np.abs(self.observed - native) for native in natives])
        same = self._reproduced(program, natives)
        # an enclosure that is not wider than the error holds native arithmetic, too
        far = off > 2 * np.abs(self.observed - self.expected.exact_hi)
        if not ((same | ~far) & self.wrong).any():
            return None
        return self._held_against(program, natives, off, same)

    def _held_against(
        self, program: Program, natives: list[np.ndarray], off: np.ndarray, same: np.ndarray
    ) -> Match:
        mid, rad, narrow = self.interval(program)
        finite, observed, exact = np.isfinite(self.observed), self.observed, self.expected.exact_hi
        held = admits(observed, mid, rad, narrow) | (np.isinf(mid) & (mid == observed))
        error = np.abs(observed - exact)
        telling = (rad <= np.fmin(np.abs(mid - exact), error)) | ~np.isfinite(exact)
        strays = np.logical_or.reduce([~self.expected.holds(native) for native in natives])
        near = same & (strays | (held & (off < error))) & (not program.ulps)
        lost = self._digits_too_many(program)
        numbers = finite & (near | (held & telling)) & self.wrong & ~lost
        digits = finite & held & self.wrong & ~lost & self._shows_digits(program)
        hits = numbers | digits | (~finite & (held | same) & self.wrong)
        alone = program.parts == {ANOTHER_DTYPE} and program.deviation == NONE
        distance = np.fmin(off, np.abs(observed - mid)) / self._ulp(observed, program, True)
        return Match(
            program,
            hits=hits,
            special=hits & ~held & ~(finite & bool(program.parts)),
            native=same & ~lost,
            open=held & finite & self.wrong & ~lost & (rad <= self._roundoff(mid, program)),
            held=held & finite & self.wrong & ~lost,
            slight=held & same & finite & self.wrong & ~lost & self._is_slight(error, program),
            misses=(np.isfinite(rad) & ~(held | same)) | lost,
            distance=0.0 if alone else float(np.max(distance[numbers], initial=0.0)),
            numbers=int((numbers | digits).sum() if alone else numbers.sum()),
        )

    def _is_slight(self, error: np.ndarray, program: Program) -> np.ndarray:
        """Where the error is a few ULP, as other steps leave; another option only fits by chance."""
        return (error <= FEW * self._ulp(self.observed, program)) & program.takes_other_steps

    def shows(self, program: Program) -> bool:
        """Whether native arithmetic gives a number, right or wrong, that is far from exact."""
        far = np.abs(self.observed - self.expected.exact_hi) > STEPS * FEW * self._ulp(
            self.observed, program
        )
        return bool((far & self._reproduced(program, self._results(program))).any())

    def contradicts(self, program: Program) -> bool:
        """Whether a number, right or wrong, is none that the program can make."""
        mid, rad, narrow = self.interval(program)
        left = np.isfinite(rad) & ~admits(self.observed, mid, rad, narrow)
        return bool(
            left.any() and (left & ~self._reproduced(program, self._results(program))).any()
        )

    def _reproduced(self, program: Program, natives: list[np.ndarray]) -> np.ndarray:
        """Where native arithmetic gives the number, or the same NaN or infinity."""
        reach = FEW * self._ulp(self.observed, program)
        near = [np.abs(self.observed - native) <= reach for native in natives]
        return np.logical_or.reduce([*near, *(_same_kind(self.observed, n) for n in natives)])

    def _roundoff(self, mid: np.ndarray, program: Program) -> np.ndarray | float:
        """What the rounding of terms near the greatest number of a gradient may leave of others."""
        sizes = np.where(np.isfinite(mid), np.abs(mid), 0.0)
        if self.quantity == 0 or not sizes.size:
            return 0.0
        return STEPS * self._ulp(np.max(sizes, keepdims=True), program)

    def _shows_digits(self, program: Program) -> bool:
        """Whether the dtype of the program shows in digits, or in the dtype of the result, and not in the
        size of an error.
        """
        shows = self.came_in in ("float64", program.computes_in)
        return ANOTHER_DTYPE in program.parts and shows

    def _digits_too_many(self, program: Program) -> np.ndarray:
        """Wrong numbers with digits that the program does not compute, and that nothing adds."""
        spec, reduced = program.spec, program.deviation.reduces_in
        format = get_format(reduced or program.computes_in)
        # what may add digits, in the gradient
        added = spec.activation or spec.before or spec.between or spec.stepped or reduced
        if (self.quantity == 1 and added) or (self.came_in, format.name) != ("float64", "float32"):
            return np.zeros(self.observed.shape, bool)
        cast = self.observed.astype(format.dtype).astype(np.float64)
        return np.isfinite(self.observed) & (cast != self.observed)

    def _ulp(self, at: np.ndarray, program: Program, finest: bool = False) -> np.ndarray:
        """Spacing of what the program computes, or of a finer dtype in which the result came."""
        # a gradient goes on in its own dtype
        dtype = "" if self.quantity else program.deviation.reduces_in
        reduced = get_format(dtype or program.computes_in)
        formats = (get_format(program.computes_in), self.expected.format, reduced)
        format = max(formats, key=lambda each: each.unit_roundoff)
        came_in = get_format(self.came_in)
        if finest and came_in.unit_roundoff < self.expected.format.unit_roundoff:
            format = came_in
        return ulp(at, format)

    def _natives(self, program: Program) -> list[np.ndarray]:
        """What native arithmetic may give: as the program departs and, where that need not show, not.

        An ULP need not show either: libraries round up here and down there.
        """
        found = [self.native(program)]
        if program.deviation != NONE:
            found.append(self.native(replace(program, deviation=NONE)))
        if program.ulps:
            found.append(self.native(replace(program, ulps=0)))
        if self._is_reduced_wider(program):
            wider = replace(program.deviation, reduces_in=self.came_in)
            found.append(self.native(replace(program, deviation=wider), self.came_in))
        return found

    def _results(self, program: Program) -> list[np.ndarray]:
        """The same, and as float32, to which a result of float64 may be cast on its way."""
        natives, float32 = self._natives(program), get_format("float32")
        casts = self.came_in == self.expected.format.name == "float64"
        return [*natives, *(_rounded(native, float32) for native in natives if casts)]

    def _is_reduced_wider(self, program: Program) -> bool:
        """Whether the mean may have been taken in the wider dtype in which the result came."""
        wider = get_format(self.came_in).unit_roundoff < self.expected.format.unit_roundoff
        here = program.computes_in == self.expected.format.name and not program.deviation.reduces_in
        return wider and here and self.quantity == 0 and not self.observed.shape

    def native(self, program: Program, dtype: str = "") -> np.ndarray:
        found = self._both(program)[self.quantity].reshape(self.observed.shape)
        format = get_format(dtype or self._given_in(program))
        return _cut_off(found, format) if program.deviation.cuts_off else _rounded(found, format)

    def _given_in(self, program: Program) -> str:
        """The dtype of what the program returns: that of the case, but for a value that was computed
        in another and came in that.
        """
        by_itself = self.quantity == 0 and ANOTHER_DTYPE in program.parts
        came = by_itself and program.computes_in == self.came_in
        return self.came_in if came else self.expected.format.name

    def _both(self, program: Program) -> tuple[np.ndarray, np.ndarray]:
        return in_native(
            program.spec, self.inputs, program.ulps, program.loss_dtype, program.deviation
        )

    def bits(self, program: Program) -> Hashable:
        """All that native arithmetic gives for the call, in bits; None where that is not all finite."""
        both = self._both(program)
        if not all(np.isfinite(numbers).all() for numbers in both):
            return None
        return program.computes_in, *(numbers.tobytes() for numbers in both)

    def interval(self, program: Program) -> tuple[np.ndarray, np.ndarray, Format]:
        """Midpoint and radius in the dtype of the case, and the narrowest format on the way."""
        format = self.expected.format
        ball = in_enclosure(program.spec, self.inputs, program.deviation, program.loss_dtype)[
            self.quantity
        ]
        narrow = min(ball.format, format, key=lambda each: each.largest)
        if ball.format.name != format.name:  # the result is rounded to the dtype of the case
            ulps = 2 * CORRECTLY_ROUNDED if program.deviation.cuts_off else CORRECTLY_ROUNDED
            ball = rounded(ball.mid, ball.rad, format, ulps)
        return ball.mid.reshape(self.observed.shape), ball.rad.reshape(self.observed.shape), narrow

    def _broken_beside(self, program: Program) -> Match | None:
        """NaN and infinities in a row of the gradient in which native arithmetic has some too."""
        hits = np.zeros(self.observed.shape, bool)
        if hits.ndim and self.quantity == 1:
            row = (~np.isfinite(self.native(program))).any(axis=-1, keepdims=True)
            hits = ~np.isfinite(self.observed) & row & self.wrong
        nothing = np.zeros_like(hits)
        return Match(program, hits, hits, nothing, nothing, nothing, nothing, nothing, 0.0, 0)

    def is_finite(self, program: Program) -> bool:
        """Whether neither the inputs nor what native arithmetic makes of them hold NaN or infinity."""
        numbers = (self.inputs.output, *in_native(program.spec, self.inputs))
        return all(np.isfinite(np.asarray(each, np.float64)).all() for each in numbers)

    def changes(self, program: Program) -> bool:
        """Whether the deviation of the program changes what native arithmetic gives."""
        plain = self.native(replace(program, deviation=NONE))
        return not np.array_equal(self.native(program), plain, equal_nan=True)


def _rounded(numbers: np.ndarray, format: Format) -> np.ndarray:
    return numbers.astype(format.dtype).astype(np.float64)


def _cut_off(numbers: np.ndarray, format: Format) -> np.ndarray:
    """Rounded towards zero."""
    nearest = numbers.astype(format.dtype)
    below = np.nextafter(nearest, np.zeros_like(nearest))
    farther = np.abs(nearest.astype(np.float64)) > np.abs(numbers)
    return np.where(farther, below, nearest).astype(np.float64)


def _same_kind(observed: np.ndarray, candidate: np.ndarray) -> np.ndarray:
    """Both NaN, or the same infinity."""
    return (np.isnan(observed) & np.isnan(candidate)) | (
        np.isinf(observed) & (observed == candidate)
    )
