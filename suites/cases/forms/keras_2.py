"""The losses of tf_keras, which has Keras 2 run on today's TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reference.reduction import Reduction
from suites.cases.forms.form import EAGER, Form
from suites.cases.forms.names import Names
from suites.cases.forms.templates import called, created, function

KERAS = "tf_keras.losses"


def forms(names: Names) -> Iterator[Form]:
    """Those of one loss; a loss that needs options came after Keras 2."""
    if names.needs:
        return
    loss = names.loss
    by_name = function(f"{KERAS}.{loss}")
    options = tuple(name for name in names.accepts if name != "epsilon")  # has settings of its own
    yield Form(loss, "tf_keras", by_name, accepts=options, combined=EAGER)
    rows = called(created(f"{KERAS}.{names.cls}", "reduction='none'"))
    sparse = "ignore_class" in names.accepts  # has no axis there
    accepts = tuple(name for name in options if not (sparse and name == "axis"))
    yield Form(loss, "tf_keras-class", rows, accepts=accepts, combined=EAGER)
    made = called(created(f"{KERAS}.{names.cls}"))
    mean = Form(loss, "tf_keras-mean", made, Reduction.MEAN, ("sample_weight",))
    yield replace(mean, combined=EAGER, combined_with_all=True)
