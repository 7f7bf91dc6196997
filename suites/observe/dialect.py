"""The words of today in those that an older Keras knows, and what can't be put to it at all.

This file travels with `observer.py`, which loads it from the same folder: standard library alone, in
Python 3.6 syntax. Cases are written for Keras 3; `keras` is the one that is asked.
"""

import inspect

# Words, names of which a Keras that knows them has one, older words. They are replaced one after the
# other where there is none of these names.
OLDER = (
    ("reduction=None", "config", "reduction='none'"),
    ("keras.losses", "losses", "keras.objectives"),
    ("keras.config.set_dtype_policy", "config", "keras.mixed_precision.set_global_policy"),
    ("keras.config.", "config", "keras.backend."),
    (
        "keras.mixed_precision.set_global_policy",
        "mixed_precision.set_global_policy",
        "keras.mixed_precision.experimental.set_policy",
    ),
    (
        "keras.optimizers.LossScaleOptimizer",
        "optimizers.LossScaleOptimizer",
        "keras.mixed_precision.LossScaleOptimizer",
    ),
    (
        "keras.mixed_precision.LossScaleOptimizer",
        "mixed_precision.LossScaleOptimizer",
        "keras.mixed_precision.experimental.LossScaleOptimizer",
    ),
    (
        "initial_scale=",
        "optimizers.LossScaleOptimizer mixed_precision.LossScaleOptimizer",
        "loss_scale=",
    ),
)
# The package keras 2.3 is the last before tf.keras took its place: its models take NumPy arrays, and
# begin with a layer.
OF_2_3 = (
    ("keras.Input((3,)), keras.layers.Dense(3", "keras.layers.Dense(3, input_shape=(3,)"),
    ("keras.Input((8,)), layers.Dense(3", "layers.Dense(3, input_shape=(8,)"),
    ("rows = tf.eye(8)", "rows, target = np.eye(8, dtype='float32'), target.numpy()"),
    (", run_eagerly=False", ""),
    ("model.compile(loss=", "model.compile('rmsprop', loss="),
)
NOT_IN_2_3 = (
    ("update_state", "Keras 2.3 computes metrics in a graph of its own"),
    ("run_eagerly=True", "Keras 2.3 runs no model eagerly"),
    ("tf.distribute", "Keras 2.3 knows no tf.distribute"),
)
# Errors that programs of this suite cause in every Keras before 3, and why.
BEFORE_3 = (
    (
        "'Tensor' object has no attribute 'numpy'",
        "Keras answers with a tensor in a graph of its own",
    ),
    (
        "'function' object has no attribute 'update_state'",
        "metrics.get gives a function, no metric",
    ),
)
NO_COMPILER = "Model.compile has no jit_compile"


def in_words_of(keras, subject, call):
    """The call in the words of a Keras; `subject` is how it is called, "tf.keras" or "keras"."""
    if subject != "tf.keras":
        call = call.replace("tf.keras", subject)
    for words, names, older in OLDER:
        if words in call and not any(_has(keras, name) for name in names.split()):
            call = call.replace(words, older)
    for words, older in OF_2_3 if _is_2_3(keras, subject) else ():
        call = call.replace(words, older)
    if "jit_compile=False" in call and not _compiles_models(keras):
        call = call.replace(", jit_compile=False", "")
    return call


def reason_not_to_ask(keras, subject, call):
    """Why a call can't be put to a Keras; "" where it can."""
    if "jit_compile=True" in call and not _compiles_models(keras):
        return NO_COMPILER
    reasons = [why for words, why in NOT_IN_2_3 if words in call and _is_2_3(keras, subject)]
    return reasons[0] if reasons else ""


def reason_of_error(keras, error):
    """Why an error is none of a Keras but of our program; "" where it is."""
    reasons = [why for words, why in BEFORE_3 if words in str(error) and not _has(keras, "config")]
    return reasons[0] if reasons else ""


def _has(keras, name):
    """Whether there is something of this name, such as "optimizers.SGD"."""
    for part in name.split("."):
        keras = getattr(keras, part, None)
    return keras is not None


def _is_2_3(keras, subject):
    return subject == "keras" and getattr(keras, "__version__", "").startswith("2.")


def _compiles_models(keras):
    """Whether Model.compile knows XLA; Keras before 2.1 has its models at another place."""
    model = getattr(keras, "Model", None)
    return model is not None and "jit_compile" in inspect.signature(model.compile).parameters
