"""Mistakes in the steps of training and evaluation, in what they report, and with replicas."""

from __future__ import annotations

from benchmarks.trainer_mutants.mutation import mutations

ADDED = "losses.append(self._aggregate_additional_loss(loss))"
OWN_LOSS = """\
            return self.compute_loss(
                x, y, y_pred, sample_weight, training=training
"""
TRAINED = """\
                sample_weight=sample_weight,
                training=True,
"""
TESTED = "x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=False"
# What the history averages over: the rows of the inputs, deeper where a step trains.
ROWS = "sample_weight=tf.shape(\n{0}    next(i for i in tree.flatten(x) if i is not None)\n{0})[0],"
IN_TRAINING, IN_TEST = (ROWS.format(" " * indent) for indent in (16, 12))
UNSCALED = "loss_module.unscale_loss_for_distribution(loss),\n{}sample_weight"
UNSCALED_IN_TRAINING, UNSCALED_IN_TEST = (UNSCALED.format(" " * indent) for indent in (16, 12))
RESET = "for m in self.metrics:\n            m.reset_state()"
COMPILED = "metrics, weighted_metrics, output_names=output_names"
WITH_WEIGHTS = "loss, loss_weights, output_names=output_names"

OF_ANY_BACKEND = mutations(
    "trainers.trainer",
    (
        "losses of layers are ignored",
        "regularizer",
        "for loss in self.losses:",
        "for loss in self.losses[:0]:",
    ),
    ("losses of layers count twice", "regularizer", ADDED, ADDED.replace("(self", "(2 * self")),
    (
        "losses of layers are averaged with the loss",
        "regularizer",
        "total_loss = ops.sum(losses)",
        "total_loss = ops.mean(losses)",
    ),
    (
        "a loss for each row, added by a layer, is averaged",
        "regularizer:rows",
        "return ops.sum(loss)\n",
        "return ops.mean(loss)\n",
    ),
    (
        "an own compute_loss is passed over",
        "own:compute_loss",
        OWN_LOSS,
        OWN_LOSS.replace("self.compute_loss(", "Trainer.compute_loss(\n                self,"),
    ),
    (
        "the loss gets no sample weights",
        "sample_weight",
        "self._compile_loss(y, y_pred, sample_weight)",
        "self._compile_loss(y, y_pred)",
    ),
    (
        "compile drops loss_weights=",
        "loss_weights",
        WITH_WEIGHTS,
        "loss, output_names=output_names",
    ),
    (
        "compile takes metrics= for weighted_metrics=",
        "metric- sample_weight",
        COMPILED,
        COMPILED.replace("metrics, weighted_metrics", "weighted_metrics, metrics"),
    ),
    (
        "the batches' losses are added up",
        "fit-class",
        'metrics_module.Mean(name="loss")',
        'metrics_module.Sum(name="loss")',
    ),
    (
        "the loss is not reset",
        "epochs:2 test_twice",
        RESET,
        RESET.replace(".metrics:", ".metrics[1:]:"),
    ),
    (
        "the losses of outputs are not reset",
        "outputs: epochs:2",
        RESET,
        RESET.replace(
            "            m.reset",
            "            if not self._compile_loss or m not in self._compile_loss.metrics:\n"
            "                m.reset",
        ),
    ),
    (
        "the history takes what the replicas returned last",
        "mirrored seven-rows",
        "            return metric_logs\n",
        "            return logs\n",
    ),
    (
        "a list of results is in the order of the alphabet",
        "evaluate outputs:",
        "for name in metric_names:",
        "for name in sorted(metric_names):",
    ),
    (
        "validation_freq counts epochs from 0",
        "validated:every-second",
        "        epoch = epoch + 1  # one-index the user-facing epoch.\n",
        "",
    ),
)

OF_TENSORFLOW = mutations(
    "backend.tensorflow.trainer",
    (
        "a training step drops the sample weights",
        "fit-class sample_weight",
        TRAINED,
        TRAINED.replace("=sample_weight", "=None"),
    ),
    (
        "a test step drops the sample weights",
        "evaluate sample_weight",
        TESTED,
        TESTED.replace("=sample_weight", "=None"),
    ),
    (
        "fit averages its batches, each alike",
        "fit-class batch_size:3",
        IN_TRAINING,
        "",
    ),
    (
        "evaluate averages its batches, each alike",
        "evaluate batch_size:3",
        IN_TEST,
        "",
    ),
    (
        "fit reports a loss that is divided by the replicas",
        "fit-mirrored",
        UNSCALED_IN_TRAINING,
        UNSCALED_IN_TRAINING.replace("loss_module.unscale_loss_for_distribution(loss)", "loss"),
    ),
    (
        "evaluate reports a loss that is divided by the replicas",
        "evaluate-mirrored",
        UNSCALED_IN_TEST,
        UNSCALED_IN_TEST.replace("loss_module.unscale_loss_for_distribution(loss)", "loss"),
    ),
    (
        "losses of layers count once for each replica",
        "mirrored regularizer",
        "return loss_module.scale_loss_for_distribution(loss)",
        "return loss",
    ),
    (
        "the loss is not scaled where its gradient is divided by the scale",
        "fit-scaled",
        "loss = self.optimizer.scale_loss(loss)",
        "loss = loss",
    ),
    (
        "only the first weights are updated",
        "fit-class part:second",
        "zip(gradients, trainable_weights)",
        "zip(gradients[:1], trainable_weights)",
    ),
    (
        "an own train_step is passed over",
        "own:returned",
        "self._make_function(self.train_step)",
        "self._make_function(\n            functools.partial(TensorFlowTrainer.train_step, self))",
    ),
    (
        "an own test_step is passed over",
        "own:test_step",
        "self._make_function(self.test_step)",
        "self._make_function(\n            functools.partial(TensorFlowTrainer.test_step, self))",
    ),
)

MUTATIONS = (*OF_ANY_BACKEND, *OF_TENSORFLOW)
