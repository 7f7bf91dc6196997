"""Why numbers are not what is expected: a cause for each, from the programs that reproduce them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from reference.arithmetic.deviation import NONE, Deviation
from reference.cause import UNEXPLAINED, Cause, Reason
from reference.cause_kinds import CauseKind
from reference.contest import Contest
from reference.evidence import Evidence
from reference.program import Match
from reference.programs import Candidate, Programs
from reference.specification import Specification

HALF = ("float16", "bfloat16")  # what many machines compute in float32


def fits_float32(numbers: np.ndarray) -> bool:
    """Whether all are numbers of float32, one of them at least not 0."""
    with np.errstate(over="ignore"):
        cast = numbers.astype(np.float32).astype(np.float64)
    return bool(numbers.any()) and np.array_equal(numbers, cast, equal_nan=True)


@np.errstate(all="ignore")
def explain(
    evidence: Evidence,
    beside: Evidence | None,
    spec: Specification,
    candidates: Iterable[Candidate],
    computed_in: str,
) -> np.ndarray:
    """Why numbers are not what is expected: a `Cause` for each, None for those that are right.

    `beside` are those of the other quantity of the same call, `candidates` come in the order of their
    departures, `computed_in` is the dtype that the loss came in.
    """
    if not evidence.wrong.any():
        return np.full(evidence.observed.shape, None, object)
    guessed = computed_in == spec.dtype == "float64" and fits_float32(evidence.observed)
    more = ["float32"] if spec.dtype in HALF or guessed else []
    dtypes = dict.fromkeys((computed_in, *more))
    others = tuple(dtype for dtype in dtypes if dtype != spec.dtype)
    contest = Contest(Programs(spec, others, computed_in), candidates, evidence, beside)
    return causes(contest, contest.winner())


def causes(contest: Contest, matches: list[Match]) -> np.ndarray:
    """The cause of each wrong number, given the matches that share them."""
    observed = contest.evidence.observed
    found = np.full(observed.shape, None, object)
    found[contest.evidence.wrong] = UNEXPLAINED
    for match in matches:
        plain = contest.without_deviation(match)
        if plain and match.program.deviation != NONE:
            _write(found, contest.spec, plain, match.hits & plain.hits)
        if own := contest.in_own_dtype(match):
            failed = match.hits & own.hits & ~np.isfinite(observed)
            _write(found, contest.spec, own, failed)
        _write(found, contest.spec, match, match.hits)
    return found


def _write(found: np.ndarray, spec: Specification, match: Match, where: np.ndarray) -> None:
    held, native = _causes(spec, match)
    where = where & (found == UNEXPLAINED)
    found[where & ~match.special] = held
    found[where & match.special] = native


def _causes(spec: Specification, match: Match) -> tuple[Cause, Cause]:
    """Of a number that the program gives, and of one that only native arithmetic does."""
    program, also = match.program, reasons_of(match.program.deviation)
    dtype = program.computes_in
    is_own = dtype in (spec.dtype, spec.loss_dtype)
    elsewhere = () if is_own else (Reason(CauseKind.DTYPE, (dtype,)),)
    if not (program.reasons or is_own):
        return (Cause((*elsewhere, *also)),) * 2
    if not program.reasons:
        fails = Reason(CauseKind.FAILS, (spec.dtype,))
        return Cause(also or (fails,)), Cause((fails, *also))
    fails = Reason(CauseKind.FAILS, (dtype,))
    return Cause((*program.reasons, *elsewhere, *also)), Cause((*program.reasons, fails, *also))


def reasons_of(deviation: Deviation) -> tuple[Reason, ...]:
    """The reason that a deviation is, nothing for `NONE`."""
    if deviation == NONE:
        return ()
    if dtype := deviation.rounds_to:
        return (Reason(CauseKind.ROUNDED, (deviation.label, dtype)),)
    return (Reason(CauseKind.DEVIATION, (deviation.label,)),)
