"""The Keras source that this project starts from.

In December 2017 somebody quoted these statements of the TensorFlow backend and asked what they
compute::

    output /= tf.reduce_sum(output, reduction_indices=len(output.get_shape()) - 1, keep_dims=True)
    # manual computation of crossentropy
    epsilon = _to_tensor(_EPSILON, output.dtype.base_dtype)
    output = tf.clip_by_value(output, epsilon, 1. - epsilon)
    return - tf.reduce_sum(target * tf.log(output), reduction_indices=len(output.get_shape()) - 1)

They are, character for character, in 14 releases of Keras: 1.0.7, 1.0.8, 1.1.0, 1.1.1, 1.1.2,
1.2.0, 1.2.1, 1.2.2, 2.0.0, 2.0.1, 2.0.2, 2.0.3, 2.0.4 and 2.0.5. Later releases spell the same
steps differently; Keras 3 still takes them.
"""

from __future__ import annotations

from reference.arithmetic.protocol import Arithmetic, Value

# Until Keras 2.0.8 `_to_tensor` went through float32, so that in float64 epsilon was this number.
EPSILON_THROUGH_FLOAT32 = 1.0000000116860974e-07


def categorical_crossentropy(
    target: Value, output: Value, a: Arithmetic[Value], epsilon: float | None = None
) -> Value:
    """Cross-entropy of probabilities in nats, one for each row of classes.

    `target` and `output` have one shape (..., classes), the result (..., 1). `a` is the arithmetic
    that takes the steps: native, exact, an enclosure, or the chain rule over one of them, and
    knows the epsilon that is set, where none is given.
    """
    output = output / a.reduce_sum(output)
    lower = a.constant(a.epsilon if epsilon is None else epsilon)
    output = a.clip_by_value(output, lower, 1.0 - lower)
    return -a.reduce_sum(target * a.log(output))
