"""Mistakes in what options do: smoothing, ignored classes, weights and reductions."""

from __future__ import annotations

from tests.faults.fault import CATEGORICAL, faults

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


FAULTS = (*MEANS,)
