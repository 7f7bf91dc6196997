"""Mistakes in the steps that losses are made of: epsilon, clip, normaliser, sums and powers."""

from __future__ import annotations

from meta_tests.faults.fault import (
    BINARY,
    BINARY_FOCAL,
    CATEGORICAL,
    CATEGORICAL_FOCAL,
    GENERALISED,
    SPARSE,
    faults,
)

EPSILON = "\nEPSILON = 1e-7\n"
RAILS = "lower, upper = constant(epsilon, x), constant(1.0 - epsilon, x)"
CLIPPED = "clipped = np.maximum(np.minimum(x, upper), lower)"
INSIDE = "inside = (x >= lower) & (x <= upper)"
THROUGH = "return np.where(inside, upstream, np.zeros_like(x))"
TOTAL = "total = reduce_sum(output)"
NORMALISED = "    probabilities = output / total\n"
BY_TOTAL = "by_total = reduce_sum(upstream * (-probabilities / total))"
BY_OUTPUT = "return upstream / total + by_total"
SUM_STEP = "total = total + x[..., k : k + 1]"
TERMS = "range(1, x.shape[-1])"
MEAN = "return (reduce_sum(losses) / count)[..., 0], backward"
SIGMOID = "probability = one / (one + np.exp(-logits))"
SLOPE = "upstream * (constant(exponent, x) * raised(exponent - 1.0))"

CLIP = faults(
    CATEGORICAL,
    "steps",
    ("epsilon 1.1e-7", EPSILON, "\nEPSILON = 1.1e-7\n"),
    ("epsilon 1e-8", EPSILON, "\nEPSILON = 1e-8\n"),
    ("epsilon 1e-6", EPSILON, "\nEPSILON = 1e-6\n"),
    ("epsilon of float32 in float64", EPSILON, "\nEPSILON = float(np.float32(1e-7))\n"),
    ("epsilon at the lower rail only", RAILS, RAILS.replace("1.0 - epsilon", "1.0")),
    ("epsilon at the upper rail only", RAILS, RAILS.replace("(epsilon", "(0.0")),
    ("smallest number for epsilon", RAILS, RAILS.replace("(epsilon", "(1.2e-38")),
    ("no clip", CLIPPED, "clipped = x"),
    ("clip turns NaN into a rail", CLIPPED, "clipped = np.fmax(np.fmin(x, upper), lower)"),
    ("gradient passes through the clip", THROUGH, "return upstream"),
    ("gradient through the upper rail", INSIDE, "inside = x >= lower"),
    ("gradient through the lower rail", INSIDE, "inside = x <= upper"),
    ("gradient zero near the rail", INSIDE, "inside = (x > 1.5 * lower) & (x < upper)"),
    ("gradient zero at the rail", INSIDE, "inside = (x > lower) & (x < upper)"),
    (
        "gradient zero in rows with a clip",
        THROUGH,
        "return np.where(inside.all(axis=-1, keepdims=True), upstream, np.zeros_like(x))",
    ),
)

NORMALISER = faults(
    CATEGORICAL,
    "steps",
    ("not normalised", NORMALISED, "    probabilities = output\n"),
    (
        "normalised by the maximum",
        NORMALISED,
        "    probabilities = output / reduce_max(output)\n",
    ),
    ("normalised by the sum of magnitudes", TOTAL, "total = reduce_sum(np.abs(output))"),
    ("normalised by the Euclidean norm", TOTAL, "total = np.sqrt(reduce_sum(output * output))"),
    ("normalised along the batch", TOTAL, "total = output.sum(axis=0, keepdims=True)"),
    ("epsilon added to the normaliser", TOTAL, TOTAL + " + constant(EPSILON, output)"),
    (
        "single class not normalised",
        NORMALISED,
        "    probabilities = output / total if output.shape[-1] > 1 else output\n",
    ),
    (
        "not normalised unless far from one",
        NORMALISED,
        "    total = np.where(np.abs(total - 1) < 1e-3, np.ones_like(total), total)\n" + NORMALISED,
    ),
    (
        "multiplied by a reciprocal of half precision",
        NORMALISED,
        "    probabilities = output * (1 / total.astype(np.float16)).astype(output.dtype)\n",
    ),
    ("gradient stopped at the normaliser", BY_OUTPUT, BY_OUTPUT.removesuffix(" + by_total")),
    ("gradient not divided by the total", BY_OUTPUT, "return upstream + by_total"),
    ("gradient of the normaliser added", BY_TOTAL, BY_TOTAL.replace("-prob", "prob")),
)

SUMS = faults(
    CATEGORICAL,
    "steps",
    ("sum in half precision", SUM_STEP, SUM_STEP + ".astype(np.float16).astype(x.dtype)"),
    (
        "half-precision running sum",
        SUM_STEP,
        "total = (total + x[..., k : k + 1]).astype(np.float16).astype(x.dtype)",
    ),
    (
        "sum in float32",
        "    return total\n",
        "    return x.astype(np.float32).sum(axis=-1, keepdims=True).astype(x.dtype)\n",
    ),
    (
        "half precision adds three terms",
        TERMS,
        "range(1, min(x.shape[-1], 3) if x.dtype.itemsize == 2 else x.shape[-1])",
    ),
    ("last class left out of sums", TERMS, "range(1, x.shape[-1] - 1)"),
) + faults(
    BINARY,
    "steps",
    ("classes summed, not averaged", MEAN, MEAN.replace(" / count", "")),
    (
        "reduction in float16",
        MEAN,
        MEAN.replace("losses)", "losses).astype(np.float16).astype(losses.dtype)"),
    ),
)

ACTIVATIONS = (
    *faults(
        CATEGORICAL,
        "steps",
        (
            "softmax in front taken twice",
            "probabilities = exponentials / reduce_sum(exponentials)",
            "probabilities = exponentials / reduce_sum(exponentials)\n"
            "    probabilities = np.exp(probabilities) / reduce_sum(np.exp(probabilities))",
        ),
    ),
    *faults(
        SPARSE,
        "steps",
        (
            "softmax gradient without the other classes",
            "return (upstream - along) * probabilities",
            "return upstream * probabilities",
        ),
    ),
    *faults(
        BINARY,
        "steps",
        (
            "sigmoid gradient without 1 - s",
            "return upstream * probability * (one - probability)",
            "return upstream * probability",
        ),
        ("sigmoid of the other sign", SIGMOID, SIGMOID.replace("-logits", "logits")),
        (
            "hard sigmoid",
            SIGMOID,
            "probability = np.clip(logits / 6 + 0.5, 0, 1).astype(logits.dtype)",
        ),
    ),
)

OF_FOCAL_LOSSES = (
    *faults(
        CATEGORICAL_FOCAL,
        "steps",
        ("categorical focal: epsilon 1e-8", EPSILON, "\nEPSILON = 1e-8\n"),
        ("categorical focal: epsilon 1.1e-7", EPSILON, "\nEPSILON = 1.1e-7\n"),
        ("categorical focal: not normalised", NORMALISED, "    probabilities = output\n"),
        ("categorical focal: gradient passes through the clip", THROUGH, "return upstream"),
        (
            "categorical focal: gradient stopped at the normaliser",
            BY_OUTPUT,
            BY_OUTPUT.removesuffix(" + by_total"),
        ),
        (
            "categorical focal: power's gradient without gamma",
            SLOPE,
            "upstream * raised(exponent - 1.0)",
        ),
        (
            "categorical focal: softmax gradient without the other classes",
            "return (upstream - along) * probabilities",
            "return upstream * probabilities",
        ),
    ),
    *faults(
        BINARY_FOCAL,
        "steps",
        (
            "binary focal: power by way of the logarithm",
            "return np.power(x, np.full_like(x, by))",
            "return np.exp(constant(by, x) * np.log(x))",
        ),
        ("binary focal: epsilon 1e-8", EPSILON, "\nEPSILON = 1e-8\n"),
        ("binary focal: gradient passes through the clip", THROUGH, "return upstream"),
        ("binary focal: classes summed, not averaged", MEAN, MEAN.replace(" / count", "")),
        ("binary focal: power's gradient not lowered", SLOPE, SLOPE.replace(" - 1.0", "")),
    ),
    *faults(
        GENERALISED,
        "steps",
        ("generalised: power's gradient without q", SLOPE, "upstream * raised(exponent - 1.0)"),
        ("generalised: power's gradient not lowered", SLOPE, SLOPE.replace(" - 1.0", "")),
        (
            "generalised: power in half precision",
            "return raised(exponent), backward",
            "return raised(exponent).astype(np.float16).astype(x.dtype), backward",
        ),
        ("generalised: power of a magnitude", "return np.power(x,", "return np.power(np.abs(x),"),
    ),
)

FAULTS = (*CLIP, *NORMALISER, *SUMS, *ACTIVATIONS, *OF_FOCAL_LOSSES)
