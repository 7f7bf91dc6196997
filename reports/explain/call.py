"""A call of a loss with the user's numbers, as a specification of the reference and its inputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.arithmetic.formats import NAMES, get_format
from reference.arithmetic.protocol import EPSILON
from reference.history import Formula
from reference.reduction import Reduction
from reference.specification import Inputs, Specification
from reports.compare.grouping.case_names import ALIASES, full
from reports.store.errors import BadUsage
from suites.cases.losses import LOSSES, Loss


@dataclass(frozen=True)
class Call:
    """`inputs` have the classes last; `spec` gives a loss for each row, in nats. `unrounded` are the
    numbers in float64, before they are rounded to the dtype.

    `axis` is where the classes were; `asked` is the text of the call for the reader.
    """

    loss: Loss
    spec: Specification
    inputs: Inputs
    unrounded: Inputs
    axis: int
    asked: str

    @property
    def from_logits(self) -> bool:
        return self.spec.of_logits


def call(
    loss: str,
    target: np.ndarray,
    output: np.ndarray,
    *,
    sample_weight: np.ndarray | None = None,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
    ignore_class: int | None = None,
    epsilon: float = EPSILON,
    dtype: str = "",
    **parameters: float,
) -> Call:
    """Check the numbers of a call and bring them into the reference's shape.

    `target` has the shape of `output`, or that without the axis of classes where the loss takes
    class numbers; `sample_weight` one number, or one for each row. Raises BadUsage.
    """
    row = _loss(loss)
    formula = row.logits if from_logits else row.probabilities
    if formula is None:
        kinds = (
            "logits: add --from-logits" if row.logits else "probabilities: leave out --from-logits"
        )
        raise BadUsage(f"{row.name} takes {kinds}")
    name = _dtype(dtype, output)
    _check_parameters(row, formula, parameters)
    if label_smoothing and row.family == "sparse":
        raise BadUsage(f"{row.name} has no label_smoothing: its labels are class numbers")
    if not epsilon >= 0:
        raise BadUsage(f"--epsilon: {epsilon:g} is not 0 or greater")
    if not 0 <= label_smoothing <= 1:
        raise BadUsage(f"--label-smoothing: {label_smoothing:g} is not from 0 to 1")
    shown = _last(output, axis, "--output")
    if not shown.size:
        raise BadUsage(f"--output: shape {output.shape} has no numbers")
    labels, weight = _target(row, target, shown, axis), _weight(sample_weight, shown.shape[:-1])
    if row.family == "sparse":
        _check_classes(labels, shown.shape[-1], ignore_class)
    unrounded = Inputs(labels, shown.astype(np.float64), weight)
    inputs = rounded(unrounded, name)
    spec = Specification(
        formula,
        name,
        reduction=Reduction.ROW,
        parameters=tuple(sorted(parameters.items())),
        smoothing=label_smoothing,
        ignored=ignore_class if row.family == "sparse" else None,
        epsilon=epsilon,
    )
    kind = "logits" if from_logits else "probabilities"
    shape = " x ".join(map(str, output.shape)) or "one number"
    weighted = "" if weight is None else ", weighted"
    asked = f"{row.name} of {kind} ({shape}) in {name}{weighted}"
    return Call(row, spec, inputs, unrounded, axis, asked)


def _loss(name: str) -> Loss:
    found = LOSSES.get(full(name))
    if found is None:
        short = ", ".join(ALIASES)
        raise BadUsage(f"--loss: no loss {name!r}; choose from: {', '.join(LOSSES)} ({short})")
    return found


def rounded(numbers: Inputs, name: str) -> Inputs:
    """The numbers in the dtype of this name; class numbers stay what they are."""
    target, dtype = numbers.target, get_format(name).dtype
    return Inputs(
        target if target.dtype.kind == "i" else target.astype(dtype),
        numbers.output.astype(dtype),
        None if numbers.weight is None else numbers.weight.astype(dtype),
    )


def _dtype(name: str, output: np.ndarray) -> str:
    """The dtype that is asked for; without one that of the predictions, of a literal float32."""
    if name and name not in NAMES:
        raise BadUsage(f"--dtype: unknown {name!r}; choose from: {', '.join(NAMES)}")
    own = str(output.dtype)
    return name or (own if own in NAMES and own != "float64" else "float32")


def _check_parameters(row: Loss, formula: Formula, parameters: dict[str, float]) -> None:
    allowed = sorted(formula.parameters)
    for name in parameters:
        if name not in allowed:
            listed = ", ".join(allowed) or "none"
            raise BadUsage(f"{row.name} has no {name}; its parameters are: {listed}")


def _last(numbers: np.ndarray, axis: int, option: str) -> np.ndarray:
    if numbers.ndim == 0:
        raise BadUsage(f"{option}: one number has no axis of classes; write [{numbers}]")
    if not -numbers.ndim <= axis < numbers.ndim:
        raise BadUsage(f"--axis: {axis} is no axis of {numbers.ndim} dimensions")
    return np.moveaxis(numbers, axis, -1)


def _target(row: Loss, target: np.ndarray, output: np.ndarray, axis: int) -> np.ndarray:
    if row.family != "sparse":
        if target.ndim:
            target = _last(target, axis, "--target")
        if target.shape != output.shape:
            raise BadUsage(
                f"--target: shape {target.shape} is not that of --output, {output.shape}"
                + _hint_of_sparse(row, target, output)
            )
        return target.astype(np.float64)
    if target.shape == (*output.shape[:-1], 1):
        target = target[..., 0]
    if target.shape != output.shape[:-1]:
        raise BadUsage(
            f"--target: {row.name} takes one class number for each row, shape {output.shape[:-1]},"
            f" not {target.shape}"
        )
    if (target % 1).any():
        raise BadUsage(f"--target: {row.name} takes class numbers, and these are no whole numbers")
    return target.astype(np.int64)


def _check_classes(labels: np.ndarray, classes: int, ignored: int | None) -> None:
    wrong = labels[((labels < 0) | (labels >= classes)) & (labels != ignored)]
    if wrong.size:
        raise BadUsage(f"--target: {wrong[0]} is no class; there are {classes}, from 0")


def _hint_of_sparse(row: Loss, target: np.ndarray, output: np.ndarray) -> str:
    if row.family == "categorical" and target.shape == output.shape[:-1]:
        return "; for class numbers use --loss sparse_categorical_crossentropy"
    return ""


def _weight(weight: np.ndarray | None, rows: tuple[int, ...]) -> np.ndarray | None:
    if weight is None:
        return None
    if weight.shape == (*rows, 1):
        weight = weight[..., 0]
    while weight.ndim < len(rows) and weight.shape == rows[: weight.ndim]:
        weight = weight[..., None]
    try:
        return np.broadcast_to(weight, rows).astype(np.float64)
    except ValueError:
        raise BadUsage(
            f"--sample-weight: shape {weight.shape} does not fit the rows, {rows}"
        ) from None
