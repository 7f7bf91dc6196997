"""Mistakes in binary cross-entropy."""

from __future__ import annotations

from meta_tests.faults.fault import BINARY, BINARY_FOCAL, faults

START = "    clipped, through_clip = clip_by_value(output, epsilon)\n"
FIRST_TERM = "bce = target * np.log(clipped)"
SECOND_TERM = "    bce = bce + (one - target) * np.log(one - clipped)\n"
OTHER_LOGARITHM = "np.log(one - clipped)"
OTHER_SLOPE = " - by_other_log * (one / (one - clipped))"
GRADIENT = f"through_clip(by_log * (one / clipped){OTHER_SLOPE})"
TAIL = " + np.where(condition, -tail, tail)"

PROBABILITIES = faults(
    BINARY,
    "binary",
    ("second term dropped", SECOND_TERM, ""),
    ("lost 1 - before the target", "bce + (one - target) *", "bce + target *"),
    ("lost 1 - in the logarithm", OTHER_LOGARITHM, "np.log(clipped)"),
    ("log1p(-p) of the unclipped", OTHER_LOGARITHM, "np.log1p(-output)"),
    (
        "binary: epsilon added again",
        OTHER_LOGARITHM,
        "np.log(one - clipped + constant(epsilon, output))",
    ),
    ("binary: minus dropped", "return -bce, backward", "return bce, backward"),
    (
        "binary: target and output swapped",
        FIRST_TERM,
        "bce = clipped * np.log(clip_by_value(target, epsilon)[0])",
    ),
    (
        "binary: normalised as the categorical one",
        START,
        "    output = output / output.sum(axis=-1, keepdims=True)\n" + START,
    ),
    ("binary: gradient without the second term", OTHER_SLOPE, ""),
    (
        "binary: gradient adds the second term",
        OTHER_SLOPE,
        OTHER_SLOPE.replace(" - by", " + by"),
    ),
    ("binary: gradient p - t", GRADIENT, "upstream * (clipped - target)"),
    (
        "binary: gradient in half precision",
        "by_log * (one / clipped)",
        "by_log * (one / clipped).astype(np.float16).astype(one.dtype)",
    ),
)

LOGITS = faults(
    BINARY,
    "binary",
    (
        "logits without abs",
        "neg_abs_logits = np.where(condition, -logits, logits)",
        "neg_abs_logits = -logits",
    ),
    ("log for log1p", "np.log1p(decay)", "np.log(decay)"),
    ("log(1 + x) for log1p", "np.log1p(decay)", "np.log(one + decay)"),
    ("logits without relu", "loss = relu_logits - logits", "loss = logits - logits"),
    ("logits: plus for minus", "relu_logits - logits * labels", "relu_logits + logits * labels"),
    ("logits: gradient without the tail", TAIL, ""),
    ("logits: gradient without the label", "(step - labels" + TAIL, "(step" + TAIL),
)

OF_THE_FOCAL_LOSS = faults(
    BINARY_FOCAL,
    "binary",
    ("binary focal: second term dropped", SECOND_TERM, ""),
    ("binary focal: lost 1 - before the target", "bce + (one - target) *", "bce + target *"),
    ("binary focal: minus dropped", "return -bce, backward", "return bce, backward"),
    (
        "binary focal: epsilon added again",
        FIRST_TERM + "\n" + SECOND_TERM,
        "again = constant(epsilon, output)\n"
        "    bce = target * np.log(clipped + again)\n"
        "    bce = bce + (one - target) * np.log(one - clipped + again)\n",
    ),
    ("binary focal: no clip", START, "    clipped, through_clip = output, lambda x: x\n"),
)

FAULTS = (*PROBABILITIES, *LOGITS, *OF_THE_FOCAL_LOSS)
