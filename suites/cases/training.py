"""Models in training: a covering array over steps, shapes, and the options of losses and steps.

`combinations-training.csv` holds rows in which every pair of values of any two factors occurs; what a
form or a loss does not take gives way to the usual. `suites.cases.combinations` makes it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import cast

from suites.cases.case import Case, values
from suites.cases.execution import EXECUTIONS, Execution
from suites.cases.forms import FORMS
from suites.cases.forms.form import Form
from suites.cases.forms.models import OPTIONS
from suites.cases.forms.names import KERAS
from suites.cases.inputs import shape
from suites.cases.loss_options import ARGUMENTS, join
from suites.cases.losses import LOSSES

FILE = Path(__file__).with_name("combinations-training.csv")
LEFT_OUT = ("mean", "None", "none")  # reductions: another name of one, and no number for a step
VALUES = {
    name: ("", *(value for value in ARGUMENTS[name].values if value not in LEFT_OUT))
    for name in ("label_smoothing", "ignore_class", "alpha", "gamma", "reduction")
}
FACTORS: Mapping[str, tuple[str, ...]] = {
    "loss": tuple(names.loss for names in KERAS),
    "step": tuple(OPTIONS),
    "output": ("layers.Dense", "logits"),
    "execution": EXECUTIONS,
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


# What people have reported, or is asked by name in the documentation: what differs from the usual.
USUAL: Mapping[str, str] = {
    "loss": "sparse_categorical_crossentropy",
    "step": "fit",
    "output": "layers.Dense",
    "execution": "graph",
    "inputs": "interior",
    "batch_size": "64",
    "outputs": "",
}
BY_PARTS = ("1", "3")  # batches of one row, and with a short last one
STORIES: tuple[Mapping[str, str], ...] = (
    # nothing but the loss
    *(
        {"loss": names.loss, "step": step, "execution": "eager"}
        for names in KERAS
        for step in ("train_on_batch", "test_on_batch")
    ),
    # weights (N,) beside labels (N, T) or (N, H, W): keras#13994, #11348, #15181
    *({"inputs": axes, "sample_weight": "samples"} for axes in ("cube", "rank-3", "rank-4")),
    *({"inputs": axes, "class_weight": "halves"} for axes in ("cube", "rank-3", "square")),
    {"loss": "categorical_crossentropy", "inputs": "rank-3", "class_weight": "halves"},
    # what the mean of masked time steps is divided by: tensorflow#39146, keras#4708
    *({"inputs": "rank-3", "masking": "rows", "batch_size": size} for size in ("1", "64")),
    {"step": "evaluate", "inputs": "rank-3", "masking": "rows", "batch_size": "1"},
    # several outputs and a short last batch: tensorflow#36006, keras#13389, #13601
    *({"outputs": "equal", "batch_size": "3", "part": part} for part in ("", "first")),
    *(
        {"step": "evaluate", "outputs": "weighted", "batch_size": "3", "part": part}
        for part in ("", "first")
    ),
    # the loss of evaluate by batch_size, with options: keras#4186
    *(
        {"step": step, "batch_size": size} | options
        for step in ("fit", "evaluate")
        for size in BY_PARTS
        for options in (
            {"reduction": "sum"},
            {"reduction": "mean_with_sample_weight", "sample_weight": "rows"},
            {"ignore_class": "255"},
        )
    ),
    # two replicas, and batches that they can't share alike: keras#15509, tensorflow#45594
    *({"way": "mirrored", "batch_size": size} for size in ("3", "64")),
    {"way": "mirrored", "batch_size": "64", "ignore_class": "255"},
    {
        "way": "mirrored",
        "batch_size": "64",
        "reduction": "mean_with_sample_weight",
        "sample_weight": "rows",
    },
    # losses and their weights, as compile takes them: keras#19780, #20243, #20477, #21675
    *({"loss_weights": weight} for weight in ("2", "float32")),
    *({"losses": losses} for losses in ("list", "dict")),
    *({"outputs": "equal", "losses": losses} for losses in ("list", "dict", "first")),
)


def case(row: Mapping[str, str], device: str) -> Case:
    """The case of a row; what its form does not have or take gives way to the usual."""
    loss, output = LOSSES[row["loss"]], row["output"]
    form = FORMS[loss.name, f"{row['step']}-{row.get('way', 'class')}"]
    if output == "logits" and loss.logits is None:
        output = "layers.Dense"
    names = (loss.name, form.name, join(_options(form, row)), output, "float32")
    return Case(*names, cast(Execution, row["execution"]), device, loss.labels, row["inputs"])


def _options(form: Form, row: Mapping[str, str]) -> dict[str, str]:
    """Two outputs bring their weights along; a part is one of two. Keras 3 refuses weights of classes
    beside those of samples, and for two outputs.
    """
    taken = {name: row[name] for name in form.accepts if row.get(name)}
    others = {"loss_weights", "class_weight"} if row["outputs"] else {"part"}
    if "class_weight" in taken and not row["outputs"]:
        others.add("sample_weight")
    return {
        name: value
        for name, value in taken.items()
        if name not in others and value in values(form, name)
    }


@cache
def rows() -> list[dict[str, str]]:
    """The rows of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return [dict(zip(FACTORS, line, strict=True)) for line in csv.reader(file)]


def cases(device: str) -> Iterator[Case]:
    """The cases of all rows, and of all stories."""
    yield from (case(_one_axis(row), device) for row in rows() if not _is_too_much(row))
    yield from (case({**USUAL, **story}, device) for story in STORIES)


def _is_too_much(row: Mapping[str, str]) -> bool:
    """Whether more is read wrongly at once, in some release, than one number can tell apart."""
    more_axes = len(shape(row["inputs"])) > 2
    along_time = more_axes and row["sample_weight"] == "samples"
    return bool(along_time and row["label_smoothing"] and row["masking"])


def _one_axis(row: Mapping[str, str]) -> Mapping[str, str]:
    """The row, without weights of classes where labels have more than one axis."""
    return row if len(shape(row["inputs"])) == 2 else {**row, "class_weight": ""}
