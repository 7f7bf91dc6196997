"""Mistakes in categorical cross-entropy."""

from __future__ import annotations

from meta_tests.faults.fault import CATEGORICAL, CATEGORICAL_FOCAL, faults

IN_TURN = "normalise, lambda x: clip_by_value(x, epsilon)"
START = "    clipped, through_clip = normalise_and_clip(output, epsilon)\n"
LOSS = "loss = -reduce_sum(target * np.log(clipped))"
GRADIENT = "return through_clip(-upstream[..., None] * target * reciprocal)"
SHIFTED = "    shifted = logits - reduce_max(logits)"
SOFTMAX_LOSS = "loss = reduce_sum(labels * (np.log(normaliser) - shifted))"
SOFTMAX_GRADIENT = "(mass * (exponentials / normaliser) - labels)"

VALUE = faults(
    CATEGORICAL,
    "categorical",
    (
        "clipped before it is normalised",
        IN_TURN,
        "lambda x: clip_by_value(x, epsilon), normalise",
    ),
    (
        "single class has no loss",
        LOSS,
        LOSS + "\n    loss = loss * constant(output.shape[-1] > 1, loss)",
    ),
    ("mean for sum", LOSS, LOSS + " / output.shape[-1]"),
    ("log1p for log", LOSS, LOSS.replace("log(", "log1p(")),
    ("log2 for log", LOSS, LOSS.replace("log(", "log2(")),
    ("log10 for log", LOSS, LOSS.replace("log(", "log10(")),
    ("minus dropped", LOSS, LOSS.replace("-", "")),
    (
        "target and output swapped",
        LOSS,
        "loss = -reduce_sum(clipped * np.log(clip_by_value(target, epsilon)[0]))",
    ),
    (
        "epsilon added again in the logarithm",
        LOSS,
        LOSS.replace("clipped)", "clipped + constant(epsilon, clipped))"),
    ),
    ("logarithm of the unclipped", LOSS, LOSS.replace("clipped", "normalise(output)[0]")),
    (
        "float32 logarithm in float64",
        LOSS,
        LOSS.replace("clipped)", "clipped.astype(np.float32)).astype(output.dtype)"),
    ),
    (
        "only the likeliest label",
        START,
        START + "    target = (target == reduce_max(target)).astype(output.dtype)\n",
    ),
    (
        "labels normalised",
        START,
        START + "    target = target / np.maximum(reduce_sum(target), constant(1.0, target))\n",
    ),
    ("labels of the row before", START, START + "    target = np.roll(target, 1, axis=0)\n"),
)

SLOPE = faults(
    CATEGORICAL,
    "categorical",
    ("gradient twice too large", GRADIENT, GRADIENT.replace("-up", "-2 * up")),
    ("gradient of the other sign", GRADIENT, GRADIENT.replace("-up", "up")),
    (
        "gradient by a reciprocal of half precision",
        GRADIENT,
        GRADIENT.replace("reciprocal", "reciprocal.astype(np.float16).astype(output.dtype)"),
    ),
    ("gradient of the logits for that of the output", GRADIENT, "return clipped - target"),
)

LOGITS = faults(
    CATEGORICAL,
    "categorical",
    ("no maximum subtracted", SHIFTED, "    shifted = logits"),
    ("maximum of the batch subtracted", SHIFTED, "    shifted = logits - logits.max()"),
    (
        "softmax gradient s - t for T s - t",
        SOFTMAX_GRADIENT,
        SOFTMAX_GRADIENT.replace("mass * ", ""),
    ),
    ("softmax gradient T (s - t)", SOFTMAX_GRADIENT, "mass * (exponentials / normaliser - labels)"),
    (
        "softmax gradient without softmax",
        SOFTMAX_GRADIENT,
        SOFTMAX_GRADIENT.replace(" / normaliser", ""),
    ),
    (
        "logits softmaxed twice",
        SHIFTED,
        "    logits = np.exp(logits - reduce_max(logits))\n"
        "    logits = logits / reduce_sum(logits)\n" + SHIFTED,
    ),
    (
        "normaliser counted once, not T times",
        SOFTMAX_LOSS,
        "loss = np.log(normaliser) - reduce_sum(labels * shifted)",
    ),
)

OF_THE_FOCAL_LOSS = faults(
    CATEGORICAL_FOCAL,
    "categorical",
    ("categorical focal: no clip", IN_TURN, "normalise"),
    (
        "categorical focal: clipped before it is normalised",
        IN_TURN,
        "lambda x: clip_by_value(x, epsilon), normalise",
    ),
)

FAULTS = (*VALUE, *SLOPE, *LOGITS, *OF_THE_FOCAL_LOSS)
