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
from reference.question import Inputs, Question

UNEXPLAINED = "unexplained"
LOST = "NaN was lost in the clip"


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
        self, question: Question, ulps: int = 0, loss_dtype: str = "", flush: bool = False
    ) -> np.ndarray:
        """Where native arithmetic gives the same NaN or infinity, or strays to the same place.

        `ulps` moves the predictions by an ULP, `flush` sets subnormal numbers to zero: near the
        ends of the range it decides.
        """
        both = in_native(question, self.inputs, ulps, loss_dtype, flush)
        found = both[self.quantity].reshape(self.observed.shape)
        strays = ~self.expected.holds(found)
        near = admits(self.observed, found, self.expected.rad, self.expected.format)
        return _same_kind(self.observed, found) | (strays & near)

    def loses(self, question: Question) -> np.ndarray:
        """Where native arithmetic gives this very number for a NaN that the clip has lost."""
        found = in_native(question, self.inputs, lost=True)[self.quantity]
        return np.isnan(self.expected.high) & (self.observed == found.reshape(self.observed.shape))

    def answers(self, question: Question) -> np.ndarray:
        """Where the enclosure of a question holds the number."""
        mid, rad = self._interval(question)
        held = admits(self.observed, mid, rad, self.expected.format)
        return held | (np.isinf(mid) & (mid == self.observed))

    def _interval(self, question: Question) -> tuple[np.ndarray, np.ndarray]:
        ball, format = in_enclosure(question, self.inputs)[self.quantity], self.expected.format
        if ball.format != format:  # the result is rounded to the dtype of the case
            ball = rounded(ball.mid, ball.rad, format)
        return ball.mid.reshape(self.observed.shape), ball.rad.reshape(self.observed.shape)

    def rival(self, question: Question, flush: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Where a rival answers alike, and where it fails alike; nowhere if it is not believed.

        One call computes one formula. A rival is believed if no number contradicts it, and one at
        least lies nearer to the rival's than that does to the right one; or, if both mean the same
        number, within the greater error that the rival's steps make.
        """
        mid, rad = self._interval(question)
        answers = self.answers(question)
        fails = self.fails(question)
        if flush:
            fails = fails | self.fails(question, flush=True)
        contradicted = np.isfinite(rad) & ~answers & ~fails
        nearer = ~(np.abs(self.observed - mid) >= np.abs(mid - self.expected.high))
        nearer |= np.abs(mid - self.expected.high) <= self.expected.rad
        telling = (answers & (nearer | np.isinf(self.observed))) | fails
        if contradicted.any() or not (telling & ~self.expected.holds(self.observed)).any():
            return np.zeros_like(answers), np.zeros_like(fails)
        return answers, fails


def _causes(
    evidence: Evidence, question: Question, rivals: tuple[Rival, ...], computed_in: str
) -> Iterator[tuple[str, np.ndarray]]:
    """What might be said, and of which numbers, the likeliest first."""
    fails = f"the formula itself fails in {question.dtype}"
    flushed = ", subnormals flushed to zero"
    yield fails, evidence.fails(question)
    for dtype in dict.fromkeys((computed_in, question.dtype)):
        suffix = "" if dtype == question.dtype else f", computed in {dtype}"
        if suffix:
            inside = evidence.answers(replace(question, dtype=dtype))
            yield f"computed in {dtype}", inside | evidence.fails(question, loss_dtype=dtype)
        for rival in rivals:
            answers, breaks = evidence.rival(replace(rival.question, dtype=dtype))
            yield rival.says + suffix, answers
            yield f"{rival.says}, which fails in {dtype}", breaks
    yield fails + flushed, evidence.fails(question, flush=True)
    for dtype in dict.fromkeys((computed_in, question.dtype)):
        suffix = "" if dtype == question.dtype else f", computed in {dtype}"
        if suffix:
            failing = evidence.fails(question, 0, dtype, flush=True)
            yield f"computed in {dtype}{flushed}", failing
        for rival in rivals:
            answers, breaks = evidence.rival(replace(rival.question, dtype=dtype), flush=True)
            yield rival.says + suffix + flushed, answers
            yield f"{rival.says}, which fails in {dtype}{flushed}", breaks
    yield LOST, evidence.loses(question)
    for rival in rivals:
        yield f"{rival.says}; {LOST}", evidence.loses(rival.question)
    for ulps in (1, -1):
        yield f"{fails}, one ULP away", evidence.fails(question, ulps)
        if computed_in != question.dtype:
            yield f"computed in {computed_in}", evidence.fails(question, ulps, computed_in)


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
