"""What kind of answer each form gives, by a table that was written by hand."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from reference.reduction import Reduction
from suites.cases.forms import FORMS

# By a pattern of names, the first that fits: whether it is a model, answers with weights after a step,
# can be traced as a whole, can be no part of a graph, and has a gradient.
KINDS = {
    "fit-*": (True, True, False, False, True),
    "train_on_batch-*": (True, True, False, False, True),
    "evaluate*": (True, False, False, False, False),
    "predict-*": (True, False, False, False, False),
    "test_*": (True, False, False, False, False),
    "tf_keras-metric*": (False, False, False, True, False),
    "metric*": (False, False, False, False, False),
    "saved": (False, False, False, False, True),
    "*": (False, False, True, False, True),
}
# By name: what the loss becomes. One number for each row where nothing else is said.
REDUCED = {
    **dict.fromkeys(("class-mean", "tf_keras-mean"), Reduction.MEAN),
    **dict.fromkeys(("masked", "metric-weighted"), Reduction.WEIGHTED_MEAN),
    **dict.fromkeys(("predict-function", "predict-string"), Reduction.ROW),
    "twice": Reduction.NONE,
}
BY_ENTRY = ("nn", "ops", "backend", "tf_keras-backend")  # of the losses that have an entry each
BY = {"weight-gradient": "weight", "target-gradient": "target"}
every_form = pytest.mark.parametrize("form", FORMS.values(), ids=lambda one: f"{one.loss}-{one.name}")  # fmt: skip


@every_form
def test_what_kind_of_answer_a_form_gives(form) -> None:
    kind = next(kind for pattern, kind in KINDS.items() if fnmatchcase(form.name, pattern))
    assert (form.model, form.stepped, form.traced, form.eager_only, form.gradient) == kind


@every_form
def test_what_a_form_makes_of_the_losses_and_its_gradient_is_by(form) -> None:
    whole = Reduction.MEAN if form.model or "metric" in form.name else Reduction.ROW
    if form.name in BY_ENTRY:
        whole = (
            Reduction.NONE
            if form.loss.startswith(("binary", "weighted_sigmoid"))
            else Reduction.ROW
        )
    assert form.reduction == REDUCED.get(form.name, whole)
    assert form.by == BY.get(form.name, "output")
