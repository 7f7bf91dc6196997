"""What the numbers of one call say for a formula and an arithmetic that might have made them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.ball import rounded
from reference.expectation import Expected, admits, in_enclosure, in_native
from reference.formats import Format
from reference.question import Inputs, Question
from reference.quirk import NONE, Quirk


def _same_kind(observed: np.ndarray, candidate: np.ndarray) -> np.ndarray:
    """Both NaN, or the same infinity."""
    return (np.isnan(observed) & np.isnan(candidate)) | (
        np.isinf(observed) & (observed == candidate)
    )


@dataclass(frozen=True)
class Evidence:
    """Numbers of one quantity (0: value, 1: gradient) of one call, beside what is due."""

    observed: np.ndarray
    expected: Expected
    quantity: int
    inputs: Inputs

    def fails(
        self, question: Question, ulps: int = 0, loss_dtype: str = "", quirk: Quirk = NONE
    ) -> np.ndarray:
        """Where native arithmetic gives the same NaN or infinity, or strays to the same place.

        It strays where it leaves the enclosure of what is due, and is near if it is the same
        number or one within the smaller of both radii. `ulps` moves the predictions by an ULP: near the ends of the range it decides.
        """
        both = in_native(question, self.inputs, ulps, loss_dtype, quirk)
        found = both[self.quantity].reshape(self.observed.shape)
        strays = ~self.expected.holds(found)
        reach = np.fmin(self._interval(question, quirk)[1], self.expected.rad)
        near = admits(self.observed, found, reach, self.expected.format)
        near |= self.observed == found
        return _same_kind(self.observed, found) | (strays & near)

    def fails_beside(self, question: Question, quirk: Quirk) -> np.ndarray:
        """NaN and infinities in a row of the gradient in which native arithmetic has some too."""
        broken = ~np.isfinite(self.observed)
        if broken.ndim == 0:
            return np.zeros_like(broken)
        found = in_native(question, self.inputs, quirk=quirk)[self.quantity]
        row = (~np.isfinite(found.reshape(broken.shape))).any(axis=-1, keepdims=True)
        return np.asarray(broken & row & (self.quantity == 1))

    def answers(self, question: Question, quirk: Quirk = NONE, loss_dtype: str = "") -> np.ndarray:
        """Where the enclosure of a question holds the number."""
        mid, rad, format = self._interval(question, quirk, loss_dtype)
        held = admits(self.observed, mid, rad, format)
        return held | (np.isinf(mid) & (mid == self.observed))

    def _interval(
        self, question: Question, quirk: Quirk, loss_dtype: str = ""
    ) -> tuple[np.ndarray, np.ndarray, Format]:
        """Midpoint and radius in the dtype of the case, and the narrowest format on the way."""
        format = self.expected.format
        ball = in_enclosure(question, self.inputs, quirk, loss_dtype)[self.quantity]
        narrow = min(ball.format, format, key=lambda each: each.largest)
        if ball.format.name != format.name:  # the result is rounded to the dtype of the case
            ball = rounded(ball.mid, ball.rad, format)
        return ball.mid.reshape(self.observed.shape), ball.rad.reshape(self.observed.shape), narrow

    def rival(
        self, question: Question, quirk: Quirk = NONE, own: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Where a rival answers alike, and where it fails alike; nowhere if it is not believed.

        One call computes one formula. A rival is believed if no number contradicts it, and one at
        least lies nearer to the rival's than that does to the right one; or, if both mean the same
        number, within the greater error that the rival's steps make. `own` says that the formula is
        the right one, and only the arithmetic another.
        """
        mid, rad, _ = self._interval(question, quirk)
        answers = self.answers(question, quirk)
        fails = self.fails(question)
        if quirk != NONE:
            fails = fails | self.fails(question, quirk=quirk)
        contradicted = np.isfinite(rad) & ~answers & ~fails
        nearer = ~(np.abs(self.observed - mid) >= np.abs(mid - self.expected.high))
        nearer |= own | (np.abs(mid - self.expected.high) <= self.expected.rad)
        telling = (answers & (nearer | np.isinf(self.observed))) | fails
        if contradicted.any() or not (telling & ~self.expected.holds(self.observed)).any():
            return np.zeros_like(answers), np.zeros_like(fails)
        return answers, fails
