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


def having(attribute, value, made):
    """What is made, if an attribute of it has this value."""
    if getattr(made, attribute) != value:
        raise ValueError(f"its {attribute} is {getattr(made, attribute)!r}")
    return made


def with_warnings(count, kind, made):
    """What is made, if so many warnings of a kind come with it."""
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = made()
    seen = sum(issubclass(one.category, kind) for one in caught)
    if seen != count:
        raise ValueError(f"{seen} warnings where {count} are due")
    return found


def with_runs(least, most, step):
    """What `step(base)` returns, if the Python code of a model of the class `base` runs so often."""
    runs = []

    class Counted(tf.keras.Sequential):
        def call(self, *inputs, **options):
            runs.append(len(inputs))
            return super().call(*inputs, **options)

    found = step(Counted)
    if not least <= len(runs) <= most:
        raise ValueError(f"it ran {len(runs)} times, not {least} to {most}")
    return found


def hearing(hooks):
    """A callback that has these functions for its hooks."""
    return type("Hearing", (tf.keras.callbacks.Callback,), hooks)()


def heard(hook, step):
    """What `step(callbacks)` returns, but with the loss that a callback hears last in the hook."""
    losses = []

    def hear(self, *numbers, logs=None):
        losses.append((logs or numbers[-1])["loss"])

    _, gradient = step([hearing({hook: hear})])
    return losses[-1], gradient


def told(params, begun, ended, step):
    """What `step(callbacks)` returns, if a callback is told these params, and the numbers of the steps that
    are begun and ended.
    """
    steps = {"begin": [], "end": []}

    def telling(numbers):
        return lambda self, number, logs=None: numbers.append(int(number))

    hooks = {
        f"on_{mode}_batch_{where}": telling(numbers)
        for mode in ("train", "test", "predict")
        for where, numbers in steps.items()
    }
    callback = hearing(hooks)
    found = step([callback])
    of_params = {name: callback.params.get(name) for name in params}
    if (of_params, steps) != (params, {"begin": begun, "end": ended}):
        raise ValueError(f"it was told {of_params}, {steps}")
    return found


def reporting(names, step):
    """What `step(callbacks)` returns, if these are the names that it reports after an epoch."""
    heard = []
    found = step([hearing({"on_epoch_end": lambda self, epoch, logs=None: heard.extend(logs)})])
    if sorted(heard) != sorted(names):
        raise ValueError("it reports {}".format(", ".join(sorted(heard))))
    return found


def silent(step):
    """What `step()` returns, if it writes nothing to the terminal."""
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()) as written:
        found = step()
    if written.getvalue():
        raise ValueError("it writes " + repr(written.getvalue()[:20]))
    return found


def compiled(
    loss,
    output,
    layers,
    optimizer=None,
    accumulation=None,
    start=(),
    timesteps=False,
    outputs=None,
    losses=None,
    regularizer=None,
    own=None,
    **options,
):
    """A model that predicts `output`, with plain gradient descent.

    Layers at its `start` mask rows, and its weights may be of `timesteps`. With `outputs`, the
    weights of their losses, it predicts the same so many times, and metrics are those of the first;
    `losses` says how these are given, and `own` what of the model or its layers is the user's own.
    """
    names = ["first", "second"][: len(outputs or ())]
    layers = layers if regularizer is None else regularized(layers, regularizer)
    layers = [*layers, *own_layers(own)]
    if own == "left_to_keras":
        options.pop("jit_compile", None)
    base = own_model(loss, own) if own else tf.keras.Sequential
    model = predicting(output, [*start, *layers], names, losses, base)
    if outputs and losses not in ("first", "one", "none", "none-by-name"):
        by_name = losses in ("named", "by-name")
        options["loss_weights"] = dict(zip(names, outputs)) if by_name else outputs
    for kind in ("metrics", "weighted_metrics"):
        if names and kind in options:
            options[kind] = {names[0]: options[kind]}
    if timesteps and not hasattr(model, "stateless_call"):  # Keras 3 needs no word for it
        options.update(sample_weight_mode="temporal")
    if accumulation:
        optimizer = tf.keras.optimizers.SGD(1.0, gradient_accumulation_steps=accumulation)
    has_no_loss = own in ("compute_loss", "loss_of_training", "no_loss")
    model.compile(
        optimizer=optimizer or tf.keras.optimizers.SGD(1.0),
        loss=None if has_no_loss else given_as(losses, loss, names, model),
        **options,
    )
    return through_file(model) if own == "saved" else model


def given_as(losses, loss, names, model):
    """A loss as compile takes it: in a "list", a "dict", a dict of the "first" output alone or of
    outputs that are "named", "mixed" with another one or that "by-name", "one" for all outputs, as
    a function that returns the "rows" of losses or a "scalar", beside "none" or that in "none-by-name".
    """
    if losses in ("none", "none-by-name"):
        return [loss, None] if losses == "none" else dict(zip(names, [loss, None]))
    if losses in ("mixed", "by-name"):
        both = [loss, tf.keras.losses.BinaryCrossentropy()]
        return both if losses == "mixed" else dict(zip(names, both))
    if losses in ("rows", "scalar"):
        return own_function(loss, losses)
    every = names or [model.layers[-1].name]
    if losses in ("dict", "named", "first"):
        return dict.fromkeys(every[:1] if losses == "first" else every, loss)
    return loss if losses == "one" or not (losses or names) else [loss] * len(every)


def own_function(loss, returns):
    """A function of labels and predictions, in place of the object of a class."""
    if returns == "rows" and hasattr(loss, "get_config"):  # else it is a function already
        loss = type(loss).from_config(dict(loss.get_config(), reduction=None))
    return lambda target, predicted: loss(target, predicted)


def regularized(layers, regularizer):
    """Layers whose "kernel" or predictions, their "activity", add half of their squares to the loss,
    those of predictions by the number of samples; a layer of its own does that by "add_loss", or
    by one of each of the "rows".
    """
    axis = -1 if regularizer == "rows" else None

    class Adding(tf.keras.layers.Layer):
        def call(self, rows):
            squares = tf.reduce_sum(rows * rows, axis)
            self.add_loss(squares / 2 / tf.cast(tf.shape(rows)[0], rows.dtype))
            return rows

    if regularizer in ("add_loss", "rows"):
        return [*layers, Adding()]
    setattr(layers[0], regularizer + "_regularizer", tf.keras.regularizers.l2(0.5))
    return layers


def doubling():
    """A layer that doubles what it gets in training."""

    class Doubling(tf.keras.layers.Layer):
        def call(self, rows, training=False):
            return rows * (1.0 + tf.cast(training, rows.dtype))

    return Doubling()


def in_python(supports_jit=True):
    """A layer that XLA can't compile, because it runs a function of Python; it may say so."""

    class InPython(tf.keras.layers.Layer):
        def call(self, rows):
            found = tf.py_function(lambda x: x * 1.0, [rows], rows.dtype)
            return tf.ensure_shape(found, rows.shape)

    layer = InPython()
    layer.supports_jit = supports_jit
    return layer


def metered():
    """A layer that has the mean of what it gets for a metric."""

    class Metered(tf.keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.mean = tf.keras.metrics.Mean(name="mean")

        def call(self, rows):
            self.mean.update_state(rows)
            return rows

    return Metered()


def own_layers(own):
    """Layers that are the user's own: none, or one that doubles "in_training", that is "metered", or that
    runs "in_python", whatever is told of XLA or "left_to_keras", or says that it is "not_for_xla".
    """
    if own == "in_training":
        return [doubling()]
    if own == "metered":
        return [metered()]
    if own in ("in_python", "left_to_keras", "not_for_xla"):
        return [in_python(supports_jit=own != "not_for_xla")]
    return []


def own_model(loss, own):
    """A class of models, if `own` is none; what is own of it is "train_step", which updates the mean
    loss, or from which the loss of a batch is "returned", a step as Keras 2 taught it, of the
    "compiled_loss", or with a mean of its own that is "tracked", "test_step", which returns twice the
    loss, "compute_loss", or a "loss_of_training" that is twice as great.
    """

    class Tracking(tf.keras.Sequential):
        def __init__(self, layers):
            super().__init__(layers)
            self.mean = tf.keras.metrics.Mean(name="mean")

        def train_step(self, data):
            row, target, weight = tf.keras.utils.unpack_x_y_sample_weight(data)
            with tf.GradientTape() as tape:
                found = loss(target, self(row, training=True), sample_weight=weight)
            gradients = tape.gradient(found, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.mean.update_state(found)
            return {"loss": self.mean.result()}

    class Taught(tf.keras.Sequential):
        def train_step(self, data):
            row, target, weight = tf.keras.utils.unpack_x_y_sample_weight(data)
            with tf.GradientTape() as tape:
                predicted = self(row, training=True)
                loss = self.compiled_loss(
                    target, predicted, weight, regularization_losses=self.losses
                )
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            self.compiled_metrics.update_state(target, predicted, weight)
            return {metric.name: metric.result() for metric in self.metrics}

    class Steps(tf.keras.Sequential):
        def train_step(self, data):
            row, target, weight = tf.keras.utils.unpack_x_y_sample_weight(data)
            with tf.GradientTape() as tape:
                predicted = self(row, training=True)
                if hasattr(self, "compute_loss"):
                    loss = self.compute_loss(row, target, predicted, weight)
                else:  # before Keras 2.9
                    loss = self.compiled_loss(
                        target, predicted, weight, regularization_losses=self.losses
                    )
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            if own == "returned":
                return {"loss": loss}
            (mean,) = self.metrics
            mean.update_state(loss)
            return {mean.name: mean.result()}

    class Tests(tf.keras.Sequential):
        def test_step(self, data):
            row, target, weight = tf.keras.utils.unpack_x_y_sample_weight(data)
            return {"twice": 2 * loss(target, self(row, training=False), sample_weight=weight)}

    class Losses(tf.keras.Sequential):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            found = loss(y, y_pred, sample_weight=sample_weight)
            return 2 * found if training and own == "loss_of_training" else found

    of_own = {
        "train_step": Steps,
        "returned": Steps,
        "compiled_loss": Taught,
        "tracked": Tracking,
        "test_step": Tests,
        "compute_loss": Losses,
        "loss_of_training": Losses,
    }
    return own if isinstance(own, type) else of_own.get(own, tf.keras.Sequential)


def predicting(output, layers, names, losses, base):
    """A model that predicts `output` for the rows of `batch`, once or for each of the names, by which
    its outputs may be "named"; where `losses` are "mixed", perhaps "by-name", the second is of the
    first class alone.
    """
    *axes, classes = np.shape(output)
    weights = tf.dtypes.cast(tf.reshape(output, (-1, classes)), tf.keras.config.floatx())
    numbers = [layer for layer in layers if hasattr(layer, "embeddings_initializer")]
    shape = tuple(axes[1:]) if numbers else (*axes[1:], weights.shape[0])
    if names:
        model = branched(shape, layers, names, losses)
    else:
        model = base([tf.keras.layers.InputLayer(shape), *layers])
    kernels = [weights, weights[:, :1] if losses in ("mixed", "by-name") else weights]
    dense = [layer for layer in model.layers if isinstance(layer, tf.keras.layers.Dense)]
    for layer, weights in zip(dense, kernels):
        layer.set_weights([weights])
    return model


def branched(shape, layers, names, losses):
    """A model of one input, with a copy of the last layer for each output, which has its name."""
    row = tf.keras.Input(shape)
    *start, last = layers
    end = row
    for layer in start:
        end = layer(end)
    changed = {"units": 1, "activation": "sigmoid"} if losses in ("mixed", "by-name") else {}
    options = {"first": {}, "second": changed}
    ends = [copied(last, name=name, **options[name])(end) for name in names]
    return tf.keras.Model(row, dict(zip(names, ends)) if losses == "named" else ends)


def copied(layer, **options):
    """A layer like this one, with other options, such as its name."""
    return type(layer).from_config({**layer.get_config(), **options})


def batch(target, output, mask=None, embedded=False):
    """The rows of a unit matrix, less those that are masked, and their labels; where the rows are
    `embedded`, their numbers, of which 0 is masked.
    """
    shape = tuple(np.shape(output))[:-1]
    size = int(np.prod(shape))
    rows = np.eye(size, dtype="float32").reshape(*shape, -1)
    if embedded:
        rows = np.arange(1, size + 1).reshape(shape) * np.asarray(mask, "int64")
    elif mask is not None:
        rows = rows * np.asarray(mask, "float32")[..., None]
    return tf.convert_to_tensor(rows), tf.convert_to_tensor(target)


def masking_layers(output, embedded):
    """A layer that masks rows of zeros, or one that gives the rows by their numbers."""
    if not embedded:
        return [tf.keras.layers.Masking()]
    size = int(np.prod(np.shape(output)[:-1]))
    rows = tf.keras.initializers.Constant(np.eye(size + 1, size, -1))
    options = {"mask_zero": True, "trainable": False, "embeddings_initializer": rows}
    return [tf.keras.layers.Embedding(size + 1, size, **options)]


def training(
    loss,
    target,
    output,
    layers,
    sample_weight=None,
    masking=None,
    embedded=False,
    outputs=None,
    second=None,
    **options,
):
    """A compiled model, and what it is trained with: rows, labels, weights, which of the `second`
    output may be "reversed".
    """
    if masking is not None:
        options["start"] = masking_layers(output, embedded)
    options["timesteps"] = len(np.shape(sample_weight)) > 1
    model = compiled(loss, output, layers, outputs=outputs, **options)
    rows, target = batch(target, output, masking, embedded)
    if len(outputs or ()) > 1:
        losses = options.get("losses")
        labels = target[..., :1] if losses in ("mixed", "by-name") else target
        target = of_each(target, labels, losses)
        if losses != "one":
            other = sample_weight[::-1] if second == "reversed" else sample_weight
            sample_weight = of_each(sample_weight, other, losses)
    return model, (rows, target, sample_weight)


def of_each(first, second, losses):
    """The arrays of two outputs, which may be given by name; None where they are None."""
    if first is None:
        return None
    by_name = losses in ("named", "by-name")
    return {"first": first, "second": second} if by_name else [first, second]


def fed(arrays, size, data):
    """What a step takes for batches of so many rows, its options, and the number of batches where it
    has to know that: arrays, a "dataset", or a "generator", which may be "finite", whose first batch
    may be one row, "short-first", or whose second one none, "with-empty".
    """
    rows, target, weight = arrays
    if data is None:
        return (rows, target), {"sample_weight": weight, "batch_size": size}, None
    arrays = [array for array in arrays if array is not None]
    if data == "dataset":
        return (tf.data.Dataset.from_tensor_slices(tuple(arrays)).batch(size),), {}, None
    starts = [0, *range(1 if data == "short-first" else size, rows.shape[0], size)]
    ends = [*starts[1:], rows.shape[0]]
    if data == "with-empty":
        starts, ends = [*starts[:1], size, *starts[1:]], [*ends[:1], size, *ends[1:]]
    parts = [tuple(array[a:b] for array in arrays) for a, b in zip(starts, ends)]
    if data == "finite":
        return ((part for part in parts),), {}, None
    return (endless(parts),), {}, len(parts)


def endless(parts):
    """The parts, again and again."""
    while True:
        yield from parts


def kernel(model, output, part=False):
    """The weights of the layer that made the first output, or the second, which is part 2."""
    found = [array for array in model.get_weights() if array.size == np.size(output)]
    return np.reshape(found[int(part == 2)], np.shape(output))


def reported(found, part):
    """The loss among what a step returns, or the `part` of it that is of one output."""
    return found[int(part)] if isinstance(found, (list, tuple)) else found


def has_metrics(options):
    """Whether metrics are among the options of compile, of which there is one then."""
    return "metrics" in options or "weighted_metrics" in options


def fit(
    loss,
    target,
    output,
    layers,
    class_weight=None,
    part=False,
    batch_size=8,
    data=None,
    steps=None,
    epochs=1,
    validated=False,
    callbacks=None,
    **options,
):
    """The last loss, or what is reported beside it, that of a `part` or of what is `validated`, which
    may be options.
    """
    model, arrays = training(loss, target, output, layers, **options)
    feed, more, every = fed(arrays, batch_size, data)
    of_validation = {} if validated is True else validated or {}
    more.update(of_validation)
    if validated and "validation_split" not in of_validation:
        more["validation_data"] = tuple(array for array in arrays if array is not None)
    if steps or every:
        more["steps_per_epoch"] = steps or every
    if callbacks:
        more["callbacks"] = callbacks
    history = model.fit(
        *feed, class_weight=class_weight, epochs=epochs, shuffle=False, verbose=0, **more
    ).history
    names = [name for name in history if name != "loss"]
    if has_metrics(options):
        name = next(name for name in names if not name.endswith("loss"))
    elif validated or part:
        if not names:
            raise ValueError("nothing is reported but the loss")
        name = names[0]
    else:
        name = "loss"
    return history[name][-1], kernel(model, output, part)


def train_on_batch(loss, target, output, layers, class_weight=None, part=False, calls=1, **options):
    """The loss of the last of so many calls."""
    model, (rows, target, weight) = training(loss, target, output, layers, **options)
    weights = {"sample_weight": weight, "class_weight": class_weight}
    for _ in range(calls):
        found = model.train_on_batch(rows, target, **weights)
    return reported(found, part), kernel(model, output, part)


def evaluate(
    loss,
    target,
    output,
    layers,
    part=False,
    batch_size=8,
    data=None,
    steps=None,
    callbacks=None,
    **options,
):
    model, arrays = training(loss, target, output, layers, **options)
    feed, more, every = fed(arrays, batch_size, data)
    if steps or every:
        more["steps"] = steps or every
    if callbacks:
        more["callbacks"] = callbacks
    found = model.evaluate(*feed, verbose=0, **more)
    return reported(found, part or has_metrics(options)), None


def test_on_batch(loss, target, output, layers, part=False, by_name=False, **options):
    model, (rows, target, weight) = training(loss, target, output, layers, **options)
    more = {"return_dict": True} if by_name else {}
    found = model.test_on_batch(rows, target, sample_weight=weight, **more)
    return found["loss"] if by_name else reported(found, part), None


def test_twice(loss, target, output, layers, **options):
    """The loss of the second of two batches."""
    model, (rows, target, _) = training(loss, target, output, layers, **options)
    model.test_on_batch(rows[::-1], target)
    return model.test_on_batch(rows, target), None


def predict(loss, target, output, layers, batch_size=8, at_once=False, callbacks=None, **options):
    """The loss of what a model predicts, perhaps of all rows at once, or of ever more rows."""
    model, (rows, target, _) = training(loss, target, output, layers, **options)
    if at_once == "growing":
        for last in range(1, len(rows)):
            model.predict_on_batch(rows[:last])
    if at_once:
        predicted = model.predict_on_batch(rows)
    else:
        more = {"callbacks": callbacks} if callbacks else {}
        predicted = model.predict(rows, batch_size=batch_size, verbose=0, **more)
    return tf.keras.losses.get(loss)(tf.constant(target), tf.constant(predicted)), None


def of_samples(weight):
    """The weights of the first axis: those of the first row of each sample."""
    return weight[(slice(None), *[0] * (len(weight.shape) - 1))]


def mirrored(step):
    """What `step()` returns where a model is copied to two devices.

    One strategy does for all steps: those of a second one are refused where their shapes differ.
    """
    made = vars(mirrored)
    if "strategy" not in made:
        made["strategy"] = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with made["strategy"].scope():
        return step()


def among_workers(step):
    """What `step()` returns where each of the processes that the variable TF_CONFIG names trains a copy
    of the model.
    """
    with tf.distribute.MultiWorkerMirroredStrategy().scope():
        return step()


def with_policy(policy, step):
    """What `step()` returns under a policy for the dtypes of layers."""
    # Before Keras 3, no policy means that of floatx.
    usual = "float32" if hasattr(tf.keras.config, "dtype_policy") else None
    tf.keras.config.set_dtype_policy(policy)
    try:
        return step()
    finally:
        tf.keras.config.set_dtype_policy(usual)


def with_settings(call, **settings):
    """What `call()` returns while settings of Keras, such as epsilon=0.01, have other values. Layers
    follow floatx where no policy is set, and the first layer of Keras 3 sets one.
    """
    config = tf.keras.config
    if "floatx" in settings and hasattr(config, "dtype_policy"):
        settings["dtype_policy"] = settings["floatx"]
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
    row = tf.keras.Input((3,))
    model = tf.keras.Model(row, tf.keras.layers.Dense(3)(row))
    model.compile("rmsprop", loss=loss)
    return through_file(model).loss


def through_file(model):
    """The model, saved and loaded."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model.save(folder + "/model.keras")
        return tf.keras.models.load_model(folder + "/model.keras")


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


def traced_again(call, target, output):
    """What `call` returns as a function that was traced for other numbers of rows before."""
    function = tf.function(call, autograph=False)
    for rows in (1, 2):
        function(target[:rows], output[:rows])
    return function(target, output)


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
    return model.fit(output, target, epochs=1, **options).history["loss"][0], None


def train_on_given(loss, target, output, weight=None, **options):
    model = given(loss, output, **options)
    return model.train_on_batch(output, target, sample_weight=weight), None


def predict_given(loss, target, output, **options):
    """The loss of what a model predicts, by a function."""
    model = given(loss, output, **options)
    predicted = model.predict(output, verbose=0)
    return loss(tf.constant(target), tf.constant(predicted)), None
