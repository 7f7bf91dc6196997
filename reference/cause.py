"""Why a result lies outside its enclosure: the formula and the arithmetic that reproduce it.

Candidates are tried in order, and the first that gives what was observed names the cause. It is
computed for each number; nobody types one in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from reference.ball import rounded
from reference.expectation import Expected, admits, in_enclosure, in_native
from reference.formats import Format
from reference.question import Inputs, Question
from reference.quirk import NONE, QUIRKS, Quirk

UNEXPLAINED = "unexplained"


@dataclass(frozen=True)
class Rival:
    """Another formula that an implementation might compute instead, and how to say so."""

    question: Question
    says: str


def fits_float32(numbers: np.ndarray) -> bool:
    """Whether all are numbers of float32, one of them at least not 0."""
    with np.errstate(over="ignore"):
        cast = numbers.astype(np.float32).astype(np.float64)
    return bool(numbers.any()) and np.array_equal(numbers, cast, equal_nan=True)


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

        It strays where it leaves the enclosure of what is due, and is near within the smaller of
        both radii. `ulps` moves the predictions by an ULP: near the ends of the range it decides.
        """
        both = in_native(question, self.inputs, ulps, loss_dtype, quirk)
        found = both[self.quantity].reshape(self.observed.shape)
        strays = ~self.expected.holds(found)
        reach = np.fmin(self._interval(question, quirk)[1], self.expected.rad)
        near = admits(self.observed, found, reach, self.expected.format)
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
        ball, format = (
            in_enclosure(question, self.inputs, quirk, loss_dtype)[self.quantity],
            self.expected.format,
        )
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


def _causes(
    evidence: Evidence, question: Question, rivals: tuple[Rival, ...], computed_in: str
) -> Iterator[tuple[str, np.ndarray]]:
    """What might be said, and of which numbers, the likeliest first."""
    fails = f"the formula itself fails in {question.dtype}"
    half = question.dtype in ("float16", "bfloat16")  # what many machines compute in float32
    dtypes = dict.fromkeys((computed_in, question.dtype, *(["float32"] if half else [])))
    for quirk in QUIRKS:
        behind = quirk.says and f"; {quirk.says}"
        if quirk != NONE:
            yield quirk.says, evidence.rival(question, quirk, own=True)[0]
        yield fails + behind, evidence.fails(question, quirk=quirk)
        for dtype in dtypes:
            suffix = behind if dtype == question.dtype else f", computed in {dtype}{behind}"
            if dtype != question.dtype:
                inside = evidence.answers(replace(question, dtype=dtype), quirk)
                failing = evidence.fails(question, loss_dtype=dtype, quirk=quirk)
                yield suffix.removeprefix(", "), inside | failing
            for rival in rivals:
                answers, breaks = evidence.rival(replace(rival.question, dtype=dtype), quirk)
                yield rival.says + suffix, answers
                yield f"{rival.says}, which fails in {dtype}{behind}", breaks
        for dtype in dtypes:
            if dtype != question.dtype:  # of predictions that were made in the dtype before
                yield f"computed in {dtype}{behind}", evidence.answers(question, quirk, dtype)
    for quirk in QUIRKS:
        behind = quirk.says and f"; {quirk.says}"
        for ulps in (1, -1):
            failing = evidence.fails(question, ulps, quirk=quirk)
            yield f"{fails}, one ULP away{behind}", failing
            if computed_in != question.dtype:
                failing = evidence.fails(question, ulps, computed_in, quirk)
                yield f"computed in {computed_in}{behind}", failing
    for quirk in QUIRKS:
        behind = quirk.says and f"; {quirk.says}"
        yield f"{fails} elsewhere in the row{behind}", evidence.fails_beside(question, quirk)


def explain(
    observed: np.ndarray,
    expected: Expected,
    quantity: int,
    question: Question,
    inputs: Inputs,
    rivals: tuple[Rival, ...],
    computed_in: str,
) -> np.ndarray:
    """A text for each number that `expected` does not hold, "" for the others.

    `observed` is float64 in the shape of the quantity (0: value, 1: gradient), `computed_in` the
    dtype that the result came in.
    """
    cause = np.where(expected.holds(observed), "", UNEXPLAINED).astype(object)
    evidence = Evidence(observed, expected, quantity, inputs)
    if question.dtype == "float64" and fits_float32(observed):
        computed_in = "float32"  # and cast back
    causes = _causes(evidence, question, rivals, computed_in)
    while (cause == UNEXPLAINED).any() and (candidate := next(causes, None)):
        says, where = candidate
        cause[(cause == UNEXPLAINED) & where] = says
    return cause
