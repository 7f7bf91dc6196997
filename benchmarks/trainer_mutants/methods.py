"""Mistakes in `fit`, `evaluate`, `predict` and their like: what they pass on, and what they reset."""

from __future__ import annotations

from benchmarks.trainer_mutants.mutation import mutations

FIT = "            shuffle=shuffle,\n            class_weight=class_weight,\n"
OF_FIT = """\
            sample_weight=sample_weight,
            batch_size=batch_size,
            steps_per_epoch=steps_per_epoch,
"""
VALIDATED = """\
                        y=val_y,
                        sample_weight=val_sample_weight,
                        batch_size=validation_batch_size or batch_size,
"""
STEPS_OF_VALIDATION = "                        steps_per_epoch=validation_steps,\n"
STEPS_OF_EVALUATE = "                steps_per_epoch=steps,\n                shuffle=False,\n"
NEW_EPOCH = "            self.reset_metrics()\n            callbacks.on_epoch_begin(epoch)\n"
NEW_TEST = "        logs = {}\n        self.reset_metrics()\n        with"
NEW_TRAIN_BATCH = "        self.make_train_function()\n        self.reset_metrics()\n"
NEW_TEST_BATCH = "        self.make_test_function()\n        self.reset_metrics()\n"
TRAINED_BATCH = (
    "self.reset_metrics()\n\n        def data():\n            yield (x, y, sample_weight)"
)
TESTED_BATCH = """\
"test_on_batch")

        def data():
            yield (x, y, sample_weight)"""
OF_CLASSES = """\
            sample_weight = data_adapter_utils.class_weight_to_sample_weights(
                y, class_weight
            )
"""
EXECUTED = """\
            def cond(execution_step, optional_outputs, next_optional_inputs):
                return tf.logical_and(
                    tf.less(execution_step, self.steps_per_execution),
"""
BEGUN, TEST_BEGUN = (f"callbacks.on_{name}_batch_begin(begin_step)\n" for name in ("train", "test"))
ALL_KEPT = "outputs = append_to_outputs(batch_outputs, outputs)"

MUTATIONS = mutations(
    "backend.tensorflow.trainer",
    ("fit drops class_weight=", "class_weight", FIT, FIT.replace("=class_weight", "=None")),
    (
        "fit drops sample_weight=",
        "fit-class sample_weight",
        OF_FIT,
        OF_FIT.replace("=sample_weight", "=None"),
    ),
    (
        "steps_per_epoch= is one more",
        "steps",
        OF_FIT,
        OF_FIT.replace("=steps_per_epoch", "=steps_per_epoch and steps_per_epoch + 1"),
    ),
    (
        "the sample weights of validation data are dropped",
        "validated",
        VALIDATED,
        VALIDATED.replace("=val_sample_weight", "=None"),
    ),
    (
        "validation has the labels of training",
        "validated",
        VALIDATED,
        VALIDATED.replace("=val_y", "=y"),
    ),
    (
        "validation_steps= is ignored",
        "validated:two-steps",
        STEPS_OF_VALIDATION,
        STEPS_OF_VALIDATION.replace("validation_steps", "None"),
    ),
    (
        "evaluate ignores steps=",
        "evaluate steps",
        STEPS_OF_EVALUATE,
        STEPS_OF_EVALUATE.replace("=steps", "=None"),
    ),
    (
        "an epoch goes on with the results of the one before",
        "epochs:2",
        NEW_EPOCH,
        NEW_EPOCH.replace("            self.reset_metrics()\n", ""),
    ),
    (
        "evaluate goes on with the results of training",
        "validated",
        NEW_TEST,
        NEW_TEST.replace("        self.reset_metrics()\n", ""),
    ),
    (
        "the history of an epoch is that of its last batch",
        "fit-class batch_size:3",
        BEGUN,
        f"self.reset_metrics()\n                    {BEGUN}",
    ),
    (
        "evaluate reports the last batch",
        "evaluate batch_size:3",
        TEST_BEGUN,
        f"self.reset_metrics()\n                {TEST_BEGUN}",
    ),
    (
        "train_on_batch drops class_weight=",
        "train_on_batch class_weight",
        OF_CLASSES,
        "            sample_weight = None\n",
    ),
    (
        "train_on_batch drops sample_weight=",
        "train_on_batch sample_weight",
        TRAINED_BATCH,
        TRAINED_BATCH.replace("sample_weight", "None"),
    ),
    (
        "test_on_batch drops sample_weight=",
        "test_on_batch sample_weight",
        TESTED_BATCH,
        TESTED_BATCH.replace("sample_weight", "None"),
    ),
    (
        "train_on_batch goes on with the results of the batch before",
        "train_on_batch calls:2",
        NEW_TRAIN_BATCH,
        NEW_TRAIN_BATCH.replace("        self.reset_metrics()\n", ""),
    ),
    (
        "test_on_batch goes on with the results of the batch before",
        "test_twice",
        NEW_TEST_BATCH,
        NEW_TEST_BATCH.replace("        self.reset_metrics()\n", ""),
    ),
    (
        "an execution of several steps runs the first alone",
        "steps_per_execution",
        EXECUTED,
        EXECUTED.replace("self.steps_per_execution", "1"),
    ),
    ("predict returns the last batch", "predict", ALL_KEPT, "outputs = [batch_outputs]"),
)
