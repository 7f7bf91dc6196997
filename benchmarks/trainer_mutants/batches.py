"""Mistakes in how data become batches and epochs."""

from __future__ import annotations

from benchmarks.trainer_mutants.mutation import mutations

OF_EPOCHS = mutations(
    "trainers.epoch_iterator",
    (
        "the last batch of an epoch is left out",
        "batch_size:3",
        "for step in range(0, steps_per_epoch, self.steps_per_execution):",
        "for step in range(\n                self.steps_per_execution, steps_per_epoch, self.steps_per_execution\n            ):",
    ),
)

OF_ARRAYS = mutations(
    "trainers.data_adapters.array_data_adapter",
    (
        "a short last batch is left out",
        "batch_size:3",
        "if self._partial_batch_size:",
        "if False:",
    ),
    (
        "a short last batch has the first rows",
        "batch_size:3",
        "indices, [num_in_full_batch], [self._partial_batch_size]",
        "indices, [0], [self._partial_batch_size]",
    ),
    (
        "sample weights are laid along the rows in reverse order",
        "sample_weight",
        "inputs = data_adapter_utils.pack_x_y_sample_weight(x, y, sample_weight)",
        "inputs = data_adapter_utils.pack_x_y_sample_weight(\n            x, y, sample_weight if sample_weight is None else sample_weight[::-1])",
    ),
    (
        "sample weights are shared out among the outputs",
        "losses:one sample_weight",
        "lambda _: sample_weight, y",
        "lambda _: sample_weight / len(tree.flatten(y)), y",
    ),
    (
        "steps_per_epoch= does not set the size of batches",
        "batch_size:None steps",
        "int(math.ceil(num_samples / steps)) if steps else 32",
        "32",
    ),
)

OF_ANY_DATA = mutations(
    "trainers.data_adapters.data_adapter_utils",
    (
        "the weights of a tuple are dropped",
        "sample_weight",
        "return (data[0], data[1], data[2])",
        "return (data[0], data[1], None)",
    ),
    (
        "a class without a weight counts nothing",
        "class-weight-of-one-class class_weight",
        "class_weight.get(int(y_numpy[i]), 1.0)",
        "class_weight.get(int(y_numpy[i]), 0.0)",
    ),
    (
        "each class has the weight of the next",
        "class_weight",
        "class_weight.get(int(y_numpy[i]), 1.0)",
        "class_weight.get(int(y_numpy[i]) + 1, 1.0)",
    ),
    (
        "the class of a one-hot label is that of its least entry",
        "class_weight",
        "np.argmax(y_numpy, axis=-1)",
        "np.argmin(y_numpy, axis=-1)",
    ),
    (
        "class weights are divided by their mean",
        "class_weight",
        "    return sample_weight\n\n\ndef get_keras_tensor_spec",
        "    return sample_weight / sample_weight.mean()\n\n\ndef get_keras_tensor_spec",
    ),
)

OF_DATASETS = mutations(
    "trainers.data_adapters.tf_dataset_adapter",
    (
        "a dataset drops class_weight=",
        "data:dataset class_weight",
        "if class_weight is not None:",
        "if False:",
    ),
    (
        "each class of a dataset has the weight of the next",
        "data:dataset class_weight",
        "class_weight.get(int(c), 1.0)",
        "class_weight.get(int(c) + 1, 1.0)",
    ),
)

OF_GENERATORS = mutations(
    "trainers.data_adapters.generator_data_adapter",
    (
        "the first two batches of a generator are lost",
        "data:finite",
        "itertools.chain(batches, generator)",
        "generator",
    ),
)

OF_SPLITS = mutations(
    "trainers.data_adapters.array_slicing",
    (
        "validation_split= takes the rows of training",
        "validated:half",
        "lambda x: _split(x, start=split_at, end=batch_dim), sliceables",
        "lambda x: _split(x, start=0, end=split_at), sliceables",
    ),
)

MUTATIONS = (
    *(*OF_EPOCHS, *OF_ARRAYS, *OF_ANY_DATA),
    *(*OF_DATASETS, *OF_GENERATORS, *OF_SPLITS),
)
