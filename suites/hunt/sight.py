"""Numbers that the reference is most certain of: a small error shows where an enclosure is narrow."""

from __future__ import annotations

import numpy as np

from reference.arithmetic.ball import Ball
from reference.arithmetic.formats import ulp
from reference.expectation import in_enclosure
from suites.cases.drawn import Drawn
from suites.judge.specify import specification

NARROW = 4.0  # ULP


def sharpest(*cases: Drawn) -> Drawn:
    """The call of which most numbers are bounded within some ULP; the first of equals."""
    return max(cases, key=_sight)


def _sight(case: Drawn) -> float:
    """The share of the numbers of a call whose radius is a few ULP at most."""
    narrow = [_narrow(ball).ravel() for ball in in_enclosure(specification(case), case.batch)]
    numbers = np.concatenate(narrow)
    return float(numbers.mean()) if numbers.size else 0.0


def _narrow(ball: Ball) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(ball.rad <= NARROW * ulp(ball.mid, ball.format))
