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


def compiled(loss, output, layers, optimizer=None, **options):
    """A model that predicts `output`, through `layers`."""
    model = tf.keras.Sequential([tf.keras.layers.InputLayer((8,)), *layers])
    model.set_weights([tf.cast(output, tf.float32)])
    optimizer = optimizer or tf.keras.optimizers.SGD(1.0)
    model.compile(optimizer=optimizer, loss=loss, **options)
    return model


def batch(target):
    """The rows of a unit matrix, and their labels."""
    return tf.convert_to_tensor(np.eye(8, dtype="float32")), tf.convert_to_tensor(target)


def fit(loss, target, output, layers, class_weight=None, **options):
    model = compiled(loss, output, layers, **options)
    rows, target = batch(target)
    options = {"batch_size": 8, "shuffle": False, "verbose": 0, "class_weight": class_weight}
    history = model.fit(rows, target, **options).history
    return history["loss"][0], model.get_weights()[0]


def train_on_batch(loss, target, output, layers, **options):
    model = compiled(loss, output, layers, **options)
    rows, target = batch(target)
    value = model.train_on_batch(rows, target)
    return value, model.get_weights()[0]


def evaluate(loss, target, output, layers, batch_size=8, **options):
    model = compiled(loss, output, layers, **options)
    rows, target = batch(target)
    return model.evaluate(rows, target, batch_size=batch_size, verbose=0), None


def test_on_batch(loss, target, output, layers, **options):
    model = compiled(loss, output, layers, **options)
    rows, target = batch(target)
    return model.test_on_batch(rows, target), None


def test_twice(loss, target, output, layers, **options):
    """The loss of the second of two batches."""
    model = compiled(loss, output, layers, **options)
    rows, target = batch(target)
    model.test_on_batch(rows[::-1], target)
    return model.test_on_batch(rows, target), None


def predict(loss, target, output, layers, **options):
    """The loss of what a model predicts."""
    model = compiled(loss, output, layers, **options)
    rows, target = batch(target)
    return tf.keras.losses.get(loss)(target, model.predict(rows, verbose=0)), None


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
