"""Why a result lies outside its enclosure: the formula and the arithmetic that reproduce it.

Candidates are tried in order, and the first that gives what was observed names the cause. It is
computed for each number; nobody types one in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from reference.evidence import Evidence
from reference.expectation import Expected
from reference.question import Inputs, Question
from reference.quirk import NONE, QUIRKS, Quirk

UNEXPLAINED = "unexplained"
HALF = ("float16", "bfloat16")  # what many machines compute in float32
Candidate = tuple[str, np.ndarray]  # what might be said, and of which numbers


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


def _causes(
    evidence: Evidence, question: Question, rivals: tuple[Rival, ...], computed_in: str
) -> Iterator[Candidate]:
    """The likeliest first: what takes no quirk, then one quirk after the other, then an ULP.

    Numbers that float32 has may still be what float64 gives, so that is tried before.
    """
    guessed = computed_in == question.dtype == "float64" and fits_float32(evidence.observed)
    more = ["float32"] if question.dtype in HALF or guessed else []
    dtypes = dict.fromkeys((computed_in, question.dtype, *more))
    for quirk in QUIRKS:
        yield from _in_the_dtype(evidence, question, quirk)
        yield from _in_another(evidence, question, rivals, dtypes, quirk)
    for quirk in QUIRKS:
        yield from _an_ulp_away(evidence, question, computed_in, quirk)
    for quirk in QUIRKS:
        says = f"{_fails(question)} elsewhere in the row{quirk.behind}"
        yield says, evidence.fails_beside(question, quirk)


def _fails(question: Question) -> str:
    return f"the formula itself fails in {question.dtype}"


def _in_the_dtype(evidence: Evidence, question: Question, quirk: Quirk) -> Iterator[Candidate]:
    """The right formula, in the arithmetic that is due but for a quirk."""
    if quirk != NONE:
        yield quirk.says, evidence.rival(question, quirk, own=True)[0]
    yield _fails(question) + quirk.behind, evidence.fails(question, quirk=quirk)


def _in_another(
    evidence: Evidence,
    question: Question,
    rivals: tuple[Rival, ...],
    dtypes: Iterable[str],
    quirk: Quirk,
) -> Iterator[Candidate]:
    """The right formula in another dtype, and other formulas in all of them."""
    for dtype in dtypes:
        there = "" if dtype == question.dtype else f"computed in {dtype}"
        if there:
            inside = evidence.answers(replace(question, dtype=dtype), quirk)
            failing = evidence.fails(question, loss_dtype=dtype, quirk=quirk)
            yield there + quirk.behind, inside | failing
        for rival in rivals:
            answers, breaks = evidence.rival(replace(rival.question, dtype=dtype), quirk)
            yield rival.says + (there and f", {there}") + quirk.behind, answers
            yield f"{rival.says}, which fails in {dtype}{quirk.behind}", breaks
    for dtype in dtypes:
        if dtype != question.dtype:  # of predictions that were made in the dtype before
            says = f"computed in {dtype}{quirk.behind}"
            yield says, evidence.answers(question, quirk, dtype)


def _an_ulp_away(
    evidence: Evidence, question: Question, computed_in: str, quirk: Quirk
) -> Iterator[Candidate]:
    """The right formula of predictions that were moved by an ULP."""
    for ulps in (1, -1):
        failing = evidence.fails(question, ulps, quirk=quirk)
        yield f"{_fails(question)}, one ULP away{quirk.behind}", failing
        if computed_in != question.dtype:
            failing = evidence.fails(question, ulps, computed_in, quirk)
            yield f"computed in {computed_in}{quirk.behind}", failing


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
    causes = _causes(evidence, question, rivals, computed_in)
    while (cause == UNEXPLAINED).any() and (candidate := next(causes, None)):
        says, where = candidate
        cause[(cause == UNEXPLAINED) & where] = says
    return cause
