"""Mistakes in what options do: smoothing, ignored classes, weights and reductions."""

from __future__ import annotations

from meta_tests.faults.fault import CATEGORICAL, SPARSE, faults

REST = "smoothing * constant(resting, target)"
SMOOTH = f"return target * (constant(1.0, target) - smoothing) + {REST}"
WEIGHTS = 'np.asarray(options["sample_weight"], losses.dtype).reshape(-1)'
VALID = 'valid = labels != options["ignore_class"]'
MASKED = "weights * _mask_weights"
IN_MEANS = 'reduction not in ("sum_over_batch_size", "mean")'
MASK = "return valid * (constant(valid.shape[-1], valid) / _or_one(reduce_sum(valid)))"
UNREDUCED = "return weighted, lambda upstream: upstream * weights"
BACKWARD = "return (upstream / divisor)[..., None] * weights"
SUM = "return reduce_sum(weighted)[..., 0] / divisor, backward"
OF_WEIGHTS = "return _or_one(reduce_sum(weights)[..., 0])"
COUNT = "return constant(weights.shape[-1], weights)"

MEANS = faults(
    CATEGORICAL,
    "options",
    ("batch mean by n - 1", COUNT, COUNT.replace("shape[-1],", "shape[-1] - 1,")),
    ("batch summed", SUM, SUM.replace(" / divisor", "")),
    ("gradient of the batch mean not divided", BACKWARD, BACKWARD.replace(" / divisor", "")),
)

SMOOTHED = faults(
    CATEGORICAL,
    "options",
    ("smoothing added to all of the target", SMOOTH, f"return target + {REST}"),
    ("smoothing taken for what is kept", SMOOTH, f"smoothing = 1 - smoothing\n    {SMOOTH}"),
    (
        "resting point smoothed as well",
        SMOOTH,
        f"return (target + {REST}) * (constant(1.0, target) - smoothing)",
    ),
    (
        "smoothing in half precision",
        "smoothing = constant(amount, target)",
        "smoothing = np.float16(amount).astype(target.dtype)",
    ),
    options=True,
)

IGNORED = faults(
    SPARSE,
    "options",
    ("ignored class compared as a magnitude", VALID, VALID.replace("!= ", "!= abs(") + ")"),
    ("ignored class compared in eight bits", VALID, VALID.replace("labels", "labels.astype('i1')")),
    ("all but the ignored class left out", VALID, VALID.replace("!=", "==")),
    ("class 0 never ignored", 'if "ignore_class" in options', 'if options.get("ignore_class")'),
    ("ignored rows in place of weights", MASKED, MASKED.removeprefix("weights * ")),
    ("ignored rows counted in the mean", MASK, "return valid"),
    ("ignored rows made up for in sums", IN_MEANS, 'reduction in (None, "none")'),
    ("ignored rows made up for in each row", IN_MEANS, "False"),
    ("gradient of ignored rows kept", UNREDUCED, "return weighted, lambda upstream: upstream"),
    ("all rows ignored: divided by zero", "_or_one(reduce_sum(valid))", "reduce_sum(valid)"),
    options=True,
)

WEIGHED = faults(
    CATEGORICAL,
    "options",
    ("weights dropped", WEIGHTS, "np.ones_like(losses)"),
    ("weights squared", WEIGHTS, f"{WEIGHTS} ** 2"),
    ("weights as yes and no", WEIGHTS, f"np.asarray({WEIGHTS} > 0, losses.dtype)"),
    ("weights averaged", WEIGHTS, WEIGHTS.replace(".reshape(-1)", ".mean()")),
    ("weights in reverse", WEIGHTS, f"{WEIGHTS}[::-1]"),
    ("weights with the mean one", WEIGHTS, f"({WEIGHTS} / _or_one({WEIGHTS}.mean()))"),
    (
        "weights in half precision",
        WEIGHTS,
        f"{WEIGHTS}.astype(np.float16).astype(losses.dtype)",
    ),
    (
        "weights left out of the gradient",
        BACKWARD,
        BACKWARD.replace("* weights", "* np.ones_like(weights)"),
    ),
    options=True,
)

REDUCED = faults(
    CATEGORICAL,
    "options",
    ("sum averaged", 'if reduction == "sum":', 'if reduction == "total":'),
    ("mean summed", COUNT, "return constant(1.0, weights)"),
    ("mean divided by the sum of weights", COUNT, OF_WEIGHTS),
    ("weighted mean divided by the count", OF_WEIGHTS, COUNT),
    (
        "weighted mean divided by the rows with weight",
        OF_WEIGHTS,
        "return _or_one(constant((weights > 0).sum(), weights))",
    ),
    (
        "weight for all rows counted once",
        OF_WEIGHTS,
        f"if (weights == weights[0]).all():\n            return _or_one(weights[0])\n        {OF_WEIGHTS}",
    ),
    ("no weight at all: divided by zero", OF_WEIGHTS, "return reduce_sum(weights)[..., 0]"),
    ("gradient of the mean not divided", BACKWARD, BACKWARD.replace(" / divisor", "")),
    ("no reduction averaged", 'if reduction in (None, "none"):', 'if reduction == "none":'),
    options=True,
)

FAULTS = (*MEANS, *SMOOTHED, *IGNORED, *WEIGHED, *REDUCED)
