"""Models in training: covering arrays over steps, shapes, data, and the options of losses and steps.

A file of `ARRAYS` holds rows in which every pair of values of any two factors occurs; what a form or
a loss does not take gives way to the usual. `suites.cases.combinations` makes them. `stories` has
rows that people have reported.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import cast

from suites.cases.case import Case, values
from suites.cases.execution import EXECUTIONS, Execution
from suites.cases.forms import FORMS
from suites.cases.forms.form import Form
from suites.cases.forms.names import KERAS
from suites.cases.inputs import shape
from suites.cases.loss_options import ARGUMENTS, join
from suites.cases.losses import LOSSES
from suites.cases.option import Shape
from suites.cases.stories import NIGHTLY, STORIES, USUAL

LEFT_OUT = ("mean", "None", "none")  # reductions: another name of one, and no number for a step
VALUES = {
    name: ("", *(value for value in ARGUMENTS[name].values if value not in LEFT_OUT))
    for name in ("label_smoothing", "ignore_class", "alpha", "gamma", "reduction")
}
Factors = Mapping[str, tuple[str, ...]]
EVERY: Factors = {
    "loss": tuple(names.loss for names in KERAS),
    "step": ("fit", "train_on_batch", "evaluate", "test_on_batch"),
    "output": ("layers.Dense", "logits"),
    "execution": EXECUTIONS,
}
ROWS: Factors = {
    **EVERY,
    "inputs": ("interior", "saturated", "square", "rank-3", "rank-4", "cube"),
    **VALUES,
    "sample_weight": ("", "rows", "zeros", "samples"),
    "class_weight": ("", "halves"),
    "masking": ("", "rows"),
    "batch_size": ("1", "2", "3", "64"),
    "loss_weights": ("", "0.5"),
    "outputs": ("", "equal", "weighted"),
    "part": ("", "first"),
}
DATA: Factors = {
    **EVERY,
    "inputs": ("interior", "saturated", "rank-3"),
    "sample_weight": ("", "rows"),
    "class_weight": ("", "halves"),
    "masking": ("", "rows"),
    "batch_size": ("1", "3", "64"),
    "data": ("", "dataset", "generator", "short-first"),
    "steps": ("", "2"),
    "steps_per_execution": ("", "2"),
    "epochs": ("", "2"),
    "validated": ("", "True"),
    "accumulation": ("", "2"),
    "regularizer": ("", "kernel", "activity", "add_loss"),
    "own": ("", "train_step", "compute_loss", "saved"),
    "losses": ("", "rows", "scalar"),
}
ARRAYS: Mapping[str, Factors] = {"training": ROWS, "data": DATA}

ONE_BATCH = ("batch_size", "steps", "data:short-first", "accumulation")
OF_ROWS = ("sample_weight", "class_weight", "masking", "reduction")
# What gives way to an option, or to one value of it: what Keras refuses beside it, and what one number
# can't tell apart from it.
GIVES_WAY: Mapping[str, tuple[str, ...]] = {
    "outputs": (
        *("loss_weights", "class_weight", "data", "validated", "accumulation", "regularizer"),
        *("own", "losses:rows", "losses:scalar"),
    ),
    "losses:mixed": ("part",),
    "losses:by-name": ("part",),
    "class_weight": ("sample_weight", "validated"),
    "data:generator": ("class_weight",),
    "data:short-first": ("class_weight",),
    "own:train_step": (*ONE_BATCH, "loss_weights"),
    "own:returned": (*ONE_BATCH, "loss_weights"),
    "own:compute_loss": ("regularizer", "loss_weights", "losses"),
    "own:saved": ("losses", "regularizer:add_loss"),
    "regularizer:kernel": ONE_BATCH,
    "regularizer": ("masking", "accumulation"),
    "losses:scalar": OF_ROWS,
    "losses:rows": ("reduction",),
    "validated": ("steps", "masking", "data:short-first"),
    "epochs": ("steps",),
}
IN_ONES = ("steps", "accumulation")  # of batches of one row, of which there is an even number


def case(row: Mapping[str, str], device: str) -> Case:
    """The case of a row; what its form does not have or take gives way to the usual."""
    loss, output = LOSSES[row["loss"]], row["output"]
    form = FORMS[loss.name, f"{row['step']}-{row.get('way', 'class')}"]
    if output == "logits" and loss.logits is None:
        output = "layers.Dense"
    dtype = "float64" if row.get("floatx") else "float32"
    taken = together(form, row, shape(row["inputs"]))
    names = (loss.name, form.name, join(taken), output, dtype)
    return Case(*names, cast(Execution, row["execution"]), device, loss.labels, row["inputs"])


def together(form: Form, row: Mapping[str, str], of: Shape) -> dict[str, str]:
    """What the form takes for predictions of a shape, less what gives way. Two outputs bring their weights along; a part is one of
    two.
    """
    taken = {name: row[name] for name in form.accepts if row.get(name)}
    taken = {name: value for name, value in taken.items() if value in values(form, name)}
    if not row.get("outputs"):
        taken.pop("part", None)
    for option, others in GIVES_WAY.items():
        if _is_taken(option, taken):
            taken = {name: taken[name] for name in taken if not _gives_way(name, taken, others)}
    if taken.get("batch_size") not in ("1", "None") or of[0] % 2:
        taken = {name: value for name, value in taken.items() if name not in IN_ONES}
    return taken


def _is_taken(option: str, taken: Mapping[str, str]) -> bool:
    """Whether an option is among those that are taken, with the value that stands beside it."""
    name, _, value = option.partition(":")
    return name in taken and value in ("", taken[name])


def _gives_way(name: str, taken: Mapping[str, str], others: Collection[str]) -> bool:
    return name in others or f"{name}:{taken[name]}" in others


def path(array: str) -> Path:
    """The file of one of `ARRAYS`."""
    return Path(__file__).with_name(f"combinations-{array}.csv")


@cache
def rows(array: str) -> list[dict[str, str]]:
    """The rows of a file."""
    with path(array).open(encoding="utf-8", newline="") as file:
        return [dict(zip(ARRAYS[array], line, strict=True)) for line in csv.reader(file)]


def cases(device: str, nightly: bool = False) -> Iterator[Case]:
    """The cases of all rows, and of all stories; some are asked in the night alone."""
    for array in ARRAYS:
        for row in rows(array):
            if not _is_too_much(row):
                yield case(_one_axis(row), device)
    stories = STORIES + NIGHTLY * nightly
    yield from (case({**USUAL, **story}, device) for story in stories)


def _is_too_much(row: Mapping[str, str]) -> bool:
    """Whether more is read wrongly at once, in some release, than one number can tell apart."""
    more_axes = len(shape(row["inputs"])) > 2
    along_time = more_axes and row.get("sample_weight") == "samples"
    return bool(along_time and row["label_smoothing"] and row["masking"])


def _one_axis(row: Mapping[str, str]) -> Mapping[str, str]:
    """The row, without weights of classes where labels have more than one axis."""
    return row if len(shape(row["inputs"])) == 2 else {**row, "class_weight": ""}
