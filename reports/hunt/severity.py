"""How grave a find is, by the same measure as the differences of a run."""

from __future__ import annotations

import numpy as np

from reference.arithmetic.formats import get_format
from reports.run.severity import HALF_OF_THE_DIGITS, Severity
from suites.cases.drawn import Drawn
from suites.cases.everyday import RARE_LABELS
from suites.cases.forms import FORMS
from suites.cases.loss_options import ARGUMENTS, parse
from suites.cases.losses import LOSSES
from suites.cases.outputs import OUTPUTS
from suites.hunt.look import Oddity
from suites.judge.comparison import Numbers

MODERATE = 30.0  # the greatest logit of a model in training


def severity(find: Oddity) -> Severity:
    """That of the number which is farthest off."""
    if not isinstance(find.found, Numbers):
        return Severity.ERROR
    if all(_is_precise(find, place) for place in places(find)):
        return Severity.PRECISION
    return Severity.COMMON if is_everyday(find.case) else Severity.RARE


def places(find: Oddity) -> list[int]:
    """Where the numbers with this cause are, the greatest error first."""
    assert isinstance(find.found, Numbers)
    found = [place for place, cause in enumerate(find.found.cause) if cause == find.cause]
    return sorted(found, key=lambda place: -_weight(find.found.ulp_error[place]))  # type: ignore[union-attr]


def _weight(ulps: float) -> float:
    return float("inf") if ulps != ulps else abs(ulps)


def _is_precise(find: Oddity, place: int) -> bool:
    assert isinstance(find.found, Numbers)
    exact, observed = float(find.found.exact[place]), float(find.found.observed[place])
    size = abs(exact) if find.found.quantity == "gradient" else max(abs(exact), 1.0)
    return abs(observed - exact) <= size * HALF_OF_THE_DIGITS[find.case.dtype]


def is_everyday(case: Drawn) -> bool:
    """Whether a call has default options, float32 and the numbers of a model in training."""
    form, output = FORMS[case.loss, case.form], OUTPUTS[case.output]
    return (
        form.everyday
        and all(form.model and ARGUMENTS[name].called for name in parse(case.arguments))
        and (case.dtype == "float32" or bool(form.loss_dtype))
        and output.activation in (None, LOSSES[case.loss].activation)
        and case.labels not in RARE_LABELS
        and not (case.before or case.between or case.after)
        and _is_moderate(case)
    )


def _is_moderate(case: Drawn) -> bool:
    numbers = np.asarray(case.batch.output, np.float64)
    if OUTPUTS[case.output].of_logits:
        return bool((np.abs(numbers) <= MODERATE).all())
    rounded = numbers.shape[-1] * get_format(case.dtype).unit_roundoff  # that each may be off
    sums = LOSSES[case.loss].elementwise or (np.abs(numbers.sum(axis=-1) - 1) <= rounded).all()
    return bool(((numbers >= 0) & (numbers <= 1)).all() and sums)
