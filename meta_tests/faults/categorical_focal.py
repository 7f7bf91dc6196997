"""Mistakes in categorical focal cross-entropy."""

from __future__ import annotations

from meta_tests.faults.fault import CATEGORICAL_FOCAL, faults

DEFAULTS = "    alpha: Alpha = 0.25,\n    gamma: float = 2.0,\n"
FACTOR = "factor, through_factor = power(constant(1.0, output) - clipped, gamma)"
SHARE = "share = np.asarray(alpha, output.dtype)"
ENTROPY = "entropy = -(target * np.log(clipped))"
LOSS = "loss = reduce_sum(factor * share * entropy)"
BY_TERM = "by_term = upstream[..., None] * share"
BY_FACTOR = " - through_factor(by_term * entropy)"
SURPRISE = "surprise = np.log(reduce_sum(np.exp(shifted))) - shifted"
FOCUS = "focus, through_focus = power(constant(1.0, logits) - probabilities, gamma)"
BY_FOCUS = " + through_softmax(by_probabilities)"

PROBABILITIES = faults(
    CATEGORICAL_FOCAL,
    "categorical_focal",
    ("categorical focal: gamma 1", DEFAULTS, DEFAULTS.replace("2.0", "1.0")),
    ("categorical focal: alpha missing", DEFAULTS, DEFAULTS.replace("0.25", "1.0")),
    ("categorical focal: gamma of the other sign", FACTOR, FACTOR.replace("gamma", "-gamma")),
    ("categorical focal: p for 1 - p", FACTOR, FACTOR.replace("constant(1.0, output) - ", "")),
    (
        "categorical focal: factor of the unclipped",
        FACTOR,
        FACTOR.replace("clipped", "output / reduce_sum(output)"),
    ),
    (
        "categorical focal: one factor for all classes",
        FACTOR,
        FACTOR.replace("clipped", "reduce_sum(target * clipped)"),
    ),
    ("categorical focal: factor left out", LOSS, LOSS.replace("factor * ", "")),
    ("categorical focal: factor applied twice", LOSS, LOSS.replace("factor", "factor * factor")),
    ("categorical focal: mean for sum", LOSS, LOSS + " / output.shape[-1]"),
    (
        "categorical focal: 1 - alpha for other classes",
        SHARE,
        SHARE + "\n    share = target * share + (1 - target) * (1 - share)",
    ),
    ("categorical focal: minus dropped", ENTROPY, ENTROPY.replace("-", "")),
    (
        "categorical focal: epsilon added again",
        ENTROPY,
        ENTROPY.replace("clipped", "clipped + constant(epsilon, clipped)"),
    ),
    (
        "categorical focal: logarithm in half precision",
        ENTROPY,
        ENTROPY.replace("clipped)", "clipped.astype(np.float16)).astype(output.dtype)"),
    ),
    (
        "categorical focal: second term of the binary one",
        ENTROPY,
        ENTROPY + " - (1 - target) * np.log(1 - clipped)",
    ),
    ("categorical focal: factor not differentiated", BY_FACTOR, ""),
    (
        "categorical focal: gradient adds that of the factor",
        BY_FACTOR,
        BY_FACTOR.replace(" - ", " + "),
    ),
    ("categorical focal: alpha missing in the gradient", BY_TERM, BY_TERM.removesuffix(" * share")),
    ("categorical focal: gradient of the other sign", BY_TERM, BY_TERM.replace("up", "-up")),
)

LOGITS = faults(
    CATEGORICAL_FOCAL,
    "categorical_focal",
    (
        "categorical focal of logits: p for 1 - p",
        FOCUS,
        FOCUS.replace("constant(1.0, logits) - ", ""),
    ),
    (
        "categorical focal of logits: logits taken for p",
        FOCUS,
        FOCUS.replace("probabilities", "logits"),
    ),
    (
        "categorical focal of logits: logarithm of the softmax",
        SURPRISE,
        "surprise = -np.log(probabilities)",
    ),
    ("categorical focal of logits: no maximum subtracted", " - reduce_max(logits)", ""),
    ("categorical focal of logits: factor not differentiated", BY_FOCUS, ""),
    (
        "categorical focal of logits: gradient s - t",
        "reduce_sum(by_surprise) * probabilities - by_surprise",
        "upstream[..., None] * (probabilities - target)",
    ),
)

OPTIONS = faults(
    CATEGORICAL_FOCAL,
    "categorical_focal",
    ("alpha of the first class for all", SHARE, SHARE.replace("alpha", "np.ravel(alpha)[0]")),
    ("alpha of the classes in reverse", SHARE, SHARE.replace("alpha", "np.ravel(alpha)[::-1]")),
    ("alpha with the sum one", SHARE, SHARE.replace("alpha", "alpha / np.sum(alpha)")),
    (
        "alpha along the rows",
        SHARE,
        SHARE + "\n    share = np.resize(share, output.shape[0])[:, None]",
    ),
    ("alpha of logits not heeded", "scale = np.asarray(alpha,", "scale = np.asarray(0.25,"),
    ("gamma as a whole number", FACTOR, FACTOR.replace("gamma", "int(gamma)")),
    ("gamma at most two", FACTOR, FACTOR.replace("gamma", "min(gamma, 2.0)")),
    options=True,
)

FAULTS = (*PROBABILITIES, *LOGITS, *OPTIONS)
