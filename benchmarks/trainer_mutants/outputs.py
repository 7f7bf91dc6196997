"""Mistakes with the losses and metrics of `compile`: of one output and of several, and their weights."""

from __future__ import annotations

from benchmarks.trainer_mutants.mutation import mutations

OF_ONE = "(\n                    loss_fn(y_t, y_p, _sample_weight), dtype=self.dtype\n"
OF_EACH = "(\n                loss_fn(y_t, y_p, _sample_weight), dtype=self.dtype\n"
WEIGHTS_OF_EACH = """\
                _sample_weight = resolve_path(path, sample_weight)
            else:
                _sample_weight = sample_weight

            value ="""
WEIGHED_ONE = """\
                if loss_weight is not None:
                    value = ops.multiply(value, loss_weight)
                loss_values.append(value)
            return"""
WEIGHED_EACH = """\
            if loss_weight is not None:
                value = ops.multiply(value, loss_weight)
            loss_values.append(value)

        if"""
PART = """\
                    loss_module.unscale_loss_for_distribution(value),
                    sample_weight=tree.flatten(y_p)[0].shape[0],
"""
LOSSES_BY_NAME = "loss = [self._user_loss[name] for name in self.output_names]"
WEIGHTS_BY_NAME = """\
                        self._user_loss_weights[name]
                        for name in self.output_names
"""
LABELS_BY_NAME = "y_true = [y_true[name] for name in self.output_names]"
FOR_ALL = "loss = tree.map_structure(lambda x: loss, y_pred)"
METRICS_RESET = """\
        for m in self._flat_metrics:
            if m:
                m.reset_state()
"""
WEIGHTED_RESET = METRICS_RESET.replace("_flat_metrics", "_flat_weighted_metrics")

OF_LOSSES = mutations(
    "trainers.compile_utils",
    (
        "the loss of one output gets no sample weights",
        "fit-class sample_weight",
        OF_ONE,
        OF_ONE.replace("_sample_weight", "None"),
    ),
    (
        "the losses of several outputs get no sample weights",
        "outputs: sample_weight",
        OF_EACH,
        OF_EACH.replace("_sample_weight", "None"),
    ),
    (
        "all outputs get the sample weights of the first",
        "second:reversed",
        WEIGHTS_OF_EACH,
        WEIGHTS_OF_EACH.replace("resolve_path(path, sample_weight)", "sample_weight[0]"),
    ),
    (
        "the loss of one output is rounded to half precision",
        "fit-class",
        OF_ONE,
        OF_ONE.replace("self.dtype", '"float16"'),
    ),
    (
        "the loss weight of one output is ignored",
        "fit-class loss_weights",
        WEIGHED_ONE,
        WEIGHED_ONE.replace("ops.multiply(value, loss_weight)", "value"),
    ),
    (
        "the loss weight of one output is applied twice",
        "fit-class loss_weights",
        WEIGHED_ONE,
        WEIGHED_ONE.replace("loss_weight)", "loss_weight * loss_weight)"),
    ),
    (
        "a loss of weight 0 counts once",
        "loss_weights:0",
        WEIGHED_ONE,
        WEIGHED_ONE.replace("if loss_weight is not None", "if loss_weight"),
    ),
    (
        "the loss weights of several outputs are ignored",
        "outputs:weighted",
        WEIGHED_EACH,
        WEIGHED_EACH.replace("ops.multiply(value, loss_weight)", "value"),
    ),
    (
        "an output of loss weight 0 counts once",
        "outputs:zero",
        WEIGHED_EACH,
        WEIGHED_EACH.replace("if loss_weight is not None", "if loss_weight"),
    ),
    (
        "the losses of outputs are averaged",
        "outputs:",
        "total_loss = sum(loss_values)",
        "total_loss = sum(loss_values) / len(loss_values)",
    ),
    (
        "only the first of several outputs is trained",
        "outputs:",
        "total_loss = sum(loss_values)",
        "total_loss = loss_values[0]",
    ),
    (
        "the loss of an output is reported with its loss weight",
        "outputs:weighted part:",
        PART,
        PART.replace("(value)", "(\n value if loss_weight is None else value * loss_weight)"),
    ),
    (
        "the losses of an output are averaged over batches, each alike",
        "outputs: part: batch_size:3 execution=eager",
        PART,
        PART.replace("tree.flatten(y_p)[0].shape[0]", "None"),
    ),
    (
        "the losses of outputs stay divided by the replicas",
        "mirrored outputs: part:",
        PART,
        PART.replace("loss_module.unscale_loss_for_distribution(value)", "value"),
    ),
    (
        "a dict of losses is laid upon the outputs in reverse order",
        "losses:by-name",
        LOSSES_BY_NAME,
        LOSSES_BY_NAME.replace("self.output_names", "self.output_names[::-1]"),
    ),
    (
        "a dict of loss weights is laid upon the outputs in reverse order",
        "losses:by-name",
        WEIGHTS_BY_NAME,
        WEIGHTS_BY_NAME.replace("self.output_names", "self.output_names[::-1]"),
    ),
    (
        "a dict of labels is laid upon the outputs in reverse order",
        "losses:by-name",
        LABELS_BY_NAME,
        LABELS_BY_NAME.replace("self.output_names", "self.output_names[::-1]"),
    ),
    (
        "one loss for all outputs counts for the first alone",
        "outputs: losses:one",
        FOR_ALL,
        "loss = tree.pack_sequence_as(\n y_pred,"
        " [loss] + [None] * (len(tree.flatten(y_pred)) - 1))",
    ),
    (
        "the text 'crossentropy' means binary cross-entropy for one-hot labels",
        "fit-crossentropy",
        "loss_obj = losses_module.categorical_crossentropy",
        "loss_obj = losses_module.binary_crossentropy",
    ),
)

OF_METRICS = mutations(
    "trainers.compile_utils",
    (
        "metrics= are weighted by the sample weights",
        "metric- sample_weight",
        "m.update_state(y_t, y_p)\n",
        "m.update_state(y_t, y_p, sample_weight)\n",
    ),
    (
        "weighted_metrics= get no weights",
        "metric- sample_weight",
        "m.update_state(y_t, y_p, s_w)",
        "m.update_state(y_t, y_p)",
    ),
    (
        "a list of metrics drops the sample weights",
        "metric- sample_weight",
        "m.update_state(y_true, y_pred, sample_weight=sample_weight)",
        "m.update_state(y_true, y_pred)",
    ),
    ("metrics= are not reset", "metric- epochs", METRICS_RESET, ""),
    ("weighted_metrics= are not reset", "metric-weighted epochs", WEIGHTED_RESET, ""),
    (
        "the metric of an output is updated by the predictions of another",
        "metric- outputs:",
        "zip(self._flat_metrics, y_true, y_pred)",
        "zip(self._flat_metrics, y_true, y_pred[::-1])",
    ),
)

MUTATIONS = (*OF_LOSSES, *OF_METRICS)
