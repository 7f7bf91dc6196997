"""What must hold between two observations, whatever the right numbers are: a row each.

A relation names the other case, or the other numbers, that must give the same; `compare` bounds
their distance by the sum of both radii, and says which side the exact value supports.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from suites.cases import relations_of_models
from suites.cases.inputs import CLASSES as CLASS_COUNT
from suites.cases.look_ups import LOSSES as NAMED
from suites.cases.loss_options import PLAIN
from suites.cases.relation import (
    REGIMES,
    Relation,
    both_labels,
    every_class,
    first_half,
    four_times,
    mean_of_copies,
    of_rows,
    reversed_classes,
    reversed_rows,
    with_halves,
    without_masked,
)

CLASSES, SPARSE, BINARY = (
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "binary_crossentropy",
)
FUNCTION = "the function"
NORMALISED = (CLASSES, "categorical_focal_crossentropy")
BINARIES = (BINARY, "binary_focal_crossentropy")
SMOOTHED = ("interior", "saturated", "rails")
TRAINED = ("fit-mixed", "fit-class", "train_on_batch-class")
EVERY = ("eager", "graph", "xla")
HEADS = ("layers.Dense", "layers.Activation", "layers.Softmax")
ALL = {"dtype": ("float16", "bfloat16", "float32", "float64")}

RELATIONS = (
    Relation("class equals function", (FUNCTION, "the class"), {}, {"form": "class"}),
    Relation(
        "a name gives the function",
        (FUNCTION, "what the name gives"),
        {"loss": NAMED, "output": ("probabilities",), "dtype": ("float32",)}
        | {"inputs": ("interior",)},
        {"inputs": "name-of-function"},
    ),
    Relation("Keras 2 equals Keras 3", ("Keras 3", "Keras 2"), {}, {"form": "tf_keras"}),
    Relation("graph equals eager", ("eager", "graph"), ALL, {"execution": "graph"}),
    Relation("XLA equals eager", ("eager", "XLA"), {}, {"execution": "xla"}),
    Relation(
        "graph equals eager after an activation",
        ("eager", "graph"),
        {"output": ("tf.nn.softmax", "tf.sigmoid"), "dtype": ("float32",)},
        {"execution": "graph"},
    ),
    Relation(
        "device equals device",
        ("the other device", "the first device"),
        {"device": ("CPU:1", "GPU:0"), "execution": ("eager", "graph")},
        {"device": "CPU:0"},
    ),
    Relation(
        "sparse equals one-hot",
        ("sparse", "one-hot"),
        {"loss": (SPARSE,), "inputs": (*REGIMES, "zero-rows", "certain-of-thousand")}
        | {"dtype": ("float16", "float32", "float64")},
        {"loss": CLASSES, "labels": "one-hot"},
    ),
    Relation(
        "metric equals loss",
        ("the loss", "the metric"),
        {"form": ("class-mean",), "dtype": ("float32",)},
        {"form": "metric"},
        gradient=None,
    ),
    Relation(
        "a weighted metric equals the weighted loss",
        ("the metric", "the loss"),
        {"form": ("metric-weighted",), "dtype": ("float32",)},
        {"form": "class-mean", "arguments": "sample_weight:rows"},
        gradient=None,
    ),
    Relation(
        "logits equal the probabilities of their softmax",
        ("from logits", "from probabilities"),
        {"loss": (CLASSES, SPARSE), "output": ("logits",), "dtype": ("float32",)},
        {"output": "tf.nn.softmax"},
    ),
    Relation(
        "logits equal the probabilities of their sigmoid",
        ("from logits", "from probabilities"),
        {"loss": (BINARY,), "output": ("logits",), "dtype": ("float32",)},
        {"output": "tf.sigmoid"},
    ),
    Relation(
        "a positive weight of 1 changes nothing",
        ("plain", "weighted"),
        {"loss": (BINARY,), "form": ("nn",), "output": ("logits",)}
        | {"inputs": (*REGIMES, "not-finite", "minus-zero")},
        {"loss": "weighted_sigmoid_crossentropy", "arguments": "pos_weight:1.0"},
    ),
    Relation(
        "a copy from the configuration changes nothing",
        ("the class", "its copy"),
        {"form": ("class",), "dtype": ("float32",)},
        {"form": "serialized"},
    ),
    Relation(
        "the order of the classes is free",
        ("this order", "the reverse order"),
        {},
        change=reversed_classes,
        gradient=lambda numbers: numbers[..., ::-1],
    ),
    Relation(
        "the order of the rows is free",
        ("this order", "the reverse order"),
        {},
        change=of_rows(reversed_rows),
        value=reversed_rows,
        gradient=reversed_rows,
    ),
    Relation(
        "half a batch is half of it",
        ("the batch", "its half"),
        {},
        change=of_rows(first_half),
        part=first_half,
    ),
    Relation(
        "the axis is free",
        ("the last axis", "the first axis"),
        {"loss": (CLASSES, SPARSE, BINARY, *NORMALISED)},
        {"arguments": "axis:0"},
    ),
    Relation(
        "four times an unnormalised row is the row",
        ("the row", "four times the row"),
        {"loss": (*NORMALISED, SPARSE), "output": ("probabilities",)},
        change=lambda inputs: replace(inputs, output=inputs.output * inputs.output.dtype.type(4)),
        gradient=four_times,
    ),
    Relation(
        "weights of one change nothing",
        ("without weights", "weights of one"),
        {"form": ("class",), "dtype": ("float32",)},
        {"arguments": "sample_weight:rows"},
        change=lambda inputs: replace(inputs, weight=np.ones(inputs.output.shape[:-1])),
    ),
    Relation(
        "gamma 0 is plain cross-entropy",
        ("plain", "focal with gamma 0"),
        {"loss": (BINARY,)},
        {"loss": "binary_focal_crossentropy", "arguments": "gamma:0.0"},
    ),
    Relation(
        "gamma 0 is plain cross-entropy, times alpha",
        ("plain", "focal with gamma 0"),
        {"loss": (CLASSES,)},
        {"loss": "categorical_focal_crossentropy", "arguments": "alpha:0.3+gamma:0.0"},
        value=lambda numbers: numbers / 0.3,
        gradient=lambda numbers: numbers / 0.3,
    ),
    Relation(
        "smoothed to the end, labels do not count",
        ("these labels", "their reverse"),
        {"arguments": ("label_smoothing:1.0",), "inputs": ("interior", "saturated", "rails")},
        change=lambda inputs: replace(inputs, target=inputs.target[..., ::-1]),
    ),
    Relation(
        "smoothed to the end, a loss is its mean over all labels",
        ("smoothed", "the mean"),
        {"loss": NORMALISED, "arguments": ("label_smoothing:1.0",), "inputs": SMOOTHED},
        {"arguments": PLAIN},
        change=every_class,
        value=lambda losses: losses.reshape(-1, CLASS_COUNT).mean(axis=-1),
        gradient=mean_of_copies,
    ),
    Relation(
        "smoothed to the end, a loss is its mean over both labels",
        ("smoothed", "the mean"),
        {"loss": BINARIES, "arguments": ("label_smoothing:1.0",), "inputs": SMOOTHED},
        {"arguments": PLAIN},
        change=both_labels,
        value=lambda losses: losses.reshape(-1, 2).mean(axis=-1),
        gradient=lambda numbers: numbers.reshape(-1, 2, numbers.shape[-1]).mean(axis=1),
    ),
    Relation(
        "smoothing leaves labels of a half as they are",
        ("plain", "smoothed"),
        {"loss": BINARIES},
        {"arguments": "label_smoothing:0.1"},
        both=with_halves,
        change=with_halves,
    ),
    Relation(
        "smoothing is linear",
        ("smoothed to the end", "a tenth of it, ten times"),
        {"loss": NORMALISED, "arguments": ("label_smoothing:1.0",), "inputs": SMOOTHED},
        {"arguments": "label_smoothing:0.1"},
        change=lambda inputs: replace(inputs, target=np.zeros_like(inputs.target)),
        value=lambda losses: losses * 10,
        gradient=lambda numbers: numbers * 10,
    ),
    Relation(
        "a row of weight two is the row twice",
        ("each row twice", "weights of two"),
        {"form": ("class-mean",), "dtype": ("float32",)},
        {"arguments": "sample_weight:rows"},
        both=of_rows(lambda rows: np.repeat(first_half(rows), 2, axis=0)),
        change=lambda inputs: replace(
            inputs, weight=np.repeat([2.0, 0.0], len(inputs.output) // 2)
        ),
        part=lambda numbers: numbers[::2] if numbers.ndim else numbers,
        gradient=lambda numbers: first_half(numbers) / 2,
    ),
    Relation(
        "masked rows have no influence",
        ("these rows", "other rows"),
        {"form": ("masked",), "dtype": ("float32",)},
        change=without_masked,
    ),
    Relation(
        "evaluate equals the loss of predict",
        ("evaluate", "predict"),
        {"form": ("evaluate-class",), "dtype": ("float32",), "output": HEADS}
        | {"execution": ("eager", "graph", "xla")},
        {"form": "predict-class"},
        gradient=None,
    ),
    Relation(
        "a model trains on its probabilities as on its logits",
        ("from the activation", "from logits"),
        {"form": TRAINED, "output": (*HEADS, "layers.Lambda")}
        | {"execution": EVERY, "dtype": ("float16", "bfloat16", "float32")}
        | {"inputs": ("interior", "saturated", "mistaken")},
        {"output": "logits"},
    ),
    Relation(
        "a model is the same run eagerly",
        ("compiled", "eager"),
        {"form": ("fit-class", "evaluate-class", "predict-class"), "output": (*HEADS, "logits")}
        | {"execution": ("graph", "xla"), "dtype": ("float32",)},
        {"execution": "eager"},
    ),
    *relations_of_models.RELATIONS,
)
BY_NAME = {relation.name: relation for relation in RELATIONS}
NAMES = tuple(BY_NAME)
