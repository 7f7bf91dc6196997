"""The losses as metrics, which are updated twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reference.reduction import Reduction
from suites.cases.forms.form import EAGER, Form
from suites.cases.forms.names import Names
from suites.cases.forms.templates import created, metric


def forms(names: Names) -> Iterator[Form]:
    """Those of one loss."""
    if not names.in_ops:
        return
    loss = names.loss
    plain = Form(
        *(loss, "metric", metric(created(f"tf.keras.metrics.{names.cls}")), Reduction.MEAN),
        gradient=False,
        traced=False,
        metric=True,
    )
    options = tuple(name for name in names.accepts if name in ("label_smoothing", "ignore_class"))
    yield replace(plain, accepts=options, combined=EAGER, everyday=True)
    # The updates of Keras 2 return an operation, which no trace can.
    of_keras_2 = replace(plain, eager_only=True)
    made = metric(created(f"tf_keras.metrics.{names.cls}"))
    yield replace(of_keras_2, name="tf_keras-metric", call=made, accepts=options, combined=EAGER)
    yield _weighted(names, plain)


def _weighted(names: Names, plain: Form) -> Form:
    """The metric whose updates get weights."""
    made = created(f"tf.keras.metrics.{names.cls}")
    return replace(
        plain,
        name="metric-weighted",
        reduction=Reduction.WEIGHTED_MEAN,
        call=lambda parts: parts.updated_with_weights(made(parts)),
        needs=("sample_weight",),
    )
