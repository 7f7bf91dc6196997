"""The operations of tf.nn, and their second derivatives."""

from __future__ import annotations

from collections.abc import Iterator

from reference import history
from reference.history import Formula
from reference.reduction import Reduction
from suites.cases.calls import Parts, Template, call
from suites.cases.forms.form import EAGER, Form
from suites.cases.forms.names import BINARY, CATEGORICAL, SPARSE

WEIGHTED = "weighted_sigmoid_crossentropy"


def forms() -> Iterator[Form]:
    """Those of all losses."""
    yield _operation(CATEGORICAL, "softmax", accepts=("axis",))
    yield _operation(SPARSE, "sparse_softmax")
    yield _operation(BINARY, "sigmoid", Reduction.NONE)
    weight = ("pos_weight",)
    yield _operation(WEIGHTED, "weighted", Reduction.NONE, accepts=weight, needs=weight)
    yield _twice(CATEGORICAL, "softmax", history.SOFTMAX_SLOPE, history.FUSED_SOFTMAX_SLOPE)
    yield _twice(SPARSE, "sparse_softmax", history.SOFTMAX_SLOPE)
    yield _twice(BINARY, "sigmoid", history.SIGMOID_SLOPE)


def _call(op: str) -> Template:
    name = f"tf.nn.{op}_cross_entropy_with_logits"
    return lambda parts: call(
        name, f"labels={parts.target}", f"logits={parts.output}", *parts.keywords
    )


def _operation(
    loss: str,
    op: str,
    reduction: Reduction = Reduction.ROW,
    accepts: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
) -> Form:
    return Form(
        *(loss, "nn", _call(op), reduction, accepts, needs),
        takes=("logits",),
        combined=EAGER,
        everyday=True,
        usual=True,
        quick=True,
    )


def _twice(loss: str, op: str, formula: Formula, other_formula: Formula | None = None) -> Form:
    """The gradient of the square of the gradient."""

    def squared(parts: Parts) -> str:
        inner = _call(op)(Parts())
        return call("tf.square", call("slope", f"lambda output: {inner}", "output"))

    return Form(
        *(loss, "twice", squared, Reduction.NONE),
        takes=("logits",),
        formula=formula,
        other_formula=other_formula,
    )
