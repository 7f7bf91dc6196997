"""Mistakes that a person could make, each as a piece of `subject` and what stands there instead."""

from __future__ import annotations

from dataclasses import dataclass

CATEGORICAL = "categorical_crossentropy"
SPARSE = "sparse_categorical_crossentropy"
BINARY = "binary_crossentropy"


@dataclass(frozen=True)
class Fault:
    """`old`, which occurs once in the source, becomes `new`; `loss` is the one it is judged by."""

    loss: str
    name: str
    old: str
    new: str

    def plant(self, source: str) -> str:
        return source.replace(self.old, self.new)


def _faults(loss: str, *rows: tuple[str, str, str]) -> tuple[Fault, ...]:
    return tuple(Fault(loss, *row) for row in rows)


EPSILON = "\nEPSILON = 1e-7\n"
RAILS = "lower, upper = constant(EPSILON, x), constant(1.0 - EPSILON, x)"
CLIPPED = "clipped = np.maximum(np.minimum(x, upper), lower)"
INSIDE = "inside = (x >= lower) & (x <= upper)"
THROUGH = "return np.where(inside, upstream, np.zeros_like(x))"
NORMALISED = "    probabilities = output / total\n"
CATEGORICAL_CLIP = "clipped, through_clip = clip_by_value(probabilities)"
CATEGORICAL_LOSS = "loss = -reduce_sum(target * np.log(clipped))"
CATEGORICAL_ARGUMENTS = (
    "def categorical_crossentropy(target: np.ndarray, output: np.ndarray) -> Result:\n"
    "    target = target.astype(output.dtype)"
)
BY_CLIPPED = "by_clipped = -upstream[..., None] * target * reciprocal"
BY_TOTAL = "by_total = reduce_sum(by_probabilities * (-probabilities / total))"
BY_OUTPUT = "return by_probabilities / total + by_total"
SOFTMAX_LOSS = "loss = reduce_sum(labels * (np.log(normaliser) - shifted))"
SOFTMAX_GRADIENT = "(mass * (exponentials / normaliser) - labels)"
SUM_STEP = "total = total + x[..., k : k + 1]"
ROWS = "rows = output.reshape(-1, output.shape[-1])"
MEAN = "return (reduce_sum(losses) / count)[..., 0], backward"
COUNT = "count = constant(losses.shape[-1], losses)"

FAULTS = (
    *_faults(
        CATEGORICAL,
        ("epsilon 1.1e-7", EPSILON, "\nEPSILON = 1.1e-7\n"),
        ("epsilon 1e-8", EPSILON, "\nEPSILON = 1e-8\n"),
        ("epsilon 1e-6", EPSILON, "\nEPSILON = 1e-6\n"),
        ("epsilon of float32 in float64", EPSILON, "\nEPSILON = float(np.float32(1e-7))\n"),
        ("epsilon at the lower rail only", RAILS, RAILS.replace("1.0 - EPSILON", "1.0")),
        ("epsilon at the upper rail only", RAILS, RAILS.replace("(EPSILON", "(0.0")),
        ("smallest number for epsilon", RAILS, RAILS.replace("(EPSILON", "(1.2e-38")),
        ("no clip", CLIPPED, "clipped = x"),
        ("clip turns NaN into a rail", CLIPPED, "clipped = np.fmax(np.fmin(x, upper), lower)"),
        ("gradient passes through the clip", THROUGH, "return upstream"),
        ("gradient through the upper rail", INSIDE, "inside = x >= lower"),
        ("gradient through the lower rail", INSIDE, "inside = x <= upper"),
        ("gradient zero near the rail", INSIDE, "inside = (x > 1.5 * lower) & (x < upper)"),
        ("gradient zero at the rail", INSIDE, "inside = (x > lower) & (x < upper)"),
        (
            "gradient zero in rows with a clip",
            THROUGH,
            "return np.where(inside.all(axis=-1, keepdims=True), upstream, np.zeros_like(x))",
        ),
        ("not normalised", NORMALISED, "    probabilities = output\n"),
        (
            "normalised by the maximum",
            NORMALISED,
            "    probabilities = output / reduce_max(output)\n",
        ),
        (
            "normalised by the sum of magnitudes",
            "total = reduce_sum(output)",
            "total = reduce_sum(np.abs(output))",
        ),
        (
            "normalised by the Euclidean norm",
            "total = reduce_sum(output)",
            "total = np.sqrt(reduce_sum(output * output))",
        ),
        (
            "normalised along the batch",
            "total = reduce_sum(output)",
            "total = output.sum(axis=0, keepdims=True)",
        ),
        (
            "epsilon added to the normaliser",
            "total = reduce_sum(output)",
            "total = reduce_sum(output) + constant(EPSILON, output)",
        ),
        (
            "single class not normalised",
            NORMALISED,
            "    probabilities = output / total if output.shape[-1] > 1 else output\n",
        ),
        (
            "single class has no loss",
            CATEGORICAL_LOSS,
            CATEGORICAL_LOSS + "\n    loss = loss * constant(output.shape[-1] > 1, loss)",
        ),
        (
            "clipped before it is normalised",
            NORMALISED + "    " + CATEGORICAL_CLIP,
            "    output, through_clip = clip_by_value(output)\n"
            "    total = reduce_sum(output)\n"
            "    clipped = probabilities = output / total",
        ),
        (
            "not normalised unless far from one",
            NORMALISED,
            "    total = np.where(np.abs(total - 1) < 1e-3, np.ones_like(total), total)\n"
            + NORMALISED,
        ),
        (
            "multiplied by a reciprocal of half precision",
            NORMALISED,
            "    probabilities = output * (1 / total.astype(np.float16)).astype(output.dtype)\n",
        ),
        ("mean for sum", CATEGORICAL_LOSS, CATEGORICAL_LOSS + " / output.shape[-1]"),
        ("log1p for log", CATEGORICAL_LOSS, CATEGORICAL_LOSS.replace("log(", "log1p(")),
        ("log2 for log", CATEGORICAL_LOSS, CATEGORICAL_LOSS.replace("log(", "log2(")),
        ("log10 for log", CATEGORICAL_LOSS, CATEGORICAL_LOSS.replace("log(", "log10(")),
        ("minus dropped", CATEGORICAL_LOSS, CATEGORICAL_LOSS.replace("-", "")),
        (
            "target and output swapped",
            CATEGORICAL_LOSS,
            "loss = -reduce_sum(clipped * np.log(clip_by_value(target)[0]))",
        ),
        (
            "epsilon added again in the logarithm",
            CATEGORICAL_LOSS,
            CATEGORICAL_LOSS.replace("clipped)", "clipped + constant(EPSILON, clipped))"),
        ),
        (
            "logarithm of the unclipped",
            CATEGORICAL_LOSS,
            CATEGORICAL_LOSS.replace("clipped", "probabilities"),
        ),
        (
            "float32 logarithm in float64",
            CATEGORICAL_LOSS,
            CATEGORICAL_LOSS.replace(
                "clipped)", "clipped.astype(np.float32)).astype(output.dtype)"
            ),
        ),
        (
            "labels through an integer",
            CATEGORICAL_ARGUMENTS,
            CATEGORICAL_ARGUMENTS.replace("target.astype(", "target.astype(np.int32).astype("),
        ),
        (
            "labels smoothed by a thousandth",
            CATEGORICAL_ARGUMENTS,
            CATEGORICAL_ARGUMENTS
            + "\n    target = target * constant(0.999, output)"
            + " + constant(0.001 / output.shape[-1], output)",
        ),
        (
            "only the likeliest label",
            CATEGORICAL_ARGUMENTS,
            CATEGORICAL_ARGUMENTS
            + "\n    target = (target == reduce_max(target)).astype(output.dtype)",
        ),
        (
            "labels normalised",
            CATEGORICAL_ARGUMENTS,
            CATEGORICAL_ARGUMENTS
            + "\n    target = target / np.maximum(reduce_sum(target), constant(1.0, target))",
        ),
        (
            "labels of the row before",
            CATEGORICAL_ARGUMENTS,
            CATEGORICAL_ARGUMENTS + "\n    target = np.roll(target, 1, axis=0)",
        ),
        ("gradient twice too large", BY_CLIPPED, BY_CLIPPED.replace("upstream[", "2 * upstream[")),
        ("gradient of the other sign", BY_CLIPPED, BY_CLIPPED.replace("-up", "up")),
        (
            "gradient by a reciprocal of half precision",
            BY_CLIPPED,
            BY_CLIPPED.replace("reciprocal", "reciprocal.astype(np.float16).astype(output.dtype)"),
        ),
        ("gradient stopped at the normaliser", BY_OUTPUT, BY_OUTPUT.removesuffix(" + by_total")),
        ("gradient not divided by the total", BY_OUTPUT, "return by_probabilities + by_total"),
        ("gradient of the normaliser added", BY_TOTAL, BY_TOTAL.replace("-prob", "prob")),
        ("gradient of the logits for that of the output", BY_OUTPUT, "return clipped - target"),
        (
            "no maximum subtracted",
            "    shifted = logits - reduce_max(logits)",
            "    shifted = logits",
        ),
        (
            "maximum of the batch subtracted",
            "    shifted = logits - reduce_max(logits)",
            "    shifted = logits - logits.max()",
        ),
        (
            "softmax gradient s - t for T s - t",
            SOFTMAX_GRADIENT,
            SOFTMAX_GRADIENT.replace("mass * ", ""),
        ),
        (
            "softmax gradient T (s - t)",
            SOFTMAX_GRADIENT,
            "mass * (exponentials / normaliser - labels)",
        ),
        (
            "softmax gradient without softmax",
            SOFTMAX_GRADIENT,
            SOFTMAX_GRADIENT.replace(" / normaliser", ""),
        ),
        (
            "logits softmaxed twice",
            "    shifted = logits - reduce_max(logits)",
            "    logits = softmax(logits)[0]\n    shifted = logits - reduce_max(logits)",
        ),
        (
            "normaliser counted once, not T times",
            SOFTMAX_LOSS,
            "loss = np.log(normaliser) - reduce_sum(labels * shifted)",
        ),
        ("softmax in front forgotten", '"tf.nn.softmax": softmax', '"tf.nn.softmax": identity'),
        (
            "softmax in front taken twice",
            "probabilities = exponentials / reduce_sum(exponentials)",
            "probabilities = exponentials / reduce_sum(exponentials)\n"
            "    probabilities = np.exp(probabilities) / reduce_sum(np.exp(probabilities))",
        ),
        ("sum in half precision", SUM_STEP, SUM_STEP + ".astype(np.float16).astype(x.dtype)"),
        (
            "half-precision running sum",
            SUM_STEP,
            "total = (total + x[..., k : k + 1]).astype(np.float16).astype(x.dtype)",
        ),
        (
            "sum in float32",
            "    return total\n\n\ndef reduce_max",
            "    return x.astype(np.float32).sum(axis=-1, keepdims=True).astype(x.dtype)"
            "\n\n\ndef reduce_max",
        ),
        (
            "half precision adds three terms",
            "range(1, x.shape[-1])",
            "range(1, min(x.shape[-1], 3) if x.dtype.itemsize == 2 else x.shape[-1])",
        ),
        (
            "last class left out of sums",
            "range(1, x.shape[-1])",
            "range(1, x.shape[-1] - 1)",
        ),
        (
            "predictions through float32",
            ROWS,
            ROWS + "\n    rows = rows.astype(np.float32).astype(rows.dtype)",
        ),
        (
            "float16 predictions through bfloat16",
            ROWS,
            ROWS
            + "\n    if rows.dtype == np.float16:"
            + "\n        rows = (rows.view(np.uint16) & 0xFFF8).view(np.float16)",
        ),
        (
            "rows after the eighth zeroed",
            "value = losses.reshape(",
            "losses[8:] = 0\n        value = losses.reshape(",
        ),
        (
            "columns read before rows",
            ROWS,
            ROWS.replace(".shape[-1])", '.shape[-1], order="F")'),
        ),
        (
            "axis 1 taken for the last axis",
            ROWS,
            ROWS + "\n    rows = np.moveaxis(output, 1, -1).reshape(rows.shape) "
            "if output.ndim > 2 else rows",
        ),
        (
            "NaN replaced by zero",
            "value = losses.reshape(",
            "value = np.where(np.isnan(losses), np.zeros_like(losses), losses).reshape(",
        ),
        (
            "infinity clamped",
            "value = losses.reshape(",
            "value = np.where(np.isinf(losses), constant(1e4, losses), losses).reshape(",
        ),
        (
            "last row zeroed",
            "value = losses.reshape(",
            "losses[-1] = 0\n        value = losses.reshape(",
        ),
        (
            "rows shifted by one",
            "value = losses.reshape(",
            "value = np.roll(losses, 1, axis=0).reshape(",
        ),
        ("batch mean by n - 1", COUNT, COUNT.replace("shape[-1],", "shape[-1] - 1,")),
        ("batch summed", MEAN, MEAN.replace(" / count", "")),
        (
            "gradient of the batch mean not divided",
            "(upstream / count)[..., None]",
            "upstream[..., None]",
        ),
    ),
    *_faults(
        SPARSE,
        (
            "class numbers from one",
            "classes = np.arange(logits.shape[-1])",
            "classes = np.arange(logits.shape[-1]) + 1",
        ),
        (
            "class numbers modulo the last",
            "labels.astype(np.int64)[..., None]",
            "(labels.astype(np.int64) % max(logits.shape[-1] - 1, 1))[..., None]",
        ),
        (
            "class numbers in eight bits",
            "labels.astype(np.int64)[..., None]",
            "labels.astype(np.int8)[..., None]",
        ),
        (
            "class numbers in four bits",
            "labels.astype(np.int64)[..., None]",
            "(labels.astype(np.int64) % 16)[..., None]",
        ),
        (
            "class numbers of uint8 off by one",
            "labels.astype(np.int64)[..., None]",
            "(labels.astype(np.int64) - (labels.dtype == np.uint8))[..., None]",
        ),
        (
            "sparse: no maximum subtracted",
            "scores = logits - reduce_max(logits)",
            "scores = logits",
        ),
        (
            "sparse: not normalised after the clip",
            "loss, by_logits = sparse_softmax_cross_entropy_with_logits(target, np.log(clipped))",
            "logits = np.log(clipped)\n"
            "    _, by_logits = sparse_softmax_cross_entropy_with_logits(target, logits)\n"
            "    loss = -np.take_along_axis(logits, target.astype(int)[..., None], -1)[..., 0]",
        ),
        (
            "sparse: clip left out",
            "clipped, through_clip = clip_by_value(output)\n    loss, by",
            "clipped, through_clip = output, identity(output)[1]\n    loss, by",
        ),
        (
            "sparse: gradient of the logits for that of the output",
            "return through_clip(by_logits(upstream) * slope)",
            "return through_clip(by_logits(upstream))",
        ),
        (
            "sparse: gradient passes through the clip",
            "return through_clip(by_logits(upstream) * slope)",
            "return by_logits(upstream) * slope",
        ),
        (
            "sparse: gradient without the label",
            "(powers / partition - chosen.astype(logits.dtype))",
            "(powers / partition)",
        ),
        ("sparse: plus for minus", "np.log(partition) - score", "np.log(partition) + score"),
        (
            "sparse: softmax probabilities as logits",
            'FUNCTIONS[loss, output == "logits"](target, activated)',
            'FUNCTIONS[loss, output != "probabilities"](target, activated)',
        ),
        (
            "softmax gradient without the other classes",
            "return (upstream - along) * probabilities",
            "return upstream * probabilities",
        ),
        (
            "sparse: keras softmax forgotten",
            '"keras.activations.softmax": softmax',
            '"keras.activations.softmax": identity',
        ),
    ),
    *_faults(
        BINARY,
        ("second term dropped", "    bce = bce + (one - target) * np.log(one - clipped)\n", ""),
        (
            "lost 1 - before the target",
            "bce + (one - target) *",
            "bce + target *",
        ),
        (
            "lost 1 - in the logarithm",
            "np.log(one - clipped)",
            "np.log(clipped)",
        ),
        (
            "log1p(-p) of the unclipped",
            "np.log(one - clipped)",
            "np.log1p(-output)",
        ),
        (
            "binary: epsilon added again",
            "np.log(one - clipped)",
            "np.log(one - clipped + constant(EPSILON, output))",
        ),
        ("binary: minus dropped", "return -bce, backward", "return bce, backward"),
        (
            "binary: target and output swapped",
            "bce = target * np.log(clipped)",
            "bce = clipped * np.log(clip_by_value(target)[0])",
        ),
        (
            "binary: normalised as the categorical one",
            "    one = constant(1.0, output)\n    clipped",
            "    one = constant(1.0, output)\n"
            "    output = output / reduce_sum(output)\n"
            "    clipped",
        ),
        (
            "binary: gradient without the second term",
            " - by_other_log * (one / (one - clipped))",
            "",
        ),
        (
            "binary: gradient adds the second term",
            " - by_other_log * (one / (one - clipped))",
            " + by_other_log * (one / (one - clipped))",
        ),
        (
            "binary: gradient p - t",
            "through_clip(by_log * (one / clipped) - by_other_log * (one / (one - clipped)))",
            "upstream * (clipped - target)",
        ),
        (
            "binary: gradient in half precision",
            "return through_clip(by_log * (one / clipped) -",
            "return through_clip(by_log * (one / clipped).astype(np.float16).astype(one.dtype) -",
        ),
        (
            "logits without abs",
            "neg_abs_logits = np.where(condition, -logits, logits)",
            "neg_abs_logits = -logits",
        ),
        ("log for log1p", "np.log1p(decay)", "np.log(decay)"),
        ("log(1 + x) for log1p", "np.log1p(decay)", "np.log(one + decay)"),
        ("logits without relu", "loss = relu_logits - logits", "loss = logits - logits"),
        (
            "logits: plus for minus",
            "relu_logits - logits * labels",
            "relu_logits + logits * labels",
        ),
        ("logits: gradient without the tail", " + np.where(condition, -tail, tail)", ""),
        (
            "logits: gradient without the label",
            "(step - labels + np.where",
            "(step + np.where",
        ),
        (
            "sigmoid gradient without 1 - s",
            "return upstream * probability * (one - probability)",
            "return upstream * probability",
        ),
        (
            "sigmoid of the other sign",
            "probability = one / (one + np.exp(-logits))",
            "probability = one / (one + np.exp(logits))",
        ),
        (
            "hard sigmoid",
            "probability = one / (one + np.exp(-logits))",
            "probability = np.clip(logits / 6 + 0.5, 0, 1).astype(logits.dtype)",
        ),
        ("ops form averaged", '("ops", "backend", "nn")', '("backend", "nn")'),
        ("classes summed, not averaged", MEAN, MEAN.replace(" / count", "")),
        (
            "reduction in float16",
            MEAN,
            MEAN.replace("losses)", "losses).astype(np.float16).astype(losses.dtype)"),
        ),
    ),
)

# What no case shows, and why. Once a case does, its test fails until the name is taken out here.
UNSEEN = {
    "gradient zero at the rail": "no format has 1e-7: the enclosure allows both sides of a rail",
    "rows after the eighth zeroed": "no batch has more than eight rows",
}
