"""Why a result lies outside its enclosure: the formula and the arithmetic that reproduce it.

Candidates are tried in order, and the first that gives what was observed names the cause. It is
computed for each number; nobody types one in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from reference.expectation import (
    Expected,
    Inputs,
    Question,
    admits,
    in_enclosure,
    in_native,
)

UNEXPLAINED = "unexplained"


@dataclass(frozen=True)
class Rival:
    """Another formula that an implementation might compute instead, and how to say so."""

    question: Question
    says: str


@dataclass(frozen=True)
class Candidate:
    """A question whose answer might be the one observed; `natively` if its failures are meant."""

    says: str
    question: Question
    natively: bool = False
    rival: bool = False


def _candidates(
    question: Question, rivals: tuple[Rival, ...], computed_in: str
) -> Iterator[Candidate]:
    yield Candidate(f"the formula itself fails in {question.dtype}", question, natively=True)
    for dtype in dict.fromkeys((computed_in, question.dtype)):
        suffix = "" if dtype == question.dtype else f", computed in {dtype}"
        if suffix:
            narrower = replace(question, dtype=dtype)
            yield Candidate(f"computed in {dtype}", narrower)
            yield Candidate(f"computed in {dtype}", narrower, natively=True)
        for rival in rivals:
            other = replace(rival.question, dtype=dtype)
            yield Candidate(rival.says + suffix, other, rival=True)
            yield Candidate(f"{rival.says}, which fails in {dtype}", other, natively=True)


def _same_kind(observed: np.ndarray, candidate: np.ndarray) -> np.ndarray:
    """Both NaN, or the same infinity."""
    return (np.isnan(observed) & np.isnan(candidate)) | (
        np.isinf(observed) & (observed == candidate)
    )


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
    for candidate in _candidates(question, rivals, computed_in):
        if not (cause == UNEXPLAINED).any():
            break
        reproduces = _fails_alike if candidate.natively else _answers_alike
        matches = reproduces(candidate, observed, expected, quantity, inputs)
        cause[(cause == UNEXPLAINED) & matches] = candidate.says
    return cause


def _fails_alike(
    candidate: Candidate, observed: np.ndarray, expected: Expected, quantity: int, inputs: Inputs
) -> np.ndarray:
    """Native arithmetic gives the same NaN or infinity, or leaves the enclosure to the same place."""
    found = in_native(candidate.question, inputs)[quantity].reshape(observed.shape)
    near = ~expected.holds(found) & admits(observed, found, expected.rad, expected.format)
    return _same_kind(observed, found) | near


def _answers_alike(
    candidate: Candidate, observed: np.ndarray, expected: Expected, quantity: int, inputs: Inputs
) -> np.ndarray:
    """The candidate's enclosure holds the number.

    A rival is believed where its radius is smaller than the error it explains, and once it is,
    wherever it holds the number: one call computes one formula.
    """
    ball = in_enclosure(candidate.question, inputs)[quantity]
    mid, rad = ball.mid.reshape(observed.shape), ball.rad.reshape(observed.shape)
    if ball.format != expected.format:  # the result is rounded to the dtype of the case
        rad = rad + expected.format.unit_roundoff * np.abs(mid) + expected.format.smallest_normal
    matches = admits(observed, mid, rad, expected.format) | (np.isinf(mid) & (mid == observed))
    if candidate.rival:
        error = np.abs(observed - expected.high)
        matches &= (matches & (rad < error) & ~expected.holds(observed)).any()
    return matches
