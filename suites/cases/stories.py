"""What people have reported, or what documentation names: rows of `training`, by what differs."""

from __future__ import annotations

from collections.abc import Mapping

from suites.cases.forms.names import KERAS

USUAL: Mapping[str, str] = {
    "loss": "sparse_categorical_crossentropy",
    "step": "fit",
    "output": "layers.Dense",
    "execution": "graph",
    "inputs": "interior",
    "batch_size": "64",
    "outputs": "",
}
WEIGHTED: tuple[Mapping[str, str], ...] = ({}, {"sample_weight": "rows"}, {"masking": "rows"})
IN_TWO = ({"outputs": "equal"}, {"outputs": "equal", "part": "first"}, {"outputs": "weighted"})
OWN = ("train_step", "compute_loss", "saved")
STEPS = ("fit", "evaluate")
SHORT = [(names.loss, text) for names in KERAS for text in (*names.texts, *names.compiled)]
BY_PARTS = ("1", "3")  # batches of one row, and with a short last one
# Among two processes, which costs half a minute: in the night.
NIGHTLY: tuple[Mapping[str, str], ...] = tuple(
    {"loss": loss, "way": "workers", "batch_size": size}
    for loss in ("categorical_crossentropy", "sparse_categorical_crossentropy")
    for size in ("64", "3")
)
STORIES: tuple[Mapping[str, str], ...] = (
    # nothing but the loss
    *(
        {"loss": names.loss, "step": step, "execution": "eager"}
        for names in KERAS
        for step in ("train_on_batch", "test_on_batch")
    ),
    *({"loss": names.loss, "batch_size": ""} for names in KERAS),
    *({"step": "evaluate", "batch_size": "", **options} for options in WEIGHTED),
    *({"batch_size": "", **options} for options in (*WEIGHTED[1:], *IN_TWO)),
    *({"loss": names.loss, "way": "metric-object", "batch_size": ""} for names in KERAS[:3]),
    # weights (N,) beside labels (N, T) or (N, H, W): keras#13994, #11348, #15181
    *({"inputs": axes, "sample_weight": "samples"} for axes in ("cube", "rank-3", "rank-4")),
    *({"inputs": axes, "class_weight": "halves"} for axes in ("cube", "rank-3", "square")),
    {"loss": "categorical_crossentropy", "inputs": "rank-3", "class_weight": "halves"},
    # what the mean of masked time steps is divided by: tensorflow#39146, keras#4708
    *({"inputs": "rank-3", "masking": "rows", "batch_size": size} for size in ("1", "64")),
    *({"masking": rows, "ignore_class": "255"} for rows in ("rows", "fourths")),
    {"step": "evaluate", "masking": "fourths", "ignore_class": "255"},
    {"step": "evaluate", "inputs": "rank-3", "masking": "rows", "batch_size": "1"},
    *(
        {
            "step": step,
            "inputs": "rank-3",
            "masking": "rows",
            "embedded": "True",
            "batch_size": size,
        }
        for step in STEPS
        for size in BY_PARTS
    ),
    # several outputs and a short last batch: tensorflow#36006, keras#13389, #13601
    *({"outputs": "equal", "batch_size": "3", "part": part} for part in ("", "first")),
    *(
        {"step": "evaluate", "outputs": "weighted", "batch_size": "3", "part": part}
        for part in ("", "first")
    ),
    # the loss of evaluate by batch_size, with options: keras#4186
    *(
        {"step": step, "batch_size": size} | options
        for step in STEPS
        for size in BY_PARTS
        for options in (
            {"reduction": "sum"},
            {"reduction": "mean_with_sample_weight", "sample_weight": "rows"},
            {"ignore_class": "255"},
        )
    ),
    # two replicas, and batches that they can't share alike: keras#15509, tensorflow#45594
    *({"way": "mirrored", "batch_size": size} for size in ("2", "3", "64")),
    {"way": "mirrored", "batch_size": "64", "ignore_class": "255"},
    {
        "way": "mirrored",
        "batch_size": "64",
        "reduction": "mean_with_sample_weight",
        "sample_weight": "rows",
    },
    {"way": "mirrored", "reduction": "sum"},
    {"way": "mirrored", "inputs": "seven-rows", "batch_size": "4"},
    {"way": "mirrored", "outputs": "equal", "part": "first"},
    *({"step": "evaluate", "way": "mirrored", "batch_size": size} for size in ("3", "64")),
    # losses and their weights, as compile takes them: keras#19780, #20243, #20477, #21675
    *({"loss_weights": weight} for weight in ("2", "float32")),
    *({"losses": losses} for losses in ("list", "dict")),
    *({"outputs": "equal", "losses": losses} for losses in ("list", "dict", "first")),
    # outputs that have names, and losses that are functions
    *(
        {"step": step, "outputs": outputs, "losses": "named", "part": part}
        for step in STEPS
        for outputs, part in (("equal", ""), ("weighted", "first"))
    ),
    *(
        {"loss": "categorical_crossentropy", "outputs": "weighted", "losses": "mixed"} | options
        for options in ({}, {"step": "evaluate", "batch_size": "3"}, {"sample_weight": "rows"})
    ),
    *(
        {"loss": "categorical_crossentropy", "step": step, "losses": losses, "batch_size": "3"}
        for step in STEPS
        for losses in ("rows", "scalar")
    ),
    {"loss": "categorical_crossentropy", "losses": "rows", "sample_weight": "rows"},
    {"loss_weights": "0"},
    # two outputs that differ: in weights, by name, in what is reported, and in what is trained
    {"outputs": "equal", "second": "reversed", "sample_weight": "rows"},
    {"outputs": "zero"},
    *({"outputs": "equal", "losses": "one", "sample_weight": rows} for rows in ("", "rows")),
    *(
        {"loss": "categorical_crossentropy", "outputs": "weighted", "losses": "by-name"} | options
        for options in ({}, {"step": "evaluate", "batch_size": "3"})
    ),
    {"outputs": "equal", "part": "first", "batch_size": "3", "execution": "eager"},
    {"outputs": "equal", "part": "first", "epochs": "2"},
    *({"step": step, "outputs": "weighted", "part": "second"} for step in STEPS),
    # data that comes in batches
    *(
        {"step": step, "data": data, "batch_size": "3"}
        for step in STEPS
        for data in ("dataset", "generator", "short-first")
    ),
    *(
        {"data": data, "batch_size": "3", "sample_weight": "rows"}
        for data in ("dataset", "generator", "short-first")
    ),
    {"data": "dataset", "class_weight": "halves", "batch_size": "3"},
    *({"step": step, "data": "finite", "batch_size": "3"} for step in STEPS),
    *({"step": step, "steps": "2", "batch_size": "1"} for step in STEPS),
    {"steps": "2", "batch_size": "None"},
    *({"step": step, "steps_per_execution": "2", "batch_size": "3"} for step in STEPS),
    {"accumulation": "2", "batch_size": "1"},
    # more than one epoch, and what is validated
    *({"epochs": "2", "batch_size": size} for size in BY_PARTS),
    *({"validated": "True", "batch_size": size} for size in BY_PARTS),
    {"validated": "True", "sample_weight": "rows"},
    *({"validated": rows, "batch_size": "3"} for rows in ("half", "two-steps")),
    {"validated": "every-second", "epochs": "2"},
    {"step": "train_on_batch", "calls": "2"},
    # what else is in a loss, and whose model it is
    *(
        {"step": step, "regularizer": regularizer, "batch_size": ""}
        for step in ("fit", "evaluate", "train_on_batch")
        for regularizer in ("kernel", "activity", "add_loss")
    ),
    *({"way": "mirrored", "regularizer": regularizer} for regularizer in ("kernel", "activity")),
    *({"step": step, "regularizer": "rows"} for step in STEPS),
    *(
        {"own": own, "sample_weight": weights, "batch_size": ""}
        for own in OWN
        for weights in ("", "rows")
    ),
    *({"step": "train_on_batch", "own": own} for own in OWN),
    {"step": "evaluate", "own": "compute_loss", "batch_size": "3"},
    {"step": "evaluate", "own": "test_step"},
    *({"step": step, "own": "returned"} for step in ("fit", "train_on_batch")),
    # metrics beside the loss
    *(
        {"loss": "binary_crossentropy", "way": f"metric-{way}", "inputs": "saturated"} | options
        for way in ("bce", "function", "object")
        for options in ({}, {"execution": "eager"})
    ),
    *(
        {"loss": loss, "way": "metric-object", "inputs": "saturated"}
        for loss in ("categorical_crossentropy", "sparse_categorical_crossentropy")
    ),
    *(
        {"loss": "categorical_crossentropy", "way": f"metric-{way}", "losses": "mixed"} | options
        for way in ("object", "weighted")
        for options in ({"outputs": "weighted"}, {"outputs": "equal", "batch_size": "3"})
    ),
    *({"loss": loss, "way": f"metric-{text}"} for loss, text in SHORT),
    *(
        {"loss": loss, "way": f"metric-{way}"} | options
        for loss in (names.loss for names in KERAS if names.in_ops)
        for way in ("string", "function", "object", "weighted")
        for options in ({"batch_size": "3", "sample_weight": "rows"}, {"output": "logits"})
    ),
    *(
        {"step": "evaluate", "way": f"metric-{way}", "batch_size": "3"} | options
        for way in ("object", "weighted")
        for options in ({"masking": "rows"}, {"sample_weight": "rows"})
    ),
    *({"way": f"metric-{way}", "batch_size": "", "epochs": "2"} for way in ("object", "weighted")),
    *({"step": "predict", "batch_size": size} for size in BY_PARTS),
    # one class, an epsilon and a floatx of one's own
    *({"loss": "binary_crossentropy", "step": step, "inputs": "one-class"} for step in STEPS),
    *(
        {"loss": loss, "epsilon": "0.01"}
        for loss in ("categorical_crossentropy", "binary_crossentropy")
    ),
    *({"step": step, "floatx": "own"} for step in (*STEPS, "train_on_batch")),
    *({"floatx": "own", "batch_size": size} for size in BY_PARTS),
)
