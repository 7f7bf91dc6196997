"""What calls use beside Keras and TensorFlow: functions that a reader can copy as they are.

This file travels with `observer.py`, which reads it as text and puts it to a release in the words
that it knows: Python 3.6 syntax, over the names `tf` and `np` that every call has. The stand-alone
program of a failure shows the source of those that its call uses.

In a model `output` is the kernel of a dense layer that sees the rows of a unit matrix, so that its
results are these numbers; plain gradient descent with rate 1 leaves the kernel less its gradient.
Functions that take such a step or update a metric return a value and a gradient, which may be None.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # whoever runs this has imported them
    import numpy as np
    import tensorflow as tf


def compiled(
    loss,
    output,
    layers,
    optimizer=None,
    skips_zeros=False,
    timesteps=False,
    outputs=None,
    losses=None,
    **options,
):
    """A model that predicts `output`, with plain gradient descent.

    It `skips_zeros` where rows are masked, and its weights may be of `timesteps`. With `outputs`, the
    weights of their losses, it predicts the same so many times; `losses` says how these are given:
    in a "list", a "dict", or a dict of the "first" alone.
    """
    names = ["first", "second"][: len(outputs or ())]
    model = predicting(output, layers, skips_zeros, names)
    if losses in ("dict", "first"):
        every = names or [model.layers[-1].name]
        loss = dict.fromkeys(every if losses == "dict" else every[:1], loss)
    elif losses or outputs:
        loss = [loss] * (len(names) or 1)
    if outputs and losses != "first":
        options["loss_weights"] = outputs
    mode = "temporal" if timesteps else None
    optimizer = optimizer or tf.keras.optimizers.SGD(1.0)
    model.compile(optimizer=optimizer, loss=loss, sample_weight_mode=mode, **options)
    return model


def predicting(output, layers, skips_zeros, names):
    """A model that predicts `output` for the rows of `batch`, once or for each of the names.

    It `skips_zeros` where rows are masked.
    """
    *axes, classes = np.shape(output)
    weights = tf.cast(tf.reshape(output, (-1, classes)), tf.float32)
    shape = (*axes[1:], weights.shape[0])
    start = [tf.keras.layers.Masking()] if skips_zeros else []
    if names:
        model = branched(shape, start, layers, names)
    else:
        model = tf.keras.Sequential([tf.keras.layers.InputLayer(shape), *start, *layers])
    model.set_weights([weights] * (len(names) or 1))
    return model


def branched(shape, start, layers, names):
    """A model of one input, with a copy of the layers for each output, whose last has its name."""
    row = tf.keras.Input(shape)
    end = row
    for layer in start:
        end = layer(end)
    return tf.keras.Model(row, [copied(layers, name)(end) for name in names])


def copied(layers, name):
    """A layer like the only one of `layers`, with another name."""
    (layer,) = layers
    return type(layer).from_config({**layer.get_config(), "name": name})


def batch(target, output, mask=None):
    """The rows of a unit matrix, less those that are masked, and their labels."""
    shape = tuple(np.shape(output))[:-1]
    rows = np.eye(int(np.prod(shape)), dtype="float32").reshape(*shape, -1)
    rows = rows if mask is None else rows * np.asarray(mask, "float32")[..., None]
    return tf.convert_to_tensor(rows), tf.convert_to_tensor(target)


def training(
    loss, target, output, layers, sample_weight=None, masking=None, outputs=None, **options
):
    """A compiled model, and what it is trained with: rows, labels, weights."""
    options["skips_zeros"] = masking is not None
    options["timesteps"] = len(np.shape(sample_weight)) > 1
    model = compiled(loss, output, layers, outputs=outputs, **options)
    rows, target = batch(target, output, masking)
    if not outputs:
        return model, (rows, target, sample_weight)
    weights = None if sample_weight is None else [sample_weight] * len(outputs)
    return model, (rows, [target] * len(outputs), weights)


def kernel(model, output):
    """The weights of the layer that made the first output."""
    return np.reshape(model.get_weights()[0], np.shape(output))


def reported(found, part):
    """The loss among what a step returns, or the `part` of it that is of the first output."""
    return found[int(part)] if isinstance(found, (list, tuple)) else found


def fit(loss, target, output, layers, batch_size=8, class_weight=None, part=False, **options):
    model, (rows, target, weight) = training(loss, target, output, layers, **options)
    history = model.fit(
        rows,
        target,
        sample_weight=weight,
        class_weight=class_weight,
        batch_size=batch_size,
        shuffle=False,
        verbose=0,
    ).history
    losses = [history["loss"], *(history[name] for name in history if name != "loss")]
    return losses[int(part)][0], kernel(model, output)


def train_on_batch(loss, target, output, layers, class_weight=None, part=False, **options):
    model, (rows, target, weight) = training(loss, target, output, layers, **options)
    weights = {"sample_weight": weight, "class_weight": class_weight}
    return reported(model.train_on_batch(rows, target, **weights), part), kernel(model, output)


def evaluate(loss, target, output, layers, batch_size=8, part=False, **options):
    model, (rows, target, weight) = training(loss, target, output, layers, **options)
    options = {"sample_weight": weight, "batch_size": batch_size, "verbose": 0}
    return reported(model.evaluate(rows, target, **options), part), None


def test_on_batch(loss, target, output, layers, part=False, **options):
    model, (rows, target, weight) = training(loss, target, output, layers, **options)
    return reported(model.test_on_batch(rows, target, sample_weight=weight), part), None


def test_twice(loss, target, output, layers, **options):
    """The loss of the second of two batches."""
    model, (rows, target, _) = training(loss, target, output, layers, **options)
    model.test_on_batch(rows[::-1], target)
    return model.test_on_batch(rows, target), None


def predict(loss, target, output, layers, **options):
    """The loss of what a model predicts."""
    model, (rows, target, _) = training(loss, target, output, layers, **options)
    return tf.keras.losses.get(loss)(target, model.predict(rows, verbose=0)), None


def of_samples(weight):
    """The weights of the first axis: those of the first row of each sample."""
    return weight[(slice(None), *[0] * (len(weight.shape) - 1))]


def mirrored(step):
    """What `step()` returns where a model is copied to two devices."""
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        return step()


def with_policy(policy, step):
    """What `step()` returns under a policy for the dtypes of layers."""
    tf.keras.config.set_dtype_policy(policy)
    try:
        return step()
    finally:
        tf.keras.config.set_dtype_policy("float32")


def with_settings(call, **settings):
    """What `call()` returns while settings of Keras, such as epsilon=0.01, have other values."""
    config = tf.keras.config
    before = {name: getattr(config, name)() for name in settings}
    try:
        for name, value in settings.items():
            getattr(config, "set_" + name)(value)
        return call()
    finally:
        for name, value in before.items():
            getattr(config, "set_" + name)(value)


def updated(metric, target, output, trace=None):
    """The result of a metric after two updates, which are traced by `trace`."""
    update = trace(metric.update_state) if trace else metric.update_state
    update(target[:3], output[:3])
    update(target[3:], output[3:])
    return metric.result(), None


def updated_with_weights(metric, target, output, weight, trace=None):
    update = trace(metric.update_state) if trace else metric.update_state
    update(target[:3], output[:3], sample_weight=weight[:3])
    update(target[3:], output[3:], sample_weight=weight[3:])
    return metric.result(), None


def slope(loss, output):
    """The gradient of `loss(output)`."""
    with tf.GradientTape() as tape:
        tape.watch(output)
        value = loss(output)
    return tape.gradient(value, output)


def saved(loss):
    """The loss of a model that was saved and loaded."""
    import tempfile

    row = tf.keras.Input((3,))
    model = tf.keras.Model(row, tf.keras.layers.Dense(3)(row))
    model.compile("rmsprop", loss=loss)
    with tempfile.TemporaryDirectory() as folder:
        model.save(folder + "/model.keras")
        return tf.keras.models.load_model(folder + "/model.keras").loss


def masked(predictions, weight):
    """Predictions of which those of weight 0 are masked."""
    return with_mask(predictions * 1, weight > 0)


def with_mask(predictions, mask):
    """Predictions that have a mask as Keras knows it."""
    predictions._keras_mask = mask
    return predictions


def traced(call, shape, target, output):
    """What `call` returns as a function that was traced for labels and predictions of a shape, which
    `shape` gives for an array; None in it, or for all of it, is known when the function runs.
    """
    specs = [tf.TensorSpec(shape(array), array.dtype) for array in (target, output)]
    return tf.function(call, autograph=False, input_signature=specs)(target, output)


def flat(loss):
    """The numbers of a ragged tensor, and any other as it is."""
    return getattr(loss, "flat_values", loss)


def own_loss(base):
    """A loss as a user writes it, on the base class of losses."""

    class Own(base):
        def call(self, labels, logits):
            return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)

    return Own(reduction=None)


def metric_of(metric, target, output, weight=None):
    """The result of a metric after one update."""
    metric.update_state(target, output, sample_weight=weight)
    return metric.result(), None


def given(loss, output, **options):
    """A model that predicts what it is given: a dense layer whose kernel is the unit matrix, rate 0."""
    dtype = output.dtype.name
    layers = [
        tf.keras.layers.InputLayer(tuple(output.shape[1:]), dtype=dtype),
        tf.keras.layers.Dense(output.shape[-1], use_bias=False, dtype=dtype),
    ]
    model = tf.keras.Sequential(layers)
    model.set_weights([np.eye(output.shape[-1])])
    model.compile(optimizer=tf.keras.optimizers.SGD(0.0), loss=loss, **options)
    return model


def evaluate_given(loss, target, output, weight=None, **options):
    model = given(loss, output, **options)
    return model.evaluate(output, target, sample_weight=weight, verbose=0), None


def fit_given(loss, target, output, weight=None, **options):
    """The loss that the history of one epoch reports, in batches of 32 rows."""
    model = given(loss, output, **options)
    options = {"sample_weight": weight, "shuffle": False, "verbose": 0}
    return model.fit(output, target, **options).history["loss"][0], None


def train_on_given(loss, target, output, weight=None, **options):
    model = given(loss, output, **options)
    return model.train_on_batch(output, target, sample_weight=weight), None


def predict_given(loss, target, output, **options):
    """The loss of what a model predicts, by a function."""
    model = given(loss, output, **options)
    return loss(target, tf.convert_to_tensor(model.predict(output, verbose=0))), None
