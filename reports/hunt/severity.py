"""How grave a find is, by the same measure as the differences of a run."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from reference.arithmetic.formats import get_format
from reports.run.severity import HALF_OF_THE_DIGITS, Severity
from suites.cases.drawn import Drawn
from suites.cases.everyday import is_everyday_call
from suites.cases.losses import LOSSES
from suites.cases.outputs import OUTPUTS
from suites.hunt.look import Oddity
from suites.judge.comparison import Numbers, causes
from suites.plugin import failure

MODERATE = 30.0  # the greatest logit of a model in training
NEW, OTHER = "new", "agree"  # verdicts: of the find, and of what else the call shows


def gravest_first(finds: Iterable[Oddity]) -> list[Oddity]:
    return sorted(finds, key=lambda one: (severity(one), one.key))


def severity(find: Oddity) -> Severity:
    """That of the number which is farthest off."""
    found = find.found
    if not isinstance(found, Numbers):
        return Severity.ERROR
    if all(_is_precise(find.case.dtype, found, place) for place in places(find)):
        return Severity.PRECISION
    return Severity.COMMON if is_everyday(find.case) else Severity.RARE


def places(find: Oddity) -> list[int]:
    """Where the numbers with this cause are, the greatest error first."""
    return failure.worst_first(find.found, verdicts(find))


def verdicts(find: Oddity) -> list[str]:
    return [NEW if cause == find.cause else OTHER for cause in causes(find.found)]


def _is_precise(dtype: str, found: Numbers, place: int) -> bool:
    exact, observed = float(found.exact[place]), float(found.observed[place])
    size = abs(exact) if found.quantity == "gradient" else max(abs(exact), 1.0)
    return abs(observed - exact) <= size * HALF_OF_THE_DIGITS[dtype]


def is_everyday(case: Drawn) -> bool:
    """Whether a call has default options, float32 and the numbers of a model in training."""
    bare = not (case.before or case.between or case.after)
    return bare and is_everyday_call(case) and _is_moderate(case)


def _is_moderate(case: Drawn) -> bool:
    numbers = np.asarray(case.batch.output, np.float64)
    if OUTPUTS[case.output].of_logits:
        return bool((np.abs(numbers) <= MODERATE).all())
    rounded = numbers.shape[-1] * get_format(case.dtype).unit_roundoff  # that each may be off
    sums = LOSSES[case.loss].elementwise or (np.abs(numbers.sum(axis=-1) - 1) <= rounded).all()
    return bool(((numbers >= 0) & (numbers <= 1)).all() and sums)
