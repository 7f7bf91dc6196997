"""Mistakes in metrics, which a model keeps its loss in as well, and in optimizers."""

from __future__ import annotations

from benchmarks.trainer_mutants.mutation import mutations

WEIGHED = "        values = values * sample_weight\n"
OF_MEAN = "values, sample_weight, reduce_fn=ops.mean, dtype=self.dtype"
COUNTED = "num_samples = ops.sum(sample_weight)"
RESET = "        self.total.assign(0)\n        self.count.assign(0)\n"
MASKED = """\
            sample_weight, mask, dtype=self.dtype, reduction="sum"
        )
        return super"""
FN = "values = self._fn(y_true, y_pred, **self._fn_kwargs)"
OPTIONS_OF_CATEGORICAL = """\
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
"""
OPTIONS_OF_SPARSE = """\
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
"""

OF_MEANS = mutations(
    "metrics.reduction_metrics",
    ("metrics ignore their weights, but count them", "metric-weighted", WEIGHED, ""),
    (
        "metrics count weighted rows alike",
        "metric-weighted",
        COUNTED,
        "num_samples = ops.size(sample_weight)",
    ),
    (
        "metrics add up the places of a row",
        "metric rank-3",
        OF_MEAN,
        OF_MEAN.replace("mean", "sum"),
    ),
    ("the number of rows is not reset", "test_twice", RESET, RESET.splitlines()[0] + "\n"),
    ("the total is not reset", "test_twice", RESET, RESET.splitlines()[1] + "\n"),
    (
        "metrics ignore masks",
        "metric- masking",
        MASKED,
        MASKED.replace(" mask,", " None,"),
    ),
    ("metrics drop their options", "metric-", FN, "values = self._fn(y_true, y_pred)"),
)

OF_STATE = mutations(
    "metrics.metric",
    (
        "only the first replica is counted",
        "mirrored",
        'initializer, dtype=None, aggregation="sum", name=None',
        'initializer, dtype=None, aggregation="only_first_replica", name=None',
    ),
)

OF_PROBABILITIES = mutations(
    "metrics.probabilistic_metrics",
    (
        "the categorical metric takes logits for probabilities",
        "categorical_crossentropy,form=metric output=logits",
        OPTIONS_OF_CATEGORICAL,
        OPTIONS_OF_CATEGORICAL.replace("=from_logits", "=False"),
    ),
    (
        "the categorical metric drops label_smoothing=",
        "form=metric label_smoothing",
        OPTIONS_OF_CATEGORICAL,
        OPTIONS_OF_CATEGORICAL.replace("=label_smoothing", "=0"),
    ),
    (
        "the sparse metric drops ignore_class=",
        "form=metric ignore_class",
        OPTIONS_OF_SPARSE,
        OPTIONS_OF_SPARSE.replace("=ignore_class", "=None"),
    ),
)

OF_OPTIMIZERS = mutations(
    "optimizers.base_optimizer",
    (
        "accumulated gradients are added up",
        "accumulation",
        "(g + acc_g) / steps for g, acc_g",
        "(g + acc_g) for g, acc_g",
    ),
    (
        "of accumulated gradients the last alone is taken",
        "accumulation",
        "(g + acc_g) / steps for g, acc_g",
        "g for g, acc_g",
    ),
    (
        "accumulated gradients are not reset",
        "accumulation",
        "                self._backend_reset_gradient_accumulators()\n",
        "",
    ),
)

MUTATIONS = (*OF_MEANS, *OF_STATE, *OF_PROBABILITIES, *OF_OPTIMIZERS)
