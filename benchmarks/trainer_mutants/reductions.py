"""Mistakes in losses: weights, masks, what a mean is divided by, replicas, and options."""

from __future__ import annotations

from benchmarks.trainer_mutants.mutation import mutations

CAST = "lambda x: ops.convert_to_tensor(x, dtype=self.dtype), y_pred"
IN_MASK = "                mask = in_mask\n"
BY_WEIGHTS = 'if reduction == "mean_with_sample_weight" and sample_weight is not None:'
MEANS = 'if reduction in ("sum_over_batch_size", "mean", "mean_with_sample_weight"):'
WEIGHED = "values = values * sample_weight"
FLOAT_MASK = 'float_mask = ops.where(ops.cast(mask, "bool"), mask_weight, 0)'
BOTH = "            sample_weight *= float_mask\n"
WEIGHTS = "        sample_weight = ops.convert_to_tensor(sample_weight, dtype=dtype)\n    if mask"
ALIGNED = "        sample_weight = ops.cast(sample_weight, values.dtype)\n"
SUM = "    loss = ops.sum(values)\n"
FN = "return self.fn(y_true, y_pred, **self._fn_kwargs)"
IGNORED = "        backend.set_keras_mask(res, mask=valid_mask)\n"
OPTIONS_OF_SPARSE = """\
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
        self.from_logits"""

OF_LOSS = mutations(
    "losses.loss",
    ("predictions are not cast to the dtype of the loss", "mixed", CAST, "lambda x: x, y_pred"),
    ("the mask of predictions is ignored", "masking", IN_MASK, "                mask = None\n"),
    (
        "the mask of predictions is inverted",
        "masking",
        IN_MASK,
        "                mask = ops.logical_not(in_mask)\n",
    ),
    (
        "beside the mask of predictions that of losses is ignored",
        "masking ignore_class",
        "mask = in_mask & out_mask",
        "mask = in_mask",
    ),
    (
        "a masked mean is divided by all rows",
        "masking",
        FLOAT_MASK,
        "float_mask = ops.cast(mask, dtype=dtype)",
    ),
    ("beside weights masks are ignored", "masking sample_weight", BOTH, "            pass\n"),
    (
        "beside a mask weights are ignored",
        "masking sample_weight",
        BOTH,
        "            sample_weight = float_mask\n",
    ),
    ("weights are applied twice", "sample_weight", WEIGHED, f"{WEIGHED} * sample_weight"),
    (
        "weights are cut to whole numbers",
        "sample_weight",
        WEIGHTS,
        WEIGHTS.replace(
            "ops.convert_to_tensor(sample_weight, dtype=dtype)",
            'ops.cast(\n            ops.cast(sample_weight, "int32"), dtype)',
        ),
    ),
    (
        "weights of two axes are laid along the other axis",
        "sample_weight:rows cube",
        ALIGNED,
        ALIGNED.replace(
            "ops.cast(sample_weight", "ops.cast(\n            ops.transpose(sample_weight)"
        ),
    ),
    (
        "a mean is divided by the weights",
        "sample_weight",
        BY_WEIGHTS,
        "if sample_weight is not None:",
    ),
    (
        "a mean by weights is divided by the rows",
        "mean_with_sample_weight",
        BY_WEIGHTS,
        "if False:",
    ),
    ("a sum is averaged", "reduction:sum", MEANS, "if reduction is not None:"),
    (
        "a mean is a sum",
        "fit-class",
        "loss = ops.divide_no_nan(loss, divisor)",
        "loss = loss",
    ),
    (
        "a mean over rows and times is divided by the rows",
        "rank-3",
        'ops.convert_to_tensor(ops.shape(values), dtype="int32")',
        'ops.convert_to_tensor(ops.shape(values)[:1], dtype="int32")',
    ),
    (
        "a masked mean over rows and times counts rows for places",
        "rank-3 masking",
        'ops.convert_to_tensor(ops.shape(mask), dtype="int32")',
        'ops.convert_to_tensor(ops.shape(mask)[:1], dtype="int32")',
    ),
    (
        "a mean is not divided by the replicas",
        "mirrored",
        "        loss = scale_loss_for_distribution(loss)\n",
        "",
    ),
    (
        "a sum is divided by the replicas",
        "mirrored reduction:sum",
        SUM,
        SUM + '    if reduction == "sum":\n        loss = scale_loss_for_distribution(loss)\n',
    ),
)

OF_LOSSES = mutations(
    "losses.losses",
    ("a loss drops its options", "fit-class from_logits", FN, "return self.fn(y_true, y_pred)"),
    (
        "a loss drops ignore_class=",
        "fit-class ignore_class",
        OPTIONS_OF_SPARSE,
        OPTIONS_OF_SPARSE.replace("=ignore_class", "=None"),
    ),
    ("a mean counts the rows of the ignored class", "fit-class ignore_class", IGNORED, ""),
)

MUTATIONS = (*OF_LOSS, *OF_LOSSES)
