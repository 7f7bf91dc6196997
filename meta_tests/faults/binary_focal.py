"""Mistakes in binary focal cross-entropy."""

from __future__ import annotations

from meta_tests.faults.fault import BINARY_FOCAL, faults

DEFAULTS = "    gamma: float = 2.0,\n    epsilon: float = EPSILON,\n"
OF_PROBABILITIES = "identity(output), bce, gamma, alpha if apply_class_balancing else None"
OF_LOGITS = "_focal(target, sigmoid(logits),"
P_T = "p_t = target * output + (one - target) * (one - output)"
FACTOR = "focal_factor, through_factor = power(one - p_t, gamma)"
LOSS = "return balance * (focal_factor * bce), backward"
BALANCED = "return target * weight + (one - target) * (one - weight)"
BY_P_T = "by_p_t = -through_factor(upstream * bce)"
BY_OUTPUT = "by_output = by_p_t * target - by_p_t * (one - target)"
BOTH_WAYS = "return through_bce(upstream * focal_factor) + through_output(by_output)"

VALUE = faults(
    BINARY_FOCAL,
    "binary_focal",
    ("binary focal: gamma 1", DEFAULTS, DEFAULTS.replace("2.0", "1.0")),
    ("binary focal: gamma of the other sign", FACTOR, FACTOR.replace("gamma", "-gamma")),
    ("binary focal: p_t for 1 - p_t", FACTOR, FACTOR.replace("one - ", "")),
    (
        "binary focal: p_t of the wrong class",
        P_T,
        "p_t = target * (one - output) + (one - target) * output",
    ),
    ("binary focal: p for p_t", P_T, "p_t = output"),
    ("binary focal: p_t without the negatives", P_T, "p_t = target * output"),
    ("binary focal: p_t of rounded labels", P_T, P_T.replace("target", "np.round(target)")),
    ("binary focal: distance of p for 1 - p_t", P_T, "p_t = one - np.abs(target - output)"),
    (
        "binary focal: p_t of the clipped",
        P_T,
        "low, high = constant(EPSILON, output), constant(1 - EPSILON, output)\n"
        "    output = np.clip(output, low, high)\n    " + P_T,
    ),
    (
        "binary focal: p_t in half precision",
        P_T,
        P_T + "\n    p_t = p_t.astype(np.float16).astype(output.dtype)",
    ),
    (
        "binary focal: balanced without being asked",
        OF_PROBABILITIES,
        OF_PROBABILITIES.removesuffix(" if apply_class_balancing else None"),
    ),
    ("binary focal: factor left out", LOSS, LOSS.replace("focal_factor * ", "")),
    ("binary focal: factor applied twice", LOSS, LOSS.replace("* bce", "* focal_factor * bce")),
    ("binary focal of logits: logits taken for p", OF_LOGITS, "_focal(target, identity(logits),"),
)

GRADIENT = faults(
    BINARY_FOCAL,
    "binary_focal",
    (
        "binary focal: factor not differentiated",
        BOTH_WAYS,
        BOTH_WAYS.removesuffix(" + through_output(by_output)"),
    ),
    (
        "binary focal: gradient without the factor",
        BOTH_WAYS,
        BOTH_WAYS.replace(" * focal_factor", ""),
    ),
    ("binary focal: gradient takes that of the factor off", BY_P_T, BY_P_T.replace("-", "")),
    ("binary focal: factor's gradient without the loss", BY_P_T, BY_P_T.replace(" * bce", "")),
    (
        "binary focal: gradient of p_t for positives only",
        BY_OUTPUT,
        BY_OUTPUT.removesuffix(" - by_p_t * (one - target)"),
    ),
    (
        "binary focal: gradient of p_t adds the negatives",
        BY_OUTPUT,
        BY_OUTPUT.replace(" - by", " + by"),
    ),
    (
        "binary focal of logits: sigmoid not differentiated",
        OF_LOGITS,
        "_focal(target, identity(sigmoid(logits)[0]),",
    ),
)

OPTIONS = faults(
    BINARY_FOCAL,
    "binary_focal",
    ("alpha for the negatives", BALANCED, f"weight = one - weight\n    {BALANCED}"),
    (
        "alpha for the positives, one for the others",
        BALANCED,
        BALANCED.removesuffix(" * (one - weight)"),
    ),
    ("alpha for all", BALANCED, "return np.ones_like(target) * weight"),
    ("alpha of rounded labels", BALANCED, BALANCED.replace("target", "np.round(target)")),
    ("alpha missing in the gradient", "upstream = upstream * balance", "pass"),
    options=True,
)

FAULTS = (*VALUE, *GRADIENT, *OPTIONS)
