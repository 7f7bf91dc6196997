"""What a loss owes to its numbers: many rows, many classes, options that a dtype rounds to nothing,
and predictions that are made within the call. Rows of `contracts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np

from reference.arithmetic.formats import NAMES
from reference.arithmetic.protocol import Arithmetic, Value
from reference.cause import Reason
from reference.reduction import additions
from reference.specification import Inputs, Parameter, Specification
from suites.cases import inputs
from suites.cases.calls import call
from suites.cases.contract import FOCAL, NUMBER, Contract, handled, traced_again
from suites.cases.forms.names import BINARY, CATEGORICAL, SPARSE
from suites.cases.reading import SpecificationChange
from suites.cases.step_readings import ALONG_LAST

SMOOTHED = (CATEGORICAL, BINARY, *FOCAL)
ALL = (CATEGORICAL, SPARSE, BINARY, *FOCAL)
ROWS = (104, 1_000, 10_000, 100_000, 1_000_000)
RUNS = (1, 2, 4, 8, 16)
CLASSES = (1_002, 10_002, 100_002, 1_000_002)


def contracts() -> Iterator[Contract]:
    """All of them."""
    yield from _many_rows()
    yield from _many_classes()
    yield from _small_options()
    yield from _made_within()
    promise = "A function that was traced for other shapes before computes the same."
    forms = ("function", "class-mean", "nn")
    yield Contract(
        *("traced-before", promise, NUMBER, ALL, forms),
        wrapper=traced_again,
        executions=("eager",),
    )
    promise = "Weights (N,) weigh the samples of labels (N, T), or are refused where they can't."
    along_last = {ALONG_LAST.reason: ALONG_LAST.change}
    for name, shape, readings in (("", (3, 3, 3), along_last), ("-of-two-rows", (4, 2, 3), {})):
        yield Contract(
            *(f"weights-of-samples{name}", promise, NUMBER, ALL[:3], ("class-mean",)),
            arguments={"sample_weight": "of_samples(weight)"},
            arrays=_shaped(shape),
            dtypes=("float32",),
            readings=readings,
        )
    yield Contract(
        *("weights-of-samples-in-a-metric", promise, NUMBER, ALL[:3], ("metric-weighted",)),
        weight="of_samples(weight)",
        executions=("eager",),
        arrays=_shaped((6, 6, 3)),
        dtypes=("float32",),
        readings=along_last,
    )


def _shaped(shape: tuple[int, ...]) -> Callable[[Inputs], Inputs]:
    """Rows in another shape, and weights of its first axis."""

    def shaped(usual: Inputs) -> Inputs:
        labels = shape if usual.target.ndim == usual.output.ndim else shape[:-1]
        weight = np.broadcast_to((np.arange(shape[0]) / 2)[:, None], shape[:-1])
        return Inputs(np.resize(usual.target, labels), np.resize(usual.output, shape), weight)

    return shaped


def _repeated(rows: int) -> SpecificationChange:
    return lambda usual: replace(usual, repeated=rows // inputs.ROWS)


def _many_rows() -> Iterator[Contract]:
    promise = "The mean of many rows is that of few that are repeated."
    for dtype in NAMES:
        for rows in ROWS + (65_520,) * (dtype == "float16"):
            target, output = (
                call("tf.repeat", array, str(rows // inputs.ROWS), "axis=0")
                for array in ("target", "output")
            )
            yield Contract(
                *(f"mean-of-{rows}-rows-in-{dtype}", promise, NUMBER, (CATEGORICAL,)),
                *(("class-mean",), target, output),
                executions=("eager", "xla"),
                by_night=("xla",) if rows < ROWS[-1] else (),
                dtypes=(dtype,),
                specify=_repeated(rows),
                gradient=False,
                settings={"floatx": "own"},
            )


def _many_classes() -> Iterator[Contract]:
    promise = "A loss of many classes, whose logits repeat those of few, is greater by a logarithm."
    for classes in CLASSES:
        yield Contract(
            *(f"{classes}-classes", promise, NUMBER, (SPARSE,), ("function", "nn")),
            output=call("tf.tile", "output", f"[1, {classes // inputs.CLASSES}]"),
            outputs=("logits",),
            dtypes=("float32",),
            specify=_of_classes(classes // inputs.CLASSES),
            readings=_in_runs(classes // inputs.CLASSES),
            gradient=False,
        )


@cache
def _of_classes(times: int) -> SpecificationChange:
    """The loss where each logit is there so many times."""

    @cache
    def change(usual: Specification) -> Specification:
        def steps(target: np.ndarray, output: Value, a: Arithmetic[Value]) -> Value:
            terms = a.once_more(a.constant(float(times)), additions(times * inputs.CLASSES))
            return usual.formula.steps(target, output, a) + a.log(terms)

        return replace(usual, formula=replace(usual.formula, name="many classes", steps=steps))

    return change


def _in_runs(times: int) -> dict[Reason, SpecificationChange]:
    """Sums that are not taken in blocks, but in so many runs as a processor has lanes."""
    label = "the exponentials were added up in runs: {}"
    return {handled(label.format(runs)): _of_runs(times, runs) for runs in RUNS}


@cache
def _of_runs(times: int, runs: int) -> SpecificationChange:
    @cache
    def change(usual: Specification) -> Specification:
        if not usual.formula.sparse:  # another formula, which takes no class numbers
            return usual

        def steps(target: np.ndarray, output: Value, a: Arithmetic[Value]) -> Value:
            shifted = output - a.reduce_max(output)
            total = a.sum_of_copies(a.exp(shifted), times, runs)
            return a.log(total) - a.gather(shifted, target)

        return replace(usual, formula=replace(usual.formula, name=f"{runs} runs", steps=steps))

    return change


def _small_options() -> Iterator[Contract]:
    """Values that float16 rounds to 0 or to infinity."""
    promise = (
        "An option that is too small or too large for the dtype has the effect that it should."
    )
    here = partial(Contract, dtypes=("float16",))
    balanced = {"apply_class_balancing": "True"}

    def has(**parameters: Parameter) -> SpecificationChange:
        return lambda usual: replace(usual, parameters=tuple(parameters.items()))

    for name, losses, arguments, change in (
        ("smoothing-1e-9", SMOOTHED, {"label_smoothing": "1e-9"}, _smoothed),
        ("gamma-70000", FOCAL, {"gamma": "70000.0"}, has(gamma=70000.0)),
        ("alpha-1e-9", FOCAL[:1], {"alpha": "1e-9"}, has(alpha=1e-9)),
        ("alpha-1e-9-balanced", FOCAL[1:], {"alpha": "1e-9", **balanced}, has(alpha=1e-9)),
    ):
        yield here(name, promise, NUMBER, losses, arguments=arguments, specify=change)


def _smoothed(usual: Specification) -> Specification:
    return replace(usual, smoothing=1e-9)


def _made_within() -> Iterator[Contract]:
    """Predictions that an activation made, and that something changed since."""
    promise = "What is done to logits or probabilities before the loss is not passed over."
    for act, of, of_six in (
        ("tf.nn.softmax", (CATEGORICAL, SPARSE), 0.5),
        ("tf.sigmoid", (BINARY,), 1.0),
    ):
        for name, output, scales in (
            ("temperature", f"{act}(output / 2.0)", (0.5, 1.0)),
            ("scale", f"{act}(output) * 0.5", (1.0, 0.5)),
            ("cast", f"tf.cast({act}(tf.cast(output, 'float64')), 'float32')", (1.0, 1.0)),
            ("joined", f"tf.concat([{act}(output[:4]), {act}(output[4:])], axis=0)", (1.0, 1.0)),
            ("slice", f"{act}(tf.concat([output, output], axis=-1))[:, :3]", (1.0, of_six)),
        ):
            yield Contract(
                *(f"{act.rpartition('.')[2]}-{name}", promise, NUMBER, of, ("function",)),
                output=output,
                outputs=(act,),
                dtypes=("float32",),
                specify=_scaled(*scales),
            )


@cache
def _scaled(before: float, after: float) -> SpecificationChange:
    """The loss of probabilities that are scaled before and after their activation."""

    @cache
    def change(usual: Specification) -> Specification:
        # `Any`: numbers of classes, an array in every arithmetic, where the formula is sparse.
        def steps(
            target: Any, output: Value, a: Arithmetic[Value], **parameters: Parameter
        ) -> Value:
            made = output * before
            if usual.activation:
                made = getattr(a, usual.activation)(made) * after
            return usual.formula.steps(target, made, a, **parameters)

        formula = replace(usual.formula, name="scaled predictions", steps=steps, logits=True)
        return replace(usual, activation="", formula=formula)

    return change
