"""Every other cross-entropy of Keras and TensorFlow, each as the plain steps of its source.

All take `(target, output, a)`: values of the arithmetic `a` with one shape (..., classes). Sparse
targets are integer ndarrays of shape (...). Results are in nats; categorical and sparse losses
have shape (..., 1), the elementwise ones (..., classes), before `reduce_mean` makes them (..., 1).
Source and releases of each are in `history`.
"""

from __future__ import annotations

import numpy as np

from reference.arithmetic.protocol import Arithmetic, Value

Alpha = float | tuple[float, ...]


def _clip(output: Value, a: Arithmetic[Value]) -> Value:
    epsilon = a.constant(a.epsilon)
    return a.clip_by_value(output, epsilon, 1.0 - epsilon)


def reduce_mean(losses: Value, count: int, a: Arithmetic[Value], axis: int | None = -1) -> Value:
    """Mean of `count` losses, over the last axis or over all."""
    return a.reduce_sum(losses, axis) / float(count)


def _log_sum_exp_and_shifted(logits: Value, a: Arithmetic[Value]) -> tuple[Value, Value]:
    shifted = logits - a.reduce_max(logits)
    return a.log(a.reduce_sum(a.exp(shifted))), shifted


def softmax_crossentropy_with_logits(target: Value, logits: Value, a: Arithmetic[Value]) -> Value:
    """-sum target * log_softmax(logits), and its true gradient (sum target) softmax - target."""
    value = _softmax_crossentropy(target, logits, a)
    slope = a.reduce_sum(target) * a.softmax(logits) - target
    return a.fused_gradient(value, logits, slope)


def _softmax_crossentropy(target: Value, logits: Value, a: Arithmetic[Value]) -> Value:
    normaliser, shifted = _log_sum_exp_and_shifted(logits, a)
    return a.reduce_sum(target * (normaliser - shifted))


def fused_softmax_crossentropy_with_logits(
    target: Value, logits: Value, a: Arithmetic[Value]
) -> Value:
    """The same value with the gradient softmax - target, right only if the targets sum to one."""
    value = _softmax_crossentropy(target, logits, a)
    return a.custom_gradient(value, logits, a.softmax(logits) - target)


def sparse_softmax_crossentropy_with_logits(
    target: np.ndarray, logits: Value, a: Arithmetic[Value]
) -> Value:
    """log sum exp(logits) - logits[target], with the gradient softmax - one-hot."""
    normaliser, shifted = _log_sum_exp_and_shifted(logits, a)
    value = normaliser - a.gather(shifted, target)
    softmax = a.softmax(logits)
    one_hot = target[..., None] == np.arange(logits.shape[-1])
    return a.fused_gradient(value, logits, softmax - a.array(one_hot.astype(np.float64)))


def sparse_clip_log_softmax(target: np.ndarray, output: Value, a: Arithmetic[Value]) -> Value:
    """Clip, take the logarithm, and treat that as logits: normalised after the clip."""
    return sparse_softmax_crossentropy_with_logits(target, a.log(_clip(output, a)), a)


def sparse_normalise_clip(target: np.ndarray, output: Value, a: Arithmetic[Value]) -> Value:
    """Normalise, clip, and take the logarithm of the target's entry."""
    output = _clip(output / a.reduce_sum(output), a)
    return -a.log(a.gather(output, target))


def sigmoid_crossentropy_with_logits(target: Value, logits: Value, a: Arithmetic[Value]) -> Value:
    """max(x, 0) - x t + log1p(exp(-|x|)), elementwise."""
    relu = a.where_nonnegative(logits, logits, a.constant(0.0))
    minus_abs = a.where_nonnegative(logits, -logits, logits)
    return relu - logits * target + a.log1p(a.exp(minus_abs))


def sigmoid_crossentropy_by_softplus(target: Value, logits: Value, a: Arithmetic[Value]) -> Value:
    """The same, with the gradient (1 - t) exp(x - softplus(x)) - t exp(-x - softplus(-x))."""
    value = sigmoid_crossentropy_with_logits(target, logits, a)
    rising = a.exp(logits - _softplus(logits, a))
    falling = a.exp(-logits - _softplus_of_minus(logits, a))
    return a.custom_gradient(value, logits, (1.0 - target) * rising - target * falling)


def sigmoid_crossentropy_shifted(target: Value, logits: Value, a: Arithmetic[Value]) -> Value:
    """(x + softplus(-x)) - x t: what is small is lost beside a large x."""
    return (logits + _softplus_of_minus(logits, a)) - logits * target


def sigmoid_crossentropy_by_log_sigmoid(
    target: Value, logits: Value, a: Arithmetic[Value]
) -> Value:
    """(1 - t) x + softplus(-x): what is small is lost beside a large x where t is 0."""
    return (1.0 - target) * logits + _softplus_of_minus(logits, a)


def _softplus(x: Value, a: Arithmetic[Value]) -> Value:
    """log(1 + exp(x)) as max(x, 0) + log1p(exp(-|x|))."""
    relu = a.where_nonnegative(x, x, a.constant(0.0))
    return relu + a.log1p(a.exp(a.where_nonnegative(x, -x, x)))


def _softplus_of_minus(x: Value, a: Arithmetic[Value]) -> Value:
    """The same of -x, with its kinks on the same side of zero."""
    relu = a.where_nonnegative(x, a.constant(0.0), -x)
    return relu + a.log1p(a.exp(a.where_nonnegative(x, -x, x)))


def binary_through_logits(target: Value, output: Value, a: Arithmetic[Value]) -> Value:
    """Clip, turn back into logits by log(p / (1 - p)), and take the sigmoid cross-entropy."""
    output = _clip(output, a)
    return sigmoid_crossentropy_with_logits(target, a.log(output / (1.0 - output)), a)


def binary_double_epsilon(target: Value, output: Value, a: Arithmetic[Value]) -> Value:
    """Clip, and add epsilon once more inside both logarithms."""
    output, epsilon = _clip(output, a), a.constant(a.epsilon)
    positive = target * a.log(output + epsilon)
    negative = (1.0 - target) * a.log((1.0 - output) + epsilon)
    return -(positive + negative)


def binary_double_epsilon_folded(target: Value, output: Value, a: Arithmetic[Value]) -> Value:
    """The same after a graph rewrite has added the constants first: (1 + epsilon) - p."""
    output, epsilon = _clip(output, a), a.constant(a.epsilon)
    positive = target * a.log(output + epsilon)
    negative = (1.0 - target) * a.log((1.0 + epsilon) - output)
    return -(positive + negative)


def binary_direct(target: Value, output: Value, a: Arithmetic[Value]) -> Value:
    """Clip, and -(t log p + (1 - t) log(1 - p)), elementwise."""
    output = _clip(output, a)
    return -(target * a.log(output) + (1.0 - target) * a.log(1.0 - output))


def binary_floored(target: Value, output: Value, a: Arithmetic[Value]) -> Value:
    """The same, where no logarithm is less than -100."""
    output, floor, zero = _clip(output, a), a.constant(-100.0), a.constant(0.0)
    positive = a.clip_by_value(a.log(output), floor, zero)
    negative = a.clip_by_value(a.log(1.0 - output), floor, zero)
    return -(target * positive + (1.0 - target) * negative)


def both_terms_summed(target: Value, output: Value, a: Arithmetic[Value]) -> Value:
    """The formula with both terms, summed over the classes as the answer of 2017 has it.

    Keras' binary_crossentropy is its mean.
    """
    return a.reduce_sum(binary_direct(target, output, a))


def smooth(target: Value, amount: float, classes: int, a: Arithmetic[Value]) -> Value:
    """target (1 - amount) + amount / classes, of which a binary label has two."""
    smoothing = a.constant(amount)
    return target * (1.0 - smoothing) + smoothing / float(classes)


def divide_or_zero(x: Value, y: Value, a: Arithmetic[Value]) -> Value:
    """x / y, and 0 where y is 0."""
    zero, one = a.constant(0.0), a.constant(1.0)

    def where_zero(yes: Value, no: Value) -> Value:
        return a.where_nonnegative(y, a.where_nonnegative(-y, yes, no), no)

    return where_zero(zero, x / where_zero(one, y))


def _each(alpha: Alpha) -> tuple[float, ...]:
    return alpha if isinstance(alpha, tuple) else (alpha,)


def categorical_focal(
    target: Value, output: Value, a: Arithmetic[Value], alpha: Alpha = 0.25, gamma: float = 2.0
) -> Value:
    """-sum alpha (1 - p)^gamma t log p of normalised and clipped p; alpha may differ by class."""
    output = _clip(output / a.reduce_sum(output), a)
    factor = a.power(1.0 - output, gamma) * a.constant(*_each(alpha))
    return a.reduce_sum(factor * -(target * a.log(output)))


def categorical_focal_with_logits(
    target: Value, logits: Value, a: Arithmetic[Value], alpha: Alpha = 0.25, gamma: float = 2.0
) -> Value:
    """The same in real numbers, where nothing is clipped: log p is log-softmax."""
    normaliser, shifted = _log_sum_exp_and_shifted(logits, a)
    factor = a.power(1.0 - a.softmax(logits), gamma) * a.constant(*_each(alpha))
    return a.reduce_sum(factor * (target * (normaliser - shifted)))


def focal(
    target: Value,
    probability: Value,
    crossentropy: Value,
    a: Arithmetic[Value],
    gamma: float,
    alpha: float | None,
) -> Value:
    """Weigh by (1 - p_t)^gamma, p_t the probability of the truth; by class where alpha is given."""
    of_truth = target * probability + (1.0 - target) * (1.0 - probability)
    losses = a.power(1.0 - of_truth, gamma) * crossentropy
    if alpha is None:
        return losses
    balance = a.constant(alpha)
    return (target * balance + (1.0 - target) * (1.0 - balance)) * losses


def binary_focal(
    target: Value,
    output: Value,
    a: Arithmetic[Value],
    gamma: float = 2.0,
    alpha: float | None = None,
) -> Value:
    """(1 - p_t)^gamma times the binary cross-entropy of clipped p, elementwise."""
    return focal(target, output, binary_direct(target, output, a), a, gamma, alpha)


def binary_focal_double_epsilon(
    target: Value,
    output: Value,
    a: Arithmetic[Value],
    gamma: float = 2.0,
    alpha: float | None = None,
) -> Value:
    """The same with epsilon added once more inside the logarithms of the cross-entropy."""
    crossentropy = binary_double_epsilon(target, output, a)
    return focal(target, output, crossentropy, a, gamma, alpha)


def binary_focal_double_epsilon_folded(
    target: Value,
    output: Value,
    a: Arithmetic[Value],
    gamma: float = 2.0,
    alpha: float | None = None,
) -> Value:
    """The same after a graph rewrite has added the constants first."""
    crossentropy = binary_double_epsilon_folded(target, output, a)
    return focal(target, output, crossentropy, a, gamma, alpha)


def binary_focal_floored(
    target: Value,
    output: Value,
    a: Arithmetic[Value],
    gamma: float = 2.0,
    alpha: float | None = None,
) -> Value:
    """The same of a cross-entropy in which no logarithm is less than -100."""
    return focal(target, output, binary_floored(target, output, a), a, gamma, alpha)


def binary_focal_with_logits(
    target: Value,
    logits: Value,
    a: Arithmetic[Value],
    gamma: float = 2.0,
    alpha: float | None = None,
) -> Value:
    """The same in real numbers, from the sigmoid cross-entropy, where nothing is clipped."""
    crossentropy = sigmoid_crossentropy_with_logits(target, logits, a)
    return focal(target, a.sigmoid(logits), crossentropy, a, gamma, alpha)


def binary_focal_of_softmax(
    target: Value,
    logits: Value,
    a: Arithmetic[Value],
    gamma: float = 2.0,
    alpha: float | None = None,
) -> Value:
    """(1 - p_t)^gamma of the softmax, times the sigmoid cross-entropy of its logits."""
    crossentropy = sigmoid_crossentropy_with_logits(target, logits, a)
    return focal(target, a.softmax(logits), crossentropy, a, gamma, alpha)


def generalised_crossentropy(
    target: Value, output: Value, a: Arithmetic[Value], q: float = 0.5
) -> Value:
    """(1 - p^q) / q, p of the true class (Zhang and Sabuncu, 2018); not clipped, not normalised."""
    return (1.0 - a.power(a.reduce_sum(target * output), q)) / a.constant(q)


def generalised_crossentropy_gathered(
    target: np.ndarray, output: Value, a: Arithmetic[Value], q: float = 0.5
) -> Value:
    """The same of a p that is looked up: the numbers of the other classes have no part in it."""
    return (1.0 - a.power(a.gather(output, target), q)) / a.constant(q)


def weighted_sigmoid_crossentropy_with_logits(
    target: Value, logits: Value, a: Arithmetic[Value], pos_weight: float = 1.0
) -> Value:
    """(1 - t) x + (1 + (w - 1) t) (log1p(exp(-|x|)) + max(-x, 0)), elementwise."""
    weight = 1.0 + (a.constant(pos_weight) - 1.0) * target
    minus_abs = a.where_nonnegative(logits, -logits, logits)
    relu = a.where_nonnegative(logits, a.constant(0.0), -logits)
    return (1.0 - target) * logits + weight * (a.log1p(a.exp(minus_abs)) + relu)


def weighted_sigmoid_crossentropy_kinked(
    target: Value, logits: Value, a: Arithmetic[Value], pos_weight: float = 1.0
) -> Value:
    """The same, where |x| and max(-x, 0) have the derivative 0 at x = 0, as frameworks have it."""
    weight = 1.0 + (a.constant(pos_weight) - 1.0) * target
    relu, minus_abs = _kinked(logits, a)
    return (1.0 - target) * logits + weight * (a.log1p(a.exp(minus_abs)) + relu)


def _kinked(logits: Value, a: Arithmetic[Value]) -> tuple[Value, Value]:
    """max(-x, 0) and -|x|, whose derivatives are 0 at x = 0; those of the first are added last."""
    zero = a.constant(0.0)
    relu = a.where_nonnegative(logits, zero, -logits)
    minus = a.where_nonnegative(-logits, zero, -logits)
    return relu, a.where_nonnegative(logits, minus, logits)


def weighted_sigmoid_crossentropy_kinked_and_reordered(
    target: Value, logits: Value, a: Arithmetic[Value], pos_weight: float = 1.0
) -> Value:
    """The same, where the gradient also adds the term 1 - t last, and so loses a small one."""
    linear = (1.0 - target) * logits
    weight = 1.0 + (a.constant(pos_weight) - 1.0) * target
    relu, minus_abs = _kinked(logits, a)
    return weight * (a.log1p(a.exp(minus_abs)) + relu) + linear


def weighted_sigmoid_crossentropy_reordered(
    target: Value, logits: Value, a: Arithmetic[Value], pos_weight: float = 1.0
) -> Value:
    """The same, where the gradient adds the two terms near one last, and so loses a small one."""
    weight = 1.0 + (a.constant(pos_weight) - 1.0) * target
    relu = a.where_nonnegative(logits, a.constant(0.0), -logits)
    minus_abs = a.where_nonnegative(logits, -logits, logits)
    return weight * (relu + a.log1p(a.exp(minus_abs))) + (1.0 - target) * logits


def weighted_sigmoid_crossentropy_linear_last(
    target: Value, logits: Value, a: Arithmetic[Value], pos_weight: float = 1.0
) -> Value:
    """The same, where the gradient adds the term 1 - t last."""
    linear = (1.0 - target) * logits
    weight = 1.0 + (a.constant(pos_weight) - 1.0) * target
    relu = a.where_nonnegative(logits, a.constant(0.0), -logits)
    minus_abs = a.where_nonnegative(logits, -logits, logits)
    return weight * (a.log1p(a.exp(minus_abs)) + relu) + linear


def weighted_sigmoid_crossentropy_expanded(
    target: Value, logits: Value, a: Arithmetic[Value], pos_weight: float = 1.0
) -> Value:
    """The same with x - t x for (1 - t) x: infinity less infinity at an infinite logit."""
    weight = 1.0 + (a.constant(pos_weight) - 1.0) * target
    return (logits - target * logits) + weight * _softplus_of_minus(logits, a)


def softmax_slope_squared(target: Value, logits: Value, a: Arithmetic[Value]) -> Value:
    """g g of the gradient g = (sum target) softmax - target: its gradient is 2 H g, H the Hessian."""
    slope = a.reduce_sum(target) * a.softmax(logits) - target
    return slope * slope


def fused_softmax_slope_squared(target: Value, logits: Value, a: Arithmetic[Value]) -> Value:
    """The same of g = softmax - target, whatever the targets sum to."""
    slope = a.softmax(logits) - target
    return slope * slope


def sigmoid_slope_squared(target: Value, logits: Value, a: Arithmetic[Value]) -> Value:
    """The same of g = sigmoid - target."""
    slope = a.sigmoid(logits) - target
    return slope * slope
