"""A formula of the user's own, for a loss that is like none of ours: `--formula file.py:name`.

It is a function of labels, predictions and an arithmetic, as those of `reference/formulas.py` are; the
file is run here, where nothing of TensorFlow is needed. What it returns for a tiny batch says
whether it has a loss for each row or for each prediction.
"""

from __future__ import annotations

import inspect
import runpy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from reference.arithmetic import exact
from reference.evaluation import run
from reference.history import Formula
from reference.specification import Inputs, Specification
from suites.cases import inputs
from suites.cases.losses import LABELS, LOSSES, Family, Loss
from suites.plugin.bad_choice import BadChoice, meant

Values = Any  # of every arithmetic, or an arithmetic itself: what a formula works on
Steps = Callable[..., Values]
SEED = 2017
EXAMPLE = "def name(target, output, a): ..."


def load(text: str, like: Loss | None, of_logits: bool) -> Loss:
    """The row of a loss with the formula that a text names, and with the labels of another loss.

    Raises BadChoice for what is no formula.
    """
    name, steps = _function(text)
    if name in LOSSES:
        raise BadChoice(f"--formula: {name!r} is the name of a loss of Keras; give it another one")
    family: Family = like.family if like else "categorical"
    shape = _shape(text, steps, family)
    formula = Formula(
        f"{name} of {text.partition(':')[0]}",
        steps,
        "your own",
        elementwise=shape == (inputs.ROWS, inputs.CLASSES),
        sparse=family == "sparse",
        logits=of_logits,
    )
    return Loss(
        name,
        family,
        like.activation if like else "softmax",
        probabilities=None if of_logits else formula,
        logits=formula if of_logits else None,
    )


def _function(text: str) -> tuple[str, Steps]:
    path, _, name = text.rpartition(":")
    if not path or not name.isidentifier():
        raise BadChoice(f"--formula: {text!r} is no formula; write file.py:name")
    if not Path(path).is_file():
        raise BadChoice(f"--formula: there is no file {path}")
    try:
        found: Mapping[str, Any] = runpy.run_path(path)  # what a file defines
    except Exception as error:
        raise BadChoice(f"--formula: {path} raised {_one_line(error)}") from None
    if name not in found:
        names = (each for each, value in found.items() if inspect.isfunction(value))
        raise BadChoice(f"--formula: {path} has no {name!r}; {meant(name, names)}".rstrip("; "))
    if not inspect.isfunction(found[name]):
        raise BadChoice(f"--formula: {name!r} of {path} is no function; write {EXAMPLE}")
    if len(inspect.signature(found[name]).parameters) < len(("target", "output", "a")):
        raise BadChoice(f"--formula: {name!r} of {path} takes too little; write {EXAMPLE}")
    return name, found[name]


def _shape(text: str, steps: Steps, family: Family) -> tuple[int, ...]:
    """That of what it returns for a tiny batch, in real numbers."""
    output = inputs.predictions("interior", False, "float64", SEED)
    kind = LABELS[family][0]
    batch = Inputs(inputs.labels(family, kind, output.shape, "float64", SEED), output)
    shapes: list[tuple[int, ...]] = []

    def watched(*values: Values, **more: Values) -> Values:
        found = steps(*values, **more)
        shapes.append(found.shape)
        return found

    spec = Specification(Formula("", watched, "", sparse=family == "sparse"), "float64")
    allowed = (inputs.ROWS, 1), (inputs.ROWS, inputs.CLASSES)
    try:
        exact.evaluate(
            lambda: run(spec, batch, exact.Exact()), np.finfo(np.float64).smallest_subnormal
        )
    except Exception as error:
        if not shapes or shapes[0] in allowed:
            raise BadChoice(f"--formula: {text} raised {_one_line(error)}") from None
    if shapes[0] not in allowed:
        why = f"returned shape {shapes[0]}, where {allowed[0]} or {allowed[1]} is expected"
        raise BadChoice(f"--formula: {text} {why}; a.reduce_sum(x) keeps the last axis")
    return shapes[0]


def _one_line(error: Exception) -> str:
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"
