"""Mistakes in the generalised and the weighted cross-entropy."""

from __future__ import annotations

from meta_tests.faults.fault import GENERALISED, WEIGHTED, faults

NUMBERS = "target.astype(np.int64)[..., None]"
P = "p = reduce_sum(output * one_hot)"
POWERED = "powered, through_power = power(p, q)"
LOSS = "loss = (constant(1.0, output) - powered) / constant(q, output)"
GRADIENT = "through_power(-upstream[..., None] / constant(q, output)) * one_hot"

GENERALISED_VALUE = faults(
    GENERALISED,
    "relatives",
    ("generalised: q 0.7", "q: float = 0.5", "q: float = 0.7"),
    ("generalised: not divided by q", LOSS, LOSS.removesuffix(" / constant(q, output)")),
    ("generalised: multiplied by q", LOSS, LOSS.replace(" / constant", " * constant")),
    (
        "generalised: power of 1 - p",
        LOSS,
        "loss = power(constant(1.0, output) - p, q)[0] / constant(q, output)",
    ),
    ("generalised: root for power", POWERED, POWERED.replace("q)", "1 / q)")),
    ("generalised: q of the other sign", POWERED, POWERED.replace("q)", "-q)")),
    ("generalised: one not counted", LOSS, LOSS.replace("constant(1.0, output) - ", "-")),
    ("generalised: of the other sign", LOSS, LOSS.replace("loss = ", "loss = -")),
    ("generalised: minus logarithm", LOSS, "loss = -np.log(p)"),
    ("generalised: mean over classes", LOSS, LOSS + " / output.shape[-1]"),
    ("generalised: p of all classes", P, "p = reduce_sum(output)"),
    ("generalised: p of the likeliest class", P, "p = output.max(axis=-1, keepdims=True)"),
    ("generalised: p looked up", P, f"p = np.take_along_axis(output, {NUMBERS}, axis=-1)"),
    ("generalised: clipped", P, f"{P}\n    p = np.clip(p, constant(1e-7, p), constant(1.0, p))"),
    ("generalised: normalised", P, f"{P} / reduce_sum(output)"),
    ("generalised: constant below a half", P, f"{P}\n    p = np.maximum(p, constant(0.5, p))"),
    ("generalised: class numbers from one", NUMBERS, f"{NUMBERS} - 1"),
    ("generalised: class numbers in eight bits", NUMBERS, NUMBERS.replace("int64", "int8")),
)

GENERALISED_GRADIENT = faults(
    GENERALISED,
    "relatives",
    ("generalised: gradient of the other sign", GRADIENT, GRADIENT.replace("-", "")),
    (
        "generalised: gradient not divided by q",
        GRADIENT,
        GRADIENT.replace(" / constant(q, output)", ""),
    ),
    (
        "generalised: gradient at all classes",
        GRADIENT,
        GRADIENT.replace("* one_hot", "+ 0 * one_hot"),
    ),
    (
        "generalised: no gradient where p is zero",
        GRADIENT,
        f"np.where(p > 0, {GRADIENT}, np.zeros_like(output))",
    ),
)

WEIGHT = "log_weight = one + (constant(pos_weight, logits) - one) * labels"
SOFTPLUS = "softplus = np.log1p(fading) + np.where(positive, zero, -logits)"
SUM = "loss = (one - labels) * logits + log_weight * softplus"
BY_SOFTPLUS = "by_softplus = upstream * log_weight"
BY_ABS = "by_abs = by_softplus * np.where(positive, -part, part)"
IN_TURN = "return upstream * (one - labels) + by_relu + by_abs"

WEIGHTED_VALUE = faults(
    WEIGHTED,
    "relatives",
    ("weighted: weight of the negatives", WEIGHT, WEIGHT.replace("labels", "(one - labels)")),
    ("weighted: weight of both", WEIGHT, "log_weight = constant(pos_weight, logits)"),
    ("weighted: weight missing", WEIGHT, "log_weight = np.ones_like(logits)"),
    ("weighted: weight not less one", WEIGHT, WEIGHT.replace(" - one)", ")")),
    ("weighted: weight inverted", WEIGHT, WEIGHT.replace("(pos_weight", "(1 / pos_weight")),
    ("weighted: weight of rounded labels", WEIGHT, WEIGHT.replace("labels", "np.round(labels)")),
    (
        "weighted: weight on the whole loss",
        SUM,
        "loss = log_weight * ((one - labels) * logits + softplus)",
    ),
    ("weighted: 1 - t lost", SUM, SUM.replace("(one - labels) * ", "")),
    ("weighted: t for 1 - t", SUM, SUM.replace("(one - labels)", "labels")),
    ("weighted: minus for plus", SUM, SUM.replace(" + ", " - ")),
    ("weighted: without abs", "np.exp(np.where(positive, -logits, logits))", "np.exp(-logits)"),
    (
        "weighted: without relu",
        SOFTPLUS,
        SOFTPLUS.removesuffix(" + np.where(positive, zero, -logits)"),
    ),
    ("weighted: relu of the other sign", SOFTPLUS, SOFTPLUS.replace("-logits", "logits")),
    ("weighted: log for log1p", SOFTPLUS, SOFTPLUS.replace("log1p", "log")),
    ("weighted: log(1 + x) for log1p", SOFTPLUS, SOFTPLUS.replace("log1p(", "log(one + ")),
    (
        "weighted: softplus in half precision",
        SOFTPLUS,
        f"{SOFTPLUS}\n    softplus = softplus.astype(np.float16).astype(logits.dtype)",
    ),
)

WEIGHTED_GRADIENT = faults(
    WEIGHTED,
    "relatives",
    ("weighted: gradient without the weight", BY_SOFTPLUS, "by_softplus = upstream * one"),
    ("weighted: gradient without the tail", IN_TURN, IN_TURN.removesuffix(" + by_abs")),
    ("weighted: gradient without the step", IN_TURN, IN_TURN.replace(" + by_relu", "")),
    ("weighted: gradient without 1 - t", IN_TURN, "return by_relu + by_abs"),
    ("weighted: gradient of the other sign", IN_TURN, f"upstream = -upstream\n        {IN_TURN}"),
    (
        "weighted: small terms of the gradient first",
        IN_TURN,
        "return upstream * (one - labels) + (by_relu + by_abs)",
    ),
    ("weighted: magnitude flat at zero", BY_ABS, f"{BY_ABS} * np.abs(np.sign(logits))"),
)

OPTIONS = faults(
    GENERALISED,
    "relatives",
    ("generalised: q at most a half", POWERED, POWERED.replace("q)", "min(q, 0.5))")),
    ("generalised: 1 - q for q", POWERED, POWERED.replace("q)", "1 - q)")),
    ("generalised: q in the power alone", LOSS, LOSS.replace("(q,", "(0.5,")),
    options=True,
) + faults(
    WEIGHTED,
    "relatives",
    ("weighted: weight not heeded", WEIGHT, WEIGHT.replace("pos_weight", "2.0")),
    ("weighted: weight at least one", WEIGHT, WEIGHT.replace("pos_weight", "max(pos_weight, 1)")),
    ("weighted: weight squared", WEIGHT, WEIGHT.replace("pos_weight", "pos_weight**2")),
    options=True,
)

FAULTS = (
    *(*GENERALISED_VALUE, *GENERALISED_GRADIENT),
    *(*WEIGHTED_VALUE, *WEIGHTED_GRADIENT, *OPTIONS),
)
