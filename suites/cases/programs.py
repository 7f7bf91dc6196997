"""Ways of calling a loss that take more than an expression: programs that set `value` and `gradient`.

They run over the arrays `target` and `output` (and `weight`). In models `output` becomes the kernel
of a dense layer that sees the rows of a unit matrix, so that its results are these numbers; plain
gradient descent with rate 1 then leaves the kernel less its gradient.
"""

from __future__ import annotations

from textwrap import indent

TWICE = """\
with tf.GradientTape() as tape:
    tape.watch(output)
    with tf.GradientTape() as inner:
        inner.watch(output)
        loss = {call}
    value = tf.square(inner.gradient(loss, output))
gradient = tape.gradient(value, output)"""

METRIC = """\
metric = {create}
update = {{run}}(metric.update_state)
update(target[:3], {{output}}[:3]{{called}})
update(target[3:], {{output}}[3:]{{called}})
value = metric.result()"""

WEIGHTED_METRIC = """\
metric = {create}
update = {{run}}(metric.update_state)
update(target[:3], {{output}}[:3], sample_weight=weight[:3])
update(target[3:], {{output}}[3:], sample_weight=weight[3:])
value = metric.result()"""

MASKED = """\
with tf.GradientTape() as tape:
    tape.watch(output)
    predictions = {{output}} * 1
    predictions._keras_mask = weight > 0
    value = {create}(target, predictions)
gradient = tape.gradient(value, output)"""

SAVED = """\
import tempfile
model = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(3)])
model.compile(loss={create})
with tempfile.TemporaryDirectory() as folder:
    model.save(folder + "/model.keras")
    loss = tf.keras.models.load_model(folder + "/model.keras").loss
with tf.GradientTape() as tape:
    tape.watch(output)
    value = loss(target, {{output}}{{called}})
gradient = tape.gradient(value, output)"""

SETTING = """\
{before}
{setting}
try:
    with tf.GradientTape() as tape:
        tape.watch(output)
        value = {call}
    gradient = tape.gradient(value, output)
finally:
    {resetting}"""

MODEL = """\
layers = tf.keras.layers
model = tf.keras.Sequential([tf.keras.Input((8,)), {{head}}])
model.set_weights([tf.cast(output, tf.float32)])
loss = {loss}
model.compile(optimizer={optimizer}, loss=loss, {{compiled}})
rows = tf.eye(8)
value = {step}"""

UPDATE = "\ngradient = model.get_weights()[0]"

STEPS = {
    "fit": "model.fit(rows, target, batch_size=8, shuffle=False, verbose=0).history['loss'][0]",
    "train_on_batch": "model.train_on_batch(rows, target)",
    "evaluate": "model.evaluate(rows, target, batch_size=8, verbose=0)",
    "evaluate_in_parts": "model.evaluate(rows, target, batch_size=3, verbose=0)",
    "test_on_batch": "model.test_on_batch(rows, target)",
    "test_twice": "[model.test_on_batch(batch, target) for batch in (rows[::-1], rows)][1]",
    "predict": "tf.keras.losses.get(loss)(target, model.predict(rows, verbose=0))",
}
UPDATING = ("fit", "train_on_batch")

WEIGHTED_CLASSES = STEPS["fit"].replace(
    "verbose", "class_weight={{0: 1.0, 1: 0.5, 2: 0.25}}, verbose"
)

HEADS = {
    "logits": "layers.Dense(3, use_bias=False)",
    "layers.Dense": "layers.Dense(3, use_bias=False, activation='{activation}')",
    "layers.Activation": "layers.Dense(3, use_bias=False), layers.Activation('{activation}')",
    "layers.Softmax": "layers.Dense(3, use_bias=False), layers.Softmax()",
    "layers.Lambda": "layers.Dense(3, use_bias=False), layers.Lambda(tf.{activation})",
}

MIXED = """\
tf.keras.config.set_dtype_policy("mixed_{{dtype}}")
try:
{model}
finally:
    tf.keras.config.set_dtype_policy("float32")"""

MIRRORED = """\
with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
{model}"""


SGD = "tf.keras.optimizers.SGD(1.0)"
# Unscaled, since a loss that is scaled up overflows float16, and the first steps are left out.
UNSCALED = f"tf.keras.optimizers.LossScaleOptimizer({SGD}, initial_scale=1.0)"


def model(loss: str, step: str, updating: bool, optimizer: str = SGD) -> str:
    """The program that builds a model around a loss and takes one step with it."""
    return MODEL.format(optimizer=optimizer, loss=loss, step=step) + UPDATE * updating


def within(program: str, block: str) -> str:
    """The program inside a block of another."""
    return program.format(model=indent(block, "    "))
