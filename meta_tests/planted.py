"""Answers whose cause is known beforehand: what native arithmetic makes of a program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reference.arithmetic.deviation import KNOWN_DEVIATIONS, NONE, Deviation
from reference.arithmetic.formats import get_format, ulp
from reference.cause import Cause, Reason
from reference.contest import Contest
from reference.evidence import Evidence
from reference.expectation import expect, in_native
from reference.explain import causes
from reference.program import FEW, Match
from reference.programs import Candidate, Programs
from reference.specification import Inputs, Specification
from suites.cases.case import Case
from suites.cases.selection import select
from suites.judge.specify import candidates, specification
from suites.observe.arrays import arrays

CASES = [
    case for case in select(["CPU:0"]) if not (case.is_contract or case.in_model)
]  # of all regimes, options, outputs and dtypes


@dataclass(frozen=True)
class Planted:
    """A case, and the program whose numbers it returns here."""

    case: Case
    seed: int
    spec: Specification
    reasons: tuple[Reason, ...]
    deviation: Deviation = NONE

    @property
    def given(self) -> Inputs:
        return arrays(self.case, self.seed)

    def numbers(self) -> tuple[np.ndarray, np.ndarray]:
        """Value and gradient, in the dtype of the case."""
        with np.errstate(all="ignore"):
            found = in_native(self.spec, self.given, deviation=self.deviation)
            dtype = get_format(self.case.dtype).dtype
            value, gradient = (each.astype(dtype).astype(np.float64) for each in found)
        return value, gradient

    def evidence(self) -> list[Evidence]:
        return evidence(self.case, self.given, self.numbers())


def evidence(case: Case, given: Inputs, numbers: tuple[np.ndarray, ...]) -> list[Evidence]:
    expected = expect(specification(case), given)
    return [
        Evidence(each.reshape(part.mid.shape), part, quantity, given, case.dtype)
        for quantity, (each, part) in enumerate(zip(numbers, expected, strict=True))
    ]


def contest(case: Case, of: list[Evidence], quantity: int) -> Contest:
    dtypes = ("float32",) if case.dtype in ("float16", "bfloat16") else ()
    others = candidates(case)
    programs = Programs(specification(case), dtypes, case.dtype)
    return Contest(programs, others, of[quantity], of[1 - quantity])


def draw(rng: np.random.Generator, departures: int, with_deviation: bool) -> Iterator[Planted]:
    """Programs with so many departures, of cases and seeds of all kinds."""
    while True:
        case = CASES[rng.integers(len(CASES))]
        found = [
            candidate for candidate in candidates(case) if len(candidate.departures) == departures
        ]
        deviation = (
            KNOWN_DEVIATIONS[rng.integers(1, len(KNOWN_DEVIATIONS))] if with_deviation else NONE
        )
        if departures == 0:
            found = [Candidate(specification(case), ())]
        if found:
            one = found[rng.integers(len(found))]
            yield Planted(case, int(rng.integers(1000)), one.spec, one.reasons, deviation)


def gives(match: Match, of: Evidence) -> bool:
    """Whether a program computes all wrong numbers natively: it is the planted one, or its equal."""
    with np.errstate(all="ignore"):
        found = of.native(match.program)
        near = np.abs(found - of.observed) <= FEW * ulp(of.observed, of.expected.format)
        same = near | (np.isnan(found) & np.isnan(of.observed)) | (found == of.observed)
    return bool(same[of.wrong].all())


def noise(rng: np.random.Generator, case: Case, quantity: int) -> tuple[str, Cause] | None:
    """Where a right number was moved out of its enclosure, and the cause that is named; None where no
    number can be moved so that it is wrong.
    """
    given = arrays(case, int(rng.integers(1000)))
    expected = expect(specification(case), given)
    with np.errstate(all="ignore"):
        natives = in_native(specification(case), given)
        right = [
            np.where(part.holds(native), native, part.exact_hi)
            for part, native in zip(expected, natives, strict=True)
        ]
    part = expected[quantity]
    clear = np.isfinite(part.rad) & np.isfinite(part.exact_hi) & (np.abs(part.mid) > 8 * part.rad)
    places = np.argwhere(clear)
    if not len(places):
        return None
    place = tuple(places[rng.integers(len(places))])
    away = part.rad[place] * 2.0 ** rng.uniform(1, 12) + 8 * ulp(part.mid, part.format)[place]
    with np.errstate(over="ignore"):  # of the greatest numbers
        moved = part.mid[place] + rng.choice([-1, 1]) * away
        right[quantity][place] = moved.astype(part.format.dtype)
    of = evidence(case, given, tuple(right))
    if not of[quantity].wrong[place]:
        return None
    with np.errstate(all="ignore"):
        one = contest(case, of, quantity)
        found = causes(one, one.winner())[place]
    return f"{case.id} {place}", found
