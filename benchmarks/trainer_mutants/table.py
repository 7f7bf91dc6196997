"""All mutations, and those that no case sees yet."""

from __future__ import annotations

from benchmarks.trainer_mutants import batches, methods, metrics, outputs, reductions, steps
from benchmarks.trainer_mutants.mutation import Mutation

MUTATIONS: tuple[Mutation, ...] = (
    *(*outputs.MUTATIONS, *steps.MUTATIONS, *methods.MUTATIONS, *batches.MUTATIONS),
    *(*reductions.MUTATIONS, *metrics.MUTATIONS),
)

# What no case shows, and what it would need. Once one does, the command fails until the name is taken
# out here.
ALIKE = "both outputs get the same"
HOLES: dict[str, str] = {
    "all outputs get the sample weights of the first": f"{ALIKE} weights",
    "an output of loss weight 0 counts once": "no output has the loss weight 0",
    "the losses of an output are averaged over batches, each alike": (
        "Keras does that in graphs, and no eager case asks for a part of uneven batches"
    ),
    "the losses of outputs stay divided by the replicas": "no case has replicas and outputs",
    "a dict of losses is laid upon the outputs in reverse order": f"{ALIKE} loss by name",
    "a dict of loss weights is laid upon the outputs in reverse order": (
        "loss weights are given by name only where the outputs have names, too"
    ),
    "a dict of labels is laid upon the outputs in reverse order": (
        "labels are given by name only where the outputs have names, too"
    ),
    "one loss for all outputs counts for the first alone": "each output gets a loss of its own",
    "the metric of an output is updated by the predictions of another": (
        "no case has metrics and outputs"
    ),
    "weighted_metrics= are not reset": "weighted metrics have one epoch",
    "a loss for each row, added by a layer, is averaged": "layers add one number",
    "the losses of outputs are not reset": "no case has outputs and two epochs",
    "the history takes what the replicas returned last": (
        "needs batches of which the last alone is uneven: 7 rows by 4"
    ),
    "validation_freq counts epochs from 0": "no case has it",
    "evaluate reports a loss that is divided by the replicas": "no replicas evaluate",
    "only the first weights are updated": "the first weights alone are judged",
    "an own test_step is passed over": "no case has one",
    "validation_steps= is ignored": "no case has it",
    "train_on_batch goes on with the results of the batch before": "no case trains on two batches",
    "sample weights are shared out among the outputs": "each output gets weights of its own",
    "steps_per_epoch= does not set the size of batches": "all cases of steps have batch_size, too",
    "the first two batches of a generator are lost": "generators are endless",
    "validation_split= takes the rows of training": "no case has it",
    "beside the mask of predictions that of losses is ignored": (
        "no model has masked rows and an ignored class"
    ),
    "a sum is divided by the replicas": "no replicas have a sum",
}
