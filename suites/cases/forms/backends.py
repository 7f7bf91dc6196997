"""keras.ops and the backends, below the losses; an elementwise loss stays so there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reference.reduction import Reduction
from suites.cases.forms.form import EAGER, Form
from suites.cases.forms.names import Names
from suites.cases.forms.templates import function
from suites.cases.losses import LOSSES
from suites.cases.reading import reading

SWAPPED = reading("the arguments were taken in the other order", swapped=True)


def forms(names: Names) -> Iterator[Form]:
    """Those of one loss; no backend has one that needs options."""
    loss, rows = names.loss, Reduction.NONE if LOSSES[names.loss].elementwise else Reduction.ROW
    left_out = ("label_smoothing", "epsilon", *(("axis",) if rows is Reduction.NONE else ()))
    accepts = tuple(name for name in names.accepts if name not in left_out)
    if names.in_ops:
        axis = tuple(name for name in accepts if name == "axis")
        ops = Form(loss, "ops", function(f"keras.ops.{loss}"), rows, axis, combined=EAGER)
        yield replace(ops, usual=True, activated=True)
    if not names.needs:
        by_name = function(f"tf.keras.backend.{loss}")
        backend = Form(loss, "backend", by_name, rows, accepts, combined=EAGER)
        swapped = (SWAPPED,) if names.swapped else ()
        yield replace(backend, usual=names.in_ops, readings=swapped)
        older = function(f"tf_keras.backend.{loss}")
        yield replace(backend, name="tf_keras-backend", call=older)
